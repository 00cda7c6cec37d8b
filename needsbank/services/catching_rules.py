"""Rules that propose a catcher: per unit, inherited by the units below it, in a field or any."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import CatchRule, Membership, Unit, User
from needsbank.domain.catching import ProposeCatcher
from needsbank.domain.errors import Invalid, NotAllowed, NotFound
from needsbank.domain.fields import Field
from needsbank.domain.roles import CATCHES, Actor
from needsbank.services import audit


def propose_catcher(session: Session, actor: Actor, command: ProposeCatcher) -> CatchRule:
    """Propose a catcher for a unit; the one proposed before for the same goes."""
    _check(actor)
    unit = session.get(Unit, command.unit_id)
    if unit is None:
        raise Invalid({"unit_id": "unknown"})
    if command.catcher_id not in {person.id for person in catchers(session)}:
        raise Invalid({"catcher_id": "unknown"})
    of_unit = select(CatchRule).where(
        CatchRule.unit_id == unit.id, CatchRule.field.is_not_distinct_from(command.field)
    )
    rule = session.scalar(of_unit)
    if rule is None:
        rule = CatchRule(unit_id=unit.id, field=command.field)
        session.add(rule)
    rule.catcher_id, rule.made_by_id = command.catcher_id, actor.user_id
    audit.record(session, actor, "propose_catcher", "unit", unit.id)
    return rule


def drop_rule(session: Session, actor: Actor, rule_id: UUID) -> None:
    """Take a proposal back."""
    _check(actor)
    rule = session.get(CatchRule, rule_id)
    if rule is None:
        raise NotFound(rule_id)
    audit.record(session, actor, "drop_catcher", "unit", rule.unit_id)
    session.delete(rule)


def rules(session: Session, actor: Actor) -> Sequence[CatchRule]:
    """Return all rules with their units and people."""
    _check(actor)
    loaded = (
        joinedload(CatchRule.unit).joinedload(Unit.organisation),
        joinedload(CatchRule.catcher),
    )
    found = session.scalars(select(CatchRule).options(*loaded)).all()
    return sorted(
        found,
        key=lambda rule: (rule.unit.organisation.name, rule.unit.name, str(rule.field), rule.id),
    )


def catchers(session: Session) -> Sequence[User]:
    """Return those who can catch ideas, by name."""
    able = select(Membership.user_id).where(Membership.role.in_(CATCHES))
    found = select(User).where(User.id.in_(able), User.active).order_by(User.name, User.id)
    return session.scalars(found).all()


def proposed_catcher(session: Session, unit_id: UUID, field: Field | None) -> User | None:
    """Return whom the rules propose: the nearest unit's upwards, its field's before any field's."""
    able = {person.id: person for person in catchers(session)}
    unit = session.get(Unit, unit_id)
    while unit is not None:
        of_unit = session.scalars(select(CatchRule).where(CatchRule.unit_id == unit.id)).all()
        by_field = {rule.field: rule.catcher_id for rule in of_unit if rule.catcher_id in able}
        chosen = by_field.get(field) or by_field.get(None)
        if chosen is not None:
            return able[chosen]
        unit = session.get(Unit, unit.parent_id) if unit.parent_id else None
    return None


def _check(actor: Actor) -> None:
    if not actor.coordinates:
        raise NotAllowed("rules of catching")
