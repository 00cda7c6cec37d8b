"""A coordinator made up for tests, whose decisions on the demo bank follow a hidden taste."""

from collections.abc import Mapping
from datetime import timedelta

import numpy as np
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from matching.scoring import WEIGHTS
from needsbank import jobs
from needsbank.db.models import Competence, Decision, Embedding, Need, Subject, Suggestion
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.roles import Role
from needsbank.domain.suggestions import SuggestionState, Verdict
from needsbank.services.browsing import COMPETENCES
from needsbank.services.demo_bank import load_demo_bank
from needsbank.services.embedding import stored_representation
from needsbank.services.retrieval import Retrieval
from needsbank.services.traits import traits_beside
from needsbank.sources.demo_bank import read_records
from tests.conftest import ROOT
from tests.factories import add_user

Taste = Mapping[str, float]

LETTERS: Taste = {"plain": 0.2, "aligned": 0.2, "words": 1.0}
"""The letters say more than all else."""
OWN_FIELD: Taste = {"plain": 0.5, "aligned": 0.5, "field": 0.5}
"""A competence of another field is not wanted."""
CHANCE: Taste = {}
"""A coin is tossed."""

_EACH = 10
"""Decisions on one need."""


def load_read_bank(engine: Engine, retrieval: Retrieval) -> None:
    """Load the demo bank's needs and competences, and give them vectors."""
    names = ("organisations", "needs", "competences")
    records = {name: read_records(ROOT / "data" / "demo", name) for name in names}
    with Session(engine) as session, transaction(session):
        load_demo_bank(session, {**records, "prior_works": []}, "a hash")
    for subject in (Subject.NEED, Subject.COMPETENCE):
        jobs.embed_pending(engine, retrieval, subject)


def decide_on_demo_bank(
    session: Session, retrieval: Retrieval, taste: Taste, *, needs: int = 100, seed: int = 3
) -> None:
    """Have a coordinator decide on some pairs of up to so many needs, one need a day."""
    chance = np.random.default_rng(seed)
    coordinator = add_user(session, Role.COORDINATOR)
    index = retrieval.index(session, Subject.COMPETENCE)
    among = retrieval.index(session, Subject.NEED)
    rows = select(Embedding.key, Embedding.owner_id).where(Embedding.subject == Subject.COMPETENCE)
    owners = dict(session.execute(rows).all())
    for day, need_id in enumerate(session.scalars(select(Need.id).order_by(Need.id)).all()[:needs]):
        stored = stored_representation(session, Subject.NEED, need_id, retrieval.matcher.space_id)
        assert stored is not None
        similarities = retrieval.matcher.similarities(stored[1], index, among=among)
        drawn = chance.permutation(len(index))[:_EACH]
        likenesses = {name: taste[name] for name in taste.keys() & WEIGHTS.keys()}
        wished = similarities.weighted(likenesses)[drawn].astype(np.float64)
        need = session.get_one(Need, need_id)
        traits = traits_beside(session, retrieval, need, COMPETENCES, select(Competence))
        for name, agreement in traits.placed(index).items():
            wished = wished - taste.get(name, 0.0) * (agreement[drawn] < 0)
        wished = wished + chance.normal(0, 0.01, _EACH)
        for row, right in zip(drawn, wished > np.median(wished), strict=True):
            verdict = Verdict.APPROVED if right else Verdict.REJECTED
            suggestion = Suggestion(
                need_id=need_id,
                competence_id=owners[int(index.keys[row])],
                rank=1,
                score=0.5,
                band="good",
                parts=[],
                evidence=[],
                matcher_version="m-test",
                state=SuggestionState(verdict.value),
            )
            suggestion.decisions = [
                Decision(
                    decided_by_id=coordinator.id,
                    verdict=verdict,
                    reason="A made-up reason.",
                    rank_seen=1,
                    matcher_version="m-test",
                    at=now() + timedelta(days=day - 400),
                )
            ]
            session.add(suggestion)
    session.commit()
