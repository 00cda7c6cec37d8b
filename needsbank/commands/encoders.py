"""`needsbank encoder …`."""

from pathlib import Path

from matching import TuningOptions, fine_tune, read_triplets, write_standard_directory
from needsbank.commands.surroundings import console, progress_bar


def export(directory: Path, *, precision: str) -> None:
    """Write the built-in encoder as a directory of sentence-transformers, with a bar."""
    with progress_bar() as bar:
        task = bar.add_task(f"Writing {directory.name} (MB)", total=None)
        write_standard_directory(
            directory,
            precision=precision,
            progress=lambda done, total: bar.update(
                task, completed=done // 1_000_000, total=total // 1_000_000
            ),
        )
    console.print(f"Use it with NEEDSBANK_ENCODER=st:{directory.absolute()}", soft_wrap=True)


def train(model: Path, triplets: Path, target: Path, options: TuningOptions) -> None:
    """Fine-tune a directory on labelled triplets, with a bar, and save it as a new one."""
    labelled = read_triplets(triplets)
    with progress_bar() as bar:
        task = bar.add_task("Training (batches)", total=None)
        report = fine_tune(
            model,
            labelled,
            target,
            options,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    first, last = report.losses[0], report.losses[-1]
    console.print(
        f"{report.triplets} triplets on {report.device}; loss {first:.3f} in the first batch, "
        f"{last:.3f} in the last.\n"
        f"Measure it, then use it with NEEDSBANK_ENCODER=st:{target.absolute()}",
        soft_wrap=True,
    )
