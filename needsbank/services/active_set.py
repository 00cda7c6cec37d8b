"""Following the active vector set and the trained version that searches it.

A running process goes over to another one by itself.
"""

import logging
import threading
import time
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matching import MatchingError
from needsbank.domain.errors import BankError
from needsbank.services import vector_sets
from needsbank.services.embedding import SetRef
from needsbank.services.opening import Opener
from needsbank.services.retrieval import Retrieval

_RETRY_SECONDS = 10.0

_log = logging.getLogger(__name__)


class RetrievalSource(Protocol):
    """Where a request or a round of work takes its retrieval from, once."""

    def current(self, session: Session) -> Retrieval:
        """Return the retrieval to use until the caller's work is done."""


class ActiveRetrieval:
    """The retrieval of the set that is active; one per process that answers readers.

    A set that is activated later is opened beside the one in use, so that nobody waits; that one
    is let go when the new one is ready.
    """

    def __init__(self, opener: Opener) -> None:
        self._opener = opener
        self._opening = threading.Lock()
        self._opened: Retrieval | None = None
        self._retry_at = 0.0

    def current(self, session: Session) -> Retrieval:
        """Return the active set's retrieval, or for some seconds that of the set before."""
        wanted = vector_sets.active(session)
        if self._opened is None:
            with self._opening:
                if self._opened is None:
                    self._opened = self._opener.retrieval(wanted)
        opened = self._opened
        if wanted is not None and opened.set != wanted:
            self._open_beside(session.get_bind().engine, wanted)
        return opened

    def _open_beside(self, engine: Engine, wanted: SetRef) -> None:
        if time.monotonic() < self._retry_at or not self._opening.acquire(blocking=False):
            return  # it failed a moment ago, or is being opened
        threading.Thread(target=self._go_over, args=(engine, wanted), daemon=True).start()

    def _go_over(self, engine: Engine, wanted: SetRef) -> None:
        self._retry_at = time.monotonic() + _RETRY_SECONDS
        try:
            retrieval = self._opener.retrieval(wanted)
            with Session(engine) as session:
                retrieval.warm(session)
            self._opened, self._retry_at = retrieval, 0.0
        except (BankError, MatchingError) as problem:
            _log.error("a vector set was activated that cannot be searched here: %s", problem)
        finally:
            self._opening.release()
