"""`needsbank user …` and `needsbank organisation …`."""

from enum import Enum
from typing import TypeVar

from flask_security.utils import hash_password
from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.app import create_app
from needsbank.commands.surroundings import console, engine, settings
from needsbank.db.models import Organisation
from needsbank.db.transaction import transaction
from needsbank.domain.errors import BankError, NotFound
from needsbank.domain.organisations import DescribeOrganisation, Region, Sector
from needsbank.domain.people import PASSWORD_MIN
from needsbank.domain.roles import Role
from needsbank.services import organisations, people
from needsbank.services.operator import OPERATOR

Code = TypeVar("Code", bound=Enum)


def add(email: str, name: str, password: str) -> None:
    """Add a person who can sign in."""
    hashed = hash_of(password)
    with Session(engine()) as session, transaction(session):
        people.add_user(session, OPERATOR, email=email, name=name, password_hash=hashed)
    console.print(f"{email} can sign in. Next: needsbank user grant {email} ORGANISATION ROLE")


def grant(email: str, organisation: str, role: str) -> None:
    """Give a person a role in an organisation."""
    with Session(engine()) as session, transaction(session):
        found = session.scalar(select(Organisation).where(Organisation.name == organisation))
        if found is None:
            raise NotFound(f"there is no organisation called {organisation!r}")
        people.grant_role(
            session, OPERATOR, email=email, organisation_id=found.id, role=_code(Role, role)
        )
    console.print(f"{email} is now {role} of {organisation}.")


def set_password(email: str, password: str) -> None:
    """Set a person's password."""
    hashed = hash_of(password)
    with Session(engine()) as session, transaction(session):
        people.set_password(session, OPERATOR, email=email, password_hash=hashed)
    console.print(f"{email} has a new password and is signed out everywhere.")


def disable(email: str) -> None:
    """Close a person's account."""
    with Session(engine()) as session, transaction(session):
        people.disable_user(session, OPERATOR, email=email)
    console.print(f"{email} can no longer sign in.")


def add_organisation(name: str, sector: str, region: str, business_id: str) -> None:
    """Add an organisation."""
    command = DescribeOrganisation(
        name=name,
        sector=_code(Sector, sector),
        region=_code(Region, region),
        business_id=business_id,
    )
    with Session(engine()) as session, transaction(session):
        organisations.add_organisation(session, OPERATOR, command)
    console.print(f"{name} has been added.")


def hash_of(password: str) -> str:
    """Return the argon2id hash of a password that is long enough."""
    if len(password) < PASSWORD_MIN:
        raise BankError(f"a password needs at least {PASSWORD_MIN} characters")
    with create_app(settings()).app_context():
        return str(hash_password(password))


def _code(enum: type[Code], text: str) -> Code:
    try:
        return enum(text)
    except ValueError as error:
        known = ", ".join(str(each.value) for each in enum)
        raise BankError(f"{text!r} is none of: {known}") from error
