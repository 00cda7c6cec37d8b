"""Folders that hold a subject's index or archive as of a number of writing, one for each."""

import hashlib
import shutil
from pathlib import Path

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from needsbank.db.models import Embedding


def bank_of(session: Session, *mine: ColumnElement[bool], made_by: str = "") -> str:
    """Return what tells a database from any other, by its first row among `mine`.

    `made_by` is the version of what a snapshot depends on beside the rows, if it does.
    """
    first = select(Embedding.owner_id, Embedding.created).where(*mine)
    row = session.execute(first.order_by(Embedding.key).limit(1)).one_or_none()
    return hashlib.sha256(f"{row!r}{made_by}".encode()).hexdigest()[:12]


def folder_of(folder: Path, seq: int, bank: str) -> Path:
    """Return where the snapshot of a bank belongs that holds the rows up to a number of writing."""
    return folder / f"{seq:012d}-{bank}"


def snapshots(folder: Path, bank: str, newest: int) -> list[tuple[Path, int]]:
    """Return a bank's snapshots with their numbers, the newest first; delete those of others.

    Left out are those from after this read began, or from a time that a restore has undone.
    """
    found = []
    for path in sorted(folder.glob("[0-9]*-*"), reverse=True):
        seq, _, made_from = path.name.partition("-")
        if made_from != bank:
            shutil.rmtree(path, ignore_errors=True)  # of a bank that was here before
        elif int(seq) <= newest:
            found.append((path, int(seq)))
    return found
