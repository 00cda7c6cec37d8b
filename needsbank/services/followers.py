"""Who follows a matter, and telling them when it moves."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Capture, Journey, JourneyStep, Merge, MergeSource, Need
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language, interface_language
from needsbank.domain.needs import PUBLISHED
from needsbank.domain.outbox import MessageKind, Post, Words
from needsbank.services.outbox import post
from needsbank.services.webhooks import announce


@dataclass(frozen=True, slots=True)
class Follower:
    """A sender behind a matter: a person with an account, or an address that asked to be told."""

    key: UUID
    language: Language
    path: str
    user_id: UUID | None = None
    address: str = ""

    def post(self, key: str, kind: MessageKind, words: Words) -> Post:
        """Return a message to the follower that leads to their own page of the matter."""
        return Post(
            key=f"{key}:{self.key}",
            kind=kind,
            words={**words, "path": self.path},
            user_id=self.user_id,
            address=self.address,
            language=self.language,
        )


def captures_behind(session: Session, journey: Journey) -> Sequence[Capture]:
    """Return the ideas that a journey carries, oldest first.

    They are its own, those that joined it, and those of the needs that its challenge is made of.
    """
    journey_ids, _ = _behind(session, journey)
    return _captures(session, journey_ids)


def needs_behind(session: Session, journey: Journey) -> Sequence[Need]:
    """Return the need that a journey carries and those that it is made of now, oldest first."""
    _, need_ids = _behind(session, journey)
    return _needs(session, need_ids)


def followers_of(session: Session, journey: Journey) -> list[Follower]:
    """Return who is told of a matter, each person once, in the language that they wrote in.

    Senders without an account are told only if they asked for it; their private page shows every
    step anyway. Who is behind a challenge is asked for anew each time: needs come and go.
    """
    journey_ids, need_ids = _behind(session, journey)
    captures, needs = _captures(session, journey_ids), _needs(session, need_ids)
    authors = {need.author.email.lower() for need in needs}
    return [*_of_captures(captures, authors), *_of_needs(needs)]


def languages_behind(session: Session, journey: Journey) -> list[Language]:
    """Return the languages that senders wrote in, also of those who read on their private page."""
    journey_ids, need_ids = _behind(session, journey)
    captures, needs = _captures(session, journey_ids), _needs(session, need_ids)
    written = [
        *(interface_language(capture.language) for capture in captures),
        *(follower.language for follower in _of_needs(needs)),
    ]
    return list(dict.fromkeys(written)) or [Language.FI]


def tell_followers(session: Session, journey: Journey, step: JourneyStep) -> None:
    """Tell each sender behind a journey of a step; whoever made it is not told of it.

    Channels are told that something has happened.
    """
    route = step.route or journey.route
    words = {
        "act": step.act.value if step.act else "",
        "stage": step.stage.value,
        "route": route.value if route else "",
        "reason": step.reason,
    }
    by_sender = step.act in {Act.WITHDRAW, Act.RESTORE} and journey.need_id is None
    for follower in followers_of(session, journey):
        of_theirs = by_sender and follower.user_id is None
        if not of_theirs and (follower.user_id is None or follower.user_id != step.actor_id):
            post(session, follower.post(f"step:{step.seq}", MessageKind.STEP, words))
    announce(session, step)


def _of_captures(captures: Sequence[Capture], told: set[str]) -> Iterator[Follower]:
    for capture in captures:
        address = capture.email.lower()
        if address and address not in told:
            told.add(address)
            yield Follower(
                key=capture.id,
                language=interface_language(capture.language),
                path=f"/follow/{capture.follow_code}",
                address=capture.email,
            )


def _of_needs(needs: Sequence[Need]) -> Iterator[Follower]:
    # The oldest first: of a challenge's speaker their own need, not what was made of it.
    told: set[UUID] = set()
    for need in needs:
        if need.author_id not in told:
            told.add(need.author_id)
            yield Follower(
                key=need.author_id,
                language=interface_language(need.language, need.author.language),
                path=f"/needs/{need.id}",
                user_id=need.author_id,
            )


def _behind(session: Session, journey: Journey) -> tuple[set[UUID], set[UUID]]:
    """Return the keys of all journeys and needs that go on as this one.

    A journey leads on by `into_id`, a need that became part of a challenge by its merge; either
    may have others behind it. What its sender took back is behind nothing any more.
    """
    journey_ids, need_ids = {journey.id}, set(_some(journey.need_id))
    added_journeys, added_needs = set(journey_ids), set(need_ids)
    while added_journeys or added_needs:
        sources = set(
            session.scalars(
                select(MergeSource.need_id)
                .join(MergeSource.merge)
                .join(MergeSource.need)
                .where(
                    Merge.challenge_id.in_(added_needs),
                    MergeSource.standing,
                    Need.state.in_(PUBLISHED),
                )
            )
        )
        rows = session.execute(
            select(Journey.id, Journey.need_id).where(
                Journey.stage != Stage.WITHDRAWN,
                or_(Journey.into_id.in_(added_journeys), Journey.need_id.in_(sources)),
            )
        ).all()
        added_journeys = {row.id for row in rows} - journey_ids
        added_needs = (
            sources | {need_id for row in rows for need_id in _some(row.need_id)}
        ) - need_ids
        journey_ids |= added_journeys
        need_ids |= added_needs
    return journey_ids, need_ids


def _some(key: UUID | None) -> tuple[UUID, ...]:
    return () if key is None else (key,)


def _captures(session: Session, journey_ids: set[UUID]) -> Sequence[Capture]:
    of_ideas = select(Capture).where(Capture.journey_id.in_(journey_ids))
    loaded = of_ideas.options(joinedload(Capture.unit), joinedload(Capture.sender))
    return session.scalars(loaded.order_by(Capture.created, Capture.id)).all()


def _needs(session: Session, need_ids: set[UUID]) -> list[Need]:
    if not need_ids:
        return []
    of_needs = select(Need).where(Need.id.in_(need_ids)).options(joinedload(Need.author))
    return list(session.scalars(of_needs.order_by(Need.created, Need.id)))
