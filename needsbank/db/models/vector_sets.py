"""Vector sets: the same texts as one encoder reads them, beside those of another."""

from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from needsbank.db.base import Model, moment_of_adding

MOST_SETS = 6
"""Sets in one bank; each has a bit of its own in `embedded_in`."""


class SetState(Enum):
    """What a set is for: to be made ready, to be searched, or to go back to."""

    BUILDING = "building"
    ACTIVE = "active"
    RETIRED = "retired"


class VectorSet(Model):
    """The vectors of one space; `embeddings` and `embedded_in` say which texts it holds.

    `spec` is the name under which `load_encoder` knows the encoder, None while a set of an
    earlier version has not been opened. `probes` are little-endian float32, see
    `needsbank.services.drift`. `completed` is when a build last found nothing more to do.
    """

    __tablename__ = "vector_sets"
    __table_args__ = (
        Index(
            "ix_vector_sets_one_active",
            "state",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    bit: Mapped[int] = mapped_column(unique=True)
    space_id: Mapped[str] = mapped_column(String(64), unique=True)
    spec: Mapped[str | None] = mapped_column(String(1000))
    state: Mapped[SetState]
    dim: Mapped[int]
    description: Mapped[dict[str, Any]]
    probes: Mapped[bytes | None] = mapped_column(LargeBinary)
    created: Mapped[moment_of_adding]
    completed: Mapped[datetime | None]
    activated: Mapped[datetime | None]
