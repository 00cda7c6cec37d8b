"""The journey as a picture: a place for each stage, and the ways that the table has between them.

Ways onward are drawn. Ways back and out of the journey would cover them: a mark on the stage tells
of those, and the table below the picture names each.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from needsbank.domain.journeys import TURNS, Stage

_WIDTH, _HEIGHT = 108, 60
_GAP, _BETWEEN = 8, 34

PLACES: Mapping[Stage, tuple[int, int]] = {
    Stage.THROWN: (0, 0),
    Stage.CAUGHT: (1, 0),
    Stage.IN_WORKSHOP: (1, 1),
    Stage.IN_COORDINATION: (2, 1),
    Stage.DECIDED: (3, 1),
    Stage.AWAITING_PARTNER: (4, 0),
    Stage.PARKED: (4, 1),
    Stage.ANSWERED: (4, 2),
    Stage.UNDER_WAY: (5, 0),
    Stage.BROKEN_OFF: (5, 1),
    Stage.HANDED_OVER: (6, 0),
    Stage.ADOPTED: (6, 2),
    Stage.IN_USE: (7, 0),
    Stage.PARTLY_IN_USE: (7, 1),
    Stage.NOT_IN_USE: (7, 2),
    Stage.JOINED: (8, 0),
    Stage.CLOSED: (8, 1),
    Stage.WITHDRAWN: (8, 2),
}
"""Row and column of each stage."""

BEYOND = frozenset({Stage.JOINED, Stage.CLOSED, Stage.WITHDRAWN})
"""Where many stages lead; they stand apart."""


@dataclass(frozen=True, slots=True)
class Box:
    """A stage with its place, and what its marks tell."""

    stage: Stage
    x: int
    y: int
    comes_back: bool
    may_end: bool
    width: int = _WIDTH
    height: int = _HEIGHT


@dataclass(frozen=True, slots=True)
class Way:
    """A line from one stage to another of its row or a later one; `path` is SVG's.

    `both` leads back too; `skips` passes over rows between the two.
    """

    start: Stage
    end: Stage
    path: str
    both: bool
    skips: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn, and how large it is."""

    boxes: tuple[Box, ...]
    ways: tuple[Way, ...]
    width: int
    height: int


def draw() -> Picture:
    """Return the picture of the table."""
    pairs = dict.fromkeys((turn.start, turn.end) for turn in TURNS)
    boxes = tuple(_box(stage) for stage in PLACES)
    by_stage = {box.stage: box for box in boxes}
    ways = tuple(
        Way(
            start,
            end,
            _path(by_stage[start], by_stage[end]),
            both=(end, start) in pairs and PLACES[end][0] == PLACES[start][0],
            skips=PLACES[end][0] - PLACES[start][0] > 1,
        )
        for start, end in pairs
        if _is_drawn(start, end, (end, start) in pairs)
    )
    return Picture(
        boxes,
        ways,
        width=max(box.x + box.width for box in boxes) + 1,
        height=max(box.y + box.height for box in boxes) + 1,
    )


def _is_drawn(start: Stage, end: Stage, leads_back: bool) -> bool:
    if start is end or end in BEYOND:
        return False
    here, there = PLACES[start], PLACES[end]
    # Of two ways within a row, one is drawn with two heads.
    return here < there if here[0] == there[0] and leads_back else here[0] <= there[0]


def _box(stage: Stage) -> Box:
    row, column = PLACES[stage]
    ends = {turn.end for turn in TURNS if turn.start is stage}
    return Box(
        stage,
        x=1 + column * (_WIDTH + _GAP),
        y=1 + row * (_HEIGHT + _BETWEEN),
        comes_back=any(PLACES[end][0] < row for end in ends),
        may_end=stage not in BEYOND and bool(ends & BEYOND),
    )


def _path(start: Box, end: Box) -> str:
    if start.y == end.y:
        left, right = sorted((start, end), key=lambda box: box.x)
        side, other, height = left.x + left.width + 2, right.x - 2, start.y + start.height // 2
        if other - side <= _GAP:
            return f"M{side} {height}L{other} {height}"
        side, other, height = side - 20, other + 20, start.y + start.height + 2
        return f"M{side} {height}C{side} {height + 22} {other} {height + 22} {other} {height}"
    from_x, from_y = start.x + start.width // 2, start.y + start.height
    to_x, to_y = end.x + end.width // 2, end.y - 2
    if from_x == to_x and to_y - from_y > _BETWEEN:
        # Past the boxes between them.
        beside = from_x - _WIDTH // 2 - 6 if from_x > _WIDTH else from_x + _WIDTH // 2 + 5
        return (
            f"M{from_x} {from_y}C{beside} {from_y + 20} {beside} {from_y + 20} {beside}"
            f" {from_y + 40}L{beside} {to_y - 40}"
            f"C{beside} {to_y - 20} {to_x} {to_y - 20} {to_x} {to_y}"
        )
    bend = _BETWEEN // 2
    return f"M{from_x} {from_y}C{from_x} {from_y + bend} {to_x} {to_y - bend} {to_x} {to_y}"
