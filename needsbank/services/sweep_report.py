"""What sweeps have found, as groups for coordinators: those that gain most first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from needsbank.db.models import Need, PriorWork, Subject, SweepPosition, SweptPair
from needsbank.db.queries.needs import NeedFilter, needs_to_read
from needsbank.domain.errors import NotAllowed
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import Actor
from needsbank.domain.supports import NO_VOICES
from needsbank.domain.sweeping import Group, Likeness, gain, grouped
from needsbank.domain.verdicts import PairVerdict
from needsbank.services.browsing import NEEDS
from needsbank.services.own_results import is_result_of
from needsbank.services.supporting import voices_of
from needsbank.services.verdicts import verdicts_among

GROUPS_SHOWN = 50
WORKS_SHOWN = 50
"""Pairs of prior works alone: to know of them saves nobody any work."""


@dataclass(frozen=True, slots=True)
class FoundGroup:
    """A group before a coordinator: its open needs, what may answer them, and what it gains."""

    needs: Sequence[Need]
    answers: Sequence[Need | PriorWork]
    gain: float


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What the sweeps so far have found, and when the last one ended; None while none has."""

    groups: Sequence[FoundGroup]
    works: Sequence[tuple[PriorWork, PriorWork]]
    finished: datetime | None


def report(session: Session, actor: Actor) -> SweepReport:
    """Return the groups to look at, those that gain most first."""
    if not actor.coordinates:
        raise NotAllowed("coordinators look at duplicates")
    pairs = _pairs_with_needs(session)
    needs = _needs_of(session, actor, pairs)
    texts: dict[UUID, Need | PriorWork] = {**needs, **_works_of(session, pairs)}
    judged = verdicts_among(session, texts)
    likenesses = [
        Likeness(pair.owner_id, pair.other_id, pair.probability)
        for pair in pairs
        if pair.owner_id in texts
        and pair.other_id in texts
        # What a coordinator has ruled out is not asked again.
        and judged.get(frozenset({pair.owner_id, pair.other_id})) is not PairVerdict.NO
    ]
    voices = voices_of(session, actor, list(needs))
    people = {need_id: 1 + voices.get(need_id, NO_VOICES).persons for need_id in needs}
    groups = [_found_group(group, texts, people) for group in grouped(likenesses)]
    worthy = sorted((each for each in groups if each.gain > 0), key=lambda each: -each.gain)
    return SweepReport(worthy[:GROUPS_SHOWN], _pairs_of_works(session), _finished(session))


def _finished(session: Session) -> datetime | None:
    ends = session.scalars(select(SweepPosition.finished)).all()
    known = [end for end in ends if end is not None]
    return min(known) if known and len(known) == len(ends) else None


def _pairs_with_needs(session: Session) -> Sequence[SweptPair]:
    """Return the pairs that a need is part of; needs are few beside prior works."""
    a_need = or_(SweptPair.subject == Subject.NEED, SweptPair.other_subject == Subject.NEED)
    return session.scalars(select(SweptPair).where(a_need)).all()


def _needs_of(
    session: Session, actor: Actor, pairs: Sequence[SweptPair]
) -> dict[UUID, Need | PriorWork]:
    readable = needs_to_read(actor, NeedFilter(ended=True)).options(*NEEDS.loading)
    found = readable.where(Need.id.in_(_ids(pairs, Subject.NEED)))
    return {need.id: need for need in session.scalars(found)}


def _works_of(session: Session, pairs: Sequence[SweptPair]) -> dict[UUID, Need | PriorWork]:
    found = select(PriorWork).where(PriorWork.id.in_(_ids(pairs, Subject.PRIOR_WORK)))
    return {work.id: work for work in session.scalars(found)}


def _ids(pairs: Sequence[SweptPair], subject: Subject) -> set[UUID]:
    return {pair.owner_id for pair in pairs if pair.subject is subject} | {
        pair.other_id for pair in pairs if pair.other_subject is subject
    }


def _found_group(
    group: Group, texts: Mapping[UUID, Need | PriorWork], people: Mapping[UUID, int]
) -> FoundGroup:
    members = sorted((texts[each] for each in group.members), key=lambda text: text.created)
    needs = [text for text in members if isinstance(text, Need) and text.state is NeedState.OPEN]
    told = {need.id for need in members if isinstance(need, Need)}
    answers = [each for each in members if _is_answer(each) and not is_result_of(each, told)]
    behind = {need.id: people[need.id] for need in needs}
    return FoundGroup(needs, answers, gain(group, behind, frozenset(a.id for a in answers)))


def _is_answer(text: Need | PriorWork) -> bool:
    return isinstance(text, PriorWork) or text.state is NeedState.CLOSED


def _pairs_of_works(session: Session) -> list[tuple[PriorWork, PriorWork]]:
    """Return the likeliest pairs of prior works, each once."""
    one, other = aliased(PriorWork), aliased(PriorWork)
    rows = session.execute(
        select(one, other)
        .select_from(SweptPair)
        .join(one, one.id == SweptPair.owner_id)
        .join(other, other.id == SweptPair.other_id)
        .where(
            SweptPair.subject == Subject.PRIOR_WORK,
            SweptPair.other_subject == Subject.PRIOR_WORK,
            SweptPair.owner_id < SweptPair.other_id,
        )
        .order_by(SweptPair.probability.desc(), SweptPair.owner_id, SweptPair.other_id)
        .limit(WORKS_SHOWN)
    )
    return [(row[0], row[1]) for row in rows]
