"""The demo bank has work at every point of the way, so that each page has something to show."""

from sqlalchemy import select

from needsbank.db.models import Collaboration, Event, Sketch, User
from needsbank.db.transaction import transaction
from needsbank.domain.adoption_ledger import Standing
from needsbank.domain.collaborations import CollaborationState
from needsbank.domain.roles import ANONYMOUS
from needsbank.services import adoption_ledger, lessons, results
from needsbank.services.demo_bank import load_demo_bank, show_ways
from needsbank.services.demo_results import add_demo_results
from needsbank.sources.demo_bank import read_records
from tests.conftest import ROOT

FILES = ("organisations", "needs", "competences", "prior_works")


def test_there_is_work_of_every_kind_to_look_at(session):
    records = {name: read_records(ROOT / "data" / "demo", name) for name in FILES}
    with transaction(session):
        load_demo_bank(session, records, "a hash")
        show_ways(session)
        add_demo_results(session)
    assert {each.state for each in session.scalars(select(Collaboration))} == {
        CollaborationState.UNDER_WAY,
        CollaborationState.HANDED_OVER,
        CollaborationState.BROKEN_OFF,
    }
    (result,) = results.results_to_show(session, ANONYMOUS)
    assert len(results.units_with(session, ANONYMOUS, result)) == 1
    coordinator = session.scalars(
        select(User).where(User.email == "koordinaattori@demo.example")
    ).one()
    rows = adoption_ledger.ledger(session, coordinator.actor)
    assert {row.standing for row in rows} == {Standing.IN_USE, Standing.UNKNOWN}
    assert len(lessons.lessons(session, ANONYMOUS)) == 1
    (fest,) = session.scalars(select(Event))
    assert [slot.result_id for slot in fest.slots] == [None, result.id]
    (sketch,) = session.scalars(select(Sketch))
    assert len(sketch.sources) == 3
