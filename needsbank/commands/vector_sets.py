"""`needsbank encoder list`, `build`, `activate`, `rollback` and `remove`: one encoder to another.

Each is safe to be killed and run again.
"""

from collections.abc import Callable, Sequence
from functools import partial

from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from matching import MatcherFileError, MatchingError, probe_vectors
from needsbank import jobs
from needsbank.commands.matching import embed_all
from needsbank.commands.surroundings import console, engine, opener, progress_bar
from needsbank.db.models import SetState, Subject, VectorSet
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Conflict
from needsbank.services import drift, embedding, vector_sets
from needsbank.services.embedded_sets import SetReader
from needsbank.services.embedding import SetRef
from needsbank.services.opening import Opener
from needsbank.services.retrieval import drop_snapshots

_AT_ONCE = 1000
"""Rows in one transaction; short, since people post meanwhile."""
_NAMES = {
    Subject.NEED: "Needs",
    Subject.COMPETENCE: "Competences",
    Subject.REFERENCE: "What competences have done",
    Subject.PRIOR_WORK: "Prior works",
}


def show(*, check: bool) -> None:
    """Print the vector sets; with `check`, compare their probe sentences, and fail on drift."""
    with Session(engine()) as session:
        found = vector_sets.all_sets(session)
        table = _table(session, found)
    console.print(table)
    problems = _drifted(found) if check else []
    if problems:
        raise Conflict("; ".join(problems))


def build(spec: str, *, anew: bool) -> None:
    """Make the set of an encoder, or go on with it, until it lacks no text."""
    on, opening = engine(), opener()
    encoder = opening.encoder(spec)
    probes = probe_vectors(encoder)
    with Session(on, expire_on_commit=False) as session, transaction(session):
        found = vector_sets.begin_building(session, spec, encoder, probes, anew=anew)
    reader = SetReader(vector_sets.ref_of(found), encoder)
    if anew:
        _repeat(on, lambda session: vector_sets.unmark_some(session, reader.set, _AT_ONCE))
        with Session(on) as session, transaction(session):
            vector_sets.describe(session.get_one(VectorSet, found.id), spec, encoder, probes)
    if found.state is SetState.ACTIVE:
        embed_all(on, opening.retrieval(reader.set))
        console.print(f"Vector set {found.id} ({spec}) is the one that is searched.")
        return
    while not _is_finished(on, reader.set):
        _read_missing(on, reader)
    console.print(f"Vector set {found.id} ({spec}) lacks nothing. {_next_step(opening, found)}")


def activate(name: str) -> None:
    """Search in another complete set from now on."""
    on = engine()
    with Session(on) as session:
        found = vector_sets.find(session, name)
        set_id, wanted = found.id, vector_sets.ref_of(found)
        vector_sets.check_activation(session, found)
    _prepare(on, wanted)
    with Session(on) as session, transaction(session):
        vector_sets.activate(session, set_id)
    _tell_active(set_id)


def roll_back() -> None:
    """Search in the set before again."""
    on = engine()
    with Session(on) as session:
        wanted = vector_sets.ref_of(vector_sets.check_rollback(session))
    _prepare(on, wanted)
    with Session(on) as session, transaction(session):
        set_id = vector_sets.roll_back(session).id
    _tell_active(set_id)


def remove(name: str) -> None:
    """Delete a set that is not searched, with its vectors."""
    on = engine()
    with Session(on) as session, transaction(session):
        set_id = vector_sets.find(session, name).id
        gone = vector_sets.close(session, set_id)
    _repeat(on, lambda session: vector_sets.unmark_some(session, gone, _AT_ONCE))
    _repeat(on, lambda session: vector_sets.delete_some(session, gone, _AT_ONCE))
    with Session(on) as session, transaction(session):
        vector_sets.delete_set(session, gone)
        kept = {each.space_id for each in vector_sets.all_sets(session)}
    drop_snapshots(opener().indexes, kept)
    console.print(f"Vector set {set_id} has been removed.")


def _table(session: Session, found: Sequence[VectorSet]) -> Table:
    table = Table("Set", "State", "Encoder", "Space", "Texts", "Made", "Activated")
    total = vector_sets.count_all_texts(session)
    for each in found:
        held = total - vector_sets.count_missing(session, vector_sets.ref_of(each))
        table.add_row(
            str(each.id),
            each.state.value,
            each.spec or "?",
            each.space_id,
            f"{held} of {total}",
            f"{each.created:%Y-%m-%d}",
            f"{each.activated:%Y-%m-%d}" if each.activated else "",
        )
    return table


def _drifted(found: Sequence[VectorSet]) -> list[str]:
    """Say how near each set's probe sentences still are; return what is wrong."""
    opening, problems = opener(), []
    for each in found:
        if each.probes is None:
            continue  # of an earlier version, not opened since
        try:
            encoder = opening.encoder_of(vector_sets.ref_of(each))
            cosine = drift.check(each.id, each.spec, each.probes, probe_vectors(encoder))
        except (Conflict, MatchingError) as problem:
            problems.append(str(problem))
        else:
            console.print(f"Set {each.id}: its probe sentences have cosine {cosine:.4f}")
    return problems


def _is_finished(on: Engine, wanted: SetRef) -> bool:
    with Session(on) as session, transaction(session):
        return vector_sets.finish_building(session, wanted)


def _read_missing(on: Engine, reader: SetReader) -> None:
    with progress_bar() as bar:
        for subject in Subject:
            with Session(on) as session:
                total = embedding.count_pending(session, subject, reader.set)
            if total:
                task = bar.add_task(_NAMES[subject], total=total)
                advance = partial(bar.advance, task)
                jobs.build_pending(on, reader, subject, progress=advance)


def _next_step(opening: Opener, found: VectorSet) -> str:
    try:
        opening.retrieval(vector_sets.ref_of(found))
    except MatcherFileError as missing:
        return f"It cannot be searched yet: {missing}"
    return f"Next: needsbank encoder activate {found.id}"


def _prepare(on: Engine, wanted: SetRef) -> None:
    """Open the set as others will, and write its indexes where they find them."""
    retrieval = opener().retrieval(wanted)
    jobs.save_snapshots(on, retrieval)


def _tell_active(set_id: int) -> None:
    console.print(
        f"Vector set {set_id} is searched now. Running processes follow within seconds; needs are"
        " matched again in the background."
    )


def _repeat(on: Engine, some: Callable[[Session], int]) -> None:
    while True:
        with Session(on) as session, transaction(session):
            if not some(session):
                return
