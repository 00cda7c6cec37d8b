"""What those who catch ideas are called."""

from flask_babel.speaklater import LazyString

from needsbank.db.models import User
from needsbank.domain.roles import Role
from needsbank.web.labels import LABELS

_FIRST = (Role.LEAD, Role.COORDINATOR, Role.AMBASSADOR)


def catching_role(person: User) -> LazyString | str:
    """Return in which role somebody works on ideas; nothing for who has none any more."""
    held = {membership.role for membership in person.memberships}
    return next((LABELS[role] for role in _FIRST if role in held), "")
