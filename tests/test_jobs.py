"""Background work finds what is missing, repairs what a crash left, and stops when asked."""

import threading
import time

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from matching import DuplicateDetector, FakeEncoder, Matcher
from needsbank import jobs
from needsbank.db.models import Embedding, Need, PriorWork, Subject, Suggestion
from needsbank.db.transaction import transaction
from needsbank.domain.roles import Role
from needsbank.services import embedding
from needsbank.services.embedded_sets import EmbeddedSets
from needsbank.services.retrieval import Retrieval
from tests.conftest import ROOT
from tests.factories import add_competence, add_need, add_prior_work, add_user, reread
from tests.second_space import opener_of

PROBLEM = "Substitutes cannot find the keys of home care customers."
SKILL = "We design how keys of home care customers are kept and found by substitutes."


class Killed(BaseException):
    """What stands for a process that ends in the middle."""


class MatcherThatDies(Matcher):
    """A matcher that ends the process at its first match."""

    def match(self, *args, **kwargs):
        """Die."""
        raise Killed


class EncoderThatWaits(FakeEncoder):
    """An encoder during whose work something else happens."""

    def __init__(self, meanwhile):
        self.meanwhile = meanwhile

    def encode(self, texts, side):
        """Let the other thing happen once, then encode."""
        meanwhile, self.meanwhile = self.meanwhile, lambda: None
        meanwhile()
        return super().encode(texts, side)


@pytest.fixture
def make_retrieval(settings):
    def make(matcher):
        detector = DuplicateDetector.load(ROOT / "data" / "matcher", matcher)
        return Retrieval(matcher, detector, settings.instance / "index")

    return make


@pytest.fixture
def opener(settings):
    return opener_of(settings, ROOT / "data" / "matcher")


def count(session, model):
    session.rollback()
    return session.scalar(select(func.count()).select_from(model))


def run_all(engine, retrieval):
    for subject in Subject:
        jobs.embed_pending(engine, retrieval, subject)
    jobs.suggest_pending(engine, retrieval)
    jobs.find_missing_evidence(engine, retrieval)


def test_embedding_goes_on_until_nothing_is_pending(session, engine, retrieval):
    for _ in range(jobs.EMBED_AT_ONCE[Subject.PRIOR_WORK] + 3):
        add_prior_work(session)
    seen: list[int] = []
    done = jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK, progress=seen.append)
    assert (done, seen) == (
        jobs.EMBED_AT_ONCE[Subject.PRIOR_WORK] + 3,
        [jobs.EMBED_AT_ONCE[Subject.PRIOR_WORK], 3],
    )
    assert jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK) == 0


class SetsWithoutDatabase(EmbeddedSets):
    """A bank whose database is away once, and whose worker is asked to stop after its work."""

    def __init__(self, opener, engine, stop):
        super().__init__(opener, engine)
        self.stop = stop
        self.away = True

    def active(self):
        """Fail the first time, as a locked database does."""
        if self.away:
            self.away = False
            raise OperationalError("select 1", {}, Exception("database is locked"))
        return super().active()

    def built(self):
        """Come last, when there is nothing else to do."""
        self.stop.set()
        return super().built()


def test_the_worker_outlives_a_database_that_is_away(session, engine, opener, monkeypatch, caplog):
    add_need(session, problem=PROBLEM)
    add_competence(session, description=SKILL)
    stop = threading.Event()
    monkeypatch.setattr(jobs, "_RETRY_SECONDS", 0.01)
    jobs.work(engine, SetsWithoutDatabase(opener, engine, stop), stop)
    assert "the database does not answer" in caplog.text
    assert count(session, Embedding) == 2


def test_embedding_stops_after_a_batch_when_only_some_is_asked_for(session, engine, retrieval):
    for _ in range(5):
        add_prior_work(session)
    assert jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK, most=2) == 2
    assert count(session, Embedding) == 2


def test_a_text_that_changes_while_it_is_read_is_read_again(session, engine, make_retrieval):
    works = [add_prior_work(session) for _ in range(3)]

    def change():
        with transaction(session):
            session.get_one(PriorWork, works[0].id).title = "Changed"

    matcher = Matcher.load(ROOT / "data" / "matcher", EncoderThatWaits(change))
    retrieval = make_retrieval(matcher)
    jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK)
    session.rollback()
    assert embedding.count_pending(session, Subject.PRIOR_WORK, retrieval.set) == 0
    assert "Changed" in session.scalars(select(Embedding.text)).all()


def test_when_every_text_of_a_batch_has_changed_the_rest_is_still_read(
    session, engine, make_retrieval
):
    work = add_prior_work(session)

    def change():
        with transaction(session):
            session.get_one(PriorWork, work.id).title = "Changed"

    matcher = Matcher.load(ROOT / "data" / "matcher", EncoderThatWaits(change))
    jobs.embed_pending(engine, make_retrieval(matcher), Subject.PRIOR_WORK)
    assert session.scalars(select(Embedding.text)).all() == ["Changed"]


def test_a_worker_killed_after_embedding_a_competence_loses_no_match(
    session, engine, retrieval, make_retrieval
):
    """The old need must meet the competence, wherever between the steps the end came."""
    need = add_need(session, title="Keys get lost", problem=PROBLEM)
    run_all(engine, retrieval)
    competence = add_competence(session, title="Key logistics", description=SKILL)
    dying = make_retrieval(MatcherThatDies.load(ROOT / "data" / "matcher", FakeEncoder()))
    with pytest.raises(Killed):
        jobs.embed_pending(engine, dying, Subject.COMPETENCE)
    run_all(engine, retrieval)
    session.rollback()
    found = session.execute(select(Suggestion.need_id, Suggestion.competence_id)).all()
    assert [tuple(row) for row in found] == [(need.id, competence.id)]


def test_a_worker_killed_while_it_matches_goes_on_where_it_was(
    session, engine, retrieval, make_retrieval
):
    need = add_need(session, title="Keys get lost", problem=PROBLEM)
    add_competence(session, title="Key logistics", description=SKILL)
    for subject in Subject:
        jobs.embed_pending(engine, retrieval, subject)
    dying = make_retrieval(MatcherThatDies.load(ROOT / "data" / "matcher", FakeEncoder()))
    with pytest.raises(Killed):
        jobs.suggest_pending(engine, dying)
    assert reread(session, need).matched_with is None
    assert jobs.suggest_pending(engine, retrieval) == 1
    assert count(session, Suggestion) == 1


def test_suggesting_tells_how_far_it_is(session, engine, retrieval):
    for _ in range(10):
        add_need(session)
    jobs.embed_pending(engine, retrieval, Subject.NEED)
    seen: list[int] = []
    assert jobs.suggest_pending(engine, retrieval, progress=seen.append) == 10
    assert sum(seen) == 10


def test_a_need_that_another_set_holds_is_embedded_anew(session, engine, retrieval):
    need = add_need(session, embedded_in=0b10, matched_with="an older version")
    run_all(engine, retrieval)
    need = reread(session, need)
    assert (need.embedded_in, need.matched_with) == (0b11, retrieval.matcher.version)


def test_two_workers_at_once_store_everything_once(session, engine, retrieval):
    author = add_user(session, Role.PARTNER)
    for number in range(20):
        add_need(session, author, title=f"Keys get lost {number}", problem=PROBLEM)
    add_competence(session, title="Key logistics", description=SKILL)
    problems = []

    def run():
        try:
            run_all(engine, retrieval)
        except Exception as problem:  # noqa: BLE001 -- told by the test itself
            problems.append(problem)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    run_all(engine, retrieval)
    assert (count(session, Embedding), count(session, Suggestion)) == (21, 20)


def test_the_worker_does_everything_and_stops_when_asked(session, engine, opener):
    add_need(session, title="Keys get lost", problem=PROBLEM)
    add_competence(session, title="Key logistics", description=SKILL)
    add_prior_work(session)
    stop = threading.Event()
    worker = threading.Thread(target=jobs.work, args=(engine, EmbeddedSets(opener, engine), stop))
    worker.start()
    deadline = time.monotonic() + 20
    done = select(func.count(Suggestion.id)).where(Suggestion.evidence.is_not(None))
    while time.monotonic() < deadline:
        session.rollback()
        if session.scalar(done) == 1 and count(session, Embedding) == 3:
            break
        time.sleep(0.02)
    stop.set()
    worker.join(timeout=10)
    assert not worker.is_alive()
    assert (session.scalar(done), count(session, Embedding), count(session, Need)) == (1, 3, 1)
