"""Making one challenge of several needs without losing a voice, and taking it apart again.

The needs' own rows are never touched: a challenge is a need beside them, and what says that they
are part of it is a row of its own. So undoing leaves everything as it was.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from matching import detect_language
from needsbank.db.models import Merge, MergeSource, Need
from needsbank.db.queries.merges import merge_with_sources
from needsbank.db.queries.needs import mergeable_needs
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.languages import content_language
from needsbank.domain.merging import (
    MOST_SOURCES,
    TIME_TO_OBJECT,
    MergeNeeds,
    ObjectToMerge,
    UndoMerge,
    shared_visibility,
)
from needsbank.domain.needs import PROBLEM_MAX, TITLE_MAX, NeedState
from needsbank.domain.notices import NoticeKind, Notify
from needsbank.domain.roles import Actor
from needsbank.services import audit, journeys_of_needs, needs
from needsbank.services.browsing import NEEDS, keys_of, owners_by_key
from needsbank.services.embedding import stored_representation
from needsbank.services.lineage import is_merged
from needsbank.services.notices import notify
from needsbank.services.retrieval import Retrieval
from needsbank.services.suggesting import has_pairing
from needsbank.services.supporting import pass_on

CANDIDATES = 10


def merge_needs(session: Session, actor: Actor, command: MergeNeeds) -> Merge:
    """Make a challenge; the senders of its needs are told and may object.

    Raises Conflict when one of the needs has ended, is part of a challenge, or has a pairing.
    """
    _check_coordinates(actor)
    _check(command)
    sources = [_mergeable(session, need_id) for need_id in command.source_ids]
    lead = next(need for need in sources if need.id == command.lead_id)
    challenge = _challenge(lead, sources, command)
    session.add(challenge)
    session.flush()
    moment = now()
    merge = Merge(
        challenge_id=challenge.id,
        merged_by_id=actor.person_id,
        merged=moment,
        object_by=moment + TIME_TO_OBJECT,
        sources=[MergeSource(need_id=need.id) for need in sources],
    )
    session.add(merge)
    try:
        session.flush()
    except IntegrityError as error:  # somebody merged one of them a moment ago
        raise Conflict("merged already") from error
    audit.record(session, actor, "merge", "need", challenge.id, sources=len(sources))
    journeys_of_needs.posted(session, actor, challenge)
    for need in sources:
        audit.record(session, actor, "merged", "need", need.id, challenge=str(challenge.id))
        _tell(session, actor, need, NoticeKind.MERGED, challenge.id, merge)
    return merge


def undo_merge(session: Session, actor: Actor, command: UndoMerge) -> Merge:
    """Take a challenge apart: its needs stand by themselves again, exactly as they were.

    Raises Conflict when the challenge has a pairing, or is part of another challenge itself.
    """
    _check_coordinates(actor)
    reason = command.reason.strip()
    if not reason:
        raise Invalid({"reason": "required"})
    merge = merge_to_review(session, actor, command.challenge_id)
    if merge.undone is not None:
        raise Conflict("undone already")
    _check_free(session, merge.challenge)
    merge.undone, merge.undone_by_id, merge.undo_reason = now(), actor.person_id, reason
    for source in merge.sources:
        source.standing = False
        audit.record(session, actor, "unmerged", "need", source.need_id)
        _tell(session, actor, source.need, NoticeKind.UNMERGED, None, merge, reason)
    pass_on(session, merge.challenge_id, [source.need for source in merge.sources])
    needs.retract(session, actor, merge.challenge)
    audit.record(session, actor, "undo_merge", "need", merge.challenge_id)
    return merge


def object_to_merge(session: Session, actor: Actor, command: ObjectToMerge) -> MergeSource:
    """Record why a sender's need does not belong to the challenge; who merged is told."""
    if not command.reason.strip():
        raise Invalid({"reason": "required"})
    source = own_source(session, actor, command.need_id)
    if source.objected is not None:
        raise Conflict("objected already")
    if now() > source.merge.object_by:
        raise Conflict("the time to object is over")
    source.objection, source.objected = command.reason.strip(), now()
    notify(
        session,
        Notify(
            user_id=source.merge.merged_by_id,
            kind=NoticeKind.OBJECTED,
            need_id=source.need_id,
            other_need_id=source.merge.challenge_id,
            text=source.objection,
        ),
    )
    audit.record(session, actor, "object", "need", source.need_id)
    return source


def own_source(session: Session, actor: Actor, need_id: UUID) -> MergeSource:
    """Return how a need of the actor's own is part of a challenge; NotFound if it is not."""
    mine = (
        select(MergeSource)
        .join(MergeSource.need)
        .where(
            MergeSource.need_id == need_id,
            MergeSource.standing,
            Need.author_id == actor.person_id,
        )
    )
    source = session.scalar(mine)
    if source is None:
        raise NotFound(need_id)
    return source


def merge_to_review(session: Session, actor: Actor, challenge_id: UUID) -> Merge:
    """Return the merge that made a challenge to a coordinator."""
    _check_coordinates(actor)
    merge = session.scalar(merge_with_sources(challenge_id))
    if merge is None:
        raise NotFound(challenge_id)
    return merge


def needs_to_merge(session: Session, actor: Actor, need_ids: Sequence[UUID]) -> list[Need]:
    """Return those of the needs that may be merged, in the given order, each once."""
    _check_coordinates(actor)
    asked = list(dict.fromkeys(need_ids[:MOST_SOURCES]))
    found = session.scalars(
        mergeable_needs(actor).where(Need.id.in_(asked)).options(*NEEDS.loading)
    )
    return sorted(found, key=lambda need: asked.index(need.id))


def candidates(
    session: Session, retrieval: Retrieval, actor: Actor, chosen: Sequence[Need]
) -> list[Need]:
    """Return open needs that are like the first of those chosen, the likest first."""
    if not chosen:
        return []
    first = chosen[0]
    stored = stored_representation(session, NEEDS.subject, first.id, retrieval.matcher.space_id)
    if stored is None:
        return []
    readable = mergeable_needs(actor).where(Need.id.not_in([need.id for need in chosen]))
    allowed = keys_of(session, retrieval, NEEDS, readable)
    index = retrieval.index(session, NEEDS.subject)
    alike = retrieval.detector.find(stored[1], index, k=CANDIDATES, allowed=allowed)
    keys = [each.key for each in alike]
    return list(owners_by_key(session, NEEDS, readable, keys).values())


def _check_coordinates(actor: Actor) -> None:
    if not actor.coordinates:
        raise NotAllowed("coordinators merge needs")


def _check(command: MergeNeeds) -> None:
    errors = {}
    if not 2 <= len(set(command.source_ids)) == len(command.source_ids) <= MOST_SOURCES:
        errors["source_ids"] = "several"
    if command.lead_id not in command.source_ids:
        errors["lead_id"] = "unknown"
    for name, most in (("title", TITLE_MAX), ("problem", PROBLEM_MAX)):
        text = getattr(command, name).strip()
        if not text or len(text) > most:
            errors[name] = "too_long" if text else "required"
    if errors:
        raise Invalid(errors)


def _mergeable(session: Session, need_id: UUID) -> Need:
    need = session.get(Need, need_id, with_for_update=True)
    if need is None or need.state in {NeedState.DRAFT, NeedState.WITHDRAWN}:
        raise NotFound(need_id)
    obstacle = _obstacle(session, need)
    if obstacle is not None:
        raise Conflict(obstacle)
    return need


def _obstacle(session: Session, need: Need) -> str | None:
    """Return what keeps a need from becoming part of a challenge."""
    if need.state is not NeedState.OPEN:
        return "only open needs can be merged"
    if is_merged(session, need.id):
        return "part of a challenge already"
    return "a pairing has been approved" if has_pairing(session, need.id) else None


def _check_free(session: Session, challenge: Need) -> None:
    obstacle = _obstacle(session, challenge)
    # A challenge that its speaker has ended may still be taken apart.
    if obstacle is not None and challenge.state is NeedState.OPEN:
        raise Conflict(obstacle)


def _challenge(lead: Need, sources: Sequence[Need], command: MergeNeeds) -> Need:
    title, problem = command.title.strip(), command.problem.strip()
    return Need(
        author_id=lead.author_id,
        organisation_id=lead.organisation_id,
        unit_id=lead.unit_id,
        title=title,
        problem=problem,
        wished_change=command.wished_change.strip(),
        language=content_language(detect_language(f"{title}. {problem}")),
        field=lead.field,
        scope=lead.scope,
        visibility=shared_visibility([(need.visibility, need.organisation_id) for need in sources]),
        state=NeedState.OPEN,
        # It has waited as long as the one of them that has waited longest.
        opened=min(need.opened or need.created for need in sources),
    )


def _tell(
    session: Session,
    actor: Actor,
    need: Need,
    kind: NoticeKind,
    challenge_id: UUID | None,
    merge: Merge,
    text: str = "",
) -> None:
    if need.author_id == actor.user_id:
        return
    due = merge.object_by if kind is NoticeKind.MERGED else None
    notify(
        session,
        Notify(
            user_id=need.author_id,
            kind=kind,
            need_id=need.id,
            other_need_id=challenge_id,
            text=text,
            due=due,
        ),
    )
