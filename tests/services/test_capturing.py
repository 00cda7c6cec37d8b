from datetime import timedelta

import pytest
from sqlalchemy import func, select

from needsbank.db.models import AuditEntry, Capture, Journey, Message
from needsbank.db.transaction import transaction
from needsbank.domain.captures import TEXT_MAX, Naming, PersonalDataFound
from needsbank.domain.catching import ProposeCatcher
from needsbank.domain.errors import Invalid, NotFound
from needsbank.domain.fields import Field
from needsbank.domain.journeys import Stage
from needsbank.domain.languages import Language
from needsbank.domain.outbox import MessageKind
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.working_days import after_working_days
from needsbank.services.capturing import throw
from needsbank.services.catching_rules import drop_rule, propose_catcher, proposed_catcher, rules
from tests.factories import add_organisation, add_unit, add_unit_link, add_user, throwing


@pytest.fixture
def link(session):
    return add_unit_link(session)


def send(session, command, actor=ANONYMOUS, field=None):
    with transaction(session):
        return throw(session, actor, command, field)


def count(session, model):
    return session.scalar(select(func.count()).select_from(model))


def test_an_idea_waits_for_a_catcher_for_two_working_days(session, link):
    idea = send(session, throwing(link.code, "  Avaimet hukassa. ", language=Language.FI))
    assert (idea.text, idea.unit_id, idea.journey.stage) == (
        "Avaimet hukassa.",
        link.unit_id,
        Stage.THROWN,
    )
    assert abs(idea.journey.due - after_working_days(idea.created, 2)) < timedelta(minutes=1)
    assert len(idea.follow_code) == 43


def test_the_same_key_twice_is_the_same_idea(session, link):
    command = throwing(link.code)
    first, second = send(session, command), send(session, command)
    assert first.id == second.id
    assert count(session, Capture) == 1


def test_a_key_that_came_through_is_answered_after_the_link_was_rotated(session, link):
    command = throwing(link.code)
    first = send(session, command)
    with transaction(session):
        session.delete(link)
    assert send(session, command).id == first.id


def test_nothing_is_stored_of_a_text_with_personal_data(session, link):
    with pytest.raises(PersonalDataFound) as refusal:
        send(session, throwing(link.code, "Hetu 010195-9011 jäi pöydälle."))
    assert [words for _, words in refusal.value.screened.excerpts] == ["010195-9011"]
    session.rollback()
    assert [count(session, each) for each in (Capture, Journey, Message, AuditEntry)] == [0] * 4


@pytest.mark.parametrize("text", ["", "  \n", "x" * (TEXT_MAX + 1)])
def test_what_says_nothing_or_too_much_is_refused(session, link, text):
    with pytest.raises(Invalid) as refusal:
        send(session, throwing(link.code, text))
    assert set(refusal.value.errors) == {"text"}


def test_an_unknown_code_takes_nothing(session):
    with pytest.raises(NotFound):
        send(session, throwing("abcdefghjk"))


@pytest.mark.parametrize(
    ("naming", "kept"),
    [
        (Naming.NOBODY, ("", True)),
        (Naming.COORDINATORS, ("Liisa", True)),
        (Naming.CATCHERS, ("Liisa", False)),
    ],
)
def test_a_name_is_kept_only_as_far_as_its_owner_wants(session, link, naming, kept):
    idea = send(session, throwing(link.code, naming=naming, name=" Liisa "))
    assert (idea.sender_name, idea.anonymous) == kept


def test_an_anonymous_idea_of_somebody_signed_in_does_not_name_them(session, link):
    person = add_user(session, Role.MEMBER)
    assert send(session, throwing(link.code), person.actor).sender_id is None


class TestRules:
    @pytest.fixture
    def coordinator(self, session):
        return add_user(session, Role.COORDINATOR).actor

    @pytest.fixture
    def county(self, session):
        return add_organisation(session)

    @pytest.fixture
    def team(self, session, county):
        return add_unit(session, county, "Team", county.units[0])

    def propose(self, session, actor, unit, catcher, field=None):
        with transaction(session):
            return propose_catcher(
                session,
                actor,
                ProposeCatcher(unit_id=unit.id, catcher_id=catcher.id, field=field),
            )

    def test_the_proposed_catcher_is_told_once(self, session, coordinator, county, team):
        leo = add_user(session, Role.AMBASSADOR)
        self.propose(session, coordinator, county.units[0], leo)
        link = add_unit_link(session, team)
        command = throwing(link.code)
        idea = send(session, command)
        send(session, command)
        assert idea.proposed_id == leo.id
        (told,) = session.scalars(select(Message))
        assert (told.kind, told.user_id) == (MessageKind.PROPOSED, leo.id)
        assert told.words == {"unit": "Team", "by": "", "path": f"/ideas/{idea.id}"}

    def test_the_nearest_unit_and_its_field_come_first(self, session, coordinator, county, team):
        general, own, nurse = (add_user(session, Role.AMBASSADOR) for _ in range(3))
        health = Field.HEALTH_SOCIAL
        self.propose(session, coordinator, county.units[0], general)
        assert proposed_catcher(session, team.id, health) == general
        self.propose(session, coordinator, team, nurse, health)
        assert proposed_catcher(session, team.id, health) == nurse
        assert proposed_catcher(session, team.id, None) == general
        self.propose(session, coordinator, team, own)
        assert proposed_catcher(session, team.id, Field.ICT) == own
        assert proposed_catcher(session, county.units[0].id, health) == general

    def test_a_new_rule_for_the_same_takes_the_olds_place_and_can_go(
        self, session, coordinator, team
    ):
        first, second = (add_user(session, Role.AMBASSADOR) for _ in range(2))
        self.propose(session, coordinator, team, first)
        rule = self.propose(session, coordinator, team, second)
        assert [each.catcher_id for each in rules(session, coordinator)] == [second.id]
        with transaction(session):
            drop_rule(session, coordinator, rule.id)
        assert proposed_catcher(session, team.id, None) is None

    def test_whoever_has_left_is_not_proposed(self, session, coordinator, team):
        leo = add_user(session, Role.AMBASSADOR)
        self.propose(session, coordinator, team, leo)
        with transaction(session):
            leo.active = False
        assert proposed_catcher(session, team.id, None) is None

    def test_only_those_who_catch_can_be_proposed(self, session, coordinator, team):
        with pytest.raises(Invalid):
            self.propose(session, coordinator, team, add_user(session, Role.MEMBER))
