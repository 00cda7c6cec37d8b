"""Who may read what, as conditions inside the query; `domain.visibility` says it in words."""

from sqlalchemy import ColumnElement, and_, false, or_, true

from needsbank.db.models import Competence, Need
from needsbank.domain import competences, needs
from needsbank.domain.roles import Actor
from needsbank.domain.visibility import Visibility


def visible_needs(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which the actor may read a need."""
    return _visible(Need, Need.state.in_(needs.PUBLISHED), actor)


def visible_competences(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which the actor may read a competence."""
    return _visible(Competence, Competence.state.in_(competences.PUBLISHED), actor)


def _visible(
    model: type[Need] | type[Competence], published: ColumnElement[bool], actor: Actor
) -> ColumnElement[bool]:
    if actor.coordinates:
        readable: ColumnElement[bool] = true()
    else:
        levels = {Visibility.PUBLIC}
        if actor.is_in_network:
            levels.add(Visibility.NETWORK)
        readable = or_(
            model.visibility.in_(levels),
            and_(
                model.visibility == Visibility.ORGANISATION,
                model.organisation_id.in_(actor.organisation_ids),
            ),
        )
    own = model.author_id == actor.user_id if actor.is_known else false()
    return or_(own, and_(published, readable))
