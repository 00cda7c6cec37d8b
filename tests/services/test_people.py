"""People, their roles, and the sessions that end with their passwords."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from needsbank.db.models import AuditEntry, Membership, SignInSession, User
from needsbank.domain.clock import now
from needsbank.domain.errors import Invalid, NotFound
from needsbank.domain.languages import Language
from needsbank.domain.roles import Role
from needsbank.services import people
from needsbank.services.operator import OPERATOR
from tests.factories import add_organisation, add_user


def add_session(session, user):
    session.add(
        SignInSession(
            key_hash=str(user.id).encode()[:32],
            user_id=user.id,
            content="{}",
            browser="",
            expires=now() + timedelta(hours=1),
        )
    )
    session.commit()


def test_an_address_is_kept_in_small_letters(session):
    user = people.add_user(
        session, OPERATOR, email=" Aino@Bank.Example ", name=" Aino ", password_hash="hash"
    )
    assert (user.email, user.name, user.password) == ("aino@bank.example", "Aino", "hash")
    assert (user.active, user.memberships) == (True, [])


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [("aino@bank.example", "AINO@bank.example "), ("äiti@bank.example", "ÄITI@bank.example")],
)
def test_an_address_is_one_person_s(session, taken, wanted):
    add_user(session, email=taken)
    with pytest.raises(Invalid) as refused:
        people.add_user(session, OPERATOR, email=wanted, name="x", password_hash="hash")
    assert refused.value.errors == {"email": "taken"}


def test_a_role_given_twice_is_held_once(session):
    user, organisation = add_user(session, email="aino@bank.example"), add_organisation(session)
    for _ in range(2):
        people.grant_role(
            session,
            OPERATOR,
            email="Aino@bank.example",
            organisation_id=organisation.id,
            role=Role.PARTNER,
        )
    session.commit()
    held = session.scalars(select(Membership).where(Membership.user_id == user.id)).all()
    assert [(m.organisation_id, m.role) for m in held] == [(organisation.id, Role.PARTNER)]
    entries = session.scalars(select(AuditEntry)).all()
    assert [(e.act, e.subject, e.details) for e in entries] == [
        ("grant", "membership", {"role": "partner"})
    ]


def test_a_role_needs_a_person_and_an_organisation(session):
    user, organisation = add_user(session), add_organisation(session)
    with pytest.raises(NotFound):
        people.grant_role(
            session,
            OPERATOR,
            email="nobody@bank.example",
            organisation_id=organisation.id,
            role=Role.MEMBER,
        )
    with pytest.raises(NotFound):
        people.grant_role(
            session, OPERATOR, email=user.email, organisation_id=user.id, role=Role.MEMBER
        )


def test_a_new_password_ends_every_session(session):
    user, other = add_user(session), add_user(session)
    add_session(session, user)
    add_session(session, other)
    before = user.fs_uniquifier
    people.set_password(session, OPERATOR, email=user.email, password_hash="new")
    session.commit()
    assert user.password == "new"
    assert user.fs_uniquifier != before
    assert session.scalars(select(SignInSession.user_id)).all() == [other.id]


def test_a_closed_account_has_no_sessions(session):
    user = add_user(session)
    add_session(session, user)
    people.disable_user(session, OPERATOR, email=user.email)
    session.commit()
    assert session.get_one(User, user.id).active is False
    assert session.scalar(select(func.count()).select_from(SignInSession)) == 0


@pytest.mark.parametrize(
    "use",
    [
        lambda s: people.set_password(s, OPERATOR, email="nobody", password_hash="x"),
        lambda s: people.disable_user(s, OPERATOR, email="nobody"),
    ],
)
def test_whoever_is_not_there_cannot_be_changed(session, use):
    with pytest.raises(NotFound):
        use(session)


def test_a_chosen_language_is_remembered(session):
    user = add_user(session, language=Language.FI)
    people.choose_language(session, user.actor, Language.SV)
    assert session.get_one(User, user.id).language is Language.SV


def test_the_operator_s_acts_are_logged_as_nobody_s(session):
    people.add_user(session, OPERATOR, email="a@bank.example", name="A", password_hash="x")
    session.commit()
    assert session.scalars(select(AuditEntry.actor_id)).all() == [None]
