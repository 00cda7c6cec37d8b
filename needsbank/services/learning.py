"""Learning from what coordinators decide and judge: the lessons, and the version they teach."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from matching import (
    Bank,
    Calibrated,
    JudgedPair,
    Learned,
    Matcher,
    Representation,
    TrainedVersion,
    TrainingDataError,
    Traits,
    calibrate,
    learn,
)
from needsbank.db.models import (
    Competence,
    Decision,
    Embedding,
    MatcherVersion,
    Need,
    Subject,
    Suggestion,
)
from needsbank.domain.needs import NeedState
from needsbank.domain.suggestions import Verdict
from needsbank.services import audit
from needsbank.services.browsing import COMPETENCES
from needsbank.services.embedding import representation_of
from needsbank.services.judged_finds import read_judged_finds
from needsbank.services.operator import OPERATOR
from needsbank.services.retrieval import Retrieval
from needsbank.services.traits import traits_beside

_LABELS = {Verdict.APPROVED: True, Verdict.REJECTED: False}
"""A deferred pairing has no label: nobody has said yet."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """The decided pairs, and the needs that they are about by their index keys."""

    pairs: Sequence[JudgedPair]
    needs: dict[int, Representation]


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """What decisions on suggestions taught, and verdicts on finds; or that they are too few."""

    decisions: Learned | TrainingDataError
    verdicts: Calibrated | TrainingDataError

    def version(self, matcher: Matcher) -> TrainedVersion | None:
        """Return what gains, beside what the version in use has learned before; None if none."""
        pairs = self.decisions.scorer if isinstance(self.decisions, Learned) else None
        calibration = self.verdicts.calibration if isinstance(self.verdicts, Calibrated) else None
        if pairs is None and calibration is None:
            return None
        in_use = matcher.trained
        return TrainedVersion(
            pairs=pairs or in_use.pairs, calibration=calibration or in_use.calibration
        )

    def report(self, matcher: Matcher) -> dict[str, Any]:
        """Return the figures of both, of which there were enough."""
        report: dict[str, Any] = {"base": matcher.base_version, "current": matcher.version}
        if isinstance(self.decisions, Learned):
            report |= self.decisions.report
        if isinstance(self.verdicts, Calibrated):
            report["calibration"] = self.verdicts.report
        return report


def read_lessons(session: Session, space_id: str) -> Lessons:
    """Return the latest verdict on each suggestion, as far as it is a yes or a no.

    Withdrawn needs are their authors' alone, and teach nothing.
    """
    latest: dict[UUID, tuple[int, int, Verdict, float]] = {}
    for suggestion_id, need, competence, verdict, at in session.execute(_decided(space_id)):
        latest[suggestion_id] = (need, competence, verdict, at.timestamp())
    pairs = [
        JudgedPair(need=need, key=competence, right=_LABELS[verdict], at=at)
        for need, competence, verdict, at in latest.values()
        if verdict in _LABELS
    ]
    keys = {pair.need for pair in pairs}
    stored = session.scalars(select(Embedding).where(Embedding.key.in_(keys)))
    return Lessons(pairs, {row.key: representation_of(row) for row in stored})


def train(session: Session, retrieval: Retrieval) -> Training:
    """Learn from the bank's decisions and from its verdicts, each by itself."""
    return Training(
        decisions=_learn_from_decisions(session, retrieval),
        verdicts=_learn_from_verdicts(session, retrieval),
    )


def offer(
    session: Session, folder: Path, matcher: Matcher, training: Training
) -> MatcherVersion | None:
    """Save what gains as a candidate, for an admin to judge; the same one only once."""
    version = training.version(matcher)
    if version is None:
        return None
    base = matcher.base_version
    name = version.save(folder, base)
    found = session.scalar(select(MatcherVersion).where(MatcherVersion.version == name))
    if found is None:
        report = training.report(matcher)
        found = MatcherVersion(version=name, base=base, space_id=matcher.space_id, report=report)
        session.add(found)
        session.flush()
        audit.record(session, OPERATOR, "train", "matcher_version", found.id, version=name)
    return found


def _learn_from_decisions(session: Session, retrieval: Retrieval) -> Learned | TrainingDataError:
    lessons = read_lessons(session, retrieval.matcher.space_id)
    everything = select(Competence)

    def traits(key: int) -> Traits:
        asking = select(Need).join(Embedding, Embedding.owner_id == Need.id)
        need = session.scalars(asking.where(Embedding.key == key)).one()
        return traits_beside(session, retrieval, need, COMPETENCES, everything)

    bank = Bank(
        queries=lessons.needs,
        competences=retrieval.index(session, Subject.COMPETENCE),
        needs=retrieval.index(session, Subject.NEED),
        further=retrieval.index(session, Subject.REFERENCE),
        traits=traits,
    )
    try:
        return learn(retrieval.matcher, bank, lessons.pairs)
    except TrainingDataError as few:
        return few


def _learn_from_verdicts(session: Session, retrieval: Retrieval) -> Calibrated | TrainingDataError:
    finds = read_judged_finds(session, retrieval)
    try:
        return calibrate(finds, current=retrieval.matcher.calibration)
    except TrainingDataError as few:
        return few


def _decided(space_id: str) -> Select[UUID, int, int, Verdict, Any]:
    need, competence = aliased(Embedding), aliased(Embedding)
    return (
        select(Suggestion.id, need.key, competence.key, Decision.verdict, Decision.at)
        .join(Decision, Decision.suggestion_id == Suggestion.id)
        .join(Need, Need.id == Suggestion.need_id)
        .join(
            need,
            (need.owner_id == Suggestion.need_id)
            & (need.subject == Subject.NEED)
            & (need.space_id == space_id),
        )
        .join(
            competence,
            (competence.owner_id == Suggestion.competence_id)
            & (competence.subject == Subject.COMPETENCE)
            & (competence.space_id == space_id),
        )
        .where(Need.state != NeedState.WITHDRAWN)
        .order_by(Decision.at, Decision.id)
    )
