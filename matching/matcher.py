"""Finds and ranks what belongs to a text: competences for a need, needs for a competence."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from weakref import ReferenceType, WeakKeyDictionary, ref

from matching import persistence, representing
from matching.archive import EVERYTHING, Archive, Asked, Breadth, Chosen
from matching.archive_building import ArchiveBuilder
from matching.background import Background
from matching.calibration import SHIPPED
from matching.census import Census
from matching.encoding import Encoder
from matching.errors import MatcherFileError
from matching.explanation import Explainer
from matching.index import Index, language_place
from matching.lemmas import default_analyser
from matching.pair_scorer import PairScorer
from matching.parameters import WORDS_FOLDER, Parameters
from matching.ranking import ranked
from matching.scoring import WEIGHTS, Scores, Similarities, View
from matching.support import FurtherTexts, Gathered
from matching.trained_version import FORMAT, TrainedVersion
from matching.traits import COSTS, Traits, not_known
from matching.types import (
    Document,
    Evidence,
    Keys,
    Match,
    Representation,
    Side,
    Vector,
)

MOST_POSSIBLE = 2
"""Matches of the lowest band that are worth a person's look."""


class Matcher:
    """A version of fitted parameters, with the encoder for which they were fitted.

    Scores depend on the two texts, the parameters and the public rows of the index, never on
    which other rows are hidden or allowed.
    """

    def __init__(
        self,
        encoder: Encoder,
        parameters: Parameters,
        background: Background,
        version: str,
        *,
        trained: TrainedVersion | None = None,
        base_version: str = "",
    ) -> None:
        self.version = version
        self.base_version = base_version or version
        self.parameters = parameters
        self.shipped = PairScorer(WEIGHTS, parameters.scale)
        self.trained = trained or TrainedVersion()
        self.pairs = self.trained.pairs or self.shipped
        self.calibration = self.trained.calibration or SHIPPED
        self._encoder = encoder
        self._background = background
        self._explainer = Explainer(encoder, parameters, background, default_analyser())
        self._views: WeakKeyDictionary[Index, View] = WeakKeyDictionary()
        self._collections: WeakKeyDictionary[Census, View] = WeakKeyDictionary()
        self._further: WeakKeyDictionary[Index, tuple[ReferenceType[Index], FurtherTexts]]
        self._further = WeakKeyDictionary()

    @classmethod
    def load(cls, folder: Path, encoder: Encoder, trained: Path | None = None) -> "Matcher":
        """Read the parameters for the encoder's vector space.

        `trained` is the folder of a `TrainedVersion`; what that has not learned is as without it.
        Raises MatcherFileError when there are no parameters for the space, or when anything is
        damaged or does not fit.
        """
        parameters = Parameters.load(folder, encoder.space_id)
        background = Background.load(folder / WORDS_FOLDER)
        sums = [persistence.checksum(folder / part) for part in (encoder.space_id, WORDS_FOLDER)]
        weighed = f"{FORMAT} {WEIGHTS | COSTS}"
        named = " ".join([*sums, encoder.space_id, default_analyser().id, weighed])
        base = "m1-" + hashlib.sha256(named.encode()).hexdigest()[:8]
        if trained is None:
            return cls(encoder, parameters, background, base)
        learned = TrainedVersion.load(trained, base)
        return cls(
            encoder, parameters, background, trained.name, trained=learned, base_version=base
        )

    @property
    def space_id(self) -> str:
        """Return the id of the encoder's vector space."""
        return self._encoder.space_id

    def represent(self, documents: Sequence[Document]) -> list[Representation]:
        """Return what must be stored of each text; slow, for background work."""
        return representing.represent(self._encoder, documents)

    def represent_query(self, text: str, language: str = "", *, title: str = "") -> Representation:
        """Return what a search needs of one short text; its document side is zeros."""
        return representing.represent_query(self._encoder, text, language, title=title)

    def search(
        self, query: Representation, index: Index, *, k: int, allowed: Keys | None = None
    ) -> list[Match]:
        """Return the `k` best rows for a free text among those whose keys are allowed.

        Rows with a score under `Scale.search` are left out; more than a match may be weak.
        """
        if not len(index):
            return []
        scorer, floor = self.shipped, self.parameters.scale.search
        view, space = self.view(index), self.parameters.space
        similarities = view.similarities(query, Side.QUERY, Side.DOCUMENT, space)
        gathered = Gathered(scorer.evidence(similarities), similarities)
        rows = index.positions(allowed)
        rows = rows[scorer.scale.scores(gathered.evidence)[rows] >= floor]
        return ranked(gathered, index, k, scorer, rows, not_known(index))

    def match(
        self,
        query: Representation,
        index: Index,
        *,
        k: int,
        allowed: Keys | None = None,
        reverse: bool = False,
        among: Index | None = None,
        further: Index | None = None,
        traits: Traits | None = None,
    ) -> list[Match]:
        """Return the `k` best competences for a need; with `reverse`, needs for a competence.

        `among` is the index of texts of the same kind as `query`: what they have in common says
        nothing of this one. Without it, what texts in general have in common is left out.
        `further` holds further texts of the index's rows, which lift their owners before the best
        are chosen (see `matching.support`). `traits` say what else is known of the pairs: those
        that differ have lower scores, but are good enough if their texts are.

        Merely possible ones come only where there is nothing better, and few of them: people
        review every match. An empty list means that no pair is good enough.
        """
        if not len(index):
            return []
        scorer = self.pairs
        gathered = self.gathered(query, index, reverse=reverse, among=among, further=further)
        scores, rows = scorer.scale.scores(gathered.evidence), index.positions(allowed)
        suiting = rows[scores[rows] >= scorer.scale.good]
        if not len(suiting):
            suiting, k = rows[scores[rows] >= scorer.scale.possible], min(k, MOST_POSSIBLE)
        agreement = not_known(index) if traits is None else traits.placed(index)
        return ranked(gathered, index, k, scorer, suiting, agreement)

    def gathered(
        self,
        query: Representation,
        index: Index,
        *,
        reverse: bool = False,
        among: Index | None = None,
        further: Index | None = None,
        scorer: PairScorer | None = None,
    ) -> Gathered:
        """Return a text compared with all texts of all rows, as `match` takes it.

        Another `scorer` than the one in use may weigh what counts.
        """
        scorer = scorer or self.pairs
        adapter = scorer.adapter
        own = self._compared(query, self.view(index), reverse, among, adapter)
        if further is None or not len(further):
            return Gathered(scorer.evidence(own), own)
        texts = self._texts_beside(further, index)
        others = self._compared(query, texts.view, reverse, among, adapter)
        return Gathered.of(own, others, texts, scorer)

    def explain(
        self,
        need: Document,
        competence: Document,
        limit: int = 2,
        *,
        further: Sequence[Document] = (),
    ) -> list[Evidence]:
        """Return the pairs of sentences that speak most for a match, the best first.

        `further` are further texts of the competence, whose sentences may be quoted too.
        """
        return self._explainer.explain(need, [competence, *further], limit)

    def unanswered(
        self,
        need: Document,
        competence: Document,
        limit: int = 2,
        *,
        further: Sequence[Document] = (),
    ) -> list[str]:
        """Return the sentences of a need to which nothing in a competence is near, if any."""
        return self._explainer.unanswered(need, [competence, *further], limit)

    def view(self, index: Index) -> View:
        """Return the index as this version sees it.

        Raises MatcherFileError when it was built from another encoder's vectors.
        """
        self._check(index)
        view = self._views.get(index)
        if view is None:
            like = None if index.census is None else self.view_of(index.census)
            # A copy shares the arrays: a key that its own value holds would never be let go.
            view = View(replace(index), self.parameters, self._background, like)
            self._views[index] = view
        return view

    def view_of(self, census: Census) -> View:
        """Return what this version takes from the counts of a collection: means and rarity."""
        view = self._collections.get(census)
        if view is None:
            counted = Index.build([], replace(census))
            view = View(counted, self.parameters, self._background)
            self._collections[census] = view
        return view

    def shortlist(
        self, text: Representation, archive: Archive, breadth: Breadth, chosen: Chosen = EVERYTHING
    ) -> Keys:
        """Return the keys of an archive's rows that are worth comparing with a text, ascending.

        An index of these rows with the archive's census is then searched as any other.
        """
        language = language_place(text.language)
        projection = archive.projection
        point = projection.space.point(text.query, Side.QUERY, language)
        words = self.view_of(archive.census).lexicon.sought(text, language)
        return archive.shortlist(Asked(projection.text(point), words, language), breadth, chosen)

    def empty_archive(self) -> Archive:
        """Return an archive of nothing, in which what texts have in common is as shipped."""
        return Archive.empty(self.parameters.space, Census.of(Index.build([])))

    def load_archive(self, folder: Path) -> Archive:
        """Return a saved archive; raise MatcherFileError when it is missing or damaged."""
        return Archive.load(folder, self.parameters.space)

    def archive_builder(self, folder: Path) -> ArchiveBuilder:
        """Return what builds an archive in a folder that is not there yet."""
        return ArchiveBuilder(folder, self.parameters.space)

    def similarities(
        self,
        query: Representation,
        index: Index,
        *,
        reverse: bool = False,
        among: Index | None = None,
    ) -> Similarities:
        """Return how similar a text is to all rows, as `match` takes it."""
        return self._compared(query, self.view(index), reverse, among, self.pairs.adapter)

    def pair_scores(self, similarities: Similarities) -> Scores:
        """Return the scores, 0..1, by which needs and competences are matched, [n]."""
        return self.pairs.scale.scores(self.pairs.evidence(similarities))

    def _compared(
        self,
        query: Representation,
        view: View,
        reverse: bool,
        among: Index | None,
        adapter: Vector | None,
    ) -> Similarities:
        space = self.view(among).space if among is not None else self.parameters.space
        sides = (Side.DOCUMENT, Side.QUERY) if reverse else (Side.QUERY, Side.DOCUMENT)
        return view.similarities(query, *sides, space, adapter=adapter)

    def _texts_beside(self, further: Index, owners: Index) -> FurtherTexts:
        self._check(further)
        known = self._further.get(further)
        if known is not None and known[0]() is owners:
            return known[1]
        like = self.view(owners)
        view = View(replace(further), self.parameters, self._background, like)
        texts = FurtherTexts(view, owners)
        self._further[further] = ref(owners), texts
        return texts

    def _check(self, index: Index) -> None:
        if len(index) and index.query.shape[1] != self._encoder.dim:
            raise MatcherFileError("The index was built with another encoder: build it again.")
