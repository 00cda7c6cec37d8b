"""Coordinators judge pairs of texts once; the latest verdict counts and teaches."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from needsbank.db.models import AuditEntry, Need, PairJudgement, Subject
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import COORDINATES, Role
from needsbank.domain.verdicts import JudgePair, PairVerdict
from needsbank.domain.visibility import Visibility
from needsbank.services import verdicts
from needsbank.services.reading import fingerprint
from tests.factories import add_need, add_prior_work, add_user


@pytest.fixture
def actor(session):
    return add_user(session, Role.COORDINATOR).actor


@pytest.fixture
def need(session):
    return add_need(session, title="Keys get lost")


@pytest.fixture
def work(session):
    return add_prior_work(session, title="A cabinet for keys")


def seen(need, other, verdict=PairVerdict.SAME, **values):
    command = JudgePair(
        verdict=verdict,
        rank=2,
        probability=0.75,
        matcher_version="m-test",
        need_seen=fingerprint(need),
        other_seen=fingerprint(other),
    )
    return replace(command, **values)


@pytest.fixture
def judge(session, actor):
    def judge(need, other, verdict=PairVerdict.SAME, by=None, **values):
        subject = Subject.NEED if isinstance(other, Need) else Subject.PRIOR_WORK
        command = seen(need, other, verdict, **values)
        return verdicts.judge(session, by or actor, need.id, subject, other.id, command)

    return judge


@pytest.fixture
def take_back(session, actor):
    def take_back(need, other):
        subject = Subject.NEED if isinstance(other, Need) else Subject.PRIOR_WORK
        verdicts.take_back(session, actor, need.id, subject, other.id)

    return take_back


def known(session, need, *others):
    return {key: each.verdict for key, each in verdicts.verdicts_of(session, need, others).items()}


def rows(session):
    return session.scalars(select(PairJudgement).order_by(PairJudgement.seq)).all()


def test_a_verdict_is_kept_with_what_was_seen(session, judge, need, work, actor):
    judge(need, work)
    (row,) = rows(session)
    assert (row.verdict, row.judged_by_id) == (PairVerdict.SAME, actor.user_id)
    assert (row.rank_seen, row.probability, row.matcher_version) == (2, 0.75, "m-test")
    assert known(session, need, work) == {work.id: PairVerdict.SAME}
    (entry,) = session.scalars(select(AuditEntry))
    assert (entry.act, entry.subject_id, entry.details) == ("judge", need.id, {"likeness": "same"})


def test_two_needs_are_one_pair_whichever_was_asked_about(session, judge, need):
    other = add_need(session)
    judge(need, other, PairVerdict.PARTLY)
    assert known(session, need, other) == {other.id: PairVerdict.PARTLY}
    assert known(session, other, need) == {need.id: PairVerdict.PARTLY}
    with pytest.raises(Conflict):
        judge(other, need, PairVerdict.NO)


def test_the_same_verdict_once_more_changes_nothing(session, judge, need, work):
    judge(need, work)
    judge(need, work)
    assert len(rows(session)) == 1


def test_another_verdict_is_given_only_after_the_first_is_taken_back(
    session, judge, take_back, need, work
):
    judge(need, work)
    with pytest.raises(Conflict):
        judge(need, work, PairVerdict.NO)
    take_back(need, work)
    assert known(session, need, work) == {}
    take_back(need, work)
    judge(need, work, PairVerdict.NO)
    assert known(session, need, work) == {work.id: PairVerdict.NO}
    assert [row.verdict for row in rows(session)] == [PairVerdict.SAME, None, PairVerdict.NO]


@pytest.mark.parametrize("side", ["need", "work"])
def test_a_text_that_has_changed_may_be_asked_about_again(session, judge, need, work, side):
    judge(need, work)
    changed = need if side == "need" else work
    changed.title = "Doors get stuck"
    session.flush()
    assert known(session, need, work) == {}
    judge(need, work, PairVerdict.NO)
    assert known(session, need, work) == {work.id: PairVerdict.NO}


@pytest.mark.parametrize("name", ["need_seen", "other_seen"])
def test_a_verdict_on_a_text_that_was_not_seen_is_refused(session, judge, need, work, name):
    with pytest.raises(Conflict):
        judge(need, work, **{name: "0" * 64})
    assert rows(session) == []


@pytest.mark.parametrize("role", sorted(set(Role) - COORDINATES, key=str))
def test_only_coordinators_judge(session, judge, need, work, role):
    with pytest.raises(NotAllowed):
        judge(need, work, by=add_user(session, role).actor)


@pytest.mark.parametrize("state", [NeedState.DRAFT, NeedState.WITHDRAWN])
def test_what_is_its_author_s_alone_is_not_judged(session, judge, need, work, state):
    own = add_need(session, state=state)
    for pair in ((own, work), (need, own)):
        with pytest.raises(NotFound):
            judge(*pair)


def test_a_need_is_not_judged_against_itself(judge, need):
    with pytest.raises(NotFound):
        judge(need, need)


def test_judged_pairs_are_texts_with_their_verdicts(session, judge, take_back, need, work):
    other = add_need(session, visibility=Visibility.COORDINATORS)
    undone = add_prior_work(session)
    judge(need, work, PairVerdict.PARTLY)
    judge(other, need, PairVerdict.NO)
    judge(need, undone)
    take_back(need, undone)
    pairs = [
        (each.text.title, each.other.title, each.verdict) for each in verdicts.judged_pairs(session)
    ]
    assert pairs == [
        (need.title, work.title, PairVerdict.PARTLY),
        (other.title, need.title, PairVerdict.NO),
    ]


def test_what_was_judged_of_another_text_teaches_nothing(session, judge, need, work):
    withdrawn = add_need(session)
    judge(need, work)
    judge(withdrawn, work)
    work.abstract = "Changed since."
    withdrawn.state = NeedState.WITHDRAWN
    session.flush()
    assert verdicts.judged_pairs(session) == []


def test_a_work_that_its_source_has_withdrawn_teaches_nothing(session, judge, need, work):
    judge(need, work)
    session.delete(work)
    session.flush()
    assert verdicts.judged_pairs(session) == []
    assert len(rows(session)) == 1
