"""Offering a competence and keeping it current."""

from datetime import date

import pytest
from sqlalchemy import select

from needsbank.db.models import AuditEntry, Suggestion
from needsbank.domain.competences import (
    ALLOWED,
    Capacity,
    CompetenceKind,
    CompetenceState,
    DescribeCompetence,
)
from needsbank.domain.errors import IllegalTransition, Invalid, NotAllowed, NotFound
from needsbank.domain.languages import Language
from needsbank.domain.roles import ANONYMOUS, POSTS_COMPETENCES, Role
from needsbank.domain.suggestions import DecideSuggestion, SuggestionState, Verdict
from needsbank.domain.visibility import Visibility
from needsbank.services import competences, deciding
from tests.factories import add_competence, add_organisation, add_suggestion, add_user, unit_id_of

ROOM = Capacity(slots=8, weeks=7, ects=10, team_min=4, team_max=7, starts_on=date(2027, 1, 11))


@pytest.fixture
def author(session):
    return add_user(session, Role.MEMBER)


def offering(session, author, **values):
    defaults = {
        "kind": CompetenceKind.STUDENT_TEAM,
        "title": " Logistiikan opiskelijat ",
        "description": " Suunnittelemme kotihoidon reittejä ja avainten hallintaa. ",
        "unit_id": unit_id_of(session, author),
    }
    return DescribeCompetence(**{**defaults, **values})


STEPS = {
    competences.open_competence: CompetenceState.OPEN,
    competences.close_competence: CompetenceState.CLOSED,
}
USES = {
    "change": lambda s, a, c: competences.change_competence(s, a, c.id, offering(s, c.author)),
    "open": lambda s, a, c: competences.open_competence(s, a, c.id),
    "close": lambda s, a, c: competences.close_competence(s, a, c.id),
}


def test_a_new_competence_is_its_author_s_draft(session, author):
    made = competences.draft_competence(session, author.actor, offering(session, author))
    assert (made.state, made.author_id) == (CompetenceState.DRAFT, author.id)
    assert (made.title, made.language) == ("Logistiikan opiskelijat", Language.FI)
    assert made.description == "Suunnittelemme kotihoidon reittejä ja avainten hallintaa."
    assert made.organisation_id == author.memberships[0].organisation_id


def test_a_course_round_keeps_its_room(session, author):
    command = offering(session, author, kind=CompetenceKind.COURSE_ROUND, capacity=ROOM)
    made = competences.draft_competence(session, author.actor, command)
    kept = (made.slots, made.weeks, made.ects, made.team_min, made.team_max, made.starts_on)
    assert kept == (8, 7, 10, 4, 7, date(2027, 1, 11))


def test_what_is_no_course_round_has_no_room(session, author):
    command = offering(session, author, capacity=ROOM)
    made = competences.draft_competence(session, author.actor, command)
    assert (made.slots, made.team_max, made.starts_on) == (None, None, None)


def test_a_course_round_without_room_is_refused(session, author):
    command = offering(session, author, kind=CompetenceKind.COURSE_ROUND)
    with pytest.raises(Invalid) as refused:
        competences.draft_competence(session, author.actor, command)
    assert set(refused.value.errors) == {"slots", "weeks", "ects", "team_min", "team_max"}


@pytest.mark.parametrize("role", list(Role))
def test_competences_are_offered_by_those_who_may(session, role):
    person = add_user(session, role)
    if role in POSTS_COMPETENCES:
        made = competences.draft_competence(session, person.actor, offering(session, person))
        assert made.author_id == person.id
        return
    with pytest.raises(Invalid) as refused:
        competences.draft_competence(session, person.actor, offering(session, person))
    assert refused.value.errors == {"unit_id": "unknown"}


def test_a_unit_of_another_organisation_is_refused(session, author):
    other = add_organisation(session).units[0]
    with pytest.raises(Invalid):
        competences.draft_competence(
            session, author.actor, offering(session, author, unit_id=other.id)
        )


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", list(CompetenceState))
def test_each_step_is_taken_from_the_states_that_the_table_names(session, author, step, state):
    competence = add_competence(session, author, state=state)
    if STEPS[step] in ALLOWED[state]:
        assert step(session, author.actor, competence.id).state is STEPS[step]
        return
    with pytest.raises(IllegalTransition):
        step(session, author.actor, competence.id)


@pytest.mark.parametrize("use", ["change", "open"])
def test_what_is_said_or_offered_anew_waits_for_the_matcher(session, author, use):
    competence = add_competence(session, author, state=CompetenceState.CLOSED, embedded_in=1)
    assert USES[use](session, author.actor, competence).embedded_in is None


@pytest.mark.parametrize("use", USES)
def test_nobody_but_the_author_uses_a_competence(session, author, use):
    competence = add_competence(session, author)
    colleague = add_user(session, Role.MEMBER, organisation=competence.organisation)
    for person in (colleague, add_user(session, Role.COORDINATOR)):
        with pytest.raises(NotAllowed):
            USES[use](session, person.actor, competence)


@pytest.mark.parametrize("use", USES)
def test_to_those_who_may_not_read_it_a_competence_does_not_exist(session, author, use):
    competence = add_competence(session, author, visibility=Visibility.ORGANISATION)
    for person in (ANONYMOUS, add_user(session, Role.MEMBER).actor):
        with pytest.raises(NotFound):
            USES[use](session, person, competence)


def test_when_an_offer_ends_what_was_never_decided_falls_away(session, author):
    competence, coordinator = add_competence(session, author), add_user(session, Role.COORDINATOR)
    add_suggestion(session, competence=competence)
    kept = add_suggestion(session, competence=competence)
    other = add_suggestion(session)
    deciding.decide(
        session,
        coordinator.actor,
        DecideSuggestion(
            suggestion_id=kept.id,
            verdict=Verdict.DEFERRED,
            reason="asking",
            seen=SuggestionState.PROPOSED,
        ),
    )
    session.commit()
    competences.close_competence(session, author.actor, competence.id)
    session.commit()
    assert set(session.scalars(select(Suggestion.id))) == {kept.id, other.id}


def test_every_act_is_in_the_log(session, author):
    made = competences.draft_competence(session, author.actor, offering(session, author))
    competences.open_competence(session, author.actor, made.id)
    competences.change_competence(session, author.actor, made.id, offering(session, author))
    competences.close_competence(session, author.actor, made.id)
    session.commit()
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [entry.act for entry in entries] == ["draft", "open", "change", "closed"]
    assert {(e.subject, e.subject_id) for e in entries} == {("competence", made.id)}


def test_units_to_post_for_are_those_of_the_organisations_where_one_may(session, author):
    add_organisation(session)
    units = competences.units_to_post_competences(session, author.actor)
    assert [unit.id for unit in units] == [unit_id_of(session, author)]
    partner = add_user(session, Role.PARTNER)
    assert competences.units_to_post_competences(session, partner.actor) == []
