"""Who may read what, as conditions inside the query; `domain.visibility` says it in words."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select, true
from sqlalchemy.orm import aliased

from needsbank.db.models import Competence, Merge, MergeSource, Need
from needsbank.domain import competences, needs
from needsbank.domain.roles import Actor
from needsbank.domain.visibility import Visibility


def visible_needs(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which the actor may read a need."""
    published = Need.state.in_(needs.PUBLISHED)
    readable = _visible(Need, published, actor)
    if not actor.is_known:
        return readable
    return or_(readable, and_(published, Need.id.in_(_challenges_of_own_needs(actor))))


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


def _challenges_of_own_needs(actor: Actor) -> Select[UUID]:
    """Return the ids of challenges that the actor's own needs are part of."""
    source = aliased(Need)
    return (
        select(Merge.challenge_id)
        .join(Merge.sources)
        .join(source, source.id == MergeSource.need_id)
        .where(MergeSource.standing, source.author_id == actor.user_id)
    )
