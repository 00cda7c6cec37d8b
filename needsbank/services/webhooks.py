"""Channels of Teams and Slack: added by admins, turned on by them, and told very little."""

from collections.abc import Mapping, Sequence
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from needsbank.db.models import Journey, JourneyStep, Message, Webhook
from needsbank.domain.addresses import is_web_address
from needsbank.domain.clock import now
from needsbank.domain.errors import Invalid, NotAllowed, NotFound
from needsbank.domain.journeys import Stage
from needsbank.domain.mail_levels import last_digest
from needsbank.domain.outbox import MessageKind, Post, Words
from needsbank.domain.roles import Actor
from needsbank.domain.webhooks import (
    MORNING_LASTS,
    NAME_MAX,
    OF_STAGE,
    URL_MAX,
    DescribeWebhook,
    WebhookEvent,
)
from needsbank.services import audit
from needsbank.services.outbox import post

_AT_ONCE = 50


def webhooks(session: Session, actor: Actor) -> Sequence[Webhook]:
    """Return every channel that has not been removed, by name."""
    _check(actor)
    kept = select(Webhook).where(Webhook.removed.is_(None))
    return session.scalars(kept.order_by(Webhook.name, Webhook.id)).all()


def latest_messages(session: Session, found: Sequence[Webhook]) -> Mapping[UUID, Message]:
    """Return the message that each channel was sent last."""
    ranked = (
        select(
            Message.id,
            func.row_number()
            .over(partition_by=Message.webhook_id, order_by=(Message.created.desc(), Message.id))
            .label("place"),
        )
        .where(Message.webhook_id.in_([each.id for each in found]))
        .subquery()
    )
    latest = select(Message).join(ranked, ranked.c.id == Message.id).where(ranked.c.place == 1)
    return {each.webhook_id: each for each in session.scalars(latest) if each.webhook_id}


def add_webhook(session: Session, actor: Actor, command: DescribeWebhook) -> Webhook:
    """Add a channel; it is told nothing until it is turned on."""
    _check(actor)
    errors = {}
    if not 0 < len(command.name.strip()) <= NAME_MAX:
        errors["name"] = "required"
    if not is_web_address(command.url) or len(command.url) > URL_MAX:
        errors["url"] = "url"
    if errors:
        raise Invalid(errors)
    webhook = Webhook(
        name=command.name.strip(),
        channel=command.channel,
        url=command.url,
        language=command.language,
        events=sorted(event.value for event in command.events),
        added_by_id=actor.user_id,
    )
    session.add(webhook)
    session.flush()  # the audit entry needs the key
    audit.record(session, actor, "add", "webhook", webhook.id)
    return webhook


def turn(session: Session, actor: Actor, webhook_id: UUID, *, on: bool) -> Webhook:
    """Have a channel be told of its events, or no longer."""
    webhook = _webhook(session, actor, webhook_id)
    webhook.active = on
    audit.record(session, actor, "turn_on" if on else "turn_off", "webhook", webhook.id)
    return webhook


def remove_webhook(session: Session, actor: Actor, webhook_id: UUID) -> Webhook:
    """Remove a channel and forget its address."""
    webhook = _webhook(session, actor, webhook_id)
    webhook.removed, webhook.active, webhook.url = now(), False, ""
    audit.record(session, actor, "remove", "webhook", webhook.id)
    return webhook


def try_webhook(session: Session, actor: Actor, webhook_id: UUID) -> Message | None:
    """Send a channel a greeting, turned on or not."""
    webhook = _webhook(session, actor, webhook_id)
    return _post(session, webhook, f"try:{uuid4()}", MessageKind.WEBHOOK_TRIED, {"path": "/"})


def announce(session: Session, step: JourneyStep) -> None:
    """Tell the channels that want to know that some matter has come to a stage."""
    event = OF_STAGE.get(step.stage)
    for webhook in _told_of(session, event) if event else ():
        words = {"event": step.stage.value, "path": "/"}
        _post(session, webhook, f"step:{step.seq}:{webhook.id}", MessageKind.NEWS, words)


def tell_mornings(session: Session) -> int:
    """Tell channels what waits this morning, where anything does; return how many were told."""
    due = last_digest(now())
    if now() > due + MORNING_LASTS:
        return 0
    wanting = _told_of(session, WebhookEvent.MORNING)
    waiting = _waiting(session) if wanting else {}
    if not any(waiting.values()):
        return 0
    told = 0
    for webhook in wanting:
        words: Words = {**waiting, "path": "/coordination/"}
        key = f"morning:{webhook.id}:{due.date().isoformat()}"
        told += _post(session, webhook, key, MessageKind.MORNING, words) is not None
    return told


def _waiting(session: Session) -> dict[str, int]:
    counted = select(Journey.stage, func.count()).group_by(Journey.stage)
    found = {row[0]: row[1] for row in session.execute(counted)}
    return {
        "thrown": found.get(Stage.THROWN, 0),
        "in_coordination": found.get(Stage.IN_COORDINATION, 0),
    }


def _told_of(session: Session, event: WebhookEvent) -> list[Webhook]:
    active = select(Webhook).where(Webhook.active, Webhook.removed.is_(None))
    found = session.scalars(active.order_by(Webhook.id).limit(_AT_ONCE))
    return [each for each in found if event.value in each.events]


def _post(
    session: Session, webhook: Webhook, key: str, kind: MessageKind, words: Words
) -> Message | None:
    return post(
        session,
        Post(
            key=key,
            kind=kind,
            words=words,
            channel=webhook.channel,
            webhook_id=webhook.id,
            language=webhook.language,
        ),
    )


def _webhook(session: Session, actor: Actor, webhook_id: UUID) -> Webhook:
    _check(actor)
    webhook = session.get(Webhook, webhook_id)
    if webhook is None or webhook.removed is not None:
        raise NotFound(webhook_id)
    return webhook


def _check(actor: Actor) -> None:
    if not actor.administers:
        raise NotAllowed("only admins look after channels")
