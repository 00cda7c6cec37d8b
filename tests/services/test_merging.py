"""Several needs become one challenge without losing a voice, and become several again."""

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from needsbank.db.base import Model
from needsbank.db.models import AuditEntry, Merge, Need, Support
from needsbank.db.queries.merges import challenge_of, sources_to_read
from needsbank.db.queries.needs import NeedFilter, need_to_read, needs_to_read, own_needs
from needsbank.db.transaction import transaction
from needsbank.domain.errors import BankError, Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.merging import MergeNeeds, ObjectToMerge, UndoMerge, shared_visibility
from needsbank.domain.needs import NeedState
from needsbank.domain.notices import NoticeKind
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.suggestions import DecideSuggestion, SuggestionState, Verdict
from needsbank.domain.visibility import Visibility
from needsbank.services import needs
from needsbank.services.deciding import decide
from needsbank.services.merging import (
    merge_needs,
    needs_to_merge,
    object_to_merge,
    undo_merge,
)
from needsbank.services.notices import unseen_notices
from needsbank.services.queueing import queue_page
from needsbank.services.supporting import voices_of
from tests.factories import add_need, add_suggestion, add_support, add_user, day, describing, reread


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR).actor


@pytest.fixture
def senders(session):
    return [add_user(session, Role.PARTNER) for _ in range(3)]


@pytest.fixture
def sent(session, senders):
    return [add_need(session, sender, opened=day(number)) for number, sender in enumerate(senders)]


def merging(needs_, **values):
    ids = tuple(need.id for need in needs_)
    return MergeNeeds(
        **{
            "source_ids": ids,
            "lead_id": ids[0],
            "title": "How do we keep keys at hand?",
            "problem": "Keys of homes are not found when they are needed.",
            **values,
        }
    )


def merge(session, actor, needs_, **values):
    with transaction(session):
        return merge_needs(session, actor, merging(needs_, **values)).challenge_id


def undo(session, actor, challenge_id, reason="They are two things."):
    with transaction(session):
        undo_merge(session, actor, UndoMerge(challenge_id=challenge_id, reason=reason))


def read_by(session, actor):
    return set(session.scalars(needs_to_read(actor, NeedFilter(ended=True))))


def test_the_challenge_stands_for_its_needs_in_lists(session, coordinator, sent):
    challenge_id = merge(session, coordinator, sent)
    assert {need.id for need in read_by(session, ANONYMOUS)} == {challenge_id}
    assert session.scalars(sources_to_read(ANONYMOUS, challenge_id)).all() == sent
    for need in sent:
        assert session.scalar(challenge_of(ANONYMOUS, need.id)) == challenge_id
        assert session.scalar(need_to_read(ANONYMOUS, need.id)) is need


def test_the_challenge_is_the_leading_senders_and_has_waited_as_long_as_any(
    session, coordinator, sent, senders
):
    challenge_id = merge(session, coordinator, sent, lead_id=sent[1].id)
    challenge = session.get_one(Need, challenge_id)
    assert challenge.author_id == senders[1].id
    assert challenge.unit_id == sent[1].unit_id
    assert challenge.opened == day(0)
    assert challenge.state is NeedState.OPEN


def test_all_senders_are_told_and_may_object_within_seven_days(session, coordinator, sent, senders):
    challenge_id = merge(session, coordinator, sent)
    for need, sender in zip(sent, senders, strict=True):
        (notice,) = unseen_notices(session, sender.actor)
        assert notice.kind is NoticeKind.MERGED
        assert (notice.need_id, notice.other_need_id) == (need.id, challenge_id)
        assert notice.due is not None
        assert notice.due - notice.created == pytest.approx(
            timedelta(days=7), abs=timedelta(seconds=5)
        )


def test_an_objection_reaches_who_merged(session, coordinator, sent, senders):
    challenge_id = merge(session, coordinator, sent)
    with transaction(session):
        object_to_merge(
            session, senders[2].actor, ObjectToMerge(need_id=sent[2].id, reason="Ours is else.")
        )
    (notice,) = unseen_notices(session, coordinator)
    assert (notice.kind, notice.text) == (NoticeKind.OBJECTED, "Ours is else.")
    assert notice.other_need_id == challenge_id
    with pytest.raises(Conflict), transaction(session):
        object_to_merge(
            session, senders[2].actor, ObjectToMerge(need_id=sent[2].id, reason="Again.")
        )


def test_only_the_sender_objects_in_time_and_with_a_reason(session, coordinator, sent, senders):
    challenge_id = merge(session, coordinator, sent)
    with pytest.raises(NotFound), transaction(session):
        object_to_merge(
            session, senders[0].actor, ObjectToMerge(need_id=sent[1].id, reason="Not mine.")
        )
    with pytest.raises(Invalid), transaction(session):
        object_to_merge(session, senders[0].actor, ObjectToMerge(need_id=sent[0].id, reason=" "))
    with transaction(session):
        session.scalars(
            select(Merge).where(Merge.challenge_id == challenge_id)
        ).one().object_by = day(0)
    with pytest.raises(Conflict), transaction(session):
        object_to_merge(session, senders[0].actor, ObjectToMerge(need_id=sent[0].id, reason="Late"))


def test_undoing_brings_the_needs_back_and_takes_the_challenge_away(
    session, coordinator, sent, senders
):
    challenge_id = merge(session, coordinator, sent)
    undo(session, coordinator, challenge_id)
    assert read_by(session, ANONYMOUS) == set(sent)
    assert session.scalar(need_to_read(coordinator, challenge_id)) is None
    assert list(session.scalars(own_needs(senders[0].actor))) == [sent[0]]
    told = [each.kind for each in unseen_notices(session, senders[1].actor)]
    assert told == [NoticeKind.UNMERGED, NoticeKind.MERGED]
    with pytest.raises(Conflict), transaction(session):
        undo_merge(session, coordinator, UndoMerge(challenge_id=challenge_id, reason="Once more."))


def test_a_challenge_taken_apart_is_not_restored_by_its_speaker(
    session, coordinator, sent, senders
):
    challenge_id = merge(session, coordinator, sent)
    undo(session, coordinator, challenge_id)
    with pytest.raises(Conflict), transaction(session):
        needs.restore_need(session, senders[0].actor, challenge_id)


def test_its_speaker_cannot_take_the_others_needs_out_of_sight(session, coordinator, sent, senders):
    challenge_id = merge(session, coordinator, sent)
    with pytest.raises(Conflict), transaction(session):
        needs.withdraw_need(session, senders[0].actor, challenge_id)
    assert {need.id for need in read_by(session, ANONYMOUS)} == {challenge_id}
    undo(session, coordinator, challenge_id)
    with transaction(session):
        needs.withdraw_need(session, senders[0].actor, sent[0].id)
    assert read_by(session, ANONYMOUS) == set(sent[1:])


def test_the_needs_can_be_merged_again(session, coordinator, sent):
    undo(session, coordinator, merge(session, coordinator, sent))
    again = merge(session, coordinator, sent[:2])
    assert {need.id for need in read_by(session, ANONYMOUS)} == {again, sent[2].id}


def test_a_challenge_can_become_part_of_another_which_is_undone_first(session, coordinator, sent):
    inner = merge(session, coordinator, sent[:2])
    outer = merge(session, coordinator, [sent[2], session.get_one(Need, inner)])
    with pytest.raises(Conflict), transaction(session):
        undo_merge(session, coordinator, UndoMerge(challenge_id=inner, reason="Too early."))
    undo(session, coordinator, outer)
    undo(session, coordinator, inner)
    assert read_by(session, ANONYMOUS) == set(sent)


def test_only_coordinators_merge_and_undo(session, coordinator, sent, senders):
    with pytest.raises(NotAllowed), transaction(session):
        merge_needs(session, senders[0].actor, merging(sent))
    challenge_id = merge(session, coordinator, sent)
    with pytest.raises(NotAllowed), transaction(session):
        undo_merge(session, senders[0].actor, UndoMerge(challenge_id=challenge_id, reason="Mine."))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "t" * 201}, "title"),
        ({"problem": ""}, "problem"),
        ({"lead_id": None}, "lead_id"),
    ],
)
def test_a_challenge_needs_words_and_a_speaker(session, coordinator, sent, values, field):
    with pytest.raises(Invalid) as refused, transaction(session):
        merge_needs(session, coordinator, merging(sent, **values))
    assert set(refused.value.errors) == {field}
    assert read_by(session, ANONYMOUS) == set(sent)


def test_a_challenge_is_made_of_several_needs(session, coordinator, sent):
    for chosen in (sent[:1], [sent[0], sent[0]]):
        with pytest.raises(Invalid), transaction(session):
            merge_needs(session, coordinator, merging(chosen))


def test_needs_with_a_pairing_or_an_end_or_a_challenge_are_not_merged(
    session, coordinator, sent, senders
):
    add_suggestion(session, sent[0], state=SuggestionState.APPROVED)
    closed = add_need(session, senders[0], state=NeedState.CLOSED)
    draft = add_need(session, senders[0], state=NeedState.DRAFT)
    part = add_need(session, senders[0])
    merge(session, coordinator, [part, add_need(session, senders[1])])
    for other, refusal in ((sent[0], Conflict), (closed, Conflict), (part, Conflict)):
        with pytest.raises(refusal), transaction(session):
            merge_needs(session, coordinator, merging([sent[1], other]))
    with pytest.raises(NotFound), transaction(session):
        merge_needs(session, coordinator, merging([sent[1], draft]))
    offered = [sent[0], sent[1], closed, draft, part, sent[1]]
    assert needs_to_merge(session, coordinator, [need.id for need in offered]) == [sent[1]]


def test_while_merged_a_need_waits(session, coordinator, sent, senders):
    suggestion = add_suggestion(session, sent[0])
    challenge_id = merge(session, coordinator, sent)
    assert queue_page(session, coordinator, 1).rows == []
    with pytest.raises(Conflict), transaction(session):
        needs.change_need(
            session, senders[0].actor, sent[0].id, describing(session, senders[0], title="Else")
        )
    verdict = DecideSuggestion(
        suggestion_id=suggestion.id,
        verdict=Verdict.APPROVED,
        reason="It fits.",
        seen=SuggestionState.PROPOSED,
    )
    with pytest.raises(Conflict), transaction(session):
        decide(session, coordinator, verdict)
    undo(session, coordinator, challenge_id)
    assert [row.need for row in queue_page(session, coordinator, 1).rows] == [sent[0]]


def test_a_challenge_with_a_pairing_is_not_taken_apart(session, coordinator, sent):
    challenge_id = merge(session, coordinator, sent)
    challenge = session.get_one(Need, challenge_id)
    add_suggestion(session, challenge, state=SuggestionState.APPROVED)
    with pytest.raises(Conflict), transaction(session):
        undo_merge(session, coordinator, UndoMerge(challenge_id=challenge_id, reason="No."))


HOME, AWAY = object(), object()


@pytest.mark.parametrize(
    ("sources", "shared"),
    [
        ([(Visibility.PUBLIC, HOME), (Visibility.PUBLIC, AWAY)], Visibility.PUBLIC),
        ([(Visibility.PUBLIC, HOME), (Visibility.NETWORK, AWAY)], Visibility.NETWORK),
        ([(Visibility.ORGANISATION, HOME), (Visibility.PUBLIC, HOME)], Visibility.ORGANISATION),
        ([(Visibility.ORGANISATION, HOME), (Visibility.PUBLIC, AWAY)], Visibility.COORDINATORS),
        ([(Visibility.COORDINATORS, HOME), (Visibility.PUBLIC, AWAY)], Visibility.COORDINATORS),
    ],
)
def test_a_challenge_is_no_more_visible_than_any_of_its_needs(sources, shared):
    assert shared_visibility(sources) is shared


def test_senders_read_the_challenge_of_their_need_and_nobody_else_does(
    session, coordinator, senders
):
    hidden = add_need(session, senders[0], visibility=Visibility.COORDINATORS)
    public = add_need(session, senders[1])
    challenge_id = merge(session, coordinator, [hidden, public])
    for sender in senders[:2]:
        assert session.scalar(challenge_of(sender.actor, public.id)) == challenge_id
    assert session.scalars(sources_to_read(senders[1].actor, challenge_id)).all() == [public]
    for other in (ANONYMOUS, senders[2].actor):
        assert session.scalar(challenge_of(other, public.id)) is None
        assert session.scalar(need_to_read(other, challenge_id)) is None


def test_no_voice_is_lost_when_a_challenge_is_taken_apart(session, coordinator, sent, senders):
    early = add_support(session, sent[0])
    challenge_id = merge(session, coordinator, sent)
    challenge = session.get_one(Need, challenge_id)
    late = add_support(session, challenge, note="Here too.")
    add_support(session, challenge, senders[2])
    assert voices_of(session, coordinator, [challenge_id])[challenge_id].persons == 4
    undo(session, coordinator, challenge_id)
    people: dict[UUID, set[UUID]] = {need.id: set() for need in sent}
    for voice in session.scalars(select(Support).where(Support.need_id.in_(people))):
        people[voice.need_id].add(voice.supporter_id)
    everywhere = {late.supporter_id, senders[2].id}
    assert people[sent[0].id] == everywhere | {early.supporter_id}
    assert people[sent[1].id] == everywhere
    assert people[sent[2].id] == {late.supporter_id}  # nobody joins their own need


def test_everything_is_logged_without_words(session, coordinator, sent):
    challenge_id = merge(session, coordinator, sent)
    undo(session, coordinator, challenge_id, reason="A reason with words")
    acts = [(each.act, each.subject_id) for each in session.scalars(select(AuditEntry))]
    assert sorted(acts, key=str) == sorted(
        [
            ("merge", challenge_id),
            *(("merged", need.id) for need in sent),
            *(("unmerged", need.id) for need in sent),
            ("undo_merge", challenge_id),
        ],
        key=str,
    )
    details = [str(each.details) for each in session.scalars(select(AuditEntry))]
    assert not any("words" in each for each in details)


OWNERS = {
    "needs": "id",
    "suggestions": "need_id",
    "supports": "need_id",
    "embeddings": "owner_id",
}


def rows_of(session, need_ids):
    """Every stored value of some needs and of what hangs on them."""
    stored = {}
    for name, owner in OWNERS.items():
        table = Model.metadata.tables[name]
        mine = select(table).where(table.c[owner].in_(need_ids)).order_by(*table.primary_key)
        stored[name] = session.execute(mine).all()
    return stored


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_any_merges_and_undos_leave_every_row_as_it_was(session, coordinator, data):
    needs_ = [add_need(session) for _ in range(5)]
    for need in needs_[:2]:
        add_suggestion(session, need)
        add_support(session, need)
    before = rows_of(session, [need.id for need in needs_])
    standing: list[UUID] = []
    for _ in range(data.draw(st.integers(1, 8), label="steps")):
        if standing and data.draw(st.booleans(), label="undo"):
            place = data.draw(st.integers(0, len(standing) - 1), label="which")
            try:
                undo(session, coordinator, standing[place])
            except Conflict:
                continue  # it is part of another one, which has to be undone first
            standing.pop(place)
        else:
            free = needs_to_merge(session, coordinator, [*(need.id for need in needs_), *standing])
            if len(free) < 2:
                continue
            chosen = data.draw(
                st.lists(st.sampled_from(free), min_size=2, max_size=4, unique=True), label="merge"
            )
            standing.append(merge(session, coordinator, chosen))
    for challenge_id in reversed(standing):
        undo(session, coordinator, challenge_id)
    reread(session, needs_[0])
    assert rows_of(session, [need.id for need in needs_]) == before
    assert set(needs_) <= read_by(session, ANONYMOUS)


def test_two_coordinators_cannot_merge_the_same_need(session, engine, coordinator, sent):
    """The second finds the need taken, whatever its check saw."""
    from threading import Barrier, Thread

    from sqlalchemy.orm import Session

    barrier, refused = Barrier(2), []

    def attempt(chosen):
        with Session(engine) as other:
            barrier.wait()
            try:
                with transaction(other):
                    merge_needs(other, coordinator, chosen)
            except BankError as error:
                refused.append(type(error))

    commands = [merging([sent[0], each]) for each in sent[1:]]
    threads = [Thread(target=attempt, args=(command,)) for command in commands]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == [Conflict]
    assert len(session.scalars(select(Merge)).all()) == 1
