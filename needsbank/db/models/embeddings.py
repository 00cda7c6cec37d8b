"""What the matcher computed of a text, kept apart so that lists never carry vectors."""

from enum import Enum
from uuid import UUID

from sqlalchemy import Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from needsbank.db.base import Model, moment_of_adding


class Subject(Enum):
    """What an embedding is of."""

    NEED = "need"
    COMPETENCE = "competence"
    REFERENCE = "reference"
    PRIOR_WORK = "prior_work"


class Embedding(Model):
    """Vectors and lemmas of one text in one vector set.

    `key` stays with its owner; `seq` grows with each write of a subject and space, so that a
    reader asks only for what it has not seen. `public` texts alone enter corpus statistics.
    `analyser` is the id of what made the lemmas: those of another one are made anew.
    `belongs_to` is the key of a reference's competence in the same set: it speaks for that one.
    Vectors are little-endian float16, 2 x dim bytes.
    """

    __tablename__ = "embeddings"
    __table_args__ = (
        UniqueConstraint("subject", "owner_id", "space_id"),
        Index("ix_embeddings_subject_space_id_seq", "subject", "space_id", "seq"),
        Index("ix_embeddings_space_id_analyser", "space_id", "analyser"),
        {"sqlite_autoincrement": True},
    )
    key: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    subject: Mapped[Subject]
    owner_id: Mapped[UUID]
    space_id: Mapped[str] = mapped_column(String(64))
    language: Mapped[str] = mapped_column(String(8))
    public: Mapped[bool]
    belongs_to: Mapped[int | None]
    text: Mapped[str] = mapped_column(Text)
    lemmas: Mapped[str] = mapped_column(Text)
    analyser: Mapped[str] = mapped_column(String(60), default="", server_default="")
    query_vector: Mapped[bytes] = mapped_column(LargeBinary)
    document_vector: Mapped[bytes] = mapped_column(LargeBinary)
    created: Mapped[moment_of_adding]
