"""Which source is harvested when, and where its harvest begins."""

from datetime import timedelta
from uuid import uuid4

import pytest

from needsbank.db.models import Harvest
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, NotFound
from needsbank.domain.sources import HarvestState, Schedule, SourceKind
from needsbank.services import harvesting
from needsbank.services.harvest_planning import due_sources
from tests.factories import add_source, day

KINDS = [SourceKind.OAI_PMH]
HOUR = timedelta(hours=1)


@pytest.fixture
def source(session):
    return add_source(session, schedule=Schedule.WEEKLY, moved=day(-100))


def add_harvest(session, source, **values):
    """Add a complete harvest of everything that ended an hour after it began."""
    started = values.get("started", now() - HOUR)
    defaults = {"full": True, "state": HarvestState.COMPLETE, "finished": started + HOUR}
    harvest = Harvest(source_id=source.id, **{"started": started, **defaults, **values})
    session.add(harvest)
    session.commit()
    return harvest


def due(session, moment):
    return due_sources(session, KINDS, moment)


def claim(session, source, **options):
    with transaction(session):
        held = harvesting.claim(session, source.id, **options)
    return held, session.get_one(Harvest, held.harvest_id)


def test_a_new_source_is_due_at_once(session, source):
    assert due(session, day(0)) == [source.id]


def test_a_source_is_due_again_after_its_period(session, source):
    add_harvest(session, source, started=day(0))
    assert due(session, day(7) - HOUR) == []
    assert due(session, day(7)) == [source.id]


@pytest.mark.parametrize(
    "values",
    [
        {"schedule": Schedule.MANUAL},
        {"schedule": Schedule.DAILY, "active": False},
        {"schedule": Schedule.DAILY, "address": ""},
        {"schedule": Schedule.DAILY, "kind": SourceKind.CATALOGUE},
        {"schedule": Schedule.DAILY, "kind": SourceKind.OWN},
    ],
)
def test_what_is_never_due(session, values):
    add_source(session, **values)
    assert due(session, day(1000)) == []


@pytest.mark.parametrize(
    ("values", "hours"),
    [
        ({"state": HarvestState.FAILED}, 7),
        ({"state": HarvestState.PARTIAL, "token": "t"}, 7),
        ({"state": HarvestState.PARTIAL}, 7 * 24),
        ({"state": HarvestState.CANCELLED}, 7 * 24),
        ({"state": HarvestState.RUNNING, "lease_until": day(0) + 5 * HOUR}, 5),
        ({"state": HarvestState.RUNNING}, 0),
    ],
)
def test_a_harvest_that_did_not_get_through_is_tried_again(session, source, values, hours):
    add_harvest(session, source, started=day(0), **values)
    if hours:
        assert due(session, day(0) + timedelta(hours=hours, seconds=-1)) == []
    assert due(session, day(0) + timedelta(hours=hours)) == [source.id]


def test_one_that_a_person_began_is_taken_over_but_not_repeated(session):
    source = add_source(session, schedule=Schedule.MANUAL)
    harvest = add_harvest(session, source, state=HarvestState.RUNNING, lease_until=day(0))
    assert due(session, day(1)) == [source.id]
    harvest.state = HarvestState.FAILED
    session.commit()
    assert due(session, day(100)) == []


def test_the_longest_waiting_comes_first(session, source):
    add_harvest(session, source, started=day(3))
    older, new = (add_source(session, schedule=Schedule.DAILY) for _ in range(2))
    add_harvest(session, older, started=day(1))
    assert due(session, day(50)) == [new.id, older.id, source.id]


def test_the_first_harvest_reads_everything(session, source):
    held, harvest = claim(session, source)
    assert (harvest.full, harvest.since, held.request.token) == (True, None, None)
    assert held.request.address == source.address


def test_the_next_one_reads_what_changed_since_the_last_complete_one(session, source):
    add_harvest(session, source, until=day(1))
    add_harvest(session, source, until=day(2), full=False)
    add_harvest(session, source, until=day(3), full=False, state=HarvestState.PARTIAL)
    held, harvest = claim(session, source)
    assert (harvest.full, held.request.since) == (False, day(2))


@pytest.mark.parametrize(
    "last",
    [
        {"started": day(-1000), "moved": day(-2000)},  # long ago
        {"state": HarvestState.PARTIAL},
        {"state": HarvestState.CANCELLED},
        {"moved": now() + HOUR},  # somewhere else since
    ],
)
def test_everything_is_read_where_nothing_says_what_is_known(session, source, last):
    source.moved = last.pop("moved", source.moved)
    add_harvest(session, source, until=day(1), **last)
    assert claim(session, source)[1].full


def test_everything_is_read_when_asked(session, source):
    add_harvest(session, source, until=day(1))
    assert claim(session, source, full=True)[1].full


def test_a_catalogue_is_always_read_as_a_whole(session):
    source = add_source(session, kind=SourceKind.CATALOGUE, moved=day(-100))
    add_harvest(session, source, until=day(1))
    assert claim(session, source)[1].full


STOPPED = {"finished": None, "token": "t", "position": 30, "pages": 3}


@pytest.mark.parametrize(
    ("values", "options"),
    [
        ({"state": HarvestState.PARTIAL}, {}),
        ({"state": HarvestState.CANCELLED}, {}),
        ({"state": HarvestState.RUNNING, "lease_until": day(0)}, {}),
        ({"state": HarvestState.PARTIAL}, {"full": True}),
        ({"state": HarvestState.PARTIAL, "full": False, "since": day(1)}, {}),
        ({"state": HarvestState.RUNNING, "pages": 0, "token": None, "position": 0}, {}),
    ],
)
def test_a_stopped_harvest_goes_on(session, source, values, options):
    stopped = add_harvest(session, source, **{**STOPPED, **values}, problem="status", detail="x")
    held, harvest = claim(session, source, **options)
    assert (harvest.id, harvest.state) == (stopped.id, HarvestState.RUNNING)
    assert (held.request.token, held.request.position) == (stopped.token, stopped.position)
    assert held.request.since == stopped.since
    assert (harvest.problem, harvest.detail, harvest.finished) == (None, "", None)


@pytest.mark.parametrize(
    ("values", "options"),
    [
        ({"state": HarvestState.PARTIAL, "token": None}, {}),
        ({"state": HarvestState.FAILED}, {}),
        ({"state": HarvestState.PARTIAL, "started": now() - timedelta(days=2)}, {}),
        ({"state": HarvestState.PARTIAL, "full": False}, {"full": True}),
        ({"state": HarvestState.RUNNING, "full": False}, {"full": True}),
        ({"state": HarvestState.RUNNING, "token": None}, {}),
    ],
)
def test_one_that_cannot_go_on_is_begun_anew(session, source, values, options):
    stopped = add_harvest(session, source, **{**STOPPED, **values})
    held, harvest = claim(session, source, **options)
    assert harvest.id != stopped.id
    assert (held.request.token, held.request.position) == (None, 0)
    assert stopped.state in {HarvestState.PARTIAL, HarvestState.FAILED, HarvestState.CANCELLED}


def test_one_of_an_earlier_address_is_not_gone_on_with(session, source):
    stopped = add_harvest(session, source, **STOPPED, state=HarvestState.RUNNING)
    source.moved = now()
    session.commit()
    assert claim(session, source)[1].id != stopped.id
    assert (stopped.state, stopped.problem) == (HarvestState.CANCELLED, "interrupted")


def test_a_paused_source_is_not_harvested(session):
    source = add_source(session, active=False)
    with pytest.raises(Conflict, match="paused"):
        claim(session, source)


def test_neither_is_what_is_not_there_or_the_banks_own(session):
    own = add_source(session, kind=SourceKind.OWN)
    for source_id in (own.id, uuid4()):
        with pytest.raises(NotFound), transaction(session):
            harvesting.claim(session, source_id)


def test_a_lease_is_renewed_while_waiting(session, source):
    held, harvest = claim(session, source)
    harvest.lease_until = now()
    session.commit()
    with transaction(session):
        harvesting.renew(session, held)
    assert harvest.lease_until > now() + timedelta(minutes=1)
    with pytest.raises(Conflict, match="being harvested"):
        claim(session, source)
