"""Files that people bring, kept between the trial run and taking them in; a day at most."""

import json
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from needsbank.domain.errors import NotFound
from needsbank.sources.unreadable import UnreadableFile

MOST_BYTES = 30_000_000
KEPT_SECONDS = 24 * 3600
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
_CHUNK = 1 << 16


class Uploads:
    """A folder of brought files under random names; beside each, what is known about it.

    What people call their files is never asked.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, stream: BinaryIO) -> str:
        """Keep a file and return the word that finds it again; raise `UnreadableFile`."""
        self.drop_old()
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        token = secrets.token_urlsafe(24)
        path = self._folder / token
        try:
            with path.open("xb") as file:
                while chunk := stream.read(_CHUNK):
                    file.write(chunk)
                    if file.tell() > MOST_BYTES:
                        raise UnreadableFile("the file is too large", "too_large")
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return token

    def path(self, token: str) -> Path:
        """Return where a file lies; raise `NotFound` when it is not there any more."""
        if not _TOKEN.fullmatch(token) or not (path := self._folder / token).is_file():
            raise NotFound(token)
        return path

    def note(self, token: str, known: dict[str, Any]) -> None:
        """Remember what is known about a file."""
        self._notes(token).write_text(json.dumps(known), encoding="utf-8")

    def noted(self, token: str) -> dict[str, Any]:
        """Return what is known about a file; raise `NotFound` when there is no such file."""
        self.path(token)
        try:
            known: dict[str, Any] = json.loads(self._notes(token).read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise NotFound(token) from error
        return known

    def drop(self, token: str) -> None:
        """Remove a file and what is known about it."""
        self.path(token).unlink(missing_ok=True)
        self._notes(token).unlink(missing_ok=True)

    def drop_old(self) -> None:
        """Remove what has lain here for a day."""
        oldest = time.time() - KEPT_SECONDS
        for path in self._folder.glob("*"):
            with suppress(FileNotFoundError):  # somebody was faster
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def _notes(self, token: str) -> Path:
        return self._folder / f"{token}.json"
