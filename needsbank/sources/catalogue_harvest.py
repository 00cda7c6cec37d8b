"""A catalogue behind an address: fetched whole, looked through, then handed on page by page."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from needsbank.domain.clock import now
from needsbank.domain.errors import Invalid
from needsbank.domain.harvests import BadRecord, HarvestPage, HarvestProblem, Record, Request
from needsbank.domain.prior_works import RecordPriorWork
from needsbank.sources.catalogues import BadRow, Defaults, read_catalogue
from needsbank.sources.fetch_errors import FetchError
from needsbank.sources.fetching import Fetcher, Limits
from needsbank.sources.mapping import PLAIN, Mapping, mapping_of
from needsbank.sources.unreadable import UnreadableFile

LIMITS = Limits(most_bytes=100_000_000, seconds=150)
_RECORDS_IN_A_PAGE = 500
_A_MOMENT = 0.01
"""Seconds; a pause of any length says that the harvest is alive."""

Pause = Callable[[float], None]


def read_pages(fetcher: Fetcher, request: Request, pause: Pause) -> Iterator[HarvestPage]:
    """Yield a catalogue's records from the request's position on; raise `HarvestProblem`.

    A file that is broken anywhere, or of which no row can be taken, gives no page at all.
    """
    mapping, moment = _mapping(request), now()
    # A suffix would be a guess: what the file is shows in its contents.
    with NamedTemporaryFile(prefix="catalogue-") as file:
        _fetch(fetcher, request, file)
        pause(_A_MOMENT)
        records, expected = _records(Path(file.name), request, mapping), 0
        taken = False
        for record in records:
            expected += 1
            taken = taken or isinstance(record, RecordPriorWork)
        if not taken:
            raise HarvestProblem("nothing_there", f"none of {expected} rows can be taken")
        remaining = islice(_records(Path(file.name), request, mapping), request.position, None)
        while page := tuple(islice(remaining, _RECORDS_IN_A_PAGE)):
            pause(_A_MOMENT)
            yield HarvestPage(records=page, moment=moment, expected=expected)


def _mapping(request: Request) -> Mapping:
    try:
        return mapping_of(request.mapping) if request.mapping else PLAIN
    except Invalid as error:
        raise HarvestProblem("mapping", str(error)) from error


def _fetch(fetcher: Fetcher, request: Request, file: IO[bytes]) -> None:
    try:
        with fetcher.open(request.address, LIMITS) as answer:
            for chunk in answer.chunks:
                file.write(chunk)
    except FetchError as error:
        raise HarvestProblem(error.code, str(error), may_pass=True) from error
    file.flush()


def _records(path: Path, request: Request, mapping: Mapping) -> Iterator[Record]:
    """Yield what can be stored, and what cannot by its key; a key counts once."""
    defaults = Defaults(request.licence, request.language, request.work_kind)
    seen: set[str] = set()
    reads = read_catalogue(
        path,
        source=request.name,
        latest_year=now().year + 1,
        mapping=mapping,
        defaults=defaults,
    )
    try:
        for number, read in enumerate(reads, 1):
            record = read.record
            key = record.key if isinstance(record, BadRow) else record.source_key
            place = f"row {record.line}" if isinstance(record, BadRow) else f"record {number}"
            if key in seen:
                yield BadRecord(place, {"id": "repeated"})
            elif isinstance(record, BadRow):
                yield BadRecord(key or place, record.errors)
            else:
                yield record
            if key:
                seen.add(key)
    except UnreadableFile as error:
        # The file's name is a random one of ours.
        said = str(error).removeprefix(f"{path.name}: ")
        raise HarvestProblem(error.code, said) from error
