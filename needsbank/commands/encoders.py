"""`needsbank encoder export` and `encoder train`."""

from collections.abc import Sequence
from pathlib import Path

from matching import (
    Triplet,
    TuningOptions,
    TuningReport,
    fine_tune,
    read_triplets,
    write_standard_directory,
)
from needsbank.commands.surroundings import console, progress_bar


def export(directory: Path, *, precision: str) -> None:
    """Write the built-in encoder as a directory of sentence-transformers, with a bar."""
    write(directory, precision=precision)
    console.print(f"Use it with NEEDSBANK_ENCODER=st:{directory.absolute()}", soft_wrap=True)


def train(model: Path, triplets: Path, target: Path, options: TuningOptions) -> None:
    """Fine-tune a directory on labelled triplets, with a bar, and save it as a new one."""
    report = tune(model, read_triplets(triplets), target, options)
    console.print(
        f"{summary(report)}\nMeasure it, then use it with NEEDSBANK_ENCODER=st:{target.absolute()}",
        soft_wrap=True,
    )


def write(directory: Path, *, precision: str = "fp32") -> None:
    """Write the built-in encoder out, with a bar."""
    with progress_bar() as bar:
        task = bar.add_task(f"Writing {directory.name} (MB)", total=None)
        write_standard_directory(
            directory,
            precision=precision,
            progress=lambda done, total: bar.update(
                task, completed=done // 1_000_000, total=total // 1_000_000
            ),
        )


def tune(
    source: Path, triplets: Sequence[Triplet], target: Path, options: TuningOptions
) -> TuningReport:
    """Fine-tune a directory, with a bar."""
    with progress_bar() as bar:
        task = bar.add_task("Training (batches)", total=None)
        return fine_tune(
            source,
            triplets,
            target,
            options,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )


def summary(report: TuningReport) -> str:
    """Return what training did, in a sentence."""
    first, last = report.losses[0], report.losses[-1]
    return (
        f"{report.triplets} triplets on {report.device}; loss {first:.3f} in the first batch, "
        f"{last:.3f} in the last."
    )
