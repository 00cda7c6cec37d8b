"""Labelled texts to learn from: a need, what was accepted for it, and what was rejected."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from matching.errors import TrainingDataError
from matching.text import canonical

FIELDS = ("need", "accepted", "rejected")


@dataclass(frozen=True, slots=True)
class Triplet:
    """Three canonical texts; the accepted one must come nearer to the need than the rejected."""

    need: str
    accepted: str
    rejected: str


def triplets_of(need: str, accepted: Sequence[str], rejected: Sequence[str]) -> list[Triplet]:
    """Return the triplets of one need: as few as it takes to use each text at least once.

    None where nothing was accepted or nothing was rejected. What nobody has judged does not stand
    in for what was rejected: the other needs of a batch already push apart what is merely other.
    """
    if not accepted or not rejected:
        return []
    made = [
        Triplet(need, accepted[place % len(accepted)], rejected[place % len(rejected)])
        for place in range(max(len(accepted), len(rejected)))
    ]
    # Two postings may say the same: nothing can tell these apart.
    return [each for each in made if each.accepted != each.rejected]


def read_triplets(path: Path) -> list[Triplet]:
    """Read a file with a JSON object per line: {"need": …, "accepted": …, "rejected": …}.

    Raises TrainingDataError with the line's number for anything else; blank lines are passed over.
    """
    try:
        lines = path.read_text("utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as broken:
        raise TrainingDataError(f"{path} cannot be read: {broken}") from broken
    return [
        _triplet(line, f"{path}, line {number}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]


def _triplet(line: str, where: str) -> Triplet:
    try:
        content = json.loads(line)
    except ValueError as broken:
        raise TrainingDataError(f"{where}: not JSON ({broken})") from broken
    if not isinstance(content, dict):
        raise TrainingDataError(f"{where}: not an object with {', '.join(FIELDS)}")
    texts = [content.get(field) for field in FIELDS]
    cleaned = [canonical(text) if isinstance(text, str) else "" for text in texts]
    for field, text in zip(FIELDS, cleaned, strict=True):
        if not text:
            raise TrainingDataError(f"{where}: {field} is no text or empty")
    return Triplet(*cleaned)
