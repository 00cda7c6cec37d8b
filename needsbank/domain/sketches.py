"""Sketches (hankeaihiot): similar needs of several units, bundled into one page for a project."""

from dataclasses import dataclass
from uuid import UUID

FEWEST_UNITS = 3
MOST_NEEDS = 30
SECTION_MAX = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteSketch:
    """Word the page; `need_ids` say what it grew from."""

    title: str
    problem: str
    existing: str = ""
    wished_change: str = ""
    measures: str = ""
    parties: str = ""
    funding_call: str = ""
    need_ids: tuple[UUID, ...] = ()
