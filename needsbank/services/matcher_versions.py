"""Trained matcher versions: offered, taken into use by an admin, given up again.

All of these run in their caller's transaction. Processes follow as they follow vector sets
(`needsbank.services.active_set`), and needs are matched again since `matched_with` differs.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matching import Matcher
from needsbank.db.models import MatcherVersion, VersionState
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.roles import Actor
from needsbank.services import audit


def all_versions(session: Session) -> Sequence[MatcherVersion]:
    """Return the trained versions, the newest first."""
    newest = select(MatcherVersion).order_by(MatcherVersion.made.desc(), MatcherVersion.version)
    return session.scalars(newest.options(joinedload(MatcherVersion.promoted_by))).all()


def fits(version: MatcherVersion, matcher: Matcher) -> bool:
    """Whether a version was trained for the encoder and the release that are in use."""
    return (version.space_id, version.base) == (matcher.space_id, matcher.base_version)


def promote(session: Session, actor: Actor, matcher: Matcher, version_id: UUID) -> MatcherVersion:
    """Take a trained version into use in place of the one that is; for admins.

    Raises Conflict when it is in use already, or does not fit the matcher in use.
    """
    wanted = _found(session, actor, version_id)
    if wanted.state is VersionState.ACTIVE:
        raise Conflict("in use already")
    if not fits(wanted, matcher):
        raise Conflict("trained for another encoder or release")
    former = _active(session)
    if former is not None:
        former.state = VersionState.RETIRED
        session.flush()  # at no moment are two active
    wanted.state, wanted.promoted = VersionState.ACTIVE, now()
    wanted.promoted_by_id = actor.person_id
    audit.record(session, actor, "promote", "matcher_version", wanted.id, version=wanted.version)
    session.flush()
    return wanted


def roll_back(session: Session, actor: Actor, version_id: UUID) -> MatcherVersion:
    """Go back from a trained version to the shipped one; raise Conflict if it is not in use."""
    found = _found(session, actor, version_id)
    if found.state is not VersionState.ACTIVE:
        raise Conflict("not in use any more")
    found.state = VersionState.RETIRED
    audit.record(session, actor, "roll_back", "matcher_version", found.id, version=found.version)
    session.flush()
    return found


def _active(session: Session) -> MatcherVersion | None:
    active = select(MatcherVersion).where(MatcherVersion.state == VersionState.ACTIVE)
    return session.scalar(active)


def _found(session: Session, actor: Actor, version_id: UUID) -> MatcherVersion:
    if not actor.administers:
        raise NotAllowed(version_id)
    found = session.get(MatcherVersion, version_id)
    if found is None:
        raise NotFound(version_id)
    return found
