"""People and the roles they hold."""

from uuid import UUID, uuid4

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from needsbank.db.models import Membership, Organisation, SignInSession, User
from needsbank.domain.errors import Invalid, NotFound
from needsbank.domain.languages import Language
from needsbank.domain.roles import Actor, Role
from needsbank.services import audit


def add_user(session: Session, actor: Actor, *, email: str, name: str, password_hash: str) -> User:
    """Add a person who can sign in with the hashed password."""
    address = email.strip().lower()
    if session.scalar(select(User).where(func.lower(User.email) == address)) is not None:
        raise Invalid({"email": "taken"})
    user = User(email=address, name=name.strip(), password=password_hash)
    session.add(user)
    session.flush()  # the audit entry needs the key
    audit.record(session, actor, "add", "user", user.id)
    return user


def grant_role(
    session: Session, actor: Actor, *, email: str, organisation_id: UUID, role: Role
) -> Membership:
    """Give a person a role in an organisation; giving it twice changes nothing."""
    user = _by_email(session, email)
    if session.get(Organisation, organisation_id) is None:
        raise NotFound(organisation_id)
    held = select(Membership).where(
        Membership.user_id == user.id,
        Membership.organisation_id == organisation_id,
        Membership.role == role,
    )
    membership = session.scalar(held)
    if membership is None:
        membership = Membership(user_id=user.id, organisation_id=organisation_id, role=role)
        session.add(membership)
        session.flush()  # the audit entry needs the key
        audit.record(session, actor, "grant", "membership", membership.id, role=role.value)
    return membership


def set_password(session: Session, actor: Actor, *, email: str, password_hash: str) -> User:
    """Set a person's password and end every session of theirs."""
    user = _by_email(session, email)
    user.password = password_hash
    _end_sessions(session, user)
    audit.record(session, actor, "set_password", "user", user.id)
    return user


def disable_user(session: Session, actor: Actor, *, email: str) -> User:
    """Close a person's account and end every session of theirs."""
    user = _by_email(session, email)
    user.active = False
    _end_sessions(session, user)
    audit.record(session, actor, "disable", "user", user.id)
    return user


def choose_language(session: Session, actor: Actor, language: Language) -> None:
    """Remember the language that the person reads the bank in."""
    session.get_one(User, actor.person_id).language = language


def _by_email(session: Session, email: str) -> User:
    user = session.scalar(select(User).where(func.lower(User.email) == email.strip().lower()))
    if user is None:
        raise NotFound(f"nobody has the e-mail address {email}")
    return user


def _end_sessions(session: Session, user: User) -> None:
    user.fs_uniquifier = uuid4().hex
    session.execute(delete(SignInSession).where(SignInSession.user_id == user.id))
