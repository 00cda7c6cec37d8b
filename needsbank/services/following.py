"""Following an idea by its secret link: what became of it, and what its sender can do."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from needsbank.db.models import Capture, CaptureLine, Journey, JourneyStep, MailRequest, Need, Unit
from needsbank.domain.captures import MOST_LINES, NAME_MAX, checked_text
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid, NotFound
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.needs import PUBLISHED
from needsbank.domain.outbox import MessageKind, Post
from needsbank.domain.roles import ANONYMOUS
from needsbank.domain.visibility import Visibility
from needsbank.services import journeys
from needsbank.services.catching import put_in_queue
from needsbank.services.mail_levels import welcome_mails
from needsbank.services.outbox import post

MOST_REQUESTS = 3
"""Addresses that one idea may ask to confirm: the form is no way to write to strangers."""
_DEEPEST = 5
"""How often a matter may have gone on as part of another, at most, for one page to follow it."""


@dataclass(frozen=True, slots=True)
class Followed:
    """An idea with everything that has happened to it, the oldest first.

    `leading` is the journey that it is on now: its own, or that of what it has joined.
    """

    capture: Capture
    steps: Sequence[JourneyStep]
    leading: Journey
    lines: Sequence[CaptureLine]
    asked: MailRequest | None

    @property
    def has_joined(self) -> bool:
        """Whether it goes on as part of something else."""
        return self.leading is not self.capture.journey

    @property
    def need(self) -> Need | None:
        """Return the need that it has become or is a part of, if everybody may read it."""
        need = self.leading.need
        if need is None or need.state not in PUBLISHED:
            return None
        return need if need.visibility is Visibility.PUBLIC else None


def followed(session: Session, code: str) -> Followed:
    """Return what the link of a code leads to."""
    capture = capture_of(session, code)
    steps, leading = _way_of(capture.journey)
    lines = session.scalars(
        select(CaptureLine).where(CaptureLine.capture_id == capture.id).order_by(CaptureLine.seq)
    ).all()
    return Followed(capture, steps, leading, lines, _waiting_request(session, capture))


def capture_of(session: Session, code: str) -> Capture:
    """Return the idea that a secret link follows."""
    steps = selectinload(Journey.steps).joinedload(JourneyStep.actor)
    loaded = (
        joinedload(Capture.journey).options(steps, joinedload(Journey.holder)),
        joinedload(Capture.unit).joinedload(Unit.organisation),
        joinedload(Capture.proposed),
    )
    capture = session.scalar(select(Capture).where(Capture.follow_code == code).options(*loaded))
    if capture is None:
        raise NotFound(code)
    return capture


def tell_name(session: Session, code: str, name: str) -> Capture:
    """Have the sender be named to whoever works on the idea."""
    capture = capture_of(session, code)
    if not name.strip():
        raise Invalid({"name": "required"})
    capture.sender_name, capture.anonymous = name.strip()[:NAME_MAX], False
    return capture


def add_line(session: Session, code: str, text: str) -> CaptureLine:
    """Add to what an idea says; what was said first stays as it was."""
    capture = capture_of(session, code)
    stored = checked_text(text)
    told = select(CaptureLine.seq).where(CaptureLine.capture_id == capture.id)
    if len(session.scalars(told).all()) >= MOST_LINES:
        raise Invalid({"text": "many_lines"})
    line = CaptureLine(capture_id=capture.id, text=stored)
    session.add(line)
    return line


def withdraw(session: Session, code: str) -> Capture:
    """Take an idea back: nobody works on it any further."""
    capture = capture_of(session, code)
    if capture.journey.need_id is not None:
        raise Conflict("it has become a need with an author of its own")
    journeys.move(session, ANONYMOUS, capture.journey, Act.WITHDRAW)
    return capture


def restore(session: Session, code: str) -> Capture:
    """Undo a withdrawal: the idea waits for a catcher again."""
    capture = capture_of(session, code)
    journeys.move(session, ANONYMOUS, capture.journey, Act.RESTORE)
    put_in_queue(capture.journey)
    return capture


def may_withdraw(capture: Capture) -> bool:
    """Whether the sender can take the idea back as it is now."""
    stages = {Stage.THROWN, Stage.CAUGHT, Stage.IN_WORKSHOP}
    return capture.journey.stage in stages and capture.journey.need_id is None


def ask_for_mail(session: Session, code: str, address: str) -> MailRequest:
    """Send a link to an address, by which its owner confirms that they want to be told."""
    capture = capture_of(session, code)
    try:
        checked = validate_email(address.strip(), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise Invalid({"email": "mail"}) from error
    asked = select(MailRequest).where(MailRequest.capture_id == capture.id)
    requests = session.scalars(asked).all()
    for request in requests:
        if request.address == checked and request.confirmed is None:
            return request
    if len(requests) >= MOST_REQUESTS:
        raise Invalid({"email": "many_mails"})
    request = MailRequest(
        capture_id=capture.id, address=checked[:255], code=secrets.token_urlsafe(32)
    )
    session.add(request)
    session.flush()  # the message's key names it
    post(
        session,
        Post(
            key=f"confirm_mail:{request.id}",
            kind=MessageKind.CONFIRM_MAIL,
            words={"path": f"/follow/mail/{request.code}"},
            address=request.address,
            language=capture.language,
        ),
    )
    return request


def mail_request(session: Session, code: str) -> MailRequest:
    """Return the request that the link in a mail confirms."""
    found = select(MailRequest).where(MailRequest.code == code)
    request = session.scalar(found.options(joinedload(MailRequest.capture)))
    if request is None:
        raise NotFound(code)
    return request


def confirm_mail(session: Session, code: str) -> Capture:
    """Have an idea's steps be told to the address from now on; once more changes nothing."""
    request = mail_request(session, code)
    if request.confirmed is None:
        request.confirmed = now()
        request.capture.email = request.address
        welcome_mails(session, request.address)
    return request.capture


def stop_mail(session: Session, code: str) -> Capture:
    """Tell nothing by mail any more, and forget the addresses."""
    capture = capture_of(session, code)
    capture.email = ""
    for request in session.scalars(
        select(MailRequest).where(MailRequest.capture_id == capture.id)
    ).all():
        session.delete(request)
    return capture


def _way_of(journey: Journey) -> tuple[list[JourneyStep], Journey]:
    """Return the steps of a journey, then those of what it joined from there on, and the last."""
    steps, leading = list(journey.steps), journey
    for _ in range(_DEEPEST):
        if leading.into is None:
            break
        joined = steps[-1].seq if steps else 0
        leading = leading.into
        steps += [step for step in leading.steps if step.seq > joined]
    return steps, leading


def _waiting_request(session: Session, capture: Capture) -> MailRequest | None:
    waiting = select(MailRequest).where(
        MailRequest.capture_id == capture.id, MailRequest.confirmed.is_(None)
    )
    found: MailRequest | None = session.scalar(waiting.order_by(MailRequest.created.desc()))
    return found
