"""Vectors for what has none yet: what is missing is found, computed outside, and stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from matching import Document, Representation, Vector
from needsbank.db.models import Competence, Embedding, Need, PriorWork, Subject
from needsbank.domain import competences, needs
from needsbank.domain.languages import Language
from needsbank.domain.visibility import Visibility

Owner = Need | Competence | PriorWork


def _model(subject: Subject) -> type[Owner]:
    match subject:
        case Subject.NEED:
            return Need
        case Subject.COMPETENCE:
            return Competence
        case Subject.PRIOR_WORK:
            return PriorWork


@dataclass(frozen=True, slots=True)
class Pending:
    """A text that lacks vectors: whose, the text itself, and whether everyone may read it."""

    subject: Subject
    owner_id: UUID
    document: Document
    public: bool


def document_of(owner: Owner) -> Document:
    """Return what the matcher reads of a need, a competence or a prior work."""
    language = "" if owner.language is Language.OTHER else owner.language.value
    return Document(id=str(owner.id), title=owner.title, body=owner.body, language=language)


def pending(session: Session, subject: Subject, space_id: str, limit: int) -> list[Pending]:
    """Return up to `limit` texts that the space does not hold in their present form."""
    model = _model(subject)
    lacking = select(model).where(*_lacking(model, space_id)).limit(limit)
    # The checker sees only what three tables have in common: their base.
    owners = cast(list[Owner], session.scalars(lacking).all())
    return [Pending(subject, each.id, document_of(each), _is_public(each)) for each in owners]


def count_pending(session: Session, subject: Subject, space_id: str) -> int:
    """Return how many texts the space does not hold in their present form."""
    model = _model(subject)
    return session.scalar(select(func.count(model.id)).where(*_lacking(model, space_id))) or 0


def store(
    session: Session,
    space_id: str,
    batch: Sequence[tuple[Pending, Representation]],
) -> list[UUID]:
    """Store computed vectors; return the owners whose text changed meanwhile and was skipped."""
    skipped = []
    next_seq = _next_seq(session)
    for work, representation in batch:
        owner = cast(Owner | None, session.get(_model(work.subject), work.owner_id))
        if owner is None or not _is_published(owner) or document_of(owner) != work.document:
            skipped.append(work.owner_id)
            continue
        row = _row(session, work, space_id)
        row.seq, row.public = next_seq, _is_public(owner)
        row.language, row.text = representation.language, representation.text
        row.lemmas = representation.lemmas
        row.query_vector = to_bytes(representation.query)
        row.document_vector = to_bytes(representation.document)
        session.add(row)
        owner.embedded_in = space_id
        next_seq += 1
    return skipped


def forget(session: Session, subject: Subject, owner_id: UUID) -> None:
    """Empty an owner's rows under a new `seq`, so that every index forgets the text too."""
    mine = select(Embedding).where(Embedding.subject == subject, Embedding.owner_id == owner_id)
    for row in session.scalars(mine):
        row.seq, row.public = _next_seq(session), False
        row.text = row.lemmas = ""
        row.query_vector = bytes(len(row.query_vector))
        row.document_vector = bytes(len(row.document_vector))
        session.flush()  # the next row's number counts this one


def to_bytes(vector: Vector) -> bytes:
    """Return a vector as stored: little-endian float16."""
    return vector.astype("<f2").tobytes()


def from_bytes(blob: bytes) -> Vector:
    """Return a stored vector as float32 [dim]."""
    return np.frombuffer(blob, "<f2").astype(np.float32)


def representation_of(row: Embedding) -> Representation:
    """Return what the matcher computed of a stored text."""
    return Representation(
        language=row.language,
        text=row.text,
        lemmas=row.lemmas,
        query=from_bytes(row.query_vector),
        document=from_bytes(row.document_vector),
    )


def stored_representation(
    session: Session, subject: Subject, owner_id: UUID, space_id: str
) -> tuple[int, Representation] | None:
    """Return an owner's index key and representation, or None while it has none."""
    row = session.scalar(
        select(Embedding).where(
            Embedding.subject == subject,
            Embedding.owner_id == owner_id,
            Embedding.space_id == space_id,
        )
    )
    return None if row is None else (row.key, representation_of(row))


def _lacking(model: type[Owner], space_id: str) -> list[ColumnElement[bool]]:
    # Three ranges of an index; "is distinct from" would read the whole table each time.
    marker = model.embedded_in
    lacking = [or_(marker.is_(None), marker < space_id, marker > space_id)]
    if model is Need:
        lacking.append(Need.state.in_(needs.PUBLISHED))
    if model is Competence:
        lacking.append(Competence.state.in_(competences.PUBLISHED))
    return lacking


def _next_seq(session: Session) -> int:
    return (session.scalar(select(func.max(Embedding.seq))) or 0) + 1


def _row(session: Session, work: Pending, space_id: str) -> Embedding:
    row = session.scalar(
        select(Embedding).where(
            Embedding.subject == work.subject,
            Embedding.owner_id == work.owner_id,
            Embedding.space_id == space_id,
        )
    )
    return row or Embedding(subject=work.subject, owner_id=work.owner_id, space_id=space_id)


def _is_published(owner: Owner) -> bool:
    match owner:
        case Need():
            return owner.state in needs.PUBLISHED
        case Competence():
            return owner.state in competences.PUBLISHED
        case PriorWork():
            return True


def _is_public(owner: Owner) -> bool:
    return isinstance(owner, PriorWork) or owner.visibility is Visibility.PUBLIC
