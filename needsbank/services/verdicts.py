"""Judging whether a found text says what a need says, and what the judgements teach."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Need, PairJudgement, PriorWork, Subject
from needsbank.db.queries.needs import need_to_read
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.needs import PUBLISHED
from needsbank.domain.roles import Actor
from needsbank.domain.verdicts import JudgePair, PairVerdict
from needsbank.services import audit
from needsbank.services.reading import fingerprint, subject_of, text_to_read

Text = Need | PriorWork


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict that counts for a pair, whose it is, and when it was given."""

    verdict: PairVerdict
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A need and what was found for it, as a coordinator judged them."""

    text: Need
    other: Text
    verdict: PairVerdict


def judge(
    session: Session,
    actor: Actor,
    need_id: UUID,
    subject: Subject,
    other_id: UUID,
    command: JudgePair,
) -> Judged:
    """Record a coordinator's verdict on a need and a found text.

    Raises `Conflict` when either text is not the one that was seen, or when somebody else has
    judged the pair meanwhile; the same verdict once more changes nothing.
    """
    need, other = _pair(session, actor, need_id, subject, other_id)
    if (fingerprint(need), fingerprint(other)) != (command.need_seen, command.other_seen):
        raise Conflict("a text has changed since it was judged")
    known = verdicts_of(session, need, [other]).get(other.id)
    if known is not None:
        if known.verdict is command.verdict:
            return known
        raise Conflict("judged meanwhile")
    row = _judgement(actor, need, other, command.verdict)
    row.rank_seen, row.probability = command.rank, command.probability
    row.matcher_version = command.matcher_version
    session.add(row)
    audit.record(session, actor, "judge", "need", need.id, likeness=command.verdict.value)
    session.flush()  # the judge is read below
    return Judged(command.verdict, row.judged_by.name, row.at)


def take_back(
    session: Session, actor: Actor, need_id: UUID, subject: Subject, other_id: UUID
) -> None:
    """Undo a verdict: the pair is asked again; nothing happens where none stands."""
    need, other = _pair(session, actor, need_id, subject, other_id)
    rows = _latest(session, need, [other])
    latest = rows.get(other.id)
    if latest is None or latest.verdict is None:
        return
    row = _judgement(actor, need, other, None)
    row.rank_seen, row.probability = latest.rank_seen, latest.probability
    row.matcher_version = latest.matcher_version
    session.add(row)
    audit.record(session, actor, "unjudge", "need", need.id)


def verdicts_of(session: Session, need: Need, others: Sequence[Text]) -> dict[UUID, Judged]:
    """Return the verdicts that count for a need and each of some texts, by the text's key.

    A need and a need are one pair whichever of them was asked about. What was said of a text that
    has changed since says nothing of the new one.
    """
    return {
        key: Judged(row.verdict, row.judged_by.name, row.at)
        for key, row in _latest(session, need, others).items()
        if row.verdict is not None
    }


def verdicts_among(
    session: Session, texts: Mapping[UUID, Text]
) -> dict[frozenset[UUID], PairVerdict]:
    """Return the verdicts that count on pairs of some texts, needs and works, by both keys."""
    rows = session.scalars(
        select(PairJudgement)
        .where(PairJudgement.need_id.in_(texts), PairJudgement.other_id.in_(texts))
        .order_by(PairJudgement.seq)
    )
    latest = {
        frozenset({row.need_id, row.other_id}): row.verdict
        for row in rows
        if _stands(row, texts[row.need_id], texts[row.other_id])
    }
    return {pair: verdict for pair, verdict in latest.items() if verdict is not None}


def judged_pairs(session: Session) -> list[JudgedPair]:
    """Return every pair whose verdict counts and whose texts are still the judged ones."""
    latest: dict[frozenset[UUID], PairJudgement] = {}
    for row in session.scalars(select(PairJudgement).order_by(PairJudgement.seq)):
        latest[frozenset({row.need_id, row.other_id})] = row
    kept = [row for row in latest.values() if row.verdict is not None]
    of_needs = {row.need_id for row in kept} | _others(kept, Subject.NEED)
    # What its author has taken back is no longer the bank's to learn from.
    published = select(Need).where(Need.id.in_(of_needs), Need.state.in_(PUBLISHED))
    needs = {need.id: need for need in session.scalars(published)}
    judged_works = select(PriorWork).where(PriorWork.id.in_(_others(kept, Subject.PRIOR_WORK)))
    works = {work.id: work for work in session.scalars(judged_works)}
    found = []
    for row in kept:
        text = needs.get(row.need_id)
        other = needs.get(row.other_id) or works.get(row.other_id)
        if text is None or other is None or row.verdict is None or not _stands(row, text, other):
            continue
        found.append(JudgedPair(text, other, row.verdict))
    return found


def _pair(
    session: Session, actor: Actor, need_id: UUID, subject: Subject, other_id: UUID
) -> tuple[Need, Text]:
    if not actor.coordinates:
        raise NotAllowed(need_id)
    need = session.scalar(need_to_read(actor, need_id))
    if need is None or need_id == other_id:
        raise NotFound(other_id)
    return need, text_to_read(session, actor, subject, other_id)


def _judgement(actor: Actor, need: Need, other: Text, verdict: PairVerdict | None) -> PairJudgement:
    return PairJudgement(
        judged_by_id=actor.person_id,
        need_id=need.id,
        subject=subject_of(other),
        other_id=other.id,
        verdict=verdict,
        need_fingerprint=fingerprint(need),
        other_fingerprint=fingerprint(other),
        at=now(),
    )


def _latest(session: Session, need: Need, others: Sequence[Text]) -> dict[UUID, PairJudgement]:
    """Return the latest row of each pair whose texts stand, by the other text's key."""
    by_id = {other.id: other for other in others}
    rows = session.scalars(
        select(PairJudgement)
        .where(
            or_(
                and_(PairJudgement.need_id == need.id, PairJudgement.other_id.in_(by_id)),
                and_(
                    PairJudgement.subject == Subject.NEED,
                    PairJudgement.other_id == need.id,
                    PairJudgement.need_id.in_(by_id),
                ),
            )
        )
        .options(joinedload(PairJudgement.judged_by))
        .order_by(PairJudgement.seq)
    )
    latest = {}
    for row in rows:
        asked_of_need = row.need_id == need.id
        other = by_id[row.other_id if asked_of_need else row.need_id]
        pair = (need, other) if asked_of_need else (other, need)
        if _stands(row, *pair):
            latest[other.id] = row
    return latest


def _stands(row: PairJudgement, text: Text, other: Text) -> bool:
    return (row.need_fingerprint, row.other_fingerprint) == (
        fingerprint(text),
        fingerprint(other),
    )


def _others(rows: Sequence[PairJudgement], subject: Subject) -> set[UUID]:
    return {row.other_id for row in rows if row.subject is subject}
