"""JSON Pointers (RFC 6901): where in a JSON document a value stands."""

import re

_TOKEN = re.compile(r"(?:[^~/]|~[01])*")
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)


def parse_pointer(pointer: str) -> tuple[str, ...]:
    """Return a pointer's tokens, unescaped; raise `ValueError` when it is no JSON Pointer."""
    if not pointer:
        return ()
    head, *tokens = pointer.split("/")
    if head or not all(_TOKEN.fullmatch(token) for token in tokens):
        raise ValueError(pointer)
    return tuple(token.replace("~1", "/").replace("~0", "~") for token in tokens)


def value_at(document: object, tokens: tuple[str, ...]) -> object:
    """Return the value that the tokens lead to, None where they lead nowhere."""
    for token in tokens:
        if isinstance(document, dict):
            document = document.get(token)
        elif isinstance(document, list) and _INDEX.fullmatch(token) and int(token) < len(document):
            document = document[int(token)]
        else:
            return None
    return document
