"""Is this known already? Needs, prior works and results in one list, the most useful first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from matching import Breadth, Difference, Duplicate, DuplicateBand, Relation, Representation
from needsbank.db.models import Need, PriorWork, Subject
from needsbank.db.queries.merges import challenge_ids_of
from needsbank.db.queries.needs import NeedFilter, needs_to_read
from needsbank.db.queries.prior_works import PriorWorkFilter, prior_works_to_read
from needsbank.domain.adoptions import has_result
from needsbank.domain.answers import MOST_HITS, USEFULNESS, AnswerRelation
from needsbank.domain.roles import Actor
from needsbank.domain.supports import NO_VOICES, Voices
from needsbank.domain.verdicts import PairVerdict
from needsbank.services.browsing import NEEDS, PRIOR_WORKS, Found, Kind, owners_by_key
from needsbank.services.own_results import is_result_of
from needsbank.services.reading import fingerprint
from needsbank.services.retrieval import EVERYTHING, Narrowed, Retrieval
from needsbank.services.supporting import supported_by, voices_of
from needsbank.services.verdicts import Judged, verdicts_of

COMPARED = Breadth(near=300, worded=200, likely=150)
"""Of very many works: enough to hold what a comparison with all would find (ADR 17)."""
SHORTEST_TEXT = 12
"""Fewer characters than this say too little to compare."""
WEAK_BELOW = 0.0003
"""Probability under which a related text is folded away.

Of the demo bank's finds that are off the mark 65 % are under it, of those that are right 4 %: too
many to leave out, so they stay one click away.
"""
_FOUND_OF_EACH = 10
"""More than are shown: what a coordinator has judged away leaves its place to the next."""
_PARTLY = 0.75
"""What a coordinator's "partly" is worth among probabilities."""


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found that may answer a need: how it relates, how surely, and what differs.

    `strength` orders hits: what people hold for the same, then sure and useful ones. `weak` ones
    are folded away. `longer` says whether it tells the same in more detail (True) or more broadly
    (False), where that is known.
    """

    subject: Subject
    found: Need | PriorWork
    relation: AnswerRelation
    probability: float
    strength: tuple[int, float]
    weak: bool
    sure: bool
    longer: bool | None
    differences: tuple[Difference, ...]
    judged: Judged | None = None
    voices: Voices = NO_VOICES
    supported: bool = False

    @property
    def fingerprint(self) -> str:
        """Return what tells the found text from what it says after a change."""
        return fingerprint(self.found)

    @property
    def is_solution(self) -> bool:
        """Whether it can be taken into use."""
        return isinstance(self.found, PriorWork) or has_result(
            self.found.state, self.found.close_reason
        )


@dataclass(frozen=True, slots=True)
class BankAnswer:
    """What is known of a text, best first; `dismissed` are those that a coordinator ruled out."""

    hits: Sequence[Hit]
    dismissed: Sequence[Hit] = ()

    @property
    def clear(self) -> list[Hit]:
        """Return the hits that are worth a look."""
        return [hit for hit in self.hits if not hit.weak]

    @property
    def weak(self) -> list[Hit]:
        """Return the hits that are only distantly related."""
        return [hit for hit in self.hits if hit.weak]


def is_long_enough(title: str, problem: str) -> bool:
    """Whether a text that is being written says enough to be compared."""
    return len(f"{title} {problem}".strip()) >= SHORTEST_TEXT


def answer_text(
    session: Session,
    retrieval: Retrieval,
    actor: Actor,
    title: str,
    problem: str,
    besides: UUID | None = None,
) -> BankAnswer:
    """Answer a text that is being written; `besides` is the reader's need that it will become."""
    if not is_long_enough(title, problem):
        return BankAnswer([])
    text = retrieval.matcher.represent_query(problem, title=title)
    found = _found(session, retrieval, actor, text, besides, finished=False)
    return BankAnswer(_with_voices(session, actor, _best(found)))


def answer_need(
    session: Session, retrieval: Retrieval, actor: Actor, need: Need, text: Representation
) -> BankAnswer:
    """Answer a need that is in the bank, coordinators' verdicts on the hits included."""
    found = _found(session, retrieval, actor, text, need.id, finished=True)
    judged = verdicts_of(session, need, [hit.found for hit in found])
    found = [_judged(hit, judged.get(hit.found.id)) for hit in found]
    dismissed = [hit for hit in found if _is_dismissed(hit)]
    kept = [hit for hit in found if not _is_dismissed(hit)]
    return BankAnswer(_with_voices(session, actor, _best(kept)), dismissed)


def _found(
    session: Session,
    retrieval: Retrieval,
    actor: Actor,
    text: Representation,
    besides: UUID | None,
    *,
    finished: bool,
) -> list[Hit]:
    needs = needs_to_read(actor, NeedFilter(ended=True))
    if besides is not None:
        # The challenge that a need is part of says nothing new of it.
        needs = needs.where(Need.id != besides, Need.id.not_in(challenge_ids_of(besides)))
    works = prior_works_to_read(PriorWorkFilter())
    readable = Narrowed(needs.with_only_columns(Need.id))
    of_needs = list(_hits(session, retrieval, NEEDS, needs, text, readable, finished=finished))
    of_works = _hits(session, retrieval, PRIOR_WORKS, works, text, EVERYTHING, finished=finished)
    # The bank's own results are works too: none is told beside the need that it is of.
    told = {besides, *(hit.found.id for hit in of_needs)}
    return [*of_needs, *(hit for hit in of_works if not is_result_of(hit.found, told))]


def _hits(
    session: Session,
    retrieval: Retrieval,
    kind: Kind[Found],
    readable: Select[Found],
    text: Representation,
    narrowed: Narrowed,
    *,
    finished: bool,
) -> Iterator[Hit]:
    pool = retrieval.pool(session, kind.subject, text, COMPARED, narrowed)
    alike = retrieval.detector.find(text, pool.index, k=_FOUND_OF_EACH, allowed=pool.allowed)
    by_key = {each.key: each for each in alike}
    for key, owner in owners_by_key(session, kind, readable, list(by_key)).items():
        if isinstance(owner, Need | PriorWork):
            yield _hit(kind.subject, owner, by_key[key], finished=finished)


def _hit(subject: Subject, found: Need | PriorWork, alike: Duplicate, *, finished: bool) -> Hit:
    flagged = alike.band is not DuplicateBand.RELATED
    relation = _relation(found, alike.relation, flagged=flagged, finished=finished)
    likely = alike.probability * USEFULNESS[relation]
    known = relation is AnswerRelation.PART_OF
    return Hit(
        subject=subject,
        found=found,
        relation=relation,
        probability=alike.probability,
        strength=(int(flagged), likely if flagged else alike.probability),
        weak=not flagged and alike.probability < WEAK_BELOW,
        sure=alike.band is DuplicateBand.SAME,
        longer=alike.relation is Relation.MORE_SPECIFIC if known else None,
        differences=alike.differences,
    )


def _relation(
    found: Need | PriorWork, relation: Relation, *, flagged: bool, finished: bool
) -> AnswerRelation:
    """Return how a found text answers, as far as two texts tell."""
    if relation is Relation.ANOTHER_YEAR:
        return AnswerRelation.CONTINUES
    if not flagged:
        return AnswerRelation.RELATED
    if isinstance(found, PriorWork) or has_result(found.state, found.close_reason):
        return AnswerRelation.READY_SOLUTION
    # How long a text is says nothing while it is being written.
    lengths = {Relation.MORE_SPECIFIC, Relation.MORE_GENERAL}
    if finished and relation in lengths:
        return AnswerRelation.PART_OF
    return AnswerRelation.SAME_NEED


def _judged(hit: Hit, judged: Judged | None) -> Hit:
    """Return a hit as a coordinator's verdict makes it."""
    if judged is None:
        return hit
    match judged.verdict:
        case PairVerdict.SAME:
            same = AnswerRelation.SAME_NEED
            relation = AnswerRelation.READY_SOLUTION if hit.is_solution else same
            strength, sure = (2, USEFULNESS[relation]), True
        case PairVerdict.PARTLY:
            relation = AnswerRelation.PART_OF
            strength, sure = (1, _PARTLY * USEFULNESS[relation]), True
        case PairVerdict.NO:
            relation, strength, sure = AnswerRelation.RELATED, (0, 0.0), False
    return replace(
        hit,
        relation=relation,
        strength=strength,
        sure=sure,
        weak=False,
        longer=None,
        judged=judged,
    )


def _is_dismissed(hit: Hit) -> bool:
    return hit.judged is not None and hit.judged.verdict is PairVerdict.NO


def _best(found: Sequence[Hit]) -> list[Hit]:
    # Keys are random, so that ties fall alike whatever the order of the tables.
    return sorted(found, key=lambda hit: (hit.strength, hit.found.id.hex), reverse=True)[:MOST_HITS]


def _with_voices(session: Session, actor: Actor, hits: list[Hit]) -> list[Hit]:
    needs = [hit.found.id for hit in hits if hit.subject is Subject.NEED]
    voices, mine = voices_of(session, actor, needs), supported_by(session, actor, needs)
    return [
        replace(hit, voices=voices.get(hit.found.id, NO_VOICES), supported=hit.found.id in mine)
        for hit in hits
    ]
