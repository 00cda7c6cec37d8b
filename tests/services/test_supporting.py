"""Same here: one voice per person, of their own unit, for needs that they may read."""

import pytest
from sqlalchemy import select

from needsbank.db.models import AuditEntry, Support
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.merging import MergeNeeds
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.supports import NOTE_MAX, SupportNeed, Voices
from needsbank.domain.visibility import Visibility
from needsbank.services import merging, supporting
from tests.factories import (
    add_need,
    add_organisation,
    add_support,
    add_unit,
    add_user,
    organisation_id_of,
    unit_id_of,
)


@pytest.fixture
def need(session):
    return add_need(session)


@pytest.fixture
def reader(session):
    return add_user(session, Role.PARTNER)


def support(session, user, need, unit_id=None, note=""):
    unit_id = unit_id or unit_id_of(session, user)
    command = SupportNeed(need_id=need.id, unit_id=unit_id, note=note)
    return supporting.support(session, user.actor, command)


def voices(session, need, actor=ANONYMOUS):
    session.flush()
    return supporting.voices_of(session, actor, [need.id]).get(need.id, Voices())


def test_a_person_is_counted_once(session, need, reader):
    support(session, reader, need, note="  In our team too. ")
    support(session, reader, need, note="Every night.")
    assert voices(session, need) == Voices(1, 1)
    assert [row.note for row in session.scalars(select(Support))] == ["Every night."]
    acts = session.scalars(select(AuditEntry.act).order_by(AuditEntry.seq)).all()
    assert acts == ["support", "change_support"]


def test_people_and_units_are_counted(session, need, reader):
    organisation = reader.memberships[0].organisation
    colleague = add_user(session, Role.MEMBER, organisation=organisation)
    for user in (reader, colleague, add_user(session, Role.COMPANY)):
        support(session, user, need)
    assert voices(session, need) == Voices(3, 2)


def test_a_voice_is_of_one_of_the_person_s_own_units(session, need, reader):
    organisation = reader.memberships[0].organisation
    team = add_unit(session, organisation, "Night team")
    assert support(session, reader, need, team.id).unit_id == team.id
    with pytest.raises(Invalid):
        support(session, reader, need, add_organisation(session).units[0].id)


def test_nobody_joins_their_own_need(session, reader):
    with pytest.raises(NotAllowed):
        support(session, reader, add_need(session, reader))


def test_an_observer_speaks_for_no_unit(session, need):
    observer = add_user(session, Role.OBSERVER)
    assert supporting.units_to_speak_for(session, observer.actor) == []
    with pytest.raises(Invalid):
        support(session, observer, need)


def test_nobody_in_particular_has_no_voice(session, need, reader):
    command = SupportNeed(need_id=need.id, unit_id=unit_id_of(session, reader))
    with pytest.raises(NotAllowed):
        supporting.support(session, ANONYMOUS, command)
    assert supporting.supported_by(session, ANONYMOUS, [need.id]) == frozenset()


@pytest.mark.parametrize(
    ("state", "taken"),
    [(NeedState.OPEN, True), (NeedState.AGREED, True), (NeedState.CLOSED, False)],
)
def test_a_need_takes_voices_until_it_ends(session, reader, state, taken):
    need = add_need(session, state=state)
    if taken:
        support(session, reader, need)
    else:
        with pytest.raises(Conflict):
            support(session, reader, need)
    assert voices(session, need).persons == int(taken)


def test_what_was_said_before_the_end_is_still_counted_and_can_be_taken_back(session, reader):
    need = add_need(session, state=NeedState.CLOSED)
    add_support(session, need, reader)
    support(session, reader, need, note="It is still so.")
    assert voices(session, need) == Voices(1, 1)
    supporting.withdraw_support(session, reader.actor, need.id)
    assert voices(session, need) == Voices()


@pytest.mark.parametrize("level", [Visibility.COORDINATORS, Visibility.ORGANISATION])
def test_a_need_that_the_reader_may_not_see_is_not_there(session, reader, level):
    need = add_need(session, visibility=level)
    with pytest.raises(NotFound):
        support(session, reader, need)
    with pytest.raises(NotFound):
        supporting.withdraw_support(session, reader.actor, need.id)


def test_taking_back_what_was_never_said_changes_nothing(session, need, reader):
    supporting.withdraw_support(session, reader.actor, need.id)
    assert session.scalars(select(AuditEntry)).all() == []


def test_a_person_sees_the_needs_that_they_have_joined_and_may_still_read(session, need, reader):
    hidden = add_need(session)
    for each in (need, hidden):
        support(session, reader, each)
    hidden.visibility = Visibility.COORDINATORS
    session.flush()
    assert supporting.needs_supported(session, reader.actor) == [need]
    assert supporting.supported_by(session, reader.actor, [need.id]) == {need.id}


def test_names_and_notes_are_for_coordinators(session, need, reader):
    given = add_support(session, need, reader, note="Ask the night team.")
    author = need.author
    for user in (author, reader, add_user(session, Role.ADMIN)):
        with pytest.raises(NotAllowed):
            supporting.supports_of_need(session, user.actor, need.id)
    coordinator = add_user(session, Role.COORDINATOR)
    assert supporting.supports_of_need(session, coordinator.actor, need.id) == [given]


def test_a_note_holds_all_that_can_be_typed_of_a_need():
    assert 200 + 4000 + len("\n\n") <= NOTE_MAX


def test_all_units_of_all_organisations_are_offered(session, reader):
    organisation = reader.memberships[0].organisation
    add_unit(session, organisation, "Night team")
    found = supporting.units_to_speak_for(session, reader.actor)
    assert [unit.organisation_id for unit in found] == [organisation_id_of(reader)] * 2


def challenge_of(session, coordinator, *sources):
    command = MergeNeeds(
        source_ids=tuple(need.id for need in sources),
        lead_id=sources[0].id,
        title="Keys get lost",
        problem="In several units keys get lost.",
    )
    merge = merging.merge_needs(session, coordinator.actor, command)
    session.commit()
    return merge.challenge


def test_a_challenge_has_the_voices_of_its_needs_each_person_once(session, need, reader):
    coordinator = add_user(session, Role.COORDINATOR)
    other, hidden = add_need(session), add_need(session, visibility=Visibility.COORDINATORS)
    for each in (need, other):
        add_support(session, each, reader)
    add_support(session, other)
    challenge = challenge_of(session, coordinator, need, other, hidden)
    add_support(session, challenge, reader)
    # The reader, another one, and the senders of the two needs that it does not lead.
    assert voices(session, challenge, coordinator.actor) == Voices(4, 4)
    assert voices(session, challenge, need.author.actor) == Voices(3, 3)
    by = supporting.supports_of_need(session, coordinator.actor, challenge.id)
    assert len(by) == 4


def test_a_need_that_is_part_of_a_challenge_takes_no_voices_of_its_own(session, need, reader):
    coordinator = add_user(session, Role.COORDINATOR)
    challenge_of(session, coordinator, need, add_need(session))
    with pytest.raises(Conflict):
        support(session, reader, need)
