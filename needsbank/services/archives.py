"""A subject with more texts than a process should hold: an archive on disk, read in part.

The worker builds archives in the background, a second at a time, and puts each in the place of the
former one; every process maps the newest one and takes in the rows that were written since. What
is worth comparing with a text is then read from the database, which so has the last word: a row
that was emptied or removed a moment ago is not found.
"""

import fcntl
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Engine, func, select
from sqlalchemy.orm import Session

from matching import (
    Archive,
    ArchiveBuilder,
    Breadth,
    Chosen,
    Index,
    Matcher,
    MatcherFileError,
    Representation,
    Row,
)
from needsbank.db.models import Embedding, PriorWork, Subject
from needsbank.db.queries.prior_works import facet
from needsbank.services.embedding import from_bytes
from needsbank.services.snapshots import bank_of, folder_of, snapshots

LARGE_FROM = 20_000
"""Rows from which a subject is searched through an archive. An index of so many takes 200 MB, which
a process holds for itself as soon as one row is added to it, and 20 ms of CPU time a check."""
UNSAVED_ROWS = 2000
UNSAVED_SHARE = 0.05
"""An archive is worth building when so many rows, and this share of all, came after the last one:
until then they are compared one by one, and do not count in means and rarity."""
_READ_AT_ONCE = 2000
_LATER_AT_ONCE = 5000
"""Rows taken in by one request at most: it has somebody waiting."""
_MOST_LATER = 50_000
"""Rows that a process takes in beside an archive; more wait for the next one."""
_LOOK_SECONDS = 5.0
"""How often the worker asks whether an archive is due."""
_BUILDING = "building-"
_LOCK = "lock"


@dataclass(frozen=True, slots=True)
class _Read:
    """An archive with the rows up to a number of writing."""

    name: str
    archive: Archive
    seq: int
    saved: int
    """The number up to which the archive on disk goes"""


class SubjectArchive:
    """The archive of one subject, followed by processes that search it."""

    def __init__(self, subject: Subject, matcher: Matcher, folder: Path) -> None:
        self.subject = subject
        self.folder = folder
        self._matcher = matcher
        self._lock = threading.Lock()
        self._read: _Read | None = None
        self._seen: list[str] = []
        self._is_used = False
        self._looks_again = 0.0
        self._building: Iterator[None] | None = None

    def is_used(self, session: Session) -> bool:
        """Return whether there are too many texts for an index in memory; once so, it stays so."""
        if not self._is_used and self._newest(session) >= LARGE_FROM:  # at least one for each row
            some = select(Embedding.key).where(*self._mine()).limit(LARGE_FROM)
            counted = session.scalar(select(func.count()).select_from(some.subquery()))
            self._is_used = counted == LARGE_FROM
        return self._is_used

    def likely(
        self, session: Session, text: Representation, breadth: Breadth, chosen: Chosen
    ) -> Index:
        """Return an index of the rows that are worth comparing with a text."""
        archive = self._current(session)
        keys = self._matcher.shortlist(text, archive, breadth, chosen).tolist()
        found = session.execute(select(*_READ).where(Embedding.key.in_(keys), Embedding.text != ""))
        return Index.build([_row(each) for each in found], archive.census)

    def build(self, engine: Engine, seconds: float | None = None) -> bool:
        """Build an archive if one is due, for some seconds or to its end; say if there is more."""
        if self._building is None:
            if seconds is not None and time.monotonic() < self._looks_again:
                return False
            self._looks_again = time.monotonic() + _LOOK_SECONDS
            self._building = self._steps(engine)
        until = None if seconds is None else time.monotonic() + seconds
        for _ in self._building:
            if until is not None and time.monotonic() >= until:
                return True
        self._building = None
        return False

    def _current(self, session: Session) -> Archive:
        """Return the newest archive with all rows committed before the call, but for very many."""
        newest = self._newest(session)
        with self._lock:
            read = self._read = self._opened(session, newest)
            room = _MOST_LATER - len(read.archive.later.keys)
            if newest > read.seq and room > 0:
                rows, seq = self._since(session, read.seq, newest, min(_LATER_AT_ONCE, room))
                archive = read.archive.updated(rows) if rows else read.archive
                read = self._read = replace(read, archive=archive, seq=seq)
            return read.archive

    def _opened(self, session: Session, newest: int) -> _Read:
        """Return the newest archive there is, or what has been read of it already."""
        names = sorted(path.name for path in self.folder.glob("[0-9]*-*"))
        if self._read is not None and names == self._seen:
            return self._read
        self._seen = names
        bank = self._bank(session)
        for folder, seq in snapshots(self.folder, bank, newest):
            if self._read is not None and self._read.name == folder.name:
                return self._read
            with suppress(MatcherFileError):  # damaged, or just replaced: an older one will do
                archive = self._matcher.load_archive(folder)
                return _Read(folder.name, archive, seq, seq)
        return self._read or _Read("", self._matcher.empty_archive(), 0, 0)

    def _steps(self, engine: Engine) -> Iterator[None]:
        """Build an archive if one is due, pausing after each second or so of work."""
        with Session(engine) as session:
            newest, bank = self._newest(session), self._bank(session)
            if not self.is_used(session) or not self._is_due(session, newest, bank):
                return
        with _alone(self.folder) as alone:
            if not alone:
                return  # another process is building
            scratch = self.folder / f"{_BUILDING}{newest}"
            builder = self._matcher.archive_builder(scratch)
            yield from self._collect(engine, builder, newest)
            yield from builder.finish()
            final = folder_of(self.folder, newest, bank)
            shutil.rmtree(final, ignore_errors=True)  # damaged, or none would be due
            scratch.replace(final)
            for old, _ in snapshots(self.folder, bank, newest)[1:]:
                shutil.rmtree(old, ignore_errors=True)

    def _collect(self, engine: Engine, builder: ArchiveBuilder, newest: int) -> Iterator[None]:
        """Read all rows; one that is written meanwhile comes later, by its own number."""
        seq = 0
        while seq < newest:
            with Session(engine) as session:
                rows, seq = self._since(session, seq, newest, _READ_AT_ONCE)
            builder.add([row for row in rows if row.representation.text])
            yield

    def _since(self, session: Session, seq: int, newest: int, limit: int) -> tuple[list[Row], int]:
        """Return the first rows that were written after a number, and the number reached."""
        later = (
            select(*_READ, PriorWork.kind, PriorWork.language, Embedding.seq)
            .outerjoin(PriorWork, PriorWork.id == Embedding.owner_id)
            .where(*self._mine(), Embedding.seq > seq, Embedding.seq <= newest)
            .order_by(Embedding.seq)
            .limit(limit)
        )
        found = session.execute(later).all()
        rows = [_row(row, facet(kind, language)) for *row, kind, language, _ in found]
        reached: int = found[-1].seq if len(found) == limit else newest
        return rows, reached

    def _is_due(self, session: Session, newest: int, bank: str) -> bool:
        with self._lock:
            self._read = self._opened(session, newest)
            saved = self._read.saved
        counted = select(func.count()).where(*self._mine())
        rows = session.scalar(counted) or 0
        unsaved = session.scalar(counted.where(Embedding.seq > saved)) or 0
        return unsaved >= max(UNSAVED_ROWS, UNSAVED_SHARE * rows)

    def _newest(self, session: Session) -> int:
        return session.scalar(select(func.max(Embedding.seq)).where(*self._mine())) or 0

    def _bank(self, session: Session) -> str:
        return bank_of(session, *self._mine(), made_by=self._matcher.base_version)

    def _mine(self) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
        mine = Embedding.space_id == self._matcher.space_id
        return Embedding.subject == self.subject, mine


_READ = (
    Embedding.key,
    Embedding.language,
    Embedding.public,
    Embedding.belongs_to,
    Embedding.text,
    Embedding.lemmas,
    Embedding.query_vector,
    Embedding.document_vector,
)


def _row(read: Iterable[Any], facet: int = 0) -> Row:
    key, language, public, belongs_to, text, lemmas, query, document = read
    representation = Representation(
        language=language,
        text=text,
        lemmas=lemmas,
        query=from_bytes(query),
        document=from_bytes(document),
    )
    return Row(key, representation, public, belongs_to, facet)


@contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Whether no other process is building here; what killed ones left is cleared away."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        for left in folder.glob(f"{_BUILDING}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield True
