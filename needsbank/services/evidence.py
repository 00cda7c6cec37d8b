"""The sentences of both sides that carry a suggestion, found after it and kept with it."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from matching import Matcher
from needsbank.db.models import Competence, Reference, Suggestion
from needsbank.services.texts import document_of


def count_lacking_evidence(session: Session) -> int:
    """Return how many suggestions wait for their sentences to be compared."""
    lacking = select(func.count(Suggestion.id)).where(Suggestion.evidence.is_(None))
    return session.scalar(lacking) or 0


def lacking_evidence(session: Session, limit: int) -> list[Suggestion]:
    """Return suggestions whose sentences have not been compared yet, newest first."""
    return list(
        session.scalars(
            select(Suggestion)
            .where(Suggestion.evidence.is_(None))
            .options(
                joinedload(Suggestion.need),
                joinedload(Suggestion.competence).selectinload(Competence.references),
            )
            .order_by(Suggestion.created.desc(), Suggestion.rank)
            .limit(limit)
        )
    )


def find_evidence(matcher: Matcher, suggestion: Suggestion) -> list[dict[str, Any]]:
    """Return the sentences of both sides that carry a suggestion, best first.

    One that stands in a reference has its title and language beside it. At the end come those of
    the need that nothing answers, alone.
    """
    references = suggestion.competence.references
    texts = document_of(suggestion.need), document_of(suggestion.competence)
    further = [document_of(each) for each in references]
    found = matcher.explain(*texts, further=further)
    unanswered = matcher.unanswered(*texts, further=further)
    pairs = [
        {
            "need": each.query_sentence,
            "competence": each.document_sentence,
            "shared": list(each.shared),
        }
        | _source(references[each.text - 1] if each.text else None)
        for each in found
    ]
    return pairs + [{"need": sentence} for sentence in unanswered]


def store_evidence(session: Session, found: list[tuple[UUID, list[dict[str, Any]]]]) -> None:
    """Store evidence for suggestions that still exist."""
    for suggestion_id, evidence in found:
        suggestion = session.get(Suggestion, suggestion_id)
        if suggestion is not None:
            suggestion.evidence = evidence


def _source(reference: Reference | None) -> dict[str, Any]:
    if reference is None:
        return {}
    return {"reference": reference.title, "language": reference.language.value}
