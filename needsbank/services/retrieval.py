"""The bank's texts, searchable by meaning and words: one `Retrieval` for one vector set.

The database is the truth. A retrieval keeps an index per subject, asks the database what has
been written since (`seq`), and starts from the newest snapshot on disk, whose pages processes
share. Who may read what is decided in SQL for every search, before anything is ranked.
"""

import hashlib
import shutil
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from matching import DuplicateDetector, Index, Matcher, MatcherFileError, Row
from needsbank.db.models import Embedding, Subject
from needsbank.services.embedding import SetRef, representation_of

Keys = NDArray[np.int64]
UNSAVED_ROWS = 2000
"""A snapshot is worth writing when so many rows came after the last one."""
ALWAYS_FRESH_ROWS = 5000
REFRESH_SHARE = 5
"""Taking rows into a large index costs at most one second of so many."""
FIRST_BIT = 1
"""Of the first vector set of a bank."""
_READ_AT_ONCE = 1000


class SubjectIndex:
    """The index of one subject, brought up to date on demand."""

    def __init__(self, subject: Subject, space_id: str, folder: Path) -> None:
        self.subject = subject
        self.space_id = space_id
        self.folder = folder / f"{subject.value}-{space_id}"
        self._lock = threading.Lock()
        self._index: Index | None = None
        self._seq = 0
        self._saved_seq = 0
        self._next_refresh = 0.0

    def current(self, session: Session) -> Index:
        """Return an index that holds every row committed before the call.

        A large index may lag a few seconds while rows keep coming: taking them in one by one
        would keep every search waiting.
        """
        newest = session.scalar(select(func.max(Embedding.seq)).where(*self._mine())) or 0
        with self._lock:
            if self._index is None:
                self._index = self._from_snapshot(session, newest)
            if newest > self._seq and time.monotonic() >= self._next_refresh:
                started = time.monotonic()
                self._index = self._index.extended(list(self._rows_since(session, self._seq)))
                self._seq = newest
                if len(self._index) > ALWAYS_FRESH_ROWS:
                    self._next_refresh = started + REFRESH_SHARE * (time.monotonic() - started)
            return self._index

    def save_snapshot(self, session: Session) -> bool:
        """Write the index to disk if many rows came since the last time; say whether it was."""
        index = self.current(session)
        unsaved = select(func.count()).where(*self._mine(), Embedding.seq > self._saved_seq)
        if (session.scalar(unsaved) or 0) < UNSAVED_ROWS:
            return False
        index.save(self.folder / f"{self._seq:012d}-{self._bank(session)}")
        self._saved_seq = self._seq
        for old in self._snapshots()[1:]:
            shutil.rmtree(old, ignore_errors=True)
        return True

    def _from_snapshot(self, session: Session, newest: int) -> Index:
        bank = self._bank(session)
        for folder in self._snapshots():
            seq, _, made_from = folder.name.partition("-")
            if made_from != bank:
                shutil.rmtree(folder, ignore_errors=True)  # of a bank that was here before
                continue
            if int(seq) > newest:
                continue  # from after this read began, or from a time that a restore has undone
            with suppress(MatcherFileError):  # damaged: an older one or the database will do
                index = Index.load(folder)
                self._seq = self._saved_seq = int(seq)
                return index
        return Index.build([])

    def _bank(self, session: Session) -> str:
        """Return what tells this database from any other: its first row."""
        first = select(Embedding.owner_id, Embedding.created).where(*self._mine())
        row = session.execute(first.order_by(Embedding.key).limit(1)).one_or_none()
        return hashlib.sha256(repr(row).encode()).hexdigest()[:12]

    def _snapshots(self) -> list[Path]:
        return sorted(self.folder.glob("[0-9]*-*"), reverse=True)

    def _rows_since(self, session: Session, seq: int) -> Iterable[Row]:
        rows = session.scalars(
            select(Embedding)
            .where(*self._mine(), Embedding.seq > seq)
            .order_by(Embedding.seq)
            .execution_options(yield_per=_READ_AT_ONCE)
        )
        for row in rows:
            yield Row(row.key, representation_of(row), row.public, row.belongs_to)
            session.expunge(row)

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        return Embedding.subject == self.subject, Embedding.space_id == self.space_id


class Retrieval:
    """The matcher, the duplicate detector and the indexes that they search, of one vector set."""

    def __init__(
        self,
        matcher: Matcher,
        detector: DuplicateDetector,
        folder: Path,
        bit: int = FIRST_BIT,
        trained: str | None = None,
    ) -> None:
        self.matcher = matcher
        self.detector = detector
        self.folder = folder
        self.set = SetRef(matcher.space_id, bit, trained=trained)
        self.indexes = {each: SubjectIndex(each, matcher.space_id, folder) for each in Subject}

    def current(self, session: Session) -> "Retrieval":
        """Return this retrieval: it follows no other set (see `active_set`)."""
        return self

    def warm(self, session: Session) -> None:
        """Load the model and the indexes, and count what they hold, ahead of the first search."""
        query = self.matcher.represent_query("tarvepankki")
        for subject in Subject:
            self.matcher.search(query, self.index(session, subject), k=1)

    def index(self, session: Session, subject: Subject) -> Index:
        """Return the subject's index, up to date."""
        return self.indexes[subject].current(session)

    def keys(self, session: Session, subject: Subject, owners: Select[UUID]) -> Keys:
        """Return the index keys of the owners that a query selects (their ids, one column)."""
        keys = session.scalars(
            select(Embedding.key).where(
                Embedding.subject == subject,
                Embedding.space_id == self.matcher.space_id,
                Embedding.owner_id.in_(owners),
            )
        )
        return np.fromiter(keys, np.int64)


def drop_snapshots(folder: Path, kept: set[str]) -> None:
    """Delete the snapshots of spaces that are not among those kept: they hold texts."""
    for subject in Subject:
        for path in folder.glob(f"{subject.value}-*"):
            if path.name.removeprefix(f"{subject.value}-") not in kept:
                shutil.rmtree(path, ignore_errors=True)
