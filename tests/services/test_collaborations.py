"""Workspaces: made once where work is under way, open to their parties and coordinators alone."""

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import select

from needsbank import due_work
from needsbank.db.models import Collaboration, Message, Party
from needsbank.db.transaction import transaction
from needsbank.domain.collaborations import (
    USES,
    AcceptAgreement,
    AddMilestone,
    AskAbout,
    CollaborationState,
    Invite,
    PartyRole,
    PartyState,
    SetGoal,
    UnclearAbout,
    Use,
)
from needsbank.domain.competences import CompetenceKind
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.journeys import Stage
from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.domain.needs import NeedState
from needsbank.domain.outbox import MessageKind
from needsbank.domain.representatives import NameRepresentative
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.routes import Route
from needsbank.domain.suggestions import SuggestionState
from needsbank.services import (
    agreements,
    collaborations,
    journeys,
    parties,
    representing,
    working_together,
)
from tests.factories import (
    add_capture,
    add_collaboration,
    add_competence,
    add_journey,
    add_need,
    add_suggestion,
    add_user,
    reread,
)


@pytest.fixture
def team(session):
    return add_user(session, Role.MEMBER)


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR)


@pytest.fixture
def collaboration(session, team):
    return add_collaboration(session, None, (team, PartyRole.TEAM))


@pytest.fixture
def partner(session, collaboration):
    return collaboration.journey.need.author


def made(session):
    session.rollback()
    return session.scalars(select(Collaboration)).all()


def told(session, kind):
    session.rollback()
    return session.scalars(select(Message).where(Message.kind == kind)).all()


def test_the_representative_who_accepted_is_asked_to_be_the_partner(engine, session):
    need = add_need(session)
    representative = add_user(session, Role.PARTNER)
    journey = add_journey(session, need, Stage.AWAITING_PARTNER)
    with transaction(session):
        named = NameRepresentative(journey_id=journey.id, name="Anna", email=representative.email)
        representing.name_representative(session, need.author.actor, named)
    (invited,) = told(session, MessageKind.REPRESENT)
    with transaction(session):
        representing.accept(session, str(invited.words["path"]).removeprefix("/accept/"))
    due_work.do_due(engine)
    (collaboration,) = made(session)
    assert {(each.user_id, each.role) for each in collaboration.parties} == {
        (representative.id, PartyRole.PARTNER),
        (need.author_id, PartyRole.PARTNER),
    }


def test_an_agreed_pairing_gets_a_workspace_with_both_sides_invited(engine, session):
    need = add_need(session, state=NeedState.AGREED, wished_change="Keys are found at once.")
    team = add_competence(session, kind=CompetenceKind.STUDENT_TEAM)
    add_suggestion(session, need, team, state=SuggestionState.AGREED)
    assert due_work.do_due(engine) == 2
    (collaboration,) = made(session)
    assert collaboration.title == need.title
    assert collaboration.target_change == "Keys are found at once."
    assert collaboration.journey.stage is Stage.UNDER_WAY
    assert {(each.user_id, each.role, each.state) for each in collaboration.parties} == {
        (need.author_id, PartyRole.PARTNER, PartyState.INVITED),
        (team.author_id, PartyRole.TEAM, PartyState.INVITED),
    }
    invitations = told(session, MessageKind.INVITED_TO_COLLABORATION)
    assert {each.user_id for each in invitations} == {need.author_id, team.author_id}
    assert due_work.do_due(engine) == 0


def test_an_accepted_matter_gets_one_too_and_its_catcher_is_invited(engine, session):
    ambassador = add_user(session, Role.AMBASSADOR)
    idea = add_capture(session, stage=Stage.UNDER_WAY, text="Keys are lost", language=Language.SV)
    idea.journey.holder_id = ambassador.id
    session.commit()
    assert due_work.do_due(engine) == 1
    (collaboration,) = made(session)
    assert (collaboration.title, collaboration.language) == ("Keys are lost", Language.SV)
    (party,) = collaboration.parties
    assert (party.user_id, party.role) == (ambassador.id, PartyRole.AMBASSADOR)


def test_a_broken_off_workspace_is_followed_by_another(engine, session, collaboration):
    collaboration.state = CollaborationState.BROKEN_OFF
    session.commit()
    assert due_work.do_due(engine) == 1
    assert [each.state for each in made(session)].count(CollaborationState.UNDER_WAY) == 1


def test_a_need_that_only_waits_has_no_workspace(engine, session):
    need = add_need(session)
    with transaction(session):
        journeys.begin(session, ANONYMOUS, Stage.IN_COORDINATION, need_id=need.id)
    assert due_work.do_due(engine) == 0
    assert made(session) == []


def test_others_do_not_learn_that_there_is_one(session, collaboration):
    outsider = add_user(session, Role.ADMIN).actor
    for actor in (outsider, ANONYMOUS):
        with pytest.raises(NotFound):
            collaborations.collaboration_to_read(session, actor, collaboration.id)
        assert collaborations.collaborations_of(session, actor) == []


def test_coordinators_see_it_and_may_invite_but_not_sign(session, collaboration, coordinator):
    seen = collaborations.collaboration_to_read(session, coordinator.actor, collaboration.id)
    assert collaborations.may(coordinator.actor, seen, Use.INVITE)
    assert not collaborations.may(coordinator.actor, seen, Use.SIGN)


@pytest.mark.parametrize("use", Use)
@pytest.mark.parametrize("role", PartyRole)
def test_roles_may_what_the_table_says_once_accepted(session, collaboration, use, role):
    person = add_user(session, Role.MEMBER)
    party = Party(collaboration_id=collaboration.id, user_id=person.id, role=role)
    session.add(party)
    session.commit()
    reread(session, collaboration)
    assert not collaborations.may(person.actor, collaboration, use)
    party.state = PartyState.ACCEPTED
    assert collaborations.may(person.actor, collaboration, use) is (role in USES[use])


def test_an_invited_person_accepts_or_declines_with_a_reason(session, collaboration, partner):
    expert = add_user(session, Role.COMPANY, email="expert@company.example")
    with transaction(session):
        parties.invite(
            session,
            partner.actor,
            collaboration.id,
            Invite(email=" Expert@company.example", role=PartyRole.EXPERT),
        )
    (invitation,) = told(session, MessageKind.INVITED_TO_COLLABORATION)
    assert (invitation.user_id, invitation.words["role"]) == (expert.id, "expert")
    with pytest.raises(NotAllowed), transaction(session):
        working_together.write_note(session, expert.actor, collaboration.id, "Too early")
    with pytest.raises(Invalid), transaction(session):
        parties.answer_invitation(session, expert.actor, collaboration.id, accepts=False)
    with transaction(session):
        parties.answer_invitation(session, expert.actor, collaboration.id, accepts=True)
    with pytest.raises(Conflict), transaction(session):
        parties.answer_invitation(session, expert.actor, collaboration.id, accepts=True)
    with transaction(session):
        working_together.write_note(session, expert.actor, collaboration.id, "Now")


def test_who_declined_no_longer_sees_it_and_may_be_asked_again(session, collaboration, partner):
    expert = add_user(session, Role.COMPANY, email="expert@company.example")
    command = Invite(email="expert@company.example", role=PartyRole.EXPERT)
    for _ in range(2):
        with transaction(session):
            parties.invite(session, partner.actor, collaboration.id, command)
        with transaction(session):
            parties.answer_invitation(
                session, expert.actor, collaboration.id, accepts=False, reason="No time."
            )
        with pytest.raises(NotFound):
            collaborations.collaboration_to_read(session, expert.actor, collaboration.id)


@pytest.mark.parametrize("address", ["nobody@bank.example", ""])
def test_nobody_is_invited_without_an_account(session, collaboration, partner, address):
    with pytest.raises(Invalid) as refusal, transaction(session):
        parties.invite(
            session, partner.actor, collaboration.id, Invite(email=address, role=PartyRole.TEAM)
        )
    assert refusal.value.errors == {"email": "no_account"}


def test_a_note_is_told_to_the_others_without_its_words(session, collaboration, partner, team):
    with transaction(session):
        working_together.write_note(session, team.actor, collaboration.id, "The secret plan")
    (message,) = told(session, MessageKind.THREAD_NOTE)
    assert message.user_id == partner.id
    assert "secret" not in str(message.words)
    assert message.words["path"] == f"/collaborations/{collaboration.id}"


def test_milestones_are_added_ticked_and_unticked(session, collaboration, partner, team):
    with transaction(session):
        milestone = working_together.add_milestone(
            session,
            team.actor,
            collaboration.id,
            AddMilestone(title="Interviews", due=date(2027, 1, 15)),
        )
    tick = working_together.tick
    for done in (True, False):
        with transaction(session):
            tick(session, partner.actor, collaboration.id, milestone.id, done=done)
        assert (reread(session, milestone).done is not None) is done
    with pytest.raises(NotFound), transaction(session):
        tick(session, partner.actor, collaboration.id, uuid4(), done=True)


def test_the_goal_is_set_with_its_measure(session, collaboration, partner):
    goal = SetGoal(target_change="Keys are found", measure="Minutes", baseline="60", target="5")
    with transaction(session):
        working_together.set_goal(session, partner.actor, collaboration.id, goal)
    seen = reread(session, collaboration)
    assert (seen.measure, seen.baseline, seen.target) == ("Minutes", "60", "5")


def test_what_is_unclear_reaches_the_coordinators_and_is_answered(
    session, collaboration, partner, coordinator
):
    with transaction(session):
        unclear = working_together.ask_about(
            session,
            partner.actor,
            collaboration.id,
            AskAbout(about=UnclearAbout.AGREEMENT, question="Who owns the drawings?"),
        )
    (question,) = told(session, MessageKind.UNCLEAR_PART)
    assert question.user_id == coordinator.id
    waiting = working_together.open_questions(session, coordinator.actor)
    assert [each.question for each in waiting] == ["Who owns the drawings?"]
    with pytest.raises(NotAllowed), transaction(session):
        working_together.answer_unclear(session, partner.actor, unclear.id, "Me")
    with transaction(session):
        working_together.answer_unclear(session, coordinator.actor, unclear.id, "The makers.")
    (reply,) = told(session, MessageKind.UNCLEAR_ANSWERED)
    assert reply.user_id == partner.id
    assert working_together.open_questions(session, coordinator.actor) == []
    with pytest.raises(Conflict), transaction(session):
        working_together.answer_unclear(session, coordinator.actor, unclear.id, "Again")


@pytest.mark.parametrize("route", [None, Route.MINNO, Route.THESIS, Route.SERVICE, Route.PROJECT])
@pytest.mark.parametrize("language", INTERFACE_LANGUAGES)
def test_each_route_has_an_agreement_in_each_language(session, collaboration, route, language):
    collaboration.journey.route = route
    text = agreements.agreement_of(collaboration, language)
    assert text.language is language
    assert len(text.sections) >= 5
    whole = str(text.sections)
    assert all(party.user.name in whole for party in collaboration.parties)
    assert "{" not in whole


def test_an_acceptance_is_of_the_text_that_was_seen(session, collaboration, partner, team):
    seen = agreements.agreement_of(collaboration, Language.FI)
    command = AcceptAgreement(
        collaboration_id=collaboration.id, language="fi", text_hash=seen.text_hash
    )
    for _ in range(2):  # pressing twice is accepting once
        with transaction(session):
            agreements.accept_agreement(session, partner.actor, command)
    whole = collaborations.workspace(session, partner.actor, collaboration.id)
    assert list(agreements.current(whole).values()) == [True]
    session.add(
        Party(collaboration_id=collaboration.id, user_id=add_user(session).id, role=PartyRole.TEAM)
    )
    session.commit()
    session.expire_all()
    whole = collaborations.workspace(session, partner.actor, collaboration.id)
    assert list(agreements.current(whole).values()) == [False]
    with pytest.raises(Conflict), transaction(session):
        agreements.accept_agreement(session, team.actor, command)


def test_the_list_asks_the_database_equally_often_for_one_and_many(
    session, count_queries, collaboration, team
):
    counts = []
    for _ in range(2):
        session.expire_all()
        actor = team.actor
        with count_queries() as queries:
            found = collaborations.collaborations_of(session, actor)
            assert all(party.user.name for each in found for party in each.parties)
        counts.append(len(queries))
        add_collaboration(session, None, (team, PartyRole.TEAM))
    assert counts[0] == counts[1]
