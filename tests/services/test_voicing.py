import pytest

from needsbank.db.transaction import transaction
from needsbank.domain.captures import SaySameHere
from needsbank.domain.errors import Conflict, NotFound
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import ANY_COORDINATOR
from needsbank.domain.visibility import Visibility
from needsbank.services.supporting import voices_of
from needsbank.services.voicing import say_same_here, teams_behind, units_without_account
from tests.factories import add_need, add_support, add_unit_link


@pytest.fixture
def need(session):
    return add_need(session)


def say(session, link, need, device="a"):
    with transaction(session):
        command = SaySameHere(code=link.code, need_id=need.id, device=device)
        return say_same_here(session, command)


def test_a_device_counts_once_and_a_unit_once(session, need):
    ours, theirs = add_unit_link(session), add_unit_link(session)
    for device in ("a", "a", "b"):
        say(session, ours, need, device)
    assert units_without_account(session, [need.id]) == {need.id: 1}
    say(session, theirs, need)
    assert units_without_account(session, [need.id]) == {need.id: 2}


def test_people_with_accounts_are_counted_as_before(session, need):
    add_support(session, need)
    before = voices_of(session, ANY_COORDINATOR, [need.id])
    say(session, add_unit_link(session), need)
    assert voices_of(session, ANY_COORDINATOR, [need.id]) == before


def test_teams_are_all_units_that_thought_of_it(session, need):
    assert teams_behind(session, [need]) == {need.id: 1}
    voice = add_support(session, need)
    say(session, add_unit_link(session, voice.unit), need)
    assert teams_behind(session, [need]) == {need.id: 2}


def test_only_what_everybody_may_read_takes_voices(session):
    link = add_unit_link(session)
    hidden = add_need(session, visibility=Visibility.NETWORK)
    ended = add_need(session, state=NeedState.CLOSED)
    for need, refusal in ((hidden, NotFound), (ended, Conflict)):
        with pytest.raises(refusal):
            say(session, link, need)
