"""The bank's texts, searchable by meaning and words: one `Retrieval` for one vector set.

The database is the truth. A retrieval keeps an index per subject, asks the database what has
been written since (`seq`), and starts from the newest snapshot on disk, whose pages processes
share. Who may read what is decided in SQL for every search, before anything is ranked.
"""

import shutil
import threading
import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Engine, Select, func, select
from sqlalchemy.orm import Session

from matching import (
    Breadth,
    Chosen,
    DuplicateDetector,
    Index,
    Matcher,
    MatcherFileError,
    Representation,
    Row,
)
from needsbank.db.models import Embedding, Subject
from needsbank.services.archives import SubjectArchive
from needsbank.services.embedding import SetRef, representation_of
from needsbank.services.snapshots import bank_of, folder_of, snapshots

Keys = NDArray[np.int64]
UNSAVED_ROWS = 2000
"""A snapshot is worth writing when so many rows came after the last one."""
ALWAYS_FRESH_ROWS = 5000
REFRESH_SHARE = 5
"""Taking rows into a large index costs at most one second of so many."""
FIRST_BIT = 1
"""Of the first vector set of a bank."""
ARCHIVED = (Subject.PRIOR_WORK,)
"""Subjects that may have very many texts."""
ARCHIVE = "archive"
"""Folder inside that of a subject's index."""
WARMING = Breadth(near=10, worded=10, likely=10)
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
        bank = bank_of(session, *self._mine())
        index.save(folder_of(self.folder, self._seq, bank))
        self._saved_seq = self._seq
        for old, _ in snapshots(self.folder, bank, self._seq)[1:]:
            shutil.rmtree(old, ignore_errors=True)
        return True

    def _from_snapshot(self, session: Session, newest: int) -> Index:
        for folder, seq in snapshots(self.folder, bank_of(session, *self._mine()), newest):
            with suppress(MatcherFileError):  # damaged: an older one or the database will do
                index = Index.load(folder)
                self._seq = self._saved_seq = seq
                return index
        return Index.build([])

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


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which texts may be found: those of the owners that a query selects, or all.

    `facets` say the same of an archive: the keys of half a million rows are not read for a search.
    """

    owners: Select[UUID] | None = None
    facets: Collection[int] | None = None
    besides: int | None = None
    """The key of the text that asks, which is not like itself"""


EVERYTHING = Narrowed()


@dataclass(frozen=True, slots=True)
class Pool:
    """An index, and the keys of the rows in it that may be found; None for all."""

    index: Index
    allowed: Keys | None


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
        self.archives = {
            each: SubjectArchive(each, matcher, self.indexes[each].folder / ARCHIVE)
            for each in ARCHIVED
        }

    def current(self, session: Session) -> "Retrieval":
        """Return this retrieval: it follows no other set (see `active_set`)."""
        return self

    def warm(self, session: Session) -> None:
        """Load the model and the indexes, and count what they hold, ahead of the first search."""
        query = self.matcher.represent_query("tarvepankki")
        for subject in Subject:
            pool = self.pool(session, subject, query, WARMING)
            self.matcher.search(query, pool.index, k=1)

    def pool(
        self,
        session: Session,
        subject: Subject,
        text: Representation,
        breadth: Breadth,
        narrowed: Narrowed = EVERYTHING,
    ) -> Pool:
        """Return where what belongs to a text is to be found.

        That is the index of all rows of a subject, or where these are too many the few that are
        worth comparing, as many as `breadth` says; what is narrowed away takes no places of theirs.
        """
        archive = self.archives.get(subject)
        if archive is None or not archive.is_used(session):
            index = self.index(session, subject)
            allowed = self._keys_of(session, subject, narrowed)
            if narrowed.besides is not None:
                allowed = index.keys if allowed is None else allowed
                allowed = allowed[allowed != narrowed.besides]
            return Pool(index, allowed)
        asking = None if narrowed.besides is None else np.array([narrowed.besides], np.int64)
        if narrowed.facets is not None:
            chosen = Chosen(facets=narrowed.facets, excluded=asking)
        else:
            allowed = self._keys_of(session, subject, narrowed)
            chosen = Chosen(allowed=allowed, excluded=asking)
        return Pool(archive.likely(session, text, breadth, chosen), None)

    def save_snapshots(self, session: Session) -> None:
        """Write indexes that have grown much to disk."""
        for subject, index in self.indexes.items():
            archive = self.archives.get(subject)
            if archive is None or not archive.is_used(session):
                index.save_snapshot(session)

    def build_archives(self, engine: Engine, seconds: float | None = None) -> bool:
        """Build what archives are due, for some seconds or to their end; say if there is more."""
        unfinished = [archive.build(engine, seconds) for archive in self.archives.values()]
        return any(unfinished)

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

    def _keys_of(self, session: Session, subject: Subject, narrowed: Narrowed) -> Keys | None:
        return None if narrowed.owners is None else self.keys(session, subject, narrowed.owners)


def drop_snapshots(folder: Path, kept: set[str]) -> None:
    """Delete the snapshots of spaces that are not among those kept: they hold texts."""
    for subject in Subject:
        for path in folder.glob(f"{subject.value}-*"):
            if path.name.removeprefix(f"{subject.value}-") not in kept:
                shutil.rmtree(path, ignore_errors=True)
