"""What a member types into the form of a competence, and what is stored of it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Competence, User
from tests.factories import unit_id_of

ROOM = {"slots": "8", "weeks": "7", "ects": "10", "team_min": "4", "team_max": "7"}
NO_ROOM = dict.fromkeys([*ROOM, "starts_on"], "")


def filled_form(session: Session, member: User, **values: str) -> dict[str, str]:
    """Return the fields of a student team, filled."""
    return {
        "kind": "student_team",
        "title": "Logistiikan opiskelijat",
        "description": "Suunnittelemme avainten hallintaa.",
        "unit_id": str(unit_id_of(session, member)),
        "field": "",
        "language": "",
        "visibility": "public",
        **NO_ROOM,
        **values,
    }


def only_competence(session: Session) -> Competence:
    """Return the only competence there is, as it is stored."""
    session.rollback()
    session.expire_all()
    return session.scalars(select(Competence)).one()
