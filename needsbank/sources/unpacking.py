"""Packed bytes, unpacked in pieces: what is made to fill the memory is noticed before it does."""

import zlib
from collections.abc import Iterable, Iterator

from needsbank.sources.fetch_errors import BadEncoding, TooLarge

_PIECE = 65_536
_GZIP = 16 + zlib.MAX_WBITS


def gunzipped(packed: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces of at most 64 KiB; raise `BadEncoding` on what is no gzip, or ends too early."""
    member = zlib.decompressobj(_GZIP)
    try:
        for chunk in packed:
            rest = chunk
            while rest:
                if member.eof:  # a file of several members goes on
                    member = zlib.decompressobj(_GZIP)
                if piece := member.decompress(rest, _PIECE):
                    yield piece
                rest = member.unused_data if member.eof else member.unconsumed_tail
    except zlib.error as error:
        raise BadEncoding(f"the answer is no whole gzip: {error}") from error
    if not member.eof:
        raise BadEncoding("the answer is no whole gzip: it ends too early")


def at_most(most_bytes: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces; raise `TooLarge` as soon as there are more than `most_bytes` in all."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most_bytes:
            raise TooLarge(f"the answer is larger than {most_bytes:,} bytes")
        yield piece
