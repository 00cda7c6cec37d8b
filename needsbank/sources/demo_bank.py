"""The made-up bank under `data/demo`, as its files tell it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from needsbank.domain.errors import BankError

Record = dict[str, Any]


def read_records(folder: Path, name: str) -> list[Record]:
    """Return the records of one file of the demo bank; raise when it is missing or broken."""
    path = folder / f"{name}.jsonl"
    try:
        return list(_records(path))
    except (OSError, ValueError) as error:
        raise BankError(f"the demo bank's {path.name} cannot be read: {error}") from error


def _records(path: Path) -> Iterator[Record]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
