"""`needsbank train` learns from decisions and verdicts, and offers what gains.

It changes nothing by itself.
"""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from matching import DuplicateBand
from needsbank.db.models import (
    AuditEntry,
    Competence,
    Decision,
    MatcherVersion,
    Need,
    Suggestion,
    VersionState,
)
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import Role
from needsbank.domain.suggestions import Verdict
from needsbank.domain.visibility import Visibility
from needsbank.services import learning, matcher_versions, vector_sets
from tests.factories import add_user
from tests.second_space import opener_of
from tests.simulated_decisions import (
    CHANCE,
    LETTERS,
    OWN_FIELD,
    decide_on_demo_bank,
    load_read_bank,
)
from tests.simulated_verdicts import finds, judge_demo_bank, load_known_bank
from tests.trained_version import add_trained

MORE_IS_THE_SAME = 7.0
"""Log odds by which a bank's finds are likelier the same than the shipped model thinks.

So many, since that was fitted on another encoder's likenesses.
"""


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


def test_few_decisions_and_verdicts_are_said_in_a_line_each(decide, session, run, retrieval):
    decide(LETTERS, needs=9)
    ended = run("train")
    assert (ended.code, ended.err) == (0, "")
    decisions, verdicts, last = ended.out.splitlines()
    assert decisions.startswith("Too few decisions to learn from: 45 right and 45 wrong pairs of 9")
    assert verdicts.startswith("Too few verdicts to learn from: 0 same and 0 other finds of 0 need")
    assert last == f"Version {retrieval.matcher.version} stays in use."
    assert session.scalars(select(MatcherVersion)).all() == []


@pytest.fixture
def known_bank(engine, retrieval):
    load_known_bank(engine, retrieval)


@pytest.fixture
def promote(session, retrieval):
    """Take the newest candidate into use; return what then searches the bank."""

    def promote(settings):
        session.rollback()
        newest = matcher_versions.all_versions(session)[0]
        admin = add_user(session, Role.ADMIN).actor
        with transaction(session):
            matcher_versions.promote(session, admin, retrieval.matcher, newest.id)
        return opener_of(settings).retrieval(vector_sets.active(session))

    return promote


def found_by(session, retrieval):
    """Return what is found for each need, by key."""
    needs = session.scalars(select(Need).order_by(Need.id)).all()
    found = [{each.key: each for each in finds(session, retrieval, need, k=40)} for need in needs]
    session.rollback()  # what is read next is what is then in the bank
    return found


def flagged(found):
    return sum(each.band is not DuplicateBand.RELATED for those in found for each in those.values())


def test_a_bank_where_more_is_the_same_is_told_so_after_promotion(
    known_bank, session, settings, retrieval, run, promote
):
    judge_demo_bank(session, retrieval, MORE_IS_THE_SAME)
    before = found_by(session, retrieval)
    ended = run("train")
    assert (ended.code, ended.err) == (0, "")
    (offered,) = session.scalars(select(MatcherVersion))
    learned = offered.report["calibration"]
    assert f"{learned['same']} same, {learned['partly']} partly the same and" in ended.out
    assert "Too few decisions" in ended.out
    assert f"Version {offered.version} gains" in ended.out
    assert offered.state is VersionState.CANDIDATE
    assert set(strings_of(offered.report)) == {retrieval.matcher.version}

    moved = promote(settings)
    assert (moved.matcher.version, moved.matcher.pairs) == (
        offered.version,
        retrieval.matcher.pairs,
    )
    after = found_by(session, moved)
    assert flagged(after) > flagged(before) + 100
    for shipped, trained in zip(before, after, strict=True):
        likeliest = sorted(shipped, key=lambda key: shipped[key].probability)
        assert sorted(trained, key=lambda key: trained[key].probability) == likeliest

    assert "The verdicts give no sure gain" in run("train").out
    assert len(session.scalars(select(MatcherVersion)).all()) == 1


def test_few_verdicts_are_said_with_their_counts(known_bank, session, retrieval, run):
    judge_demo_bank(session, retrieval, MORE_IS_THE_SAME, needs=9)
    said = run("train").out
    assert "other finds of 9 needs; it takes 20 of each and 15 needs." in said
    assert f"Version {retrieval.matcher.version} stays in use" in said
    assert session.scalars(select(MatcherVersion)).all() == []


def test_what_gains_nothing_stays_as_it_is_in_use(
    known_bank, session, settings, fake_matcher, retrieval, run, promote
):
    weights = add_trained(session, settings, fake_matcher)
    in_use = promote(settings)
    judge_demo_bank(session, retrieval, MORE_IS_THE_SAME)
    run("train")
    both = promote(settings).matcher
    assert both.version != weights.version
    assert both.trained.calibration is not None
    assert both.trained.pairs == in_use.matcher.pairs != fake_matcher.pairs


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
