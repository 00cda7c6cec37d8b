"""Business ids are stored in one form or refused."""

import pytest

from needsbank.domain.errors import Invalid
from needsbank.domain.organisations import checked_business_id


@pytest.mark.parametrize(
    "text", ["2077474-0", "20774740", " 2077474-0 ", "FI2077474-0", "FI20774740"]
)
def test_a_business_id_gets_its_written_form(text):
    assert checked_business_id(text) == "2077474-0"


def test_a_business_id_of_an_old_organisation_keeps_its_leading_zero():
    assert checked_business_id("0737546-2") == "0737546-2"


@pytest.mark.parametrize("text", ["", "  ", "\t"])
def test_no_business_id_is_none(text):
    assert checked_business_id(text) is None


@pytest.mark.parametrize(
    "text",
    ["2077474-1", "1234567", "123456789", "ABCDEFG-H", "-", "\u0967234567-1", "2077474-0; drop"],
)
def test_a_wrong_business_id_is_refused(text):
    with pytest.raises(Invalid) as refused:
        checked_business_id(text)
    assert refused.value.errors == {"business_id": "business_id"}
