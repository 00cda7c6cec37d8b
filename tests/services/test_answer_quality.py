"""The one list of the service on the demo bank, with the real encoder: what it must not lose."""

from collections import Counter

import pytest
from sqlalchemy.orm import Session

from matching import DuplicateDetector, Matcher, load_encoder, probe_vectors
from needsbank import jobs
from needsbank.db.base import make_engine
from needsbank.db.migrations.running import upgrade_to_newest
from needsbank.db.models import Subject
from needsbank.db.transaction import transaction
from needsbank.domain.roles import ANY_COORDINATOR
from needsbank.services import vector_sets
from needsbank.services.answering import answer_text
from needsbank.services.demo_bank import load_demo_bank
from needsbank.services.retrieval import Retrieval
from needsbank.sources.demo_bank import read_records
from tests.conftest import ROOT

DEMO = ROOT / "data" / "demo"
FIRST = 3
"""Places of the list in which a near-duplicate must stand."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("bank")


@pytest.fixture(scope="module")
def engine(folder):
    made = make_engine(f"sqlite:///{folder / 'bank.db'}")
    upgrade_to_newest(made)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def bank(engine, folder):
    """The demo bank's needs and prior works, read."""
    encoder = load_encoder("builtin", cache_dir=folder / "models", threads=2)
    matcher = Matcher.load(ROOT / "data" / "matcher", encoder)
    detector = DuplicateDetector.load(ROOT / "data" / "matcher", matcher)
    names = ("organisations", "needs", "competences", "prior_works")
    with Session(engine) as session, transaction(session):
        load_demo_bank(session, {name: read_records(DEMO, name) for name in names}, "a hash")
        vector_sets.add_first(session, encoder.spec, encoder, probe_vectors(encoder))
    made = Retrieval(matcher, detector, folder / "index")
    for subject in (Subject.NEED, Subject.PRIOR_WORK):
        jobs.embed_pending(engine, made, subject)
    return made


@pytest.mark.slow
def test_near_duplicates_are_among_the_first_three_of_the_one_list(engine, bank):
    titles = {
        line["id"]: line["title"]
        for name in ("needs", "prior_works")
        for line in read_records(DEMO, name)
    }
    of: Counter[str] = Counter()
    found: Counter[str] = Counter()
    with Session(engine) as session:
        for probe in read_records(DEMO, "probes_near"):
            answer = answer_text(session, bank, ANY_COORDINATOR, probe["title"], probe["text"])
            first = [hit.found.title for hit in answer.hits[:FIRST]]
            mine, other = probe["pair"].split("-")
            kind = "across" if mine != other else mine
            of[kind] += 1
            found[kind] += titles[probe["target"]] in first
    assert found["fi"] / of["fi"] >= 0.95, (found, of)
    assert found["across"] / of["across"] >= 0.90, (found, of)
