"""The draft of an answer: a template per route, in the language of those who will read it."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import render_template
from flask_babel import force_locale

from needsbank.db.models import Competence, Journey, Need, PriorWork, RouteDecision, Subject
from needsbank.domain.languages import Language
from needsbank.domain.routes import Route
from needsbank.domain.visibility import Visibility
from needsbank.services.matters import title_of
from needsbank.web.database import db
from needsbank.web.languages import day


def draft_answer(journey: Journey, decision: RouteDecision, language: Language) -> str:
    """Return what the senders of a language could be told of a decision.

    Nobody knows who reads an answer, so it names nothing that is not everybody's to read.
    """
    title, _ = title_of(db.session, journey)
    with force_locale(language.value):
        text = render_template(
            f"answers/{decision.route.value}.txt",
            title=title,
            reason=decision.reason,
            **_words(decision),
        )
    return text.strip()


def _words(decision: RouteDecision) -> dict[str, Any]:
    details = dict(decision.details)
    if decision.route is Route.MINNO:
        offered = db.session.get(Competence, UUID(details["round"]))
        details["round"] = offered if _is_public(offered) else None
    elif decision.route is Route.ADOPT:
        key, is_need = UUID(details["solution"]), details["subject"] == Subject.NEED.value
        need = db.session.get(Need, key) if is_need else None
        found = need if _is_public(need) else None
        details["solution"] = found if is_need else db.session.get(PriorWork, key)
    elif decision.route is Route.PARK:
        details["returns_on"] = day(date.fromisoformat(details["returns_on"]))
    return details


def _is_public(posting: Competence | Need | None) -> bool:
    return posting is not None and posting.visibility is Visibility.PUBLIC
