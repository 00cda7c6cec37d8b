"""Opening vector sets: the encoder that made one, and what searches it."""

import logging
from collections.abc import Callable
from pathlib import Path
from weakref import WeakValueDictionary

from matching import DuplicateDetector, Encoder, Matcher, MatcherFileError, MatchingError
from needsbank.domain.errors import Conflict
from needsbank.services.embedding import SetRef
from needsbank.services.retrieval import FIRST_BIT, Retrieval

SLOW = "st:"
"""Encoders of this kind load their model, for seconds, to tell their space."""

_log = logging.getLogger(__name__)


class WrongSpace(Conflict):
    """No encoder at hand gives vectors of a set's space."""


class Opener:
    """Makes encoders and retrievals; an encoder is shared as long as anything uses it.

    `load` gives the encoder of a name; `spec` names the one that the settings ask for, which
    makes the first set of a fresh bank. `parameters`, `indexes` and `trained` are folders; in the
    last lie the matcher versions that were trained in the bank.
    """

    def __init__(
        self,
        load: Callable[[str], Encoder],
        spec: str,
        parameters: Path,
        indexes: Path,
        trained: Path | None = None,
    ) -> None:
        self.spec = spec
        self.parameters = parameters
        self.indexes = indexes
        self.trained = trained
        self._load = load
        self._shared: WeakValueDictionary[str, Encoder] = WeakValueDictionary()

    def encoder(self, spec: str) -> Encoder:
        """Return the encoder of a name; raise `MatchingError` if there is none."""
        found = self._shared.get(spec)
        if found is None:
            found = self._shared[spec] = self._load(spec)
        return found

    def encoder_of(self, wanted: SetRef) -> Encoder:
        """Return an encoder whose vectors may be compared with a set's; raise `WrongSpace`.

        Another engine of the same space may be the one that the settings ask for.
        """
        problems = []
        for spec in self._candidates(wanted):
            try:
                encoder = self.encoder(spec)
                if encoder.space_id == wanted.space_id:
                    return encoder
                problems.append(f"{spec} gives vectors of space {encoder.space_id}")
            except MatchingError as problem:
                if spec == self.spec and not spec.startswith(SLOW):
                    raise  # a slip in the settings is never passed over
                problems.append(str(problem))
        raise WrongSpace(
            f"the vector set of space {wanted.space_id} (encoder {wanted.spec or 'unknown'}) cannot"
            f" be opened: {'; '.join(problems)}. Put that encoder's files back, or name it in"
            " NEEDSBANK_ENCODER"
        )

    def retrieval(self, wanted: SetRef | None) -> Retrieval:
        """Return what searches a set, or what will search a fresh bank's first one.

        Raises MatcherFileError when no parameters have been fitted for the space.
        """
        encoder = self.encoder(self.spec) if wanted is None else self.encoder_of(wanted)
        trained = None if wanted is None else wanted.trained
        matcher = self._matcher(encoder, trained)
        detector = DuplicateDetector.load(self.parameters, matcher)
        bit = FIRST_BIT if wanted is None else wanted.bit
        return Retrieval(matcher, detector, self.indexes, bit, trained)

    def _matcher(self, encoder: Encoder, trained: str | None) -> Matcher:
        """Return the trained version; if it is lost or of an earlier release, the shipped one."""
        if trained is not None and self.trained is not None:
            try:
                return Matcher.load(self.parameters, encoder, self.trained / trained)
            except MatcherFileError as problem:
                _log.error("the shipped matcher version is in use: %s", problem)
        return Matcher.load(self.parameters, encoder)

    def _candidates(self, wanted: SetRef) -> list[str]:
        if wanted.spec is None or wanted.spec == self.spec:
            return [self.spec]
        names = [self.spec, wanted.spec]
        # What is quick to ask comes first; of two slow ones the one that made the set.
        return names[::-1] if self.spec.startswith(SLOW) else names
