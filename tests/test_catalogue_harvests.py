"""Catalogues behind an address, harvested by mapping over the same runs as any repository."""

import json
import threading

import pytest
from sqlalchemy import select

from needsbank import harvest_jobs
from needsbank.db.models import AuditEntry, Harvest, PriorWork
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.licences import Licence
from needsbank.domain.roles import Role
from needsbank.domain.sources import HarvestState, SourceKind
from needsbank.services import harvest_orders
from needsbank.services.operator import OPERATOR
from needsbank.sources.fetching import Fetcher
from tests.factories import add_catalogue, add_harvest, add_user, reread
from tests.raw_server import saying, serving
from tests.sources.workbooks import write_workbook

FETCHER = Fetcher(allowed=["127.0.0.1"])
MAPPING = {"fields": {"id": {"column": "Koodi"}, "title": {"column": "Nimi"}}}


class Catalogue:
    """A file that a server holds and that changes from day to day."""

    def __init__(self):
        self.body = b""
        self.status = "200 OK"
        self.url = ""

    def write(self, *titles):
        self.body = "".join(["Koodi;Nimi\n", *titles]).encode()

    def __call__(self, request, connection):
        saying(self.status, self.body)(request, connection)


@pytest.fixture
def catalogue():
    made = Catalogue()
    with serving(made) as server:
        made.url = server.url
        yield made


@pytest.fixture
def source(session, catalogue):
    return add_catalogue(session, name="Projects", address=catalogue.url, mapping=MAPPING)


@pytest.fixture
def harvest(engine, source):
    def harvest():
        return harvest_jobs.harvest_source(engine, FETCHER, source.id).harvest

    return harvest


def held(session):
    session.rollback()
    rows = session.execute(select(PriorWork.source_key, PriorWork.title)).all()
    return dict(sorted(tuple(row) for row in rows))


def counts(harvest):
    return (harvest.seen, harvest.added, harvest.changed, harvest.removed, harvest.rejected)


def test_a_catalogue_is_harvested_by_its_mapping(session, catalogue, source, harvest):
    catalogue.write("1;Avaimet\n", "2;Ateriat\n", "3;\n")
    ended = harvest()
    assert (ended.state, ended.full, ended.expected) == (HarvestState.COMPLETE, True, 3)
    assert counts(ended) == (3, 2, 0, 0, 1)
    assert held(session) == {"1": "Avaimet", "2": "Ateriat"}
    work = session.scalars(select(PriorWork)).first()
    assert (work.source, work.source_id, work.licence) == ("Projects", source.id, Licence.CC_BY)


def test_the_same_again_changes_nothing(catalogue, harvest):
    catalogue.write("1;Avaimet\n", "2;Ateriat\n")
    harvest()
    assert counts(harvest()) == (2, 0, 0, 0, 0)


def test_what_two_complete_catalogues_miss_is_removed(session, catalogue, harvest):
    catalogue.write("1;Avaimet\n", "2;Ateriat\n")
    harvest()
    catalogue.write("1;Avaimen paikka\n")
    assert counts(harvest()) == (1, 0, 1, 0, 0)
    assert set(held(session)) == {"1", "2"}
    last = harvest()
    assert held(session) == {"1": "Avaimen paikka"}
    assert session.get_one(Harvest, last.id).removed == 1


def test_a_row_that_has_become_bad_is_still_there(session, catalogue, harvest):
    catalogue.write("1;Avaimet\n", "2;Ateriat\n")
    harvest()
    catalogue.write("1;Avaimet\n", "2;\n")
    for _ in range(3):
        assert counts(harvest()) == (2, 0, 0, 0, 1)
    assert held(session) == {"1": "Avaimet", "2": "Ateriat"}


def test_a_key_that_comes_twice_counts_once(session, catalogue, harvest):
    catalogue.write("1;Avaimet\n", "1;Toiset avaimet\n", "2;Ateriat\n")
    ended = harvest()
    assert (ended.state, counts(ended)) == (HarvestState.COMPLETE, (3, 2, 0, 0, 1))
    assert held(session) == {"1": "Avaimet", "2": "Ateriat"}
    assert "id: repeated" in ended.detail


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        ("200 OK", b"", "no_column"),
        ("200 OK", b"<!doctype html><title>Closed</title>", "no_column"),
        ("200 OK", b"Koodi;Nimi\n", "nothing_there"),
        ("200 OK", b"Koodi;Nimi\n1;\n", "nothing_there"),
        ("200 OK", b'Koodi;Nimi\n1;Avaimet\n"2"x;Ateriat\n', "line"),
        ("200 OK", b"Koodi;Nimi\n1;Avaimet\n2;\xe4iti\n", "not_utf_8"),
        ("200 OK", b"PK\x03\x04", "not_workbook"),
        ("200 OK\nContent-Length: 99", b"Koodi;Nimi\n1;Avaimet\n", "not_reachable"),
        ("500 Broken", b"", "status"),
        ("302 Found\nLocation: http://169.254.169.254/", b"", "blocked"),
    ],
)
def test_a_broken_catalogue_fails_and_leaves_everything(
    session, catalogue, harvest, status, body, problem
):
    catalogue.write("1;Avaimet\n", "2;Ateriat\n")
    harvest()
    catalogue.status, catalogue.body = status, body
    for _ in range(2):
        ended = harvest()
        assert (ended.state, ended.problem) == (HarvestState.FAILED, problem)
        assert ended.detail
        assert "/tmp" not in ended.detail  # noqa: S108 -- what must not be told
    assert held(session) == {"1": "Avaimet", "2": "Ateriat"}


def test_a_mapping_that_no_longer_holds_fails(session, engine, catalogue, source):
    catalogue.write("1;Avaimet\n")
    source.mapping = {"fields": {"title": {"column": "Otsikko"}}}
    session.commit()
    ended = harvest_jobs.harvest_source(engine, FETCHER, source.id).harvest
    assert (ended.state, ended.problem) == (HarvestState.FAILED, "no_column")
    source.mapping = {"fields": {}}
    session.commit()
    assert harvest_jobs.harvest_source(engine, FETCHER, source.id).harvest.problem == "mapping"


def test_json_and_workbooks_come_the_same_way(session, catalogue, source, harvest, tmp_path):
    rows: list[list[object]] = [["Koodi", "Nimi"], [1, "Avaimet"], [2, "Ateriat"]]
    catalogue.body = write_workbook(tmp_path / "a.xlsx", rows).read_bytes()
    assert counts(harvest()) == (2, 2, 0, 0, 0)
    records = [{"Koodi": "1", "Nimi": "Avaimet"}, {"Koodi": "3", "Nimi": "Muut"}]
    catalogue.body = json.dumps(records).encode()
    assert counts(harvest()) == (2, 1, 0, 0, 0)


def test_a_large_catalogue_comes_in_pages_and_goes_on_by_position(
    session, engine, catalogue, source
):
    catalogue.write(*(f"{number};Työ {number}\n" for number in range(1800)))
    stop = threading.Event()

    def stop_soon(done, expected):
        assert expected == 1800
        if done >= 1000:
            stop.set()

    left = harvest_jobs.harvest_source(engine, FETCHER, source.id, stop=stop, progress=stop_soon)
    assert (left.harvest.state, left.harvest.position) == (HarvestState.RUNNING, 1000)
    assert len(held(session)) == 1000
    ended = harvest_jobs.harvest_source(engine, FETCHER, source.id).harvest
    assert ended.id == left.harvest.id
    assert (ended.state, counts(ended)) == (HarvestState.COMPLETE, (1800, 1800, 0, 0, 0))
    assert len(held(session)) == 1800


def test_a_harvest_that_is_ordered_is_what_the_worker_takes_up_next(
    session, engine, catalogue, source
):
    catalogue.write("1;Avaimet\n")
    stop = threading.Event()
    assert harvest_jobs.harvest_due(engine, FETCHER, stop) == []
    with transaction(session):
        ordered = harvest_orders.order_harvest(session, OPERATOR, source.id)
        assert ordered.state is HarvestState.RUNNING
    (outcome,) = harvest_jobs.harvest_due(engine, FETCHER, stop)
    assert (outcome.harvest.id, outcome.harvest.state) == (ordered.id, HarvestState.COMPLETE)
    assert harvest_jobs.harvest_due(engine, FETCHER, stop) == []
    assert held(session) == {"1": "Avaimet"}
    assert session.scalars(select(AuditEntry.act)).all() == ["order_harvest"]


def test_a_harvest_that_is_cancelled_stores_no_further_page(session, engine, catalogue, source):
    catalogue.write(*(f"{number};Työ {number}\n" for number in range(1800)))

    def cancel(done, _expected):
        if done == 500:
            session.rollback()
            with transaction(session):
                harvest_orders.cancel_harvest(session, OPERATOR, source.id)

    with pytest.raises(Conflict):
        harvest_jobs.harvest_source(engine, FETCHER, source.id, progress=cancel)
    assert len(held(session)) == 500
    ended = session.scalars(select(Harvest)).one()
    assert (ended.state, ended.lease) == (HarvestState.CANCELLED, None)
    # A catalogue is then read anew, from its start.
    again = harvest_jobs.harvest_source(engine, FETCHER, source.id).harvest
    assert counts(again) == (1800, 1300, 0, 0, 0)


def test_one_harvest_at_a_time_is_ordered_and_one_that_runs_is_cancelled(session, source):
    with pytest.raises(Conflict):
        harvest_orders.cancel_harvest(session, OPERATOR, source.id)
    running = add_harvest(session, source, state=HarvestState.RUNNING, finished=None)
    with pytest.raises(Conflict):
        harvest_orders.order_harvest(session, OPERATOR, source.id)
    with transaction(session):
        harvest_orders.cancel_harvest(session, OPERATOR, source.id)
    assert reread(session, running).state is HarvestState.CANCELLED


@pytest.mark.parametrize("values", [{"active": False}, {"address": ""}])
def test_what_cannot_be_fetched_is_not_ordered(session, values):
    source = add_catalogue(session, **{"address": "https://example.com/a.csv", **values})
    with pytest.raises(Conflict):
        harvest_orders.order_harvest(session, OPERATOR, source.id)


def test_only_admins_order_and_cancel_and_the_bank_s_own_is_nobody_s(session, source):
    own = add_catalogue(session, kind=SourceKind.OWN)
    for act in (harvest_orders.order_harvest, harvest_orders.cancel_harvest):
        for role in set(Role) - {Role.ADMIN}:
            with pytest.raises(NotAllowed):
                act(session, add_user(session, role).actor, source.id)
        with pytest.raises(NotFound):
            act(session, OPERATOR, own.id)


def test_the_worker_tidies_up_beside_harvesting(engine):
    stop, tidied = threading.Event(), []

    def tidy():
        tidied.append(True)
        stop.set()

    harvest_jobs.work(engine, FETCHER, stop, tidy)
    assert tidied == [True]
