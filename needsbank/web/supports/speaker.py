"""Whether the reader is offered to say "same here", and in whose name."""

from dataclasses import dataclass

from needsbank.db.models import Need, Unit
from needsbank.domain.roles import Actor
from needsbank.domain.supports import may_support
from needsbank.services.supporting import last_unit_id, units_to_speak_for
from needsbank.web.database import db
from needsbank.web.security import current_actor


@dataclass(frozen=True, slots=True)
class Speaker:
    """The reader as one who may join needs.

    `usual_unit` is the only unit that they can speak for, or the one that they spoke for last:
    one press is then enough.
    """

    actor: Actor
    can_speak: bool
    usual_unit: Unit | None

    def may_join(self, need: Need) -> bool:
        """Whether the reader is offered to join a need."""
        return self.can_speak and may_support(self.actor, need.author_id, need.state)


def current_speaker() -> Speaker:
    """Return the reader of this request as a speaker."""
    actor = current_actor()
    units = units_to_speak_for(db.session, actor) if actor.organisation_ids else []
    if len(units) < 2:
        return Speaker(actor, bool(units), units[0] if units else None)
    last = last_unit_id(db.session, actor)
    return Speaker(actor, True, next((unit for unit in units if unit.id == last), None))
