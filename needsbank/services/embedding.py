"""Vectors for what has none yet: what is missing is found, computed outside, and stored.

Everything here is about one vector set; `embedded_in` of a text has the bits of the sets that
hold its present form, so a text that is new or has changed lacks vectors in all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import cast
from uuid import UUID

import numpy as np
from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from matching import Document, Representation, Vector, analyser_id
from needsbank.db.models import (
    MOST_SETS,
    Embedding,
    Reference,
    SetState,
    Subject,
    VectorSet,
)
from needsbank.domain.errors import Conflict
from needsbank.services.texts import (
    Owner,
    document_of,
    is_public,
    is_published,
    model_of,
    published,
)


class SetClosed(Conflict):
    """A vector set that takes no more texts: it was retired or removed."""


@dataclass(frozen=True, slots=True)
class SetRef:
    """A vector set as its users know it: its space, its bit, and the name of its encoder.

    `trained` names the trained matcher version that is to search it; None is the shipped one.
    """

    space_id: str
    bit: int
    spec: str | None = field(default=None, compare=False)
    trained: str | None = None

    def holds(self, owner: Owner) -> bool:
        """Whether the set has vectors of an owner's present text."""
        return bool((owner.embedded_in or 0) & self.bit)


@dataclass(frozen=True, slots=True)
class Pending:
    """A text that lacks vectors: whose, the text itself, and whether everyone may read it."""

    subject: Subject
    owner_id: UUID
    document: Document
    public: bool


def pending(session: Session, subject: Subject, into: SetRef, limit: int) -> list[Pending]:
    """Return up to `limit` texts that the set does not hold in their present form.

    A reference waits until its competence has been read once: its row names that one's key.
    """
    model = model_of(subject)
    lacking = select(model).where(*_lacking(model, into), *_ready(model, into)).limit(limit)
    # The checker sees only what the tables have in common: their base.
    owners = cast(list[Owner], session.scalars(lacking).all())
    return [Pending(subject, each.id, document_of(each), is_public(each)) for each in owners]


def count_pending(session: Session, subject: Subject, into: SetRef) -> int:
    """Return how many texts the set does not hold in their present form."""
    model = model_of(subject)
    return session.scalar(select(func.count(model.id)).where(*_lacking(model, into))) or 0


def count_texts(session: Session, subject: Subject) -> int:
    """Return how many texts there are to hold."""
    model = model_of(subject)
    return session.scalar(select(func.count(model.id)).where(*published(model))) or 0


def store(
    session: Session,
    into: SetRef,
    batch: Sequence[tuple[Pending, Representation]],
) -> list[UUID]:
    """Store computed vectors; return the owners whose text changed meanwhile and was skipped.

    Raises SetClosed when the set has been retired or removed meanwhile.
    """
    _check_open(session, into)
    skipped, stored = [], []
    subjects = {work.subject for work, _ in batch}
    seqs = {each: count(_next_seq(session, each, into.space_id)) for each in subjects}
    for work, representation in batch:
        owner = _locked(session, work)
        if owner is None or not is_published(owner) or document_of(owner) != work.document:
            skipped.append(work.owner_id)
            continue
        row = _row(session, work, into.space_id)
        row.belongs_to = _key_of_competence(session, owner, into)
        row.seq, row.public = next(seqs[work.subject]), is_public(owner)
        row.language, row.text = representation.language, representation.text
        row.lemmas, row.analyser = representation.lemmas, analyser_id()
        row.query_vector = to_bytes(representation.query)
        row.document_vector = to_bytes(representation.document)
        session.add(row)
        owner.embedded_in = (owner.embedded_in or 0) | into.bit
        stored.append(owner)
    for subject in subjects:
        _forget_old_texts(session, into, subject, stored)
    return skipped


def forget(session: Session, subject: Subject, owner_id: UUID) -> None:
    """Empty an owner's rows in every set, so that every index forgets the text too."""
    mine = select(Embedding).where(Embedding.subject == subject, Embedding.owner_id == owner_id)
    for row in session.scalars(mine):
        _empty(session, row)


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


def marks_with(bit: int) -> list[int]:
    """Return every value of `embedded_in` that has a bit: few, so that an index finds them."""
    return [mark for mark in range(1 << MOST_SETS) if mark & bit]


def _lacking(model: type[Owner], into: SetRef) -> list[ColumnElement[bool]]:
    # Values of an index; "mark & bit = 0" would read the whole table each time.
    marks = [mark for mark in range(1 << MOST_SETS) if not mark & into.bit]
    return [
        or_(model.embedded_in.is_(None), model.embedded_in.in_(marks)),
        *published(model),
    ]


def _ready(model: type[Owner], into: SetRef) -> list[ColumnElement[bool]]:
    if model is not Reference:
        return []
    read = select(Embedding.key).where(
        Embedding.subject == Subject.COMPETENCE,
        Embedding.space_id == into.space_id,
        Embedding.owner_id == Reference.competence_id,
    )
    return [read.exists()]


def _key_of_competence(session: Session, owner: Owner, into: SetRef) -> int | None:
    if not isinstance(owner, Reference):
        return None
    return session.scalar(
        select(Embedding.key).where(
            Embedding.subject == Subject.COMPETENCE,
            Embedding.space_id == into.space_id,
            Embedding.owner_id == owner.competence_id,
        )
    )


def _check_open(session: Session, into: SetRef) -> None:
    # Locked where the database can: a set that is removed meanwhile must stay without rows.
    state = select(VectorSet.state).where(VectorSet.space_id == into.space_id)
    if session.scalar(state.with_for_update(read=True)) not in {SetState.ACTIVE, SetState.BUILDING}:
        raise SetClosed(f"the vector set of space {into.space_id} takes no more texts")


def _locked(session: Session, work: Pending) -> Owner | None:
    # A change that commits between our look and our write would seem to be held.
    found = session.get(model_of(work.subject), work.owner_id, with_for_update=True)
    return cast(Owner | None, found)


def _forget_old_texts(
    session: Session, into: SetRef, subject: Subject, owners: Sequence[Owner]
) -> None:
    """Empty what other sets keep of texts that have changed, except where it is still searched."""
    held = {owner.id: owner.embedded_in or 0 for owner in owners}
    elsewhere = (
        select(Embedding, VectorSet.bit)
        .join(VectorSet, VectorSet.space_id == Embedding.space_id)
        .where(
            VectorSet.state != SetState.ACTIVE,
            VectorSet.space_id != into.space_id,
            Embedding.subject == subject,
            Embedding.owner_id.in_(held),
            Embedding.text != "",
        )
    )
    for row, bit in session.execute(elsewhere).all():
        if not held[row.owner_id] & bit:
            _empty(session, row)


def _empty(session: Session, row: Embedding) -> None:
    row.seq, row.public = _next_seq(session, row.subject, row.space_id), False
    row.text = row.lemmas = ""
    row.query_vector = bytes(len(row.query_vector))
    row.document_vector = bytes(len(row.document_vector))
    session.flush()  # the next row's number counts this one


def _next_seq(session: Session, subject: Subject, space_id: str) -> int:
    newest = select(func.max(Embedding.seq)).where(
        Embedding.subject == subject, Embedding.space_id == space_id
    )
    return (session.scalar(newest) or 0) + 1


def _row(session: Session, work: Pending, space_id: str) -> Embedding:
    row = session.scalar(
        select(Embedding).where(
            Embedding.subject == work.subject,
            Embedding.owner_id == work.owner_id,
            Embedding.space_id == space_id,
        )
    )
    return row or Embedding(subject=work.subject, owner_id=work.owner_id, space_id=space_id)
