"""Harvests: claimed by one worker at a time, stored page by page, gone on with after a stop.

Who claims a harvest holds a lease; each page renews it. A worker that was killed lets it run out,
and the next one takes over from the checkpoint; should the first one still be alive, it holds an
old lease and can write no more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Harvest, PriorWork, Source, Subject
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, NotFound
from needsbank.domain.harvests import BadRecord, Deleted, HarvestPage, HarvestProblem, Request
from needsbank.domain.prior_works import RecordPriorWork
from needsbank.domain.sources import HarvestState, SourceKind, check_harvest_step
from needsbank.services.embedding import forget
from needsbank.services.harvest_planning import harvest_to_resume, new_harvest
from needsbank.services.importing import record_prior_works, works_by_key

LEASE = timedelta(minutes=3)
"""Longer than one answer may take to come in."""
MOST_REPEATED = 1000
"""Records that come again before nobody waits for the end of the list any more."""


class LeaseLost(Conflict):
    """Another worker has taken the harvest over, or ended it."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A harvest in a worker's hands, and what is to be read."""

    harvest_id: int
    lease: UUID
    kind: SourceKind
    request: Request
    expected: int | None


def claim(session: Session, source_id: UUID, *, full: bool = False) -> Claim:
    """Begin a harvest of a source, or go on with the one that was stopped.

    It is incremental, unless everything is asked for or has not been read for long. Raises
    `Conflict` while another worker is at it, and for a paused source.
    """
    source = session.get(Source, source_id, with_for_update=True)
    if source is None or source.kind is SourceKind.OWN:
        raise NotFound(source_id)
    if not source.active:
        raise Conflict(f"{source.name} is paused")
    harvest = harvest_to_resume(session, source, full=full) or new_harvest(
        session, source, full=full
    )
    harvest.lease, harvest.lease_until = uuid4(), now() + LEASE
    session.flush()  # the claim needs the key
    return Claim(
        harvest.id, harvest.lease, source.kind, _request(source, harvest), harvest.expected
    )


def store_page(session: Session, held: Claim, page: HarvestPage) -> Harvest:
    """Store what a page says and how far the harvest is, in the caller's one transaction."""
    harvest = _held(session, held)
    name = harvest.source.name
    good = [
        replace(each, source=name) for each in page.records if isinstance(each, RecordPriorWork)
    ]
    deleted = [each.source_key for each in page.records if isinstance(each, Deleted)]
    bad = [each.source_key for each in page.records if isinstance(each, BadRecord)]
    harvest.repeated += _count_repeated(session, harvest, page)
    if harvest.repeated > MOST_REPEATED:
        raise HarvestProblem("repeated_ids", "the source gives the same records again and again")
    outcome = record_prior_works(session, good, harvest)
    for work in _works(session, name, bad):
        work.seen_in = harvest.id  # it is there; what was read of it before stays
    harvest.removed += _remove(session, _works(session, name, deleted))
    harvest.pages += 1
    harvest.seen += len(page.records)
    harvest.added += outcome.added
    harvest.changed += outcome.changed
    harvest.rejected += len(bad)
    harvest.position += len(page.records)
    harvest.token, harvest.expected = page.token, page.expected or harvest.expected
    harvest.until = harvest.until or page.moment
    harvest.lease_until = now() + LEASE
    return harvest


def renew(session: Session, held: Claim) -> None:
    """Keep a harvest in hand while its source lets us wait."""
    _held(session, held).lease_until = now() + LEASE


def release(session: Session, held: Claim) -> Harvest:
    """Let the next worker go on at once: this one ends."""
    harvest = _held(session, held)
    harvest.lease_until = now()
    return harvest


def cancel(session: Session, held: Claim) -> Harvest:
    """Stop because a person says so; the next harvest goes on from here."""
    return _end(session, held, HarvestState.CANCELLED, "cancelled", "stopped before its end")


def finish(
    session: Session, held: Claim, problem: HarvestProblem | None = None, note: str = ""
) -> Harvest:
    """End a harvest: complete, or partial or failed for a reason; only then the next begins anew.

    `note` is one line for people about what a complete harvest could not take.
    """
    harvest = session.get_one(Harvest, held.harvest_id)
    if problem is None and harvest.repeated:
        many = f"{harvest.repeated} records came more than once, so others may be missing"
        problem = HarvestProblem("repeated_ids", many)
    if problem is None:
        return _end(session, held, HarvestState.COMPLETE, None, note)
    state = HarvestState.PARTIAL if harvest.pages else HarvestState.FAILED
    ended = _end(session, held, state, problem.code, problem.detail)
    if not problem.may_pass:
        ended.token = None
    return ended


def remove_missing(session: Session, source_id: UUID, most: int) -> int:
    """Remove up to `most` works that the last two complete readings of all have missed."""
    source = session.get_one(Source, source_id)
    fulls = session.scalars(
        select(Harvest)
        .where(
            Harvest.source_id == source_id,
            Harvest.full,
            Harvest.state == HarvestState.COMPLETE,
            Harvest.started >= source.moved,
        )
        .order_by(Harvest.id.desc())
        .limit(2)
    ).all()
    if len(fulls) < 2:
        return 0
    last, before = fulls
    missing = select(PriorWork).where(
        PriorWork.source_id == source_id, PriorWork.seen_in < before.id
    )
    count = _remove(session, session.scalars(missing.limit(most)).all())
    last.removed += count
    return count


def _request(source: Source, harvest: Harvest) -> Request:
    return Request(
        name=source.name,
        address=source.address,
        licence=source.licence,
        prefix=source.prefix,
        set_spec=source.set_spec,
        mapping=source.mapping,
        language=source.language,
        work_kind=source.work_kind,
        since=harvest.since,
        token=harvest.token,
        position=harvest.position,
    )


def _held(session: Session, held: Claim) -> Harvest:
    harvest = session.get(Harvest, held.harvest_id, with_for_update=True)
    if harvest is None or harvest.lease != held.lease or harvest.state is not HarvestState.RUNNING:
        raise LeaseLost("another worker has taken the harvest over")
    if harvest.source.moved > harvest.started:
        raise HarvestProblem("source_changed", "the source was described anew meanwhile")
    if not harvest.source.active:
        raise HarvestProblem("paused", "the source was paused meanwhile", may_pass=True)
    return harvest


def _end(
    session: Session, held: Claim, state: HarvestState, problem: str | None, detail: str
) -> Harvest:
    harvest = session.get(Harvest, held.harvest_id, with_for_update=True)
    if harvest is None or harvest.lease != held.lease:
        raise LeaseLost("another worker has taken the harvest over")
    check_harvest_step(harvest.state, state)
    harvest.state = state
    harvest.problem, harvest.detail = problem, detail[:500]
    harvest.finished, harvest.lease, harvest.lease_until = now(), None, None
    return harvest


def _works(session: Session, name: str, keys: Sequence[str]) -> list[PriorWork]:
    return list(works_by_key(session, [(name, key) for key in keys]).values())


def _count_repeated(session: Session, harvest: Harvest, page: HarvestPage) -> int:
    """Return how many records of a page this harvest has met before, on it or on an earlier one."""
    keys = [each.source_key for each in page.records]
    met = [w for w in _works(session, harvest.source.name, keys) if w.seen_in == harvest.id]
    return len(keys) - len(set(keys)) + len(met)


def _remove(session: Session, works: Sequence[PriorWork]) -> int:
    for work in works:
        forget(session, Subject.PRIOR_WORK, work.id)
        session.delete(work)
    return len(works)
