"""A catalogue read without storing anything: what taking it in would do."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from needsbank.db.models import PriorWork
from needsbank.domain.prior_works import RecordPriorWork
from needsbank.services.importing import differing_fields, works_by_key
from needsbank.sources.catalogues import BadRow

EXAMPLES = 10
"""Of each kind are kept; the rest is counted."""
_AT_ONCE = 500

Key = tuple[str, str]
Example = TypeVar("Example")


@dataclass(frozen=True, slots=True)
class Difference:
    """A known work that would change: its title now, and each field before and after, as text."""

    title: str
    fields: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class Preview:
    """What taking a catalogue in would do, counted, with the first examples of each kind."""

    added: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    repeated: int = 0
    """Records whose key the file has said before; the last one would count."""
    absent: int = 0
    """Works that the bank holds of the same sources and the file does not name."""
    changed_fields: dict[str, int] = field(default_factory=dict)
    new_titles: list[str] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Return how many records the file holds."""
        return self.added + self.changed + self.same + self.rejected + self.repeated


def preview(session: Session, records: Iterable[RecordPriorWork | BadRow]) -> Preview:
    """Read a whole catalogue and compare it with the bank; nothing is stored."""
    found, seen = Preview(), set[Key]()
    held: Counter[str] = Counter()
    remaining = iter(records)
    while batch := list(islice(remaining, _AT_ONCE)):
        good = list(_sorted_out(batch, found, seen))
        known = works_by_key(session, [(each.source, each.source_key) for each in good])
        held.update(source for source, _ in known)
        for record in good:
            _compare(record, known.get((record.source, record.source_key)), found)
        for work in known.values():
            session.expunge(work)  # a catalogue may hold more works than the memory
    found.absent = _count(session, {source for source, _ in seen}) - held.total()
    return found


def _sorted_out(
    batch: list[RecordPriorWork | BadRow], found: Preview, seen: set[Key]
) -> Iterator[RecordPriorWork]:
    for each in batch:
        if isinstance(each, BadRow):
            found.rejected += 1
            _keep(found.bad_rows, each)
        elif (key := (each.source, each.source_key)) in seen:
            found.repeated += 1
        else:
            seen.add(key)
            yield each


def _compare(record: RecordPriorWork, work: PriorWork | None, found: Preview) -> None:
    if work is None:
        found.added += 1
        _keep(found.new_titles, record.title)
        return
    names = differing_fields(work, record)
    if not names:
        found.same += 1
        return
    found.changed += 1
    for name in names:
        found.changed_fields[name] = found.changed_fields.get(name, 0) + 1
    fields = tuple(
        (each, _text(getattr(work, each)), _text(getattr(record, each))) for each in names
    )
    _keep(found.differences, Difference(work.title, fields))


def _text(value: object) -> str:
    """Return a field's value as one text: codes as they are, lists by their parts."""
    if isinstance(value, list | tuple):
        return "; ".join(str(each) for each in value)
    return "" if value is None else str(getattr(value, "value", value))


def _keep(examples: list[Example], each: Example) -> None:
    if len(examples) < EXAMPLES:
        examples.append(each)


def _count(session: Session, sources: set[str]) -> int:
    held = select(func.count(PriorWork.id)).where(PriorWork.source.in_(sources))
    return session.scalar(held) or 0
