"""A text beside one like it: which sentences of the two belong together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy.orm import Session

from matching import Document, Evidence
from needsbank.db.models import Need, PriorWork, Subject
from needsbank.domain.roles import Actor
from needsbank.services.reading import text_to_read
from needsbank.services.retrieval import Retrieval
from needsbank.services.texts import document_of

SENTENCES = 3
NEAR_FROM = 0.3
"""Cosine of two sentences from which they are worth reading side by side."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The other text, and the near sentences of both that speak most for a likeness.

    Of a work whose licence keeps its text back only the title is quoted.
    """

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
    most: int = SENTENCES,
) -> Compared:
    """Compare a text with a need or a prior work; NotFound if the actor may not read it."""
    other = text_to_read(session, actor, subject, other_id)
    # A title is no more than what a link says; what a licence keeps back is not quoted.
    shown = document_of(other) if isinstance(other, Need) or other.shows_text else _title(other)
    pairs = retrieval.matcher.explain(text, shown, limit=most)
    return Compared(subject, other, [pair for pair in pairs if pair.similarity >= NEAR_FROM])


def _title(work: PriorWork) -> Document:
    return replace(document_of(work), body="")
