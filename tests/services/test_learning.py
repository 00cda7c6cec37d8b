"""`needsbank train` learns from decisions, offers what gains, and changes nothing by itself."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from needsbank.db.models import (
    AuditEntry,
    Competence,
    Decision,
    MatcherVersion,
    Need,
    Suggestion,
    VersionState,
)
from needsbank.domain.clock import now
from needsbank.domain.needs import NeedState
from needsbank.domain.suggestions import Verdict
from needsbank.domain.visibility import Visibility
from needsbank.services import learning, vector_sets
from tests.simulated_decisions import (
    CHANCE,
    LETTERS,
    OWN_FIELD,
    decide_on_demo_bank,
    load_read_bank,
)


@pytest.fixture
def demo_bank(engine, retrieval):
    load_read_bank(engine, retrieval)


@pytest.fixture
def decide(demo_bank, session, retrieval):
    """Have decisions made on the demo bank by some taste."""

    def decide(taste, **values):
        decide_on_demo_bank(session, retrieval, taste, **values)

    return decide


def lessons(session, retrieval):
    session.rollback()
    return learning.read_lessons(session, retrieval.matcher.space_id)


def add_decision(session, suggestion, verdict, day=0):
    session.add(
        Decision(
            suggestion_id=suggestion.id,
            decided_by_id=session.scalars(select(Decision.decided_by_id)).first(),
            verdict=verdict,
            reason="Another made-up reason.",
            rank_seen=1,
            matcher_version="m-test",
            at=now() + timedelta(days=day),
        )
    )
    session.commit()


def test_a_hidden_taste_is_offered_and_not_put_into_use(decide, session, settings, run):
    decide(LETTERS)
    ended = run("train")
    assert (ended.code, ended.err) == (0, "")
    (offered,) = session.scalars(select(MatcherVersion))
    assert (offered.state, offered.promoted) == (VersionState.CANDIDATE, None)
    assert offered.version in ended.out
    assert (settings.instance / "matcher" / offered.version / "manifest.json").exists()
    assert offered.report["gain"]["auc"]["low"] > 0
    active = vector_sets.active(session)
    assert active is not None
    assert active.trained is None
    (entry,) = session.scalars(select(AuditEntry))
    assert (entry.act, entry.subject_id, entry.actor_id) == ("train", offered.id, None)


def test_what_they_think_of_other_fields_is_learned(decide, session, run):
    decide(OWN_FIELD)
    assert run("train").code == 0
    (offered,) = session.scalars(select(MatcherVersion))
    costs = offered.report["costs"]
    assert costs["field"] > 5 * max(costs["region"], costs["language"])


def test_training_again_on_the_same_decisions_offers_nothing_new(decide, session, run):
    decide(LETTERS)
    assert run("train").code == run("train").code == 0
    assert len(session.scalars(select(MatcherVersion)).all()) == 1


def test_decisions_by_chance_keep_what_is_in_use(decide, session, settings, run, retrieval):
    decide(CHANCE)
    ended = run("train")
    assert ended.code == 0
    assert "no sure gain" in ended.out
    assert "was tried, and not kept: AUC " in ended.out
    assert f"{retrieval.matcher.version} stays in use" in ended.out
    assert session.scalars(select(MatcherVersion)).all() == []
    assert not (settings.instance / "matcher").exists()


def test_few_decisions_are_said_in_one_line(decide, session, run, retrieval):
    decide(LETTERS, needs=9)
    ended = run("train")
    assert (ended.code, ended.err) == (0, "")
    (line,) = ended.out.splitlines()
    assert line.startswith("Too few decisions to learn from: 45 right and 45 wrong pairs of 9 need")
    assert line.endswith(f"Version {retrieval.matcher.version} stays in use.")
    assert session.scalars(select(MatcherVersion)).all() == []


def test_a_bank_without_decisions_has_too_few(run):
    assert "0 right and 0 wrong pairs of 0 needs" in run("train").out


def test_what_is_deferred_has_no_label_and_the_latest_verdict_counts(decide, session, retrieval):
    decide(LETTERS, needs=1)
    before = lessons(session, retrieval).pairs
    suggestions = session.scalars(select(Suggestion).order_by(Suggestion.id)).all()
    add_decision(session, suggestions[0], Verdict.DEFERRED)
    assert len(lessons(session, retrieval).pairs) == len(before) - 1
    add_decision(session, suggestions[0], Verdict.REJECTED, day=1)
    after = lessons(session, retrieval).pairs
    assert len(after) == len(before)
    was_approved = suggestions[0].decisions[0].verdict is Verdict.APPROVED
    assert sum(not p.right for p in after) == sum(not p.right for p in before) + was_approved


def test_what_was_only_suggested_teaches_nothing(decide, session, retrieval):
    decide(LETTERS, needs=1)
    before = lessons(session, retrieval).pairs
    taken = set(session.scalars(select(Suggestion.competence_id)))
    (free,) = session.scalars(select(Competence.id).where(Competence.id.not_in(taken)).limit(1))
    one = session.scalars(select(Suggestion)).first()
    session.add(
        Suggestion(
            need_id=one.need_id,
            competence_id=free,
            rank=1,
            score=0.9,
            band="strong",
            parts=[],
            matcher_version="m-test",
        )
    )
    session.commit()
    assert lessons(session, retrieval).pairs == before


def test_a_withdrawn_need_teaches_nothing(decide, session, retrieval):
    decide(LETTERS, needs=2)
    assert len(lessons(session, retrieval).needs) == 2
    need_id = session.scalars(select(Suggestion.need_id)).first()
    session.get_one(Need, need_id).state = NeedState.WITHDRAWN
    session.commit()
    after = lessons(session, retrieval)
    assert len(after.needs) == 1
    assert {pair.need for pair in after.pairs} == set(after.needs)


def strings_of(value):
    """Return every text inside a JSON value, names of fields left out."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in strings_of(each)]
    return [value] if isinstance(value, str) else []


def test_the_report_has_no_text_of_the_bank(decide, session, run, retrieval):
    decide(LETTERS)
    for need in session.scalars(select(Need)):
        need.visibility = Visibility.COORDINATORS
    session.commit()
    out = run("train").out
    (offered,) = session.scalars(select(MatcherVersion))
    assert set(strings_of(offered.report)) == {retrieval.matcher.version}
    said = out + json.dumps(offered.report)
    titles = [*session.scalars(select(Need.title)), *session.scalars(select(Competence.title))]
    assert [title for title in titles if title in said] == []
