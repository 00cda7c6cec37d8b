"""The worker keeps a built set complete beside the active one, and goes over to it when told."""

import threading
import time

import pytest
from sqlalchemy import select

from matching import FakeEncoder
from needsbank import jobs
from needsbank.db.models import Embedding, Need, Subject, VectorSet
from needsbank.db.transaction import transaction
from needsbank.services import needs, vector_sets
from needsbank.services.drift import Drifted
from needsbank.services.embedded_sets import EmbeddedSets, SetReader
from needsbank.services.embedding import SetClosed
from tests.factories import add_need, add_prior_work, describing
from tests.second_space import SECOND_ID, activate, begin_second, build, make_parameters, opener_of

SECONDS = 30


@pytest.fixture
def opener(settings, tmp_path):
    return opener_of(settings, make_parameters(tmp_path / "matcher"))


@pytest.fixture
def worker(engine, opener):
    """A worker of the bank, stopped after the test."""
    stop = threading.Event()
    thread = threading.Thread(target=jobs.work, args=(engine, EmbeddedSets(opener, engine), stop))
    thread.start()
    yield thread
    stop.set()
    thread.join(SECONDS)
    assert not thread.is_alive()


def wait_until(session, is_done):
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        session.rollback()
        if is_done():
            return
        time.sleep(0.02)
    raise AssertionError("the worker did not do it")


def texts(session, reader):
    rows = select(Embedding.text).where(
        Embedding.space_id == reader.set.space_id, Embedding.text != ""
    )
    return sorted(text.split("\n")[0] for text in session.scalars(rows))


@pytest.mark.usefixtures("worker")
def test_what_is_posted_changed_and_withdrawn_comes_into_both_sets(session, engine, retrieval):
    reader = build(engine, begin_second(engine))
    active = SetReader(retrieval.set, FakeEncoder())
    need, gone = add_need(session, title="First words"), add_need(session, title="Gone")
    for each in (active, reader):
        wait_until(session, lambda each=each: texts(session, each) == ["First words", "Gone"])
    with transaction(session):
        command = describing(session, need.author, title="Other words")
        needs.change_need(session, need.author.actor, need.id, command)
        needs.withdraw_need(session, gone.author.actor, gone.id)
    for each in (active, reader):
        wait_until(session, lambda each=each: texts(session, each) == ["Other words"])
    activate(engine)


@pytest.mark.usefixtures("worker")
def test_a_set_whose_build_was_broken_off_is_left_to_its_builder(session, engine, retrieval):
    reader = begin_second(engine)
    add_prior_work(session)
    active = SetReader(retrieval.set, FakeEncoder())
    wait_until(session, lambda: len(texts(session, active)) == 1)
    time.sleep(2 * jobs._IDLE_SECONDS)
    assert texts(session, reader) == []


@pytest.mark.usefixtures("worker")
def test_the_worker_goes_over_to_the_set_that_is_activated(
    session, engine, settings, opener, retrieval
):
    need = add_need(session)
    reader = build(engine, begin_second(engine))
    wait_until(session, lambda: not vector_sets.count_missing(session, retrieval.set))
    wait_until(session, lambda: not vector_sets.count_missing(session, reader.set))
    retired = settings.instance / "index" / f"need-{retrieval.set.space_id}" / "1-x"
    retired.mkdir(parents=True)
    activate(engine)
    version = opener.retrieval(reader.set).matcher.version
    matched = select(Need.matched_with).where(Need.id == need.id)
    wait_until(session, lambda: session.scalar(matched) == version)
    add_need(session, title="Posted after")
    wait_until(session, lambda: "Posted after" in texts(session, reader))
    wait_until(session, lambda: not retired.exists())


def test_a_worker_whose_encoder_has_drifted_does_not_begin(session, engine, opener):
    with transaction(session):
        found = session.scalars(select(VectorSet)).one()
        found.probes = found.probes[::-1]
    add_need(session)
    with pytest.raises(Drifted, match="needsbank encoder build"):
        jobs.work(engine, EmbeddedSets(opener, engine), threading.Event())
    assert session.scalars(select(Embedding.key)).all() == []


def test_a_build_that_stops_goes_on_and_reads_nothing_twice(session, engine):
    for _ in range(5):
        add_prior_work(session)
    reader = begin_second(engine)
    assert jobs.build_pending(engine, reader, Subject.PRIOR_WORK, most=2) == 2
    assert jobs.build_pending(engine, reader, Subject.PRIOR_WORK) == 3
    seqs = select(Embedding.seq).where(Embedding.space_id == reader.set.space_id)
    assert sorted(session.scalars(seqs)) == [1, 2, 3, 4, 5]


def test_a_set_that_is_removed_while_it_is_built_takes_nothing_more(session, engine):
    class Removing(FakeEncoder):
        """An encoder during whose work the set is closed."""

        def encode(self, texts, side):
            """Close the set first."""
            with transaction(session):
                vector_sets.close(session, SECOND_ID)
            return super().encode(texts, side)

    reader = begin_second(engine)
    add_prior_work(session)
    with pytest.raises(SetClosed, match="takes no more texts"):
        jobs.build_pending(engine, SetReader(reader.set, Removing(2)), Subject.PRIOR_WORK)
    assert session.scalars(select(Embedding.key)).all() == []
