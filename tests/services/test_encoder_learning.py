"""An encoder learns from decisions beside the bank: fakes stand where torch would."""

import json

import numpy as np
import pytest
from sqlalchemy import select

from matching import FakeEncoder, TrainingDataError, TuningReport
from needsbank.db.models import Competence, Decision, Need, Suggestion
from needsbank.domain.needs import NeedState
from needsbank.domain.suggestions import Verdict
from needsbank.services import encoder_learning, vector_sets
from needsbank.services.encoder_learning import Workshop, report_path
from tests.simulated_decisions import LETTERS, decide_on_demo_bank, load_read_bank


class Blind:
    """An encoder that sees nothing in a text."""

    def encode(self, texts, _side):
        chance = np.random.default_rng(5)
        return chance.normal(size=(len(texts), 16)).astype(np.float32)


class Bench:
    """A workshop whose training makes a reader of what was blind, and remembers its lessons."""

    def __init__(self, before, after):
        self._encoders = {"base": before, "trained": after}
        self.triplets = []

    def tune(self, source, triplets, target):
        self.triplets = triplets
        target.mkdir()
        assert source.name == "base"
        return TuningReport(
            triplets=len(triplets), losses=(2.0, 1.0), trained=1, frozen=2, device="cpu"
        )

    @property
    def workshop(self):
        return Workshop(self.tune, lambda directory: self._encoders[directory.name])


@pytest.fixture
def decisions(engine, session, retrieval):
    load_read_bank(engine, retrieval)
    decide_on_demo_bank(session, retrieval, LETTERS, needs=40)


@pytest.fixture
def lessons(session):
    def lessons():
        session.rollback()
        active = vector_sets.active(session)
        return encoder_learning.read_encoder_lessons(session, active)

    return lessons


def texts_of(lessons):
    taught = {t for each in lessons.triplets for t in (each.need, each.accepted, each.rejected)}
    return taught | set(lessons.needs) | set(lessons.competences)


def train(lessons, tmp_path, before=None, after=None):
    bench = Bench(before or Blind(), after or FakeEncoder())
    base, target = tmp_path / "base", tmp_path / "trained"
    report, _ = encoder_learning.train_encoder(lessons, base, target, bench.workshop)
    return report, bench


@pytest.mark.usefixtures("decisions")
def test_the_report_shows_what_training_changed_and_lies_beside_the_model(lessons, tmp_path):
    report, bench = train(lessons(), tmp_path)
    assert report["gain"]["auc"]["low"] > 0
    assert (report["needs"], report["tested_needs"]) == (40, 12)
    assert len(bench.triplets) == 28 * 5
    kept = json.loads(report_path(tmp_path / "trained").read_text())
    assert kept == {**report, "training": kept["training"]}
    assert kept["training"]["losses"] == [2.0, 1.0]
    assert list((tmp_path / "trained").iterdir()) == []


@pytest.mark.usefixtures("decisions")
def test_an_encoder_that_got_worse_is_reported_as_worse(lessons, tmp_path):
    report, _ = train(lessons(), tmp_path, FakeEncoder(), Blind())
    assert report["gain"]["auc"]["high"] < 0


@pytest.mark.usefixtures("decisions")
def test_neither_report_nor_folder_holds_a_text_of_the_bank(lessons, session, tmp_path):
    report, _ = train(lessons(), tmp_path)
    said = json.dumps(report) + report_path(tmp_path / "trained").read_text()
    titles = [*session.scalars(select(Need.title)), *session.scalars(select(Competence.title))]
    assert [title for title in titles if title in said] == []


@pytest.mark.usefixtures("decisions")
def test_a_deferred_pair_and_a_withdrawn_need_teach_nothing(lessons, session):
    before = lessons().counts
    one, *others = session.scalars(select(Suggestion)).all()
    other = next(each for each in others if each.need_id != one.need_id)
    decided = one.decisions[0]
    session.add(
        Decision(
            suggestion_id=one.id,
            decided_by_id=decided.decided_by_id,
            verdict=Verdict.DEFERRED,
            reason="Not yet.",
            rank_seen=1,
            matcher_version="m-test",
        )
    )
    session.commit()
    after = lessons().counts
    assert sum(after[n] for n in ("right", "wrong")) == before["right"] + before["wrong"] - 1
    need = session.get_one(Need, other.need_id)
    need.state, title = NeedState.WITHDRAWN, need.title
    session.commit()
    found = lessons()
    assert found.counts["needs"] == before["needs"] - 1
    assert not any(title in text for text in texts_of(found))


def test_a_bank_without_vectors_has_too_few_decisions(session):
    with pytest.raises(TrainingDataError, match="0 right and 0 wrong pairs of 0 needs"):
        encoder_learning.read_encoder_lessons(session, None)
