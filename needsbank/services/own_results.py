"""Finished collaborations of the bank itself, as prior work that others find.

A need counts that everybody may read and that ended solved or adopted after both sides of a
pairing agreed, or with a result that its partner signed for. It is recorded when it closes and
forgotten when it is taken up again; `refresh` also finds what changed in any other way.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from needsbank.db.models import (
    AuditEntry,
    Collaboration,
    Journey,
    Need,
    PriorWork,
    Receipt,
    Result,
    Source,
    Subject,
    Suggestion,
)
from needsbank.domain.clock import now
from needsbank.domain.licences import Licence
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.prior_works import PriorWorkKind, RecordPriorWork
from needsbank.domain.sources import SourceKind, TrustTier
from needsbank.domain.suggestions import SuggestionState
from needsbank.domain.visibility import Visibility
from needsbank.services.embedding import forget
from needsbank.services.importing import Outcome, record_prior_works

NAME = "Tarvepankki"
"""Under which the bank's own results are shown; followed by a number if it is taken."""
_FINISHED = {CloseReason.SOLVED, CloseReason.ADOPTED}


Finished = tuple[Need, Result | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """Needs whose result is missing or outdated, and works whose need is no result (any more)."""

    missing: tuple[UUID, ...] = ()
    left_over: tuple[UUID, ...] = ()


def difference(session: Session) -> Difference:
    """Return what `refresh` has to do; reads only, so that it can be asked often."""
    wanted = {need.id.hex: (need, result) for need, result in _finished(session)}
    mine = {each.source_key: each for each in session.scalars(select(PriorWork).where(*_is_own()))}
    missing = [
        need.id
        for key, (need, result) in wanted.items()
        if key not in mine or _told(need, result) != (mine[key].title, mine[key].abstract)
    ]
    left_over = [work.id for key, work in mine.items() if key not in wanted]
    return Difference(tuple(missing), tuple(left_over))


def refresh(session: Session) -> Outcome:
    """Record and remove what differs, in the caller's transaction."""
    differs = difference(session)
    for work_id in differs.left_over:
        _remove(session, session.get_one(PriorWork, work_id))
    return _record(session, _finished(session, differs.missing))


def refresh_need(session: Session, need: Need) -> None:
    """Record or remove the result of one need, whose state has just changed."""
    session.flush()  # the conditions are asked of the database
    if finished := _finished(session, [need.id]):
        _record(session, finished)
        return
    work = session.scalar(select(PriorWork).where(PriorWork.source_key == need.id.hex, *_is_own()))
    if work is not None:
        _remove(session, work)


def need_id_of(work: PriorWork) -> UUID | None:
    """Return the need whose result a work is, None for a work from elsewhere."""
    try:
        return UUID(hex=work.source_key) if work.url == _address(work.source_key) else None
    except ValueError:
        return None


def is_result_of(text: Need | PriorWork, need_ids: Collection[UUID | None]) -> bool:
    """Whether a text is the bank's own result of one of some needs.

    Of the two the need is the one to show: its page tells who had it and whom to ask.
    """
    need_id = need_id_of(text) if isinstance(text, PriorWork) else None
    return need_id is not None and need_id in need_ids


def _is_result() -> list[ColumnElement[bool]]:
    agreed = select(Suggestion.id).where(
        Suggestion.need_id == Need.id, Suggestion.state == SuggestionState.AGREED
    )
    return [
        Need.state == NeedState.CLOSED,
        Need.visibility == Visibility.PUBLIC,
        Need.close_reason.in_(_FINISHED),
        or_(agreed.exists(), _signed().where(Journey.need_id == Need.id).exists()),
    ]


def _signed() -> Select[Result]:
    """Return what partners have signed for, with the journeys that it ended."""
    return (
        select(Result)
        .join(Receipt, Receipt.result_id == Result.id)
        .join(Collaboration, Collaboration.id == Result.collaboration_id)
        .join(Journey, Journey.id == Collaboration.journey_id)
    )


def _finished(session: Session, need_ids: Collection[UUID] | None = None) -> list[Finished]:
    """Return the needs that count, each with the result that was signed for, if there is one."""
    signed = _signed().with_only_columns(Journey.need_id, Result.id.label("result_id")).subquery()
    found = (
        select(Need, Result)
        .outerjoin(signed, signed.c.need_id == Need.id)
        .outerjoin(Result, Result.id == signed.c.result_id)
        .where(*_is_result())
    )
    if need_ids is not None:
        found = found.where(Need.id.in_(need_ids))
    return [(need, result) for need, result in session.execute(found)]


def _is_own() -> list[ColumnElement[bool]]:
    own = select(Source.id).where(Source.kind == SourceKind.OWN)
    return [PriorWork.source_id.in_(own)]


def _told(need: Need, result: Result | None) -> tuple[str, str]:
    if result is not None:
        said = (result.summary, result.handed_over, need.title, need.problem)
        return result.title, "\n\n".join(filter(None, said))
    return need.title, "\n\n".join(filter(None, (need.problem, need.close_note)))


def _record(session: Session, finished: list[Finished]) -> Outcome:
    if not finished:
        return Outcome(0, 0)
    source = _source(session)
    commands = [_command(session, need, result, source.name) for need, result in finished]
    outcome = record_prior_works(session, commands)
    keys = [need.id.hex for need, _ in finished]
    session.flush()  # those that were added are asked for next
    mine = select(PriorWork).where(PriorWork.source == source.name, PriorWork.source_key.in_(keys))
    for work in session.scalars(mine):
        work.source_id = source.id
    return outcome


def _command(session: Session, need: Need, result: Result | None, source: str) -> RecordPriorWork:
    closed = session.scalar(
        select(func.max(AuditEntry.at)).where(
            AuditEntry.subject == "need",
            AuditEntry.subject_id == need.id,
            AuditEntry.act == NeedState.CLOSED.value,
        )
    )
    title, abstract = _told(need, result)
    return RecordPriorWork(
        source=source,
        source_key=need.id.hex,
        title=title,
        abstract=abstract,
        kind=PriorWorkKind.PROJECT,
        year=(closed or need.updated).year,
        language=need.language if result is None else result.language,
        url=_address(need.id.hex),
    )


def _address(key: str) -> str:
    """Return the path of a need's page: the bank does not know its own host."""
    return f"/needs/{UUID(hex=key)}"


def _source(session: Session) -> Source:
    own = session.scalar(select(Source).where(Source.kind == SourceKind.OWN))
    if own is None:
        names = set(session.scalars(select(Source.name).where(Source.name.startswith(NAME))))
        free = (NAME, *(f"{NAME} {number}" for number in range(2, len(names) + 3)))
        own = Source(
            name=next(each for each in free if each not in names),
            kind=SourceKind.OWN,
            licence=Licence.UNKNOWN,  # the bank's own terms, which no code names
            trust=TrustTier.REVIEWED,
            work_kind=PriorWorkKind.PROJECT,
        )
        own.created = now()
        session.add(own)
        session.flush()  # the works need the key
    return own


def _remove(session: Session, work: PriorWork) -> None:
    forget(session, Subject.PRIOR_WORK, work.id)
    session.delete(work)
