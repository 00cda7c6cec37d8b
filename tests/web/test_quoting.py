"""Sentences of a prior work are quoted only where its licence lets them be."""

import pytest

from needsbank.domain.licences import Licence
from tests.factories import add_need, add_prior_work
from tests.pages import Page, get_page, post

MINE = "Substitutes cannot find the keys of the homes that they visit."
THEIRS = "Keys of the homes that substitutes visit cannot be found."


@pytest.mark.parametrize("licence", [None, *Licence])
def test_what_two_texts_have_in_common_is_quoted_by_licence(
    session, sign_in_as, partner, work, licence
):
    need = add_need(session, partner, title="Keys", problem=MINE)
    other = add_prior_work(
        session, title="Keys", abstract=THEIRS, licence=licence, url="https://example.com/1"
    )
    work()
    client = sign_in_as(partner)
    quoted = licence is None or licence.may_show_text
    compared = f"/similar/prior_work/{other.id}"
    while_writing = Page(post(client, f"/needs{compared}", title="Keys", problem=MINE))
    for page in (get_page(client, f"/needs/{need.id}{compared}"), while_writing):
        # The title is known from the list; of the rest nothing may show, nor what is near to it.
        assert (MINE in page.main) is quoted
        assert (THEIRS in page.html) is quoted
        assert ("do not let us quote it" in page.main) is not quoted
        assert len(page.all("a", href="https://example.com/1")) == (0 if quoted else 1)


def test_a_need_is_quoted_as_before(session, sign_in_as, partner, work):
    need, other = (add_need(session, partner, problem=text) for text in (MINE, THEIRS))
    work()
    page = get_page(sign_in_as(partner), f"/needs/{need.id}/similar/need/{other.id}")
    assert THEIRS in page.main
