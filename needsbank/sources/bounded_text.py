"""Text of unknown length, read in pieces whose size and sum are bounded."""

import gzip
import io
from collections.abc import Iterator
from typing import BinaryIO, cast

from needsbank.sources.unreadable import UnreadableFile

LONGEST_LINE = 200_000
"""Characters; a longer line is not a record of a catalogue."""
MOST_CHARACTERS = 2_000_000_000
"""Of unpacked text: a bound against files made to fill the disk or the memory."""
_GZIP = b"\x1f\x8b"


class BoundedText:
    """UTF-8 text of a file that may be gzipped, with or without a byte order mark.

    Keep it until the file is closed: who lets go of it first has closed the file without a word.
    """

    def __init__(self, raw: BinaryIO) -> None:
        packed = raw.read(2) == _GZIP
        raw.seek(0)
        # A GzipFile is a binary file in all but its declared type.
        unpacked = cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
        self._text = io.TextIOWrapper(unpacked, encoding="utf-8-sig", newline="")
        self._seen = 0

    def first(self) -> str:
        """Return the first character that is no white space, and leave the text at its start."""
        found = self._text.read(1000).lstrip()[:1]
        self._text.seek(0)
        return found

    def read(self, size: int) -> str:
        """Return so many characters, fewer at the end."""
        return self._counted(self._text.read(size))

    def lines(self) -> Iterator[str]:
        """Yield the lines, each with its end."""
        # One more than the bound is read: a longer line is cut there and refused.
        while line := self._text.readline(LONGEST_LINE + 1):
            if len(line) > LONGEST_LINE:
                raise UnreadableFile("a line is too long for a catalogue", "too_large")
            yield self._counted(line)

    def _counted(self, text: str) -> str:
        self._seen += len(text)
        if self._seen > MOST_CHARACTERS:
            raise UnreadableFile("the file is too long for a catalogue", "too_large")
        return text
