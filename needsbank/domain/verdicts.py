"""A coordinator's verdict on a pair of texts: whether one says what the other says."""

from dataclasses import dataclass
from enum import Enum


class PairVerdict(Enum):
    """What a coordinator holds of a found text."""

    SAME = "same"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgePair:
    """Record a verdict on a need and a found text, with what was on the screen.

    `rank` counts from 1; `need_seen` and `other_seen` are fingerprints of the two texts.
    """

    verdict: PairVerdict
    rank: int
    probability: float
    matcher_version: str
    need_seen: str
    other_seen: str
