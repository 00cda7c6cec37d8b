"""`needsbank train --encoder`: a sentence-transformers model learns from the decisions."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy.orm import Session

from matching import (
    Encoder,
    EncoderOptions,
    ModelDirectoryError,
    TrainingDataError,
    Triplet,
    TuningOptions,
    TuningReport,
    check_tuning,
    load_encoder,
)
from needsbank.commands import encoders
from needsbank.commands.learning import report_table
from needsbank.commands.surroundings import console, engine, settings
from needsbank.services import encoder_learning, vector_sets
from needsbank.services.encoder_learning import Workshop
from needsbank.services.opening import SLOW

_METHODS = {"after": "Trained", "before": "Before"}


def train(model: Path | None, target: Path | None, options: TuningOptions) -> None:
    """Train a copy of `model`, or of the encoder in use, print the report and how to go on."""
    with Session(engine()) as session:
        active = vector_sets.active(session)
        try:
            lessons = encoder_learning.read_encoder_lessons(session, active)
        except TrainingDataError as few:
            console.print(f"{few} The encoder stays as it is.", soft_wrap=True)
            return
    target = (target or _free_name(settings().instance / "models")).absolute()
    check_tuning(target)
    spec = (active.spec if active else None) or settings().encoder
    with _source(model, spec) as source:
        workshop = _workshop(options)
        report, tuned = encoder_learning.train_encoder(lessons, source, target, workshop)
    console.print(report_table(report, _METHODS, "Gain"))
    console.print(
        f"{encoders.summary(tuned)} {_judged(report['gain'])}\n{_next_steps(target)}",
        soft_wrap=True,
    )


def _judged(gain: dict[str, Any]) -> str:
    bounds = [each for each in gain.values() if each["low"] is not None]
    if any(each["high"] < 0 for each in bounds):
        return "On the later needs it is worse than before."
    if any(each["low"] > 0 for each in bounds):
        return "On the later needs it is better than before."
    return "The later needs show no sure gain."


def _next_steps(target: Path) -> str:
    spec, parameters = f"{SLOW}{target}", settings().data / "matcher"
    return (
        f"The model is in {target}, the report beside it; the bank goes on as before. To use it:\n"
        f"  needsbank encoder build {spec}\n"
        f"  python -m matching.training SOURCES {parameters} --encoder {spec}"
        f"  (see {parameters / 'README.md'})\n"
        f"  needsbank encoder activate {spec}"
    )


def _free_name(folder: Path) -> Path:
    names = (folder / f"trained-{number}" for number in count(1))
    return next(name for name in names if not name.exists())


@contextmanager
def _source(model: Path | None, spec: str) -> Iterator[Path]:
    """Give the directory to start from; the built-in encoder is written out for as long."""
    if model is None and spec.startswith(SLOW):
        model = Path(spec.removeprefix(SLOW)).expanduser()
        if not model.is_dir():
            raise ModelDirectoryError(
                f"The encoder in use, {spec}, is no directory: name one with --model."
            )
    if model is not None:
        yield model
        return
    with TemporaryDirectory(prefix="needsbank-") as folder:
        encoders.write(Path(folder) / "builtin")
        yield Path(folder) / "builtin"


def _workshop(options: TuningOptions) -> Workshop:
    """Return real tools that work offline, with the prompts with which the bank will read."""
    model = settings().sentence_model
    options = replace(
        options, query_prompt=model.query_prompt, document_prompt=model.document_prompt
    )
    read_as = EncoderOptions(
        query_prompt=model.query_prompt,
        document_prompt=model.document_prompt,
        device="cpu" if options.cpu else "",
        offline=True,
        truncate_dim=model.dim,
    )

    def open_(directory: Path) -> Encoder:
        cache = settings().instance / "models"
        spec = f"{SLOW}{directory}"
        return load_encoder(spec, cache_dir=cache, threads=options.threads, options=read_as)

    def tune(source: Path, triplets: Sequence[Triplet], target: Path) -> TuningReport:
        return encoders.tune(source, triplets, target, options)

    return Workshop(tune, open_)
