"""The vector sets that a process gives vectors to, their encoders checked for drift."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matching import Document, Encoder, MatchingError, Representation, probe_vectors, represent
from needsbank.db.transaction import transaction
from needsbank.domain.errors import BankError, Conflict
from needsbank.services import drift, vector_sets
from needsbank.services.embedding import SetRef
from needsbank.services.opening import Opener
from needsbank.services.retrieval import Retrieval

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SetReader:
    """A set and the encoder that reads texts into it; no parameters need to be fitted for it."""

    set: SetRef
    encoder: Encoder

    def represent(self, documents: Sequence[Document]) -> list[Representation]:
        """Return what must be stored of each text."""
        return represent(self.encoder, documents)


class EmbeddedSets:
    """The active set, and the built ones that wait beside it; one per process that embeds."""

    def __init__(self, opener: Opener, engine: Engine) -> None:
        self._opener = opener
        self._engine = engine
        self._active: Retrieval | None = None
        self._built: dict[SetRef, SetReader | None] = {}

    def active(self) -> Retrieval:
        """Return the retrieval of the active set; a fresh bank gets its first one.

        Raises Drifted when the encoder no longer gives the vectors that the set holds.
        """
        with Session(self._engine) as session:
            wanted = vector_sets.active(session)
        wanted = wanted or self._add_first()
        if self._active is None or self._active.set != wanted:
            self._check(wanted, self._opener.encoder_of(wanted))
            self._active = self._opener.retrieval(wanted)
        return self._active

    def built(self) -> list[SetReader]:
        """Return readers of the sets that are kept complete until they are activated.

        One whose encoder cannot be had here is left out, and the log says so once.
        """
        with Session(self._engine) as session:
            waiting = vector_sets.built(session)
        known = self._built
        self._built = {
            each: known[each] if each in known else self._tried(each) for each in waiting
        }
        return [reader for reader in self._built.values() if reader is not None]

    def _tried(self, wanted: SetRef) -> SetReader | None:
        try:
            encoder = self._opener.encoder_of(wanted)
            self._check(wanted, encoder)
        except (BankError, MatchingError) as problem:
            _log.error("a vector set cannot be kept complete here: %s", problem)
            return None
        return SetReader(wanted, encoder)

    def _add_first(self) -> SetRef:
        spec = self._opener.spec
        encoder = self._opener.encoder(spec)
        self._opener.retrieval(None)  # a set that cannot be searched is not made
        probes = probe_vectors(encoder)
        with Session(self._engine) as session, transaction(session):
            return vector_sets.add_first(session, spec, encoder, probes)

    def _check(self, wanted: SetRef, encoder: Encoder) -> None:
        """Compare the probe sentences; a set of an earlier version gets its own now."""
        fresh = probe_vectors(encoder)
        with Session(self._engine) as session, transaction(session):
            found = vector_sets.of_space(session, wanted.space_id)
            if found is None:
                raise Conflict("the vector set has just been removed")
            if found.probes is None:
                vector_sets.describe(found, self._opener.spec, encoder, fresh)
            else:
                drift.check(found.id, found.spec, found.probes, fresh)
