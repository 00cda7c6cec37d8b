"""Sketches: a coordinator bundles similar needs of several units into one page for a project."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, or_, select, union
from sqlalchemy.orm import Session, joinedload, selectinload

from needsbank.db.models import Merge, MergeSource, Need, Sketch, SketchSource, Support, Unit
from needsbank.db.queries.needs import NeedFilter, needs_to_read
from needsbank.domain.clock import now
from needsbank.domain.errors import Invalid, NotAllowed, NotFound
from needsbank.domain.roles import Actor
from needsbank.domain.sketches import FEWEST_UNITS, MOST_NEEDS, WriteSketch
from needsbank.services import audit
from needsbank.services.browsing import NEEDS, keys_of, owners_by_key
from needsbank.services.embedding import stored_representation
from needsbank.services.retrieval import Retrieval

CANDIDATES = 10


@dataclass(frozen=True, slots=True)
class Grown:
    """What a sketch grew from: needs, the units that they are of, and the voices for them."""

    needs: Sequence[Need]
    units: Sequence[Unit]
    voices: int


def write_sketch(session: Session, actor: Actor, command: WriteSketch) -> Sketch:
    """Store a sketch; refused for needs of fewer than three units."""
    _check(actor)
    needs = needs_to_bundle(session, actor, command.need_ids)
    if len(units_of_needs(session, needs)) < FEWEST_UNITS:
        raise Invalid({"need_ids": "three_units"})
    sketch = Sketch(written_by_id=actor.person_id)
    _word(sketch, command)
    sketch.sources = [SketchSource(need_id=need.id) for need in needs]
    session.add(sketch)
    session.flush()  # the audit entry needs the key
    audit.record(session, actor, "write", "sketch", sketch.id)
    return sketch


def change_sketch(session: Session, actor: Actor, sketch_id: UUID, command: WriteSketch) -> Sketch:
    """Word a sketch anew; what it grew from stays."""
    sketch = sketch_to_read(session, actor, sketch_id)
    _word(sketch, command)
    audit.record(session, actor, "change", "sketch", sketch.id)
    return sketch


def sketch_to_read(session: Session, actor: Actor, sketch_id: UUID) -> Sketch:
    """Return a sketch to a coordinator."""
    _check(actor)
    sketch = session.scalar(
        select(Sketch).where(Sketch.id == sketch_id).options(joinedload(Sketch.written_by))
    )
    if sketch is None:
        raise NotFound(sketch_id)
    return sketch


def sketches(session: Session, actor: Actor) -> Sequence[Sketch]:
    """Return the sketches, the latest first."""
    _check(actor)
    latest = select(Sketch).order_by(Sketch.updated.desc(), Sketch.id).limit(200)
    return session.scalars(latest.options(selectinload(Sketch.sources))).all()


def grown_from(session: Session, actor: Actor, sketch: Sketch) -> Grown:
    """Return what a sketch grew from, as far as the actor may still read it."""
    needs = needs_to_bundle(session, actor, [each.need_id for each in sketch.sources])
    return grown(session, needs)


def grown(session: Session, needs: Sequence[Need]) -> Grown:
    """Return the units that some needs are of, and how many people have said them."""
    return Grown(needs, units_of_needs(session, needs), _voices(session, needs))


def needs_to_bundle(session: Session, actor: Actor, need_ids: Sequence[UUID]) -> list[Need]:
    """Return the chosen needs that the actor may read, in the order chosen."""
    asked = list(dict.fromkeys(need_ids))[:MOST_NEEDS]
    found = session.scalars(
        needs_to_read(actor, NeedFilter(ended=True))
        .where(Need.id.in_(asked))
        .options(joinedload(Need.organisation), joinedload(Need.unit))
    ).all()
    return sorted(found, key=lambda need: asked.index(need.id))


def candidates(
    session: Session, retrieval: Retrieval, actor: Actor, chosen: Sequence[Need]
) -> list[Need]:
    """Return needs that are like the first of those chosen, the likest first; ended ones too."""
    if not chosen:
        return []
    space = retrieval.matcher.space_id
    stored = stored_representation(session, NEEDS.subject, chosen[0].id, space)
    if stored is None:
        return []
    readable = needs_to_read(actor, NeedFilter(ended=True)).where(
        Need.id.not_in([need.id for need in chosen])
    )
    allowed = keys_of(session, retrieval, NEEDS, readable)
    index = retrieval.index(session, NEEDS.subject)
    alike = retrieval.detector.find(stored[1], index, k=CANDIDATES, allowed=allowed)
    keys = [each.key for each in alike]
    with_unit = readable.options(joinedload(Need.unit))
    return list(owners_by_key(session, NEEDS, with_unit, keys).values())


def units_of_needs(session: Session, needs: Collection[Need]) -> Sequence[Unit]:
    """Return the units that needs are of; of a challenge, those of what it is made of."""
    ids = [need.id for need in needs]
    within = (
        select(Need.unit_id)
        .join(MergeSource, MergeSource.need_id == Need.id)
        .join(MergeSource.merge)
        .where(Merge.challenge_id.in_(ids), MergeSource.standing)
    )
    own = select(Need.unit_id).where(Need.id.in_(ids))
    units = select(Unit).where(Unit.id.in_(own) | Unit.id.in_(within))
    return session.scalars(units.options(joinedload(Unit.organisation)).order_by(Unit.name)).all()


def _voices(session: Session, needs: Collection[Need]) -> int:
    """Return how many people posted these needs, or what they are made of, or joined either."""
    ids = [need.id for need in needs]
    within = (
        select(MergeSource.need_id)
        .join(MergeSource.merge)
        .where(Merge.challenge_id.in_(ids), MergeSource.standing)
    )
    meant = or_(Need.id.in_(ids), Need.id.in_(within))
    posted = select(Need.author_id.label("person_id")).where(meant)
    joined = (
        select(Support.supporter_id.label("person_id"))
        .join(Need, Need.id == Support.need_id)
        .where(meant)
    )
    return session.scalar(select(func.count()).select_from(union(posted, joined).subquery())) or 0


def _check(actor: Actor) -> None:
    if not actor.coordinates:
        raise NotAllowed("coordinators write sketches")


def _word(sketch: Sketch, command: WriteSketch) -> None:
    sketch.title, sketch.problem = command.title.strip(), command.problem.strip()
    sketch.existing = command.existing.strip()
    sketch.wished_change = command.wished_change.strip()
    sketch.measures, sketch.parties = command.measures.strip(), command.parties.strip()
    sketch.funding_call, sketch.updated = command.funding_call.strip(), now()
