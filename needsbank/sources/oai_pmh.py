"""A strict OAI-PMH 2.0 client: a list that is not whole is told, never taken for a whole one.

http://www.openarchives.org/OAI/2.0/openarchivesprotocol.htm
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from needsbank.domain.clock import now
from needsbank.domain.harvests import Deleted, HarvestPage, HarvestProblem, Record, Request
from needsbank.sources.dublin_core import key_of, to_record
from needsbank.sources.fetch_errors import BadStatus, FetchError, NotReachable, TooSlow
from needsbank.sources.fetching import Fetcher, Limits
from needsbank.sources.oai_xml import MOST_BYTES, OaiAnswer, RawRecord, read_answer

LIMITS = Limits(most_bytes=MOST_BYTES, seconds=120)
MOST_PAGES = 100_000
MOST_RECORDS = 5_000_000
"""Of one list: more than any repository has, so that none fills the disk for ever."""
_ATTEMPTS = 3
_PAUSES = (2.0, 15.0)
"""Seconds before the second and third attempt where the server does not name any."""
_LONGEST_PAUSE = 300.0
_BUSY = frozenset({429, 500, 502, 503, 504})
_BY_DAY = "YYYY-MM-DD"

Pause = Callable[[float], None]
"""Waits for some seconds, also for none; raises `HarvestStopped` when the worker is to end."""

_log = logging.getLogger(__name__)


def read_pages(fetcher: Fetcher, request: Request, pause: Pause) -> Iterator[HarvestPage]:
    """Yield the pages of a source's list from a checkpoint on; raise `HarvestProblem`.

    Only a list that ended as the protocol says, with as many records as were announced, ends
    without an error.
    """
    return _List(fetcher, request, pause).pages()


@dataclass(slots=True)
class _List:
    fetcher: Fetcher
    request: Request
    pause: Pause

    def pages(self) -> Iterator[HarvestPage]:
        token, position = self.request.token, self.request.position
        seen = {token}
        for _ in range(MOST_PAGES):
            answer = self._asked(self._resumed(token) if token else self._begun())
            if answer.error:
                yield self._refused(answer, token)
                return
            if not answer.is_list:
                raise HarvestProblem("not_oai", "the answer is not a list of records")
            page = self._page(answer)
            position += len(page.records)
            yield page
            if page.token is None:
                _check_end(answer, position, self.request, resumed=token is not None)
                return
            if position > MOST_RECORDS:
                raise HarvestProblem("too_large", f"the list has over {MOST_RECORDS:,} records")
            if page.token in seen:
                raise HarvestProblem("repeated_token", "the source repeats a resumption token")
            token = page.token
            seen.add(token)
            self.pause(0)
        raise HarvestProblem("too_large", f"the list has over {MOST_PAGES:,} pages")

    def _begun(self) -> dict[str, str]:
        words = {"verb": "ListRecords", "metadataPrefix": self.request.prefix}
        if self.request.set_spec:
            words["set"] = self.request.set_spec
        if self.request.since is not None:
            words["from"] = self._datestamp(self.request.since)
        return words

    @staticmethod
    def _resumed(token: str) -> dict[str, str]:
        return {"verb": "ListRecords", "resumptionToken": token}

    def _datestamp(self, since: datetime) -> str:
        """Return the moment to ask from, one step of the source's clock earlier than needed."""
        identity = self._asked({"verb": "Identify"})
        if not identity.granularity:
            raise HarvestProblem("not_oai", "the source does not say how fine its datestamps are")
        if identity.granularity == _BY_DAY:
            return f"{since - timedelta(days=1):%Y-%m-%d}"
        return f"{since - timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"

    def _asked(self, words: dict[str, str]) -> OaiAnswer:
        """Return the answer; a busy server is asked again a few times."""
        url = f"{self.request.address}?{urlencode(words)}"
        for attempt in range(_ATTEMPTS):
            try:
                with self.fetcher.open(url, LIMITS) as answer:
                    return read_answer(answer.chunks)
            except FetchError as error:
                seconds = _pause_after(error, attempt)
                if seconds is None:
                    passes = isinstance(error, NotReachable | TooSlow | BadStatus)
                    raise HarvestProblem(error.code, str(error), may_pass=passes) from error
                _log.info("waiting %.0f s for %s: %s", seconds, self.request.name, error)
                self.pause(seconds)
        raise AssertionError("the last attempt returns or raises")

    def _refused(self, answer: OaiAnswer, token: str | None) -> HarvestPage:
        """Return the empty page of a list that is empty; raise what else the source refuses."""
        if answer.error == "noRecordsMatch" and token is None and self.request.since is not None:
            return self._page(answer)
        if answer.error == "noRecordsMatch" and token is None:
            raise _nothing_there()
        if answer.error == "badResumptionToken":
            raise HarvestProblem("bad_token", "the source no longer knows where it was")
        raise HarvestProblem("refused", f"{answer.error}: {answer.error_text[:300]}")

    def _page(self, answer: OaiAnswer) -> HarvestPage:
        moment = min(answer.moment or now(), now())
        return HarvestPage(
            records=tuple(self._record(each, moment.year + 1) for each in answer.records),
            moment=moment,
            token=answer.token or None,
            expected=answer.expected,
        )

    def _record(self, raw: RawRecord, latest_year: int) -> Record:
        if raw.deleted:
            return Deleted(key_of(raw.identifier))
        return to_record(raw.identifier, raw.fields, self.request, latest_year=latest_year)


def _pause_after(error: FetchError, attempt: int) -> float | None:
    """Return the seconds to wait before asking again, None when that is of no use."""
    if attempt + 1 >= _ATTEMPTS:
        return None
    if isinstance(error, BadStatus):
        if error.status not in _BUSY:
            return None
        if error.retry_after is not None:
            return error.retry_after if error.retry_after <= _LONGEST_PAUSE else None
    elif not isinstance(error, NotReachable | TooSlow):
        return None
    return _PAUSES[attempt]


def _check_end(answer: OaiAnswer, position: int, request: Request, *, resumed: bool) -> None:
    """Raise unless a list may be over here."""
    if answer.expected is not None and position < answer.expected:
        raise HarvestProblem(
            "incomplete_list", f"the source announced {answer.expected} records and gave {position}"
        )
    # Only a list in one page may end without a token that says so.
    if resumed and answer.token is None and answer.expected is None:
        raise HarvestProblem("incomplete_list", "the list ends without its last token")
    if position == 0 and request.since is None:
        raise _nothing_there()


def _nothing_there() -> HarvestProblem:
    # More likely a set that was renamed than a repository that was emptied.
    return HarvestProblem("nothing_there", "the source says that it has no records at all")
