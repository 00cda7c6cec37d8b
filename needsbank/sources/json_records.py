"""JSON and JSON Lines, a record at a time: how large a file is says nothing of the memory."""

import json
from collections.abc import Iterator

from needsbank.sources.bounded_text import BoundedText
from needsbank.sources.unreadable import UnreadableFile

LONGEST_RECORD = 200_000
"""Characters; what is longer is not a record of a catalogue."""
_CHUNK = 1 << 16
_SPACE = " \t\r\n"


def line_records(lines: Iterator[str]) -> Iterator[tuple[int, object]]:
    """Yield each line's number and value; None for a line that is not JSON."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError):
            yield number, None


def array_records(text: BoundedText, tokens: tuple[str, ...]) -> Iterator[tuple[int, object]]:
    """Yield number (from 1) and value of each element of the array that the tokens lead to.

    Raises `UnreadableFile` when there is no such array or the file is cut off.
    """
    scanner = _Scanner(text)
    for token in tokens:
        _enter(scanner, token)
    if scanner.peek() != "[":
        where = "".join(f"/{token}" for token in tokens) or "the top"
        raise UnreadableFile(f"no list of records at {where}", "no_list", where)
    yield from enumerate(_elements(scanner), 1)
    if not tokens and scanner.peek():
        raise UnreadableFile("something follows the list of records", "cut_off")


def _enter(scanner: "_Scanner", token: str) -> None:
    """Leave the scanner at the value of a token, skipping what stands before it."""
    opening = scanner.peek()
    if opening == "{":
        for key in _keys(scanner):
            if key == token:
                return
            scanner.value()
    elif opening == "[" and token.isascii() and token.isdigit():
        scanner.take("[")
        for _ in range(int(token)):
            scanner.value()
            if not scanner.separated("]"):
                break
        else:
            return
    raise UnreadableFile(f"there is no {token!r} on the way to the records", "no_list", token)


def _keys(scanner: "_Scanner") -> Iterator[object]:
    """Yield an object's keys; the caller reads each value before the next key."""
    scanner.take("{")
    if scanner.peek() == "}":
        return
    while True:
        key = scanner.value()
        scanner.take(":")
        yield key
        if not scanner.separated("}"):
            return


def _elements(scanner: "_Scanner") -> Iterator[object]:
    scanner.take("[")
    if scanner.peek() == "]":
        scanner.take("]")
        return
    while True:
        yield scanner.value()
        if not scanner.separated("]"):
            return


class _Scanner:
    """Reads one JSON value after another from a text, holding little more than the next one."""

    def __init__(self, text: BoundedText) -> None:
        self._text = text
        self._held = ""
        self._at = 0
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """Return the next character that is no white space; nothing at the end."""
        while True:
            while self._at < len(self._held):
                if self._held[self._at] not in _SPACE:
                    return self._held[self._at]
                self._at += 1
            if not self._more():
                return ""

    def take(self, wanted: str) -> None:
        """Go past a character that has to come next."""
        if self.peek() != wanted:
            raise UnreadableFile(f"not whole JSON: {wanted!r} is missing", "cut_off")
        self._at += 1

    def separated(self, closing: str) -> bool:
        """Go past a comma, or past what closes the whole; say whether it was a comma."""
        following = self.peek()
        self.take("," if following == "," else closing)
        return following == ","

    def value(self) -> object:
        """Return the next value, whole."""
        self.peek()
        while True:
            try:
                found, end = self._decoder.raw_decode(self._held, self._at)
            except RecursionError as error:
                raise UnreadableFile("the JSON is nested too deeply", "too_large") from error
            except ValueError as error:
                if len(self._held) - self._at > LONGEST_RECORD or not self._more():
                    raise UnreadableFile(f"not whole JSON: {error}", "cut_off") from error
                continue
            # A number at the end of what is held may go on.
            if end < len(self._held) or not self._more():
                self._at = end
                return found

    def _more(self) -> bool:
        following = self._text.read(_CHUNK)
        self._held, self._at = self._held[self._at :] + following, 0
        return bool(following)
