"""A statement of rights names a licence, or nobody guesses."""

import pytest

from needsbank.domain.licences import Licence, licence_of


@pytest.mark.parametrize(
    ("rights", "licence"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", Licence.CC_BY),
        ("http://creativecommons.org/licenses/by-sa/3.0/fi/", Licence.CC_BY_SA),
        ("https://creativecommons.org/licenses/by-nc-nd/4.0/deed.fi", Licence.CC_BY_NC_ND),
        ("https://creativecommons.org/licenses/by-nc-sa/4.0/", Licence.CC_BY_NC_SA),
        ("https://creativecommons.org/publicdomain/zero/1.0/", Licence.CC0),
        ("https://creativecommons.org/publicdomain/mark/1.0/", Licence.PUBLIC_DOMAIN),
        ("CC BY 4.0", Licence.CC_BY),
        ("cc-by-nc", Licence.CC_BY_NC),
        ("CC BY-ND 4.0 International", Licence.CC_BY_ND),
        ("CC_BY_SA", Licence.CC_BY_SA),
        ("CC0 1.0", Licence.CC0),
        ("Public Domain", Licence.PUBLIC_DOMAIN),
        ("http://rightsstatements.org/vocab/InC/1.0/", Licence.IN_COPYRIGHT),
        ("http://rightsstatements.org/page/InC-NC/1.0/", Licence.IN_COPYRIGHT),
        ("fi=Kaikki oikeudet pidätetään.|en=All rights reserved.|", Licence.IN_COPYRIGHT),
        ("openAccess", None),
        ("info:eu-repo/semantics/openAccess", None),
        ("This publication is accessible by everybody", None),
        ("CC Bystander", None),
        ("", None),
    ],
)
def test_what_a_statement_names(rights, licence):
    assert licence_of(rights) is licence


def test_every_code_of_a_licence_is_read_back():
    named = [each for each in Licence if each.value.startswith("cc")]
    assert [licence_of(each.value) for each in named] == named


def test_only_open_licences_let_a_text_be_shown():
    hidden = {each for each in Licence if not each.may_show_text}
    assert hidden == {Licence.IN_COPYRIGHT, Licence.UNKNOWN}
