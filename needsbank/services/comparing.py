"""A text beside one like it: which sentences of the two belong together."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from matching import Document, Evidence
from needsbank.db.models import Need, PriorWork, Subject
from needsbank.db.queries.needs import need_to_read
from needsbank.db.queries.prior_works import PriorWorkFilter, prior_works_to_read
from needsbank.domain.errors import NotFound
from needsbank.domain.roles import Actor
from needsbank.services.retrieval import Retrieval
from needsbank.services.texts import document_of

SENTENCES = 3
NEAR_FROM = 0.3
"""Cosine of two sentences from which they are worth reading side by side."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The other text, and the near sentences of both that speak most for a likeness."""

    subject: Subject
    other: Need | PriorWork
    sentences: Sequence[Evidence]


def compare(
    session: Session,
    retrieval: Retrieval,
    actor: Actor,
    text: Document,
    subject: Subject,
    other_id: UUID,
) -> Compared:
    """Compare a text with a need or a prior work; NotFound if the actor may not read it."""
    query: Select[Need] | Select[PriorWork]
    if subject is Subject.NEED:
        query = need_to_read(actor, other_id)
    else:
        query = prior_works_to_read(PriorWorkFilter()).where(PriorWork.id == other_id)
    other: Need | PriorWork | None = session.scalar(query)
    if other is None:
        raise NotFound
    pairs = retrieval.matcher.explain(text, document_of(other), limit=SENTENCES)
    return Compared(subject, other, [pair for pair in pairs if pair.similarity >= NEAR_FROM])
