"""A running process goes over to the set that is activated, and nobody waits for it."""

import gc
import threading
import time
from weakref import ref

import pytest
from sqlalchemy import delete

from matching import MatcherFileError
from needsbank import jobs
from needsbank.db.models import Subject, VectorSet
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.services import active_set
from needsbank.services.active_set import ActiveRetrieval
from needsbank.services.opening import Opener
from tests.factories import add_prior_work
from tests.second_space import FIRST_ID, activate, begin_second, build, make_parameters, opener_of

SECONDS = 20


@pytest.fixture
def parameters(tmp_path):
    return make_parameters(tmp_path / "matcher")


@pytest.fixture
def built(session, engine, retrieval):
    """A second set that lacks nothing, beside the first."""
    add_prior_work(session, title="Keys of home care", kind=PriorWorkKind.THESIS)
    jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK)
    return build(engine, begin_second(engine))


def ask_until(session, source, is_right):
    """Ask as requests do, until the answer is right or time is up; return the last answer."""
    deadline = time.monotonic() + SECONDS
    while True:
        session.rollback()
        found = source.current(session)
        if is_right(found) or time.monotonic() > deadline:
            return found
        time.sleep(0.01)


def test_a_bank_without_sets_is_answered_by_the_settings_encoder(session, settings):
    session.execute(delete(VectorSet))
    found = ActiveRetrieval(opener_of(settings)).current(session)
    assert len(found.index(session, Subject.NEED)) == 0


def test_the_same_retrieval_is_used_as_long_as_its_set_is_active(session, settings):
    source = ActiveRetrieval(opener_of(settings))
    assert source.current(session) is source.current(session)


def test_a_process_follows_the_flip_and_the_way_back(session, engine, settings, built, parameters):
    source = ActiveRetrieval(opener_of(settings, parameters))
    first = source.current(session).set
    activate(engine)
    followed = ask_until(session, source, lambda found: found.set != first)
    assert followed.set == built.set
    assert len(followed.index(session, Subject.PRIOR_WORK)) == 1
    activate(engine, FIRST_ID)
    assert ask_until(session, source, lambda found: found.set == first).set == first


class SlowOpener(Opener):
    """An opener of a model that loads when the test lets it."""

    def __init__(self, *parts):
        super().__init__(*parts)
        self.go = threading.Event()

    def retrieval(self, wanted):
        """Wait if there is something to go over from."""
        if wanted is not None and wanted.bit != 1:
            assert self.go.wait(SECONDS)
        return super().retrieval(wanted)


def test_readers_go_on_in_the_set_before_while_the_new_one_is_opened(
    session, engine, settings, built, parameters
):
    plain = opener_of(settings, parameters)
    opener = SlowOpener(plain.encoder, "fake", parameters, settings.instance / "index")
    source = ActiveRetrieval(opener)
    first = source.current(session)
    activate(engine)
    for _ in range(3):
        session.rollback()
        assert source.current(session) is first
    opener.go.set()
    assert ask_until(session, source, lambda found: found is not first).set == built.set


def test_the_set_before_is_dropped_from_memory(session, engine, settings, built, parameters):
    source = ActiveRetrieval(opener_of(settings, parameters))
    index = ref(source.current(session).index(session, Subject.PRIOR_WORK))
    activate(engine)
    ask_until(session, source, lambda found: found.set == built.set)
    deadline = time.monotonic() + SECONDS
    while index() is not None and time.monotonic() < deadline:
        gc.collect()
    assert index() is None


def test_a_set_that_cannot_be_searched_here_leaves_the_one_before_in_use(
    session, engine, settings, built, parameters, caplog, monkeypatch
):
    monkeypatch.setattr(active_set, "_RETRY_SECONDS", 0.05)
    missing = parameters / built.set.space_id
    away = missing.rename(parameters / "away")
    source = ActiveRetrieval(opener_of(settings, parameters))
    first = source.current(session)
    activate(engine)
    ask_until(session, source, lambda found: "cannot be searched here" in caplog.text)
    assert built.set.space_id in caplog.text
    assert source.current(session) is first
    away.rename(missing)
    assert ask_until(session, source, lambda found: found is not first).set == built.set


def test_a_first_set_that_cannot_be_searched_is_said_to_who_asks(session, settings, tmp_path):
    with pytest.raises(MatcherFileError):
        ActiveRetrieval(opener_of(settings, tmp_path)).current(session)
