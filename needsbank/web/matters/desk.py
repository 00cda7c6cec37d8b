"""What the desk shows of a matter beside the need itself: its way, its ideas, its decision."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from needsbank.db.models import Journey, JourneyStep, Need, PriorWork
from needsbank.domain.journeys import Act, Stage, leads_from
from needsbank.services.answers_back import answers_of
from needsbank.services.followers import captures_behind, needs_behind
from needsbank.services.journeys_of_needs import journey_of
from needsbank.services.matters import decision_on
from needsbank.services.representing import representative_of
from needsbank.services.routing import rounds_on_offer
from needsbank.web.database import db
from needsbank.web.matters.forms import ReconsiderForm, RouteForm
from needsbank.web.security import current_actor

Solutions = Sequence[Need | PriorWork]


def desk_of(
    journey: Journey | None,
    solutions: Solutions = (),
    form: RouteForm | None = None,
    reconsidering: ReconsiderForm | None = None,
) -> dict[str, Any]:
    """Return the words of `coordination/_matter.html`; no journey is that of an old need."""
    stage = journey.stage if journey else Stage.IN_COORDINATION
    shown: dict[str, Any] = {"journey": journey, "stage": stage, "route_form": None}
    if leads_from(stage, Act.DECIDE):
        route_form = form or RouteForm(formdata=None, seen=stage.value)
        route_form.offer(rounds_on_offer(db.session, current_actor()), solutions)
        shown["route_form"] = route_form
    if journey is None:
        return shown
    decision = decision_on(db.session, journey)
    if decision and leads_from(stage, Act.RECONSIDER):
        form_of = reconsidering or ReconsiderForm(formdata=None, seen=stage.value)
        shown["reconsider_form"] = form_of
    return shown | {
        "decision": decision,
        "answers": answers_of(db.session, decision) if decision else {},
        "steps": steps_of(journey),
        "ideas": captures_behind(db.session, journey),
        "made_of": [
            need for need in needs_behind(db.session, journey) if need.id != journey.need_id
        ],
        "representative": representative_of(db.session, journey),
    }


def way_of(need: Need) -> dict[str, Any]:
    """Return what its sender sees of a need's journey, which an old one may not have yet."""
    journey = journey_of(db.session, need)
    if journey is None:
        return {}
    return {
        "journey": journey,
        "steps": steps_of(journey),
        "asks_for_representative": journey.stage is Stage.AWAITING_PARTNER,
    }


def steps_of(journey: Journey) -> Sequence[JourneyStep]:
    """Return the turns that a matter has taken, with who made them."""
    of_journey = select(JourneyStep).where(JourneyStep.journey_id == journey.id)
    return db.session.scalars(
        of_journey.options(joinedload(JourneyStep.actor)).order_by(JourneyStep.seq)
    ).all()
