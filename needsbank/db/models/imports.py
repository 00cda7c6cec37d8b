"""Imports of catalogues: how far each file has been read, so that a stopped one goes on."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from needsbank.db.base import Model, moment_of_adding, uuid_key


class ImportRun(Model):
    """One file's import. `position` is the number of records that are dealt with for good."""

    __tablename__ = "import_runs"
    id: Mapped[uuid_key]
    file_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    source: Mapped[str] = mapped_column(String(200))
    position: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    started: Mapped[moment_of_adding]
    finished: Mapped[datetime | None]
