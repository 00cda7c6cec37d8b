"""The life of vector sets: built beside the one that is searched, activated, kept to go back to.

`SetRef` is what other code holds of a set. All of these run in their caller's transaction.
"""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from matching import Encoder, Vector
from needsbank.db.models import (
    MOST_SETS,
    Competence,
    Embedding,
    MatcherVersion,
    Need,
    PriorWork,
    Reference,
    SetState,
    Subject,
    VectorSet,
    VersionState,
)
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, NotFound
from needsbank.services import drift
from needsbank.services.embedding import SetRef, count_pending, count_texts, marks_with

FEW_MISSING = 100
"""Texts that the worker reads in some ten seconds: a set may be gone back to without them."""
_BITS = tuple(1 << place for place in range(MOST_SETS))


class Incomplete(Conflict):
    """A set lacks texts; `missing` says how many."""

    def __init__(self, message: str, missing: int) -> None:
        super().__init__(message)
        self.missing = missing


def ref_of(found: VectorSet) -> SetRef:
    """Return what other code holds of a set."""
    return SetRef(found.space_id, found.bit, found.spec)


def active(session: Session) -> SetRef | None:
    """Return the set that is searched, and by which trained version, if one of its space is active.

    None in a bank that has embedded nothing yet.
    """
    columns = select(VectorSet.space_id, VectorSet.bit, VectorSet.spec, MatcherVersion.version)
    trained = (MatcherVersion.space_id == VectorSet.space_id) & (
        MatcherVersion.state == VersionState.ACTIVE
    )
    found = columns.outerjoin(MatcherVersion, trained).where(VectorSet.state == SetState.ACTIVE)
    row = session.execute(found).one_or_none()
    return None if row is None else SetRef(*row)


def built(session: Session) -> list[SetRef]:
    """Return the sets that were built to the end and wait to be activated."""
    waiting = _all().where(VectorSet.state == SetState.BUILDING, VectorSet.completed.is_not(None))
    return [ref_of(each) for each in session.scalars(waiting)]


def all_sets(session: Session) -> Sequence[VectorSet]:
    """Return every set, the oldest first."""
    return session.scalars(_all()).all()


def of_space(session: Session, space_id: str) -> VectorSet | None:
    """Return the set of a space, if there is one."""
    return session.scalar(_all().where(VectorSet.space_id == space_id))


def find(session: Session, name: str) -> VectorSet:
    """Return the set of a number or of an encoder's name; raise `NotFound` or `Conflict`."""
    wanted = VectorSet.id == int(name) if name.isdecimal() else VectorSet.spec == name
    found = session.scalars(_all().where(wanted)).all()
    if not found:
        raise NotFound(f"there is no vector set {name}: `needsbank encoder list` shows all")
    if len(found) > 1:
        numbers = ", ".join(str(each.id) for each in found)
        raise Conflict(f"{name} names several vector sets: say which by number ({numbers})")
    return found[0]


def count_missing(session: Session, of: SetRef) -> int:
    """Return how many texts the set lacks."""
    return sum(count_pending(session, subject, of) for subject in Subject)


def count_all_texts(session: Session) -> int:
    """Return how many texts a complete set holds."""
    return sum(count_texts(session, subject) for subject in Subject)


def add_first(session: Session, spec: str, encoder: Encoder, probes: Vector) -> SetRef:
    """Add the set that a fresh bank is searched in, unless another process was faster."""
    there = active(session)
    if there is not None:
        return there
    waiting = of_space(session, encoder.space_id)
    if waiting is None:
        waiting = _new(session, spec, encoder, probes)
    waiting.state, waiting.activated = SetState.ACTIVE, now()
    session.flush()
    return ref_of(waiting)


def describe(found: VectorSet, spec: str, encoder: Encoder, probes: Vector) -> None:
    """Note which encoder made a set, and what its probe sentences look like."""
    found.spec, found.dim = spec, encoder.dim
    found.description = asdict(encoder.space)
    found.probes = drift.to_bytes(probes)


def begin_building(
    session: Session, spec: str, encoder: Encoder, probes: Vector, *, anew: bool = False
) -> VectorSet:
    """Return the set of the encoder's space, new or known, open to texts.

    Raises Drifted when the encoder gives other vectors than a known set holds, unless that is to
    be read `anew`.
    """
    found = of_space(session, encoder.space_id)
    if found is None:
        found = _new(session, spec, encoder, probes)
    elif found.probes is None:
        describe(found, spec, encoder, probes)
    elif not anew:
        drift.check(found.id, spec, found.probes, probes)
    if found.state is SetState.RETIRED:
        found.state, found.completed = SetState.BUILDING, None
    session.flush()
    return found


def finish_building(session: Session, of: SetRef) -> bool:
    """Note that a set lacks nothing; the worker keeps it so. Say whether that is true."""
    if count_missing(session, of):
        return False
    done = update(VectorSet).where(VectorSet.space_id == of.space_id).values(completed=now())
    session.execute(done)
    return True


def check_activation(session: Session, found: VectorSet) -> None:
    """Raise `Incomplete`, which says how many texts a set lacks, or `Conflict` for the active."""
    if found.state is SetState.ACTIVE:
        raise Conflict(f"vector set {found.id} is the active one already")
    missing = count_missing(session, ref_of(found))
    if missing:
        raise Incomplete(
            f"vector set {found.id} lacks {missing} of {count_all_texts(session)} texts:"
            f" `needsbank encoder build {found.spec or 'SPEC'}` reads them",
            missing,
        )


def activate(session: Session, set_id: int) -> None:
    """Let a complete set be searched from now on, and retire the one that was."""
    wanted = session.get_one(VectorSet, set_id)
    check_activation(session, wanted)
    _flip(session, wanted)


def check_rollback(session: Session) -> VectorSet:
    """Return the set that was searched before; raise `NotFound`, or `Incomplete` if it lacks much.

    Few missing texts are no hindrance: the worker reads them at once.
    """
    retired = _all().where(VectorSet.state == SetState.RETIRED, VectorSet.activated.is_not(None))
    found = session.scalars(retired.order_by(None).order_by(VectorSet.activated.desc())).first()
    if found is None:
        raise NotFound("there is no retired vector set to go back to")
    missing = count_missing(session, ref_of(found))
    if missing > FEW_MISSING:
        raise Incomplete(
            f"vector set {found.id} lacks {missing} texts that came or changed after it was"
            f" retired: `needsbank encoder build {found.spec or 'SPEC'}` reads them, then"
            f" `needsbank encoder activate {found.id}`",
            missing,
        )
    return found


def roll_back(session: Session) -> VectorSet:
    """Search in the set before again, and return it."""
    wanted = check_rollback(session)
    _flip(session, wanted)
    return wanted


def close(session: Session, set_id: int) -> SetRef:
    """Let a set take no more texts, so that it can be emptied; the active one is refused."""
    found = session.get_one(VectorSet, set_id)
    if found.state is SetState.ACTIVE:
        raise Conflict(f"vector set {set_id} is searched: activate another one first")
    found.state = SetState.RETIRED
    return ref_of(found)


def unmark_some(session: Session, of: SetRef, most: int) -> int:
    """Let at most `most` texts of each kind be missing again; return how many were held."""
    unmarked = 0
    for model in (Need, Competence, Reference, PriorWork):
        held = select(model.id).where(model.embedded_in.in_(marks_with(of.bit))).limit(most)
        ids = list(session.scalars(held))
        without = model.embedded_in.op("-")(of.bit)
        session.execute(update(model).where(model.id.in_(ids)).values(embedded_in=without))
        unmarked += len(ids)
    return unmarked


def delete_some(session: Session, of: SetRef, most: int) -> int:
    """Delete at most `most` rows of a closed set; return how many there were."""
    keys = select(Embedding.key).where(
        Embedding.subject.in_(Subject), Embedding.space_id == of.space_id
    )
    some = list(session.scalars(keys.limit(most)))
    session.execute(delete(Embedding).where(Embedding.key.in_(some)))
    return len(some)


def delete_set(session: Session, of: SetRef) -> None:
    """Delete a closed set whose texts and rows are gone."""
    session.execute(delete(VectorSet).where(VectorSet.space_id == of.space_id))


def _all() -> Select[VectorSet]:
    return select(VectorSet).order_by(VectorSet.id)


def _new(session: Session, spec: str, encoder: Encoder, probes: Vector) -> VectorSet:
    taken = {each.bit for each in all_sets(session)}
    free = [bit for bit in _BITS if bit not in taken]
    if not free:
        raise Conflict(
            f"a bank holds at most {MOST_SETS} vector sets: `needsbank encoder remove` one first"
        )
    made = VectorSet(bit=free[0], space_id=encoder.space_id, state=SetState.BUILDING)
    describe(made, spec, encoder, probes)
    session.add(made)
    return made


def _flip(session: Session, wanted: VectorSet) -> None:
    former = session.scalar(_all().where(VectorSet.state == SetState.ACTIVE))
    if former is not None:
        former.state = SetState.RETIRED
        session.flush()  # at no moment are two active
    wanted.state, wanted.activated = SetState.ACTIVE, now()
    wanted.completed = wanted.completed or now()
    session.flush()
