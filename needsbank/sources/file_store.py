"""A folder of shared files under random names, outside everything that the web serves."""

import hashlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from needsbank.domain.errors import NotFound
from needsbank.domain.shared_files import MOST_BYTES, FileKind
from needsbank.sources.file_contents import check_contents
from needsbank.sources.unreadable import UnreadableFile

NEW_FOR_SECONDS = 3600
"""A file without a row is new for so long: its row may be on its way."""
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Kept:
    """A file on disk: its name there, its size, and the hash of what is in it."""

    token: str
    size: int
    sha256: str


class FileStore:
    """Keeps files; which of them belong to whom is the database's business."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, stream: BinaryIO, kind: FileKind) -> Kept:
        """Write a file to disk for good and look into it; raise `UnreadableFile`."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        token = secrets.token_urlsafe(32)
        path = self._folder / token
        said = hashlib.sha256()
        try:
            with path.open("xb") as file:
                path.chmod(0o600)
                while chunk := stream.read(_CHUNK):
                    file.write(chunk)
                    said.update(chunk)
                    if file.tell() > MOST_BYTES:
                        raise UnreadableFile("the file is too large", "too_large")
                size = file.tell()
                file.flush()
                os.fsync(file.fileno())
            self._sync_folder()
            check_contents(path, kind)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Kept(token, size, said.hexdigest())

    def path(self, token: str) -> Path:
        """Return where a file lies; raise `NotFound` when it does not."""
        if not _TOKEN.fullmatch(token) or not (path := self._folder / token).is_file():
            raise NotFound(token)
        return path

    def drop(self, token: str) -> None:
        """Remove a file."""
        if _TOKEN.fullmatch(token):
            (self._folder / token).unlink(missing_ok=True)

    def old_tokens(self) -> Iterator[str]:
        """Give the files that are no longer new."""
        newest = time.time() - NEW_FOR_SECONDS
        for path in self._folder.glob("*"):
            with suppress(FileNotFoundError):  # somebody was faster
                if _TOKEN.fullmatch(path.name) and path.stat().st_mtime < newest:
                    yield path.name

    def _sync_folder(self) -> None:
        # The name is on disk only once its folder is.
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
