"""A need at the coordinator's desk: known already? pairs, voices, its way and the decision."""

from typing import Any

from flask import Response

from matching import says_enough
from needsbank.db.models import Need
from needsbank.db.queries.suggestions import suggestions_of_need
from needsbank.services.adopting import adoptable
from needsbank.services.journeys_of_needs import journey_of
from needsbank.services.reading import fingerprint
from needsbank.services.supporting import supports_of_need
from needsbank.services.texts import document_of
from needsbank.services.voicing import units_without_account
from needsbank.web.database import db, retrieval
from needsbank.web.htmx import render
from needsbank.web.matters.desk import desk_of
from needsbank.web.matters.forms import ReconsiderForm, RouteForm
from needsbank.web.needs.answer import answer_to
from needsbank.web.security import current_actor


def need_desk(
    need: Need,
    *,
    form: RouteForm | None = None,
    reconsidering: ReconsiderForm | None = None,
    missed: str | None = None,
    status: int = 200,
) -> Response:
    """Show the desk; `missed` is the reason of somebody who decided too late."""
    actor = current_actor()
    answer = answer_to(need)
    hits = answer.hits if answer else []
    free = adoptable(db.session, actor, need, [hit.found for hit in hits])
    solutions = [hit.found for hit in hits if hit.found.id in free]
    shown: dict[str, Any] = desk_of(
        journey_of(db.session, need), solutions, form=form, reconsidering=reconsidering
    )
    return render(
        "coordination/need.html",
        status=status,
        need=need,
        answer=answer,
        adoptable=free,
        need_seen=fingerprint(need),
        matcher_version=retrieval().matcher.version,
        supports=supports_of_need(db.session, actor, need.id),
        units_without_account=units_without_account(db.session, [need.id]).get(need.id, 0),
        suggestions=db.session.scalars(suggestions_of_need(need.id)).all(),
        says_enough=says_enough(document_of(need)),
        missed=missed,
        **shown,
    )
