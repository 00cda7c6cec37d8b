"""The representative (edustaja) of a work community, who accepts a part in the work."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

LINK_LIVES = timedelta(days=30)
NAME_MAX = 120
EMAIL_MAX = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class NameRepresentative:
    """Name who speaks for the work community; they are asked by mail."""

    journey_id: UUID
    name: str
    email: str


def problems(command: NameRepresentative) -> dict[str, str]:
    """Return what is missing, by field; whether the address is one is the form's business."""
    found = {}
    for name, most in (("name", NAME_MAX), ("email", EMAIL_MAX)):
        text = getattr(command, name).strip()
        if not text or len(text) > most:
            found[name] = "too_long" if text else "required"
    if "email" not in found and "@" not in command.email:
        found["email"] = "email"
    return found
