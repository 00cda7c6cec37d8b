"""Reads of prior works; all of them are public."""

import zlib
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

    @property
    def facets(self) -> frozenset[int] | None:
        """Return the facets of the works that are left, or None for all."""
        if not self.changed:
            return None
        kinds = [self.kind] if self.kind else [*PriorWorkKind]
        languages = [self.language] if self.language else [*Language]
        return frozenset(facet(kind, language) for kind in kinds for language in languages)


def facet(kind: PriorWorkKind | None, language: Language | None) -> int:
    """Return the number (0..65535) by which a search of very many works is narrowed.

    Hashed, so that it stays what it is when kinds are added; both are None of a work that is gone.
    """
    named = f"{kind and kind.value} {language and language.value}"
    return zlib.crc32(named.encode()) % (1 << 16)


def prior_works_to_read(wanted: PriorWorkFilter) -> Select[PriorWork]:
    """Return the works of the list, as wanted; unordered."""
    found = select(PriorWork)
    if wanted.kind:
        found = found.where(PriorWork.kind == wanted.kind)
    if wanted.language:
        found = found.where(PriorWork.language == wanted.language)
    return found
