"""Reads of prior works; all of them are public."""

from dataclasses import dataclass

from sqlalchemy import Select, select

from needsbank.db.models import PriorWork
from needsbank.domain.languages import Language
from needsbank.domain.prior_works import PriorWorkKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PriorWorkFilter:
    """What a reader of the list narrows it to; None narrows nothing."""

    kind: PriorWorkKind | None = None
    language: Language | None = None

    @property
    def changed(self) -> bool:
        """Whether anything is narrowed."""
        return self != PriorWorkFilter()


def prior_works_to_read(wanted: PriorWorkFilter) -> Select[PriorWork]:
    """Return the works of the list, as wanted; unordered."""
    found = select(PriorWork)
    if wanted.kind:
        found = found.where(PriorWork.kind == wanted.kind)
    if wanted.language:
        found = found.where(PriorWork.language == wanted.language)
    return found
