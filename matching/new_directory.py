"""A directory that is there whole or not at all."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matching.errors import ModelDirectoryError


@contextmanager
def new_directory(target: Path) -> Iterator[Path]:
    """Give a directory to fill; it gets the name `target` if the block ends well, else it goes.

    Raises ModelDirectoryError when something of that name is there already, or when the disk
    refuses (full, read-only).
    """
    target = target.absolute()
    refuse_what_is_there(target)
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        unfinished.mkdir(parents=True)
        yield unfinished
        unfinished.rename(target)
    except OSError as refused:
        raise ModelDirectoryError(
            f"{target} cannot be written: {refused.strerror or refused}"
        ) from refused
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def refuse_what_is_there(target: Path) -> None:
    """Raise ModelDirectoryError unless the name is free, or that of an empty directory."""
    if target.is_dir() and not any(target.iterdir()):
        return
    if target.exists():
        raise ModelDirectoryError(f"{target} is there already: remove it or name another.")
