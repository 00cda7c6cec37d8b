"""For each open need the best competences of each kind; what people decided on stays."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from needsbank import jobs
from needsbank.db.models import Decision, Need, Organisation, Subject, Suggestion
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.competences import CompetenceKind, CompetenceState
from needsbank.domain.fields import Field
from needsbank.domain.languages import Language
from needsbank.domain.needs import NeedState
from needsbank.domain.organisations import DescribeOrganisation, Region
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.suggestions import PER_KIND, SuggestionState, Verdict
from needsbank.domain.visibility import Visibility
from needsbank.services import evidence, needs, organisations, suggesting
from tests.factories import (
    add_competence,
    add_need,
    add_organisation,
    add_suggestion,
    add_user,
    day,
    describing,
    reread,
)

PROBLEM = "Substitutes cannot find the keys of home care customers."
SKILL = "We design how keys of home care customers are kept and found by substitutes."

FAR: dict[str, Any] = {
    "title": "Jäätiet",
    "description": "Pidämme pyörätiet sulina talvella.",
    "language": Language.FI,
}


@pytest.fixture
def member(session):
    return add_user(session, Role.MEMBER)


@pytest.fixture
def need(session):
    return add_need(session, title="Keys get lost", problem=PROBLEM)


@pytest.fixture
def add_suiting(session, member):
    """Add a competence that suits the need."""

    def add(author=member, **values):
        return add_competence(
            session, author, **{"title": "Key logistics", "description": SKILL, **values}
        )

    return add


@pytest.fixture
def run(engine, retrieval, session):
    """Embed and suggest everything that is pending; return how many needs were matched."""

    def run():
        session.rollback()
        for subject in Subject:
            jobs.embed_pending(engine, retrieval, subject)
        done = jobs.suggest_pending(engine, retrieval)
        session.expire_all()
        return done

    return run


def suggestions(session):
    session.rollback()
    return session.scalars(
        select(Suggestion).join(Suggestion.competence).order_by(Suggestion.rank, Suggestion.id)
    ).all()


def test_a_suiting_competence_is_suggested_with_why(session, need, add_suiting, run, retrieval):
    suiting = add_suiting()
    add_suiting(**FAR)
    assert run() == 1
    best = suggestions(session)[0]
    assert (best.need_id, best.competence_id, best.rank) == (need.id, suiting.id, 1)
    assert best.matcher_version == retrieval.matcher.version
    assert best.state is SuggestionState.PROPOSED
    assert sum(part["contribution"] for part in best.parts) == pytest.approx(best.score)
    names = {"meaning", "words", "terms", "region", "language"}
    assert {part["name"] for part in best.parts} == names  # the need says no field
    assert session.get_one(Need, need.id).matched_with == retrieval.matcher.version


def test_no_good_pair_is_an_answer(session, need, add_suiting, run):
    add_suiting(**FAR)
    assert run() == 1
    assert suggestions(session) == []
    assert run() == 0


def test_a_round_that_has_begun_is_offered_to_nobody(session, need, add_suiting, run, retrieval):
    today = now().date()
    round_of = {"kind": CompetenceKind.COURSE_ROUND}
    begun = add_suiting(**round_of, starts_on=today - timedelta(days=1))
    to_come = {add_suiting(**round_of, starts_on=today).id, add_suiting(**round_of).id}
    run()
    assert {each.competence_id for each in suggestions(session)} == to_come
    need, begun = reread(session, need), reread(session, begun)
    shown = suggesting.competences_for(session, retrieval, ANONYMOUS, need)
    assert {row.id for row, _ in shown} == to_come
    assert suggesting.needs_for(session, retrieval, ANONYMOUS, begun) == []
    begun.starts_on = today
    assert [row.id for row, _ in suggesting.needs_for(session, retrieval, ANONYMOUS, begun)] == [
        need.id
    ]


def test_of_equal_texts_the_one_from_the_same_region_comes_first(
    session, need, member, add_suiting, run
):
    lapland = add_organisation(session, region=Region.LAPPI)
    far = add_suiting(add_user(session, Role.MEMBER, organisation=lapland))
    near = add_suiting()
    run()
    first, second = suggestions(session)
    assert (first.competence_id, second.competence_id) == (near.id, far.id)
    told = {part["name"]: part for part in second.parts}
    assert (told["region"]["value"], told["language"]["value"]) == (0.0, 1.0)
    assert told["region"]["contribution"] == pytest.approx(second.score - first.score)
    assert told["region"]["contribution"] < 0 == told["language"]["contribution"]


def test_a_region_that_was_corrected_changes_the_order(session, need, member, add_suiting, run):
    elsewhere = add_organisation(session, region=Region.LAPPI)
    moved = add_suiting(add_user(session, Role.MEMBER, organisation=elsewhere))
    run()
    (before,) = [each.score for each in suggestions(session)]
    admin = add_user(session, Role.ADMIN).actor
    place = session.get_one(Organisation, need.organisation_id).region
    described = DescribeOrganisation(
        name=elsewhere.name, sector=elsewhere.sector, region=place, about=""
    )
    organisations.change_organisation(session, admin, elsewhere.id, described)
    session.commit()
    assert run() == 1
    (after,) = suggestions(session)
    assert (after.competence_id, after.score > before) == (moved.id, True)


def test_at_most_five_of_a_kind_are_suggested(session, need, add_suiting, run):
    for kind in (CompetenceKind.STUDENT_TEAM, CompetenceKind.COMPANY):
        for number in range(PER_KIND + 2):
            add_suiting(kind=kind, title=f"Key logistics {number}")
    run()
    kinds = [each.competence.kind for each in suggestions(session)]
    assert sorted(kinds, key=str) == sorted(
        [CompetenceKind.STUDENT_TEAM] * PER_KIND + [CompetenceKind.COMPANY] * PER_KIND, key=str
    )


def test_what_was_rejected_leaves_its_place_to_others(session, need, add_suiting, run):
    for number in range(PER_KIND + 1):
        add_suiting(title=f"Key logistics {number}")
    run()
    first = suggestions(session)[0]
    session.get_one(Suggestion, first.id).state = SuggestionState.REJECTED
    session.get_one(Need, need.id).matched_with = None
    session.commit()
    run()
    states = [each.state for each in suggestions(session)]
    assert states.count(SuggestionState.PROPOSED) == PER_KIND
    assert states.count(SuggestionState.REJECTED) == 1


def test_what_was_approved_counts_among_the_five(session, need, add_suiting, run):
    for number in range(PER_KIND + 1):
        add_suiting(title=f"Key logistics {number}")
    run()
    first = suggestions(session)[0]
    session.get_one(Suggestion, first.id).state = SuggestionState.APPROVED
    session.get_one(Need, need.id).matched_with = None
    session.commit()
    run()
    assert len(suggestions(session)) == PER_KIND


def test_an_author_is_shown_what_they_may_read_whatever_is_hidden(
    session, need, add_suiting, run, retrieval
):
    seen = [add_suiting(title=f"Key logistics {n}", description="Keys.").id for n in range(3)]
    run()
    before = suggesting.competences_for(session, retrieval, need.author.actor, need)
    for number in range(PER_KIND):
        add_suiting(title=f"Hidden {number}", visibility=Visibility.COORDINATORS)
    run()
    after = suggesting.competences_for(session, retrieval, need.author.actor, need)
    assert {each.id for each, _ in before} <= set(seen)
    assert [(each.id, match.score) for each, match in after] == [
        (each.id, match.score) for each, match in before
    ]
    assert len(before) > 0


def test_nobody_is_paired_with_their_own_organisation(session, need, add_suiting, run):
    colleague = add_user(session, Role.MEMBER, organisation=need.organisation)
    add_suiting(colleague)
    run()
    assert suggestions(session) == []


@pytest.mark.parametrize("state", [CompetenceState.DRAFT, CompetenceState.CLOSED])
def test_what_is_not_on_offer_is_not_suggested(session, need, add_suiting, run, state):
    add_suiting(state=state)
    run()
    assert suggestions(session) == []


@pytest.mark.parametrize("state", sorted(set(NeedState) - {NeedState.OPEN}, key=str))
def test_needs_that_are_not_open_get_no_suggestions(session, add_suiting, run, state):
    add_need(session, title="Keys get lost", problem=PROBLEM, state=state)
    add_suiting()
    assert run() == 0
    assert suggestions(session) == []


def test_confidential_postings_are_matched_for_the_coordinators(session, add_suiting, run):
    level = Visibility.COORDINATORS
    add_need(session, title="Keys get lost", problem=PROBLEM, visibility=level)
    add_suiting(visibility=level)
    run()
    assert len(suggestions(session)) == 1


def test_needs_wait_until_they_have_vectors(session, need, retrieval):
    assert suggesting.needs_to_match(session, retrieval, 10) == []
    assert suggesting.count_to_match(session, retrieval) == 0
    assert suggesting.find_candidates(session, retrieval, need.id) == []
    assert suggesting.find_candidates(session, retrieval, uuid4()) == []


def test_the_newest_needs_are_matched_first(session, engine, retrieval):
    posted = [add_need(session, opened=day(number)).id for number in (2, 3, 1)]
    jobs.embed_pending(engine, retrieval, Subject.NEED)
    session.rollback()
    assert suggesting.needs_to_match(session, retrieval, 2) == [posted[1], posted[0]]
    assert suggesting.count_to_match(session, retrieval) == 3


def test_another_matcher_version_looks_at_every_need_again(session, need, add_suiting, run):
    add_suiting()
    run()
    session.get_one(Need, need.id).matched_with = "an older version"
    (old,) = suggestions(session)
    old.matcher_version = "an older version"
    session.commit()
    session.get_one(Need, need.id).matched_with = "an older version"
    session.commit()
    assert run() == 1
    (new,) = suggestions(session)
    assert (new.id, new.matcher_version != "an older version") == (old.id, True)


@pytest.mark.parametrize(
    "state", sorted(set(SuggestionState) - {SuggestionState.PROPOSED}, key=str)
)
def test_what_people_have_decided_on_stays_as_it_was(session, need, add_suiting, run, state):
    decided = add_suggestion(session, need, add_suiting(), state=state, rank=9, score=0.1)
    elsewhere = add_competence(session, **FAR)
    far = add_suggestion(session, need, elsewhere, state=state)
    run()
    kept = {each.id: each for each in suggestions(session)}
    assert set(kept) == {decided.id, far.id}
    assert (kept[decided.id].rank, kept[decided.id].score) == (9, 0.1)
    assert {each.state for each in kept.values()} == {state}


def test_what_was_only_proposed_is_replaced(session, need, add_suiting, run):
    elsewhere = add_competence(session, **FAR)
    add_suggestion(session, need, elsewhere)
    suiting = add_suiting()
    old = add_suggestion(session, need, suiting, rank=9, evidence=[])
    run()
    (left,) = suggestions(session)
    assert (left.id, left.competence_id, left.rank) == (old.id, suiting.id, 1)
    assert left.evidence is None


def test_a_proposal_with_a_decision_behind_it_is_not_removed(session, need, run):
    elsewhere = add_competence(session, **FAR)
    suggestion = add_suggestion(session, need, elsewhere)
    decision = Decision(
        suggestion_id=suggestion.id,
        decided_by_id=need.author_id,
        verdict=Verdict.DEFERRED,
        reason="x",
        rank_seen=1,
        matcher_version="m",
    )
    session.add(decision)
    session.commit()
    run()
    assert [each.id for each in suggestions(session)] == [suggestion.id]


def test_a_new_competence_makes_old_needs_be_looked_at_again(session, need, add_suiting, run):
    assert run() == 1
    assert suggestions(session) == []
    suiting = add_suiting()
    assert run() == 1
    assert [each.competence_id for each in suggestions(session)] == [suiting.id]


def test_a_competence_that_changed_is_taken_from_where_it_no_longer_suits(
    session, need, add_suiting, run
):
    suiting = add_suiting()
    run()
    assert len(suggestions(session)) == 1
    session.refresh(suiting)
    suiting.title, suiting.description = FAR["title"], FAR["description"]
    suiting.language, suiting.embedded_in = FAR["language"], None
    session.commit()
    run()
    assert suggestions(session) == []


def test_needs_far_from_a_new_competence_are_left_alone(session, need, add_suiting, run):
    run()
    add_suiting(**FAR)
    assert run() == 0


def test_a_need_that_ended_meanwhile_gets_nothing(session, need, add_suiting, run, retrieval):
    add_suiting()
    run()
    found = suggesting.find_candidates(session, retrieval, need.id)
    with transaction(session):
        needs.withdraw_need(session, need.author.actor, need.id)
    with transaction(session):
        suggesting.store_suggestions(session, retrieval, need.id, found)
    assert suggestions(session) == []


def test_a_need_that_changed_meanwhile_is_matched_by_its_new_text(
    session, engine, need, add_suiting, run, retrieval
):
    add_suiting()
    for subject in Subject:
        jobs.embed_pending(engine, retrieval, subject)
    session.rollback()
    found = suggesting.find_candidates(session, retrieval, need.id)
    assert len(found) == 1
    command = describing(
        session, need.author, title="Jäätiet", problem="Pyörätiet ovat talvella jäässä."
    )
    with transaction(session):
        needs.change_need(session, need.author.actor, need.id, command)
    with transaction(session):
        suggesting.store_suggestions(session, retrieval, need.id, found)
    assert run() == 1
    assert suggestions(session) == []


def test_evidence_is_found_once_and_kept(session, engine, need, add_suiting, run, retrieval):
    add_suiting()
    run()
    assert evidence.count_lacking_evidence(session) == 1
    assert jobs.find_missing_evidence(engine, retrieval) == 1
    (suggestion,) = suggestions(session)
    session.refresh(suggestion)
    assert suggestion.evidence[0]["need"] == PROBLEM
    assert suggestion.evidence[0]["competence"] == SKILL
    assert {"home", "care", "substitutes"} <= set(suggestion.evidence[0]["shared"])
    assert jobs.find_missing_evidence(engine, retrieval) == 0


def test_evidence_of_what_is_gone_is_dropped(session, engine):
    with transaction(session):
        evidence.store_evidence(session, [(uuid4(), [])])
    assert suggestions(session) == []


def test_a_competence_is_shown_the_open_needs_for_it(session, need, add_suiting, run, retrieval):
    suiting = add_suiting()
    add_need(session, title="Keys get lost", problem=PROBLEM, state=NeedState.AGREED)
    add_need(session, suiting.author, title="Keys get lost", problem=PROBLEM)
    hidden = add_need(
        session, title="Keys get lost", problem=PROBLEM, visibility=Visibility.COORDINATORS
    )
    run()
    suiting = reread(session, suiting)
    found = suggesting.needs_for(session, retrieval, ANONYMOUS, suiting)
    assert [row.id for row, _ in found] == [need.id]
    coordinator = add_user(session, Role.COORDINATOR).actor
    found = suggesting.needs_for(session, retrieval, coordinator, suiting)
    assert {row.id for row, _ in found} == {need.id, hidden.id}


def test_a_competence_without_vectors_has_no_needs_yet(session, need, add_suiting, retrieval):
    assert suggesting.needs_for(session, retrieval, ANONYMOUS, add_suiting()) == []


@pytest.mark.parametrize(
    ("about_need", "about_competence", "missing"),
    [
        ({"wished_change": "better"}, {}, []),
        ({}, {}, ["wished_change"]),
        ({"wished_change": "x", "field": Field.ICT}, {"field": Field.SAFETY}, ["field"]),
        ({"wished_change": "x", "field": Field.ICT}, {"field": None}, []),
        ({"wished_change": "x", "language": Language.SV}, {}, ["language"]),
        ({"wished_change": "x"}, {"starts_on": day(0).date().replace(year=2020)}, ["started"]),
        ({"wished_change": "x"}, {"starts_on": now().date()}, []),
    ],
)
def test_what_to_ask_about_is_named(session, about_need, about_competence, missing):
    need = add_need(session, **about_need)
    competence = add_competence(session, **about_competence)
    assert suggesting.missing_of(need, competence) == missing


def test_a_pairing_across_regions_is_worth_a_question(session):
    lapland = add_user(
        session, Role.MEMBER, organisation=add_organisation(session, region=Region.LAPPI)
    )
    need, competence = add_need(session, wished_change="x"), add_competence(session, lapland)
    assert suggesting.missing_of(need, competence) == ["region"]
