"""Whether the reader is offered to say "same here", and in whose name."""

from collections.abc import Sequence
from dataclasses import dataclass

from needsbank.db.models import Need, Unit
from needsbank.domain.roles import Actor
from needsbank.domain.supports import may_support
from needsbank.services.supporting import units_to_speak_for
from needsbank.web.database import db
from needsbank.web.security import current_actor


@dataclass(frozen=True, slots=True)
class Speaker:
    """The reader as one who may join needs, with the units that they can speak for."""

    actor: Actor
    units: Sequence[Unit]

    @property
    def only_unit(self) -> Unit | None:
        """Return the unit if there is no choice: one press is then enough."""
        return self.units[0] if len(self.units) == 1 else None

    def may_join(self, need: Need) -> bool:
        """Whether the reader is offered to join a need."""
        return bool(self.units) and may_support(self.actor, need.author_id, need.state)


def current_speaker() -> Speaker:
    """Return the reader of this request as a speaker."""
    actor = current_actor()
    units = units_to_speak_for(db.session, actor) if actor.organisation_ids else []
    return Speaker(actor, units)
