"""Verdicts teach the detector by the odds that it gives the judged texts today."""

import pytest

from matching import DuplicateDetector
from matching.calibration import Calibration
from matching.duplicates import DuplicateModel
from matching.parameters import Parameters
from needsbank import jobs
from needsbank.db.models import Need, Subject
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import Role
from needsbank.domain.verdicts import PairVerdict
from needsbank.domain.visibility import Visibility
from needsbank.services import verdicts
from needsbank.services.embedding import stored_representation
from needsbank.services.judged_finds import read_judged_finds
from needsbank.services.retrieval import Retrieval
from tests.factories import add_need, add_prior_work, add_user, judging
from tests.second_space import SHIPPED


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR).actor


@pytest.fixture
def need(session):
    return add_need(session, title="Keys of customers get lost", problem="Nobody finds the keys.")


@pytest.fixture
def other(session):
    return add_need(session, title="Lost keys", problem="Substitutes find no keys.")


@pytest.fixture
def work(session):
    return add_prior_work(session, title="A cabinet for keys", abstract="Keys of customers.")


@pytest.fixture
def judge(session, coordinator):
    def judge(need, other, verdict):
        subject = Subject.NEED if isinstance(other, Need) else Subject.PRIOR_WORK
        command = judging(need, other, verdict)
        verdicts.judge(session, coordinator, need.id, subject, other.id, command)
        session.commit()

    return judge


@pytest.fixture
def read(session, engine, retrieval):
    """Give vectors to what has none, and read what verdicts teach."""

    def read(by=retrieval):
        for subject in Subject:
            jobs.embed_pending(engine, by, subject)
        session.rollback()
        return read_judged_finds(session, by)

    return read


def stored(session, retrieval, need):
    found = stored_representation(session, Subject.NEED, need.id, retrieval.matcher.space_id)
    assert found is not None
    return found


def test_a_verdict_is_a_number(need, other, work, judge, read):
    judge(need, other, PairVerdict.SAME)
    judge(need, work, PairVerdict.PARTLY)
    judge(other, work, PairVerdict.NO)
    first, second, last = read()
    assert (first.right, second.right, last.right) == (1.0, 0.5, 0.0)
    assert first.need == second.need != last.need


def test_the_odds_are_those_among_all_others(session, retrieval, need, other, judge, read):
    add_need(session, title="Sourdough", problem="Bread rises slowly.")
    judge(need, other, PairVerdict.SAME)
    (find,) = read()
    key, text = stored(session, retrieval, need)
    index = retrieval.index(session, Subject.NEED)
    odds = retrieval.detector.shipped_log_odds(text, index, allowed=index.keys[index.keys != key])
    assert (find.need, find.log_odds) == (key, odds[stored(session, retrieval, other)[0]])
    with_itself = retrieval.detector.shipped_log_odds(text, index)
    assert find.log_odds not in with_itself.values()


def test_what_was_learned_before_does_not_count(session, retrieval, need, work, judge, read):
    judge(need, work, PairVerdict.SAME)
    matcher = retrieval.matcher
    model = DuplicateModel(**Parameters.load(SHIPPED, matcher.space_id).duplicates)
    moved = DuplicateDetector(matcher, model, Calibration(0.5, 3.0))
    assert read() == read(Retrieval(matcher, moved, retrieval.folder))


def test_what_only_coordinators_see_teaches(session, need, judge, read):
    hidden = add_need(session, title="Lost keys", visibility=Visibility.COORDINATORS)
    judge(need, hidden, PairVerdict.SAME)
    assert len(read()) == 1


@pytest.mark.parametrize("side", ["need", "other"])
def test_a_need_that_was_taken_back_teaches_nothing(session, need, other, judge, read, side):
    judge(need, other, PairVerdict.SAME)
    assert len(read()) == 1
    taken_back = session.get_one(Need, (need if side == "need" else other).id)
    taken_back.state = NeedState.WITHDRAWN
    session.commit()
    assert read() == []


def test_a_text_that_has_changed_since_teaches_nothing(session, need, other, judge, read):
    judge(need, other, PairVerdict.SAME)
    session.get_one(Need, other.id).title = "Doors get stuck"
    session.commit()
    assert read() == []


def test_what_is_not_found_any_more_teaches_nothing(session, need, work, judge, read):
    judge(need, work, PairVerdict.NO)
    assert len(read()) == 1
    for number in range(40):
        add_prior_work(session, title=need.title, abstract=f"{need.problem} {number}")
    assert read() == []


def test_what_has_not_been_read_yet_teaches_nothing(session, retrieval, need, other, judge):
    judge(need, other, PairVerdict.SAME)
    assert read_judged_finds(session, retrieval) == []
