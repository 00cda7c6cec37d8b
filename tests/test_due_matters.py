"""The worker brings parked matters back and begins the journeys of older needs."""

from datetime import timedelta

from needsbank.db.models import Journey
from needsbank.domain.clock import moved, today
from needsbank.domain.journeys import Stage
from needsbank.due_work import do_due
from tests.factories import add_journey, add_need, reread


def test_what_has_become_due_is_done_and_done_again_changes_nothing(engine, session):
    old = add_need(session)
    parked = add_journey(session, stage=Stage.PARKED, returns_on=today() + timedelta(days=3))
    do_due(engine)
    session.rollback()
    begun = session.query(Journey).filter_by(need_id=old.id).one()
    assert begun.stage is Stage.IN_COORDINATION
    assert reread(session, parked).stage is Stage.PARKED
    with moved(timedelta(days=3)):
        do_due(engine)
        do_due(engine)
    assert [step.stage for step in reread(session, parked).steps] == [
        Stage.PARKED,
        Stage.IN_COORDINATION,
    ]
