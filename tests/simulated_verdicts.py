"""A coordinator made up for tests, who judges what the detector finds in the demo bank."""

import numpy as np
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from matching import Duplicate
from needsbank import jobs
from needsbank.db.models import Embedding, Need, PriorWork, Subject
from needsbank.db.transaction import transaction
from needsbank.domain.roles import Role
from needsbank.domain.verdicts import JudgePair, PairVerdict
from needsbank.services import verdicts
from needsbank.services.answering import COMPARED
from needsbank.services.demo_bank import load_demo_bank
from needsbank.services.embedding import stored_representation
from needsbank.services.reading import fingerprint
from needsbank.services.retrieval import Narrowed, Retrieval
from needsbank.sources.demo_bank import read_records
from tests.conftest import ROOT
from tests.factories import add_user

JUDGED = 6
"""Works that are judged for each need, the likeliest."""
_PARTLY = 0.1
"""The share of verdicts that are neither the one nor the other."""


def load_known_bank(engine: Engine, retrieval: Retrieval) -> None:
    """Load the demo bank's needs and prior works, and give them vectors."""
    names = ("organisations", "needs", "prior_works")
    records = {name: read_records(ROOT / "data" / "demo", name) for name in names}
    with Session(engine) as session, transaction(session):
        load_demo_bank(session, {**records, "competences": []}, "a hash")
    for subject in (Subject.NEED, Subject.PRIOR_WORK):
        jobs.embed_pending(engine, retrieval, subject)


def finds(session: Session, retrieval: Retrieval, need: Need, k: int = JUDGED) -> list[Duplicate]:
    """Return the works that are likeliest to say what a need says."""
    stored = stored_representation(session, Subject.NEED, need.id, retrieval.matcher.space_id)
    assert stored is not None
    key, text = stored
    others = Narrowed(besides=key)
    pool = retrieval.pool(session, Subject.PRIOR_WORK, text, COMPARED, others)
    return retrieval.detector.find(text, pool.index, k=k, allowed=pool.allowed, floor=-1)


def judge_demo_bank(
    session: Session, retrieval: Retrieval, shift: float, *, needs: int = 66, seed: int = 5
) -> None:
    """Have a coordinator judge finds of up to so many needs.

    By so much higher than the shipped model thinks are the log odds that a find is the same.
    """
    chance = np.random.default_rng(seed)
    actor = add_user(session, Role.COORDINATOR).actor
    rows = select(Embedding.key, PriorWork).join(PriorWork, PriorWork.id == Embedding.owner_id)
    works = dict(session.execute(rows).all())
    for need in session.scalars(select(Need).order_by(Need.id).limit(needs)).all():
        for rank, find in enumerate(finds(session, retrieval, need), start=1):
            work, shipped = works[find.key], find.probability
            same = chance.random() < shipped / (shipped + (1 - shipped) * np.exp(-shift))
            verdict = PairVerdict.SAME if same else PairVerdict.NO
            command = JudgePair(
                verdict=PairVerdict.PARTLY if chance.random() < _PARTLY else verdict,
                rank=rank,
                probability=shipped,
                matcher_version=retrieval.matcher.version,
                need_seen=fingerprint(need),
                other_seen=fingerprint(work),
            )
            verdicts.judge(session, actor, need.id, Subject.PRIOR_WORK, work.id, command)
    session.commit()
