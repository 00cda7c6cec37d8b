"""A reference (näyttö): a work that shows what a competence has done before."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from needsbank.domain.addresses import is_web_address
from needsbank.domain.errors import Invalid

MOST_REFERENCES = 30
"""Of one competence; nobody reads more."""
TITLE_MAX = 300
DESCRIPTION_MAX = 1000
URL_MAX = 1000
EARLIEST_YEAR = 1900


class ReferenceKind(Enum):
    """What sort of work it was."""

    PROJECT = "project"
    COURSE = "course"
    PUBLICATION = "publication"
    THESIS = "thesis"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeReference:
    """Say what was done; `id` is that of the competence's reference that is said anew."""

    title: str
    kind: ReferenceKind = ReferenceKind.PROJECT
    description: str = ""
    year: int | None = None
    url: str = ""
    id: UUID | None = None


def check_references(references: Sequence[DescribeReference], *, latest_year: int) -> None:
    """Raise `Invalid` unless there are not too many, and each can be stored.

    A field is named by the reference's place, as "references-0-title".
    """
    if len(references) > MOST_REFERENCES:
        raise Invalid({"references": "too_many"})
    errors = {
        f"references-{place}-{name}": code
        for place, each in enumerate(references)
        for name, code in _errors(each, latest_year).items()
    }
    if errors:
        raise Invalid(errors)


def _errors(reference: DescribeReference, latest_year: int) -> dict[str, str]:
    errors = {}
    if not reference.title.strip():
        errors["title"] = "required"
    elif len(reference.title) > TITLE_MAX:
        errors["title"] = "too_long"
    if len(reference.description) > DESCRIPTION_MAX:
        errors["description"] = "too_long"
    if reference.year is not None and not EARLIEST_YEAR <= reference.year <= latest_year:
        errors["year"] = "year"
    if reference.url and (len(reference.url) > URL_MAX or not is_web_address(reference.url)):
        errors["url"] = "url"
    return errors
