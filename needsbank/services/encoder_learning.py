"""A sentence encoder learns from coordinators' decisions; nothing is put into use."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching import (
    Encoder,
    EncoderLessons,
    JudgedPair,
    Triplet,
    TuningReport,
    canonical,
    encoder_lessons,
)
from needsbank.db.models import Embedding
from needsbank.services.embedding import SetRef
from needsbank.services.learning import read_lessons


@dataclass(frozen=True, slots=True)
class Workshop:
    """What works on models: the port behind which torch lies."""

    tune: Callable[[Path, Sequence[Triplet], Path], TuningReport]
    """Train the model of a directory and save it as another one"""
    open: Callable[[Path], Encoder]
    """Return the encoder of a model's directory"""


def read_encoder_lessons(session: Session, active: SetRef | None) -> EncoderLessons:
    """Return what the decisions teach an encoder; raise `TrainingDataError` if they are too few.

    Texts are those that the active vector set holds: as the matcher reads them, and none of what
    was withdrawn.
    """
    if active is None:
        return encoder_lessons({}, {}, [])
    lessons = read_lessons(session, active.space_id)
    needs = {key: canonical(stored.text) for key, stored in lessons.needs.items()}
    return encoder_lessons(needs, _competences(session, lessons.pairs), lessons.pairs)


def train_encoder(
    lessons: EncoderLessons, source: Path, target: Path, workshop: Workshop
) -> tuple[dict[str, Any], TuningReport]:
    """Train the model in `source` into the new directory `target`; return what that changed.

    All figures, and no text, also go into a file beside the model. This takes long, so no session
    is open meanwhile.
    """
    before = lessons.cosines(workshop.open(source))
    tuned = workshop.tune(source, lessons.triplets, target)
    after = lessons.cosines(workshop.open(target))
    report = lessons.report(before, after)
    kept = json.dumps(report | {"training": asdict(tuned)}, indent=1, allow_nan=False)
    report_path(target).write_text(kept + "\n", "utf-8")
    return report, tuned


def report_path(target: Path) -> Path:
    """Return where the report on a model lies: beside it, since all inside makes its space."""
    return target.with_name(f"{target.name}.report.json")


def _competences(session: Session, pairs: Sequence[JudgedPair]) -> dict[int, str]:
    keys = {pair.key for pair in pairs}
    rows = select(Embedding.key, Embedding.text).where(Embedding.key.in_(keys))
    return {key: canonical(text) for key, text in session.execute(rows)}
