"""The representative: named, asked by a link that works once, accepts or declines."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from needsbank.db.models import AuditEntry, Message, Representative
from needsbank.db.transaction import transaction
from needsbank.domain.clock import moved
from needsbank.domain.errors import Conflict, IllegalTransition, Invalid, NotFound
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language
from needsbank.domain.needs import NeedState
from needsbank.domain.outbox import MessageKind
from needsbank.domain.representatives import LINK_LIVES, NameRepresentative
from needsbank.domain.roles import Role
from needsbank.services import representing
from tests.factories import add_journey, add_need, add_user


@pytest.fixture
def journey(session):
    need = add_need(session, language=Language.SV)
    return add_journey(session, need, Stage.AWAITING_PARTNER)


@pytest.fixture
def author(journey):
    return journey.need.author.actor


def name(session, actor, journey, **values):
    defaults = {"name": "Anna Andersson", "email": "Anna@county.example"}
    command = NameRepresentative(journey_id=journey.id, **{**defaults, **values})
    with transaction(session):
        return representing.name_representative(session, actor, command)


def code_of(session):
    """Return the secret of the latest mail."""
    asked = select(Message).where(Message.kind == MessageKind.REPRESENT)
    message = session.scalars(asked.order_by(Message.created.desc(), Message.id)).first()
    return message.words["path"].removeprefix("/accept/")


def accept(session, code):
    with transaction(session):
        return representing.accept(session, code)


def decline(session, code, reason):
    with transaction(session):
        return representing.decline(session, code, reason)


def test_who_is_named_is_asked_by_mail_and_accepts_with_one_click(session, author, journey):
    named = name(session, author, journey)
    message = session.scalars(select(Message)).one()
    assert (message.address, message.language) == ("anna@county.example", Language.SV)
    accept(session, code_of(session))
    assert (journey.stage, named.accepted is not None) == (Stage.UNDER_WAY, True)
    assert journey.need.state is NeedState.AGREED
    assert journey.steps[-1].reason == "Anna Andersson"
    logged = session.scalars(select(AuditEntry).where(AuditEntry.act == "accept")).one()
    assert logged.subject_id == journey.id


def test_the_secret_is_not_kept_beside_the_name(session, author, journey):
    named = name(session, author, journey)
    assert code_of(session).encode() not in named.code_hash
    assert len(code_of(session)) >= 43


def test_a_representative_with_an_account_is_known_by_it(session, author, journey):
    person = add_user(session, Role.PARTNER, email="anna@county.example")
    named = name(session, author, journey)
    assert named.user_id == person.id
    accept(session, code_of(session))
    assert journey.steps[-1].actor_id == person.id


def test_a_link_works_once(session, author, journey):
    name(session, author, journey)
    code = code_of(session)
    accept(session, code)
    with pytest.raises(Conflict):
        accept(session, code)
    with pytest.raises(Conflict):
        decline(session, code, "I changed my mind.")


def test_reading_an_invitation_accepts_nothing(session, author, journey):
    name(session, author, journey)
    assert representing.invitation(session, code_of(session)).accepted is None
    assert journey.stage is Stage.AWAITING_PARTNER


def test_a_link_gets_old(session, author, journey):
    name(session, author, journey)
    with moved(LINK_LIVES + timedelta(minutes=1)), pytest.raises(Conflict):
        accept(session, code_of(session))
    accept(session, code_of(session))


def test_a_made_up_link_leads_nowhere(session, author, journey):
    name(session, author, journey)
    with pytest.raises(NotFound):
        accept(session, "made-up")
    with pytest.raises(NotFound):
        decline(session, "made-up", "No.")


def test_declining_wants_a_reason_and_brings_the_matter_back(session, author, journey):
    name(session, author, journey)
    code = code_of(session)
    with pytest.raises(Invalid):
        decline(session, code, " ")
    decline(session, code, "I am leaving the county.")
    assert (journey.stage, journey.route) == (Stage.IN_COORDINATION, None)
    assert (journey.steps[-1].act, journey.steps[-1].reason) == (
        Act.DECLINE,
        "I am leaving the county.",
    )
    assert representing.representative_of(session, journey) is None


def test_naming_another_ends_the_first_one_s_link(session, author, journey):
    name(session, author, journey)
    first = code_of(session)
    name(session, author, journey, name="Bo Berg", email="bo@county.example")
    with pytest.raises(Conflict):
        accept(session, first)
    asked = representing.representative_of(session, journey)
    assert (asked and asked.name) == "Bo Berg"
    assert len(session.scalars(select(Representative)).all()) == 2


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"name": " "}, {"name": "required"}),
        ({"email": ""}, {"email": "required"}),
        ({"email": "anna"}, {"email": "email"}),
        ({"name": "x" * 121}, {"name": "too_long"}),
    ],
)
def test_a_representative_has_a_name_and_an_address(session, author, journey, values, error):
    with pytest.raises(Invalid) as refusal:
        name(session, author, journey, **values)
    assert refusal.value.errors == error


def test_sender_holder_and_coordinators_name_and_others_do_not_know_of_it(session, journey):
    holder = add_user(session, Role.AMBASSADOR)
    journey.holder_id = holder.id
    session.commit()
    for other in (Role.AMBASSADOR, Role.PARTNER, Role.MEMBER, Role.ADMIN):
        with pytest.raises(NotFound):
            name(session, add_user(session, other).actor, journey)
    for person in (holder, add_user(session, Role.COORDINATOR), journey.need.author):
        name(session, person.actor, journey)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage is not Stage.AWAITING_PARTNER])
def test_nobody_is_named_before_or_after_it_is_time(session, stage):
    need = add_need(session)
    journey = add_journey(session, need, stage)
    with pytest.raises(IllegalTransition):
        name(session, need.author.actor, journey)
