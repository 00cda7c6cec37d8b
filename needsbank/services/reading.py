"""The texts that an answer is made of, for whoever may read them."""

import hashlib
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from needsbank.db.models import Need, PriorWork, Subject
from needsbank.db.queries.needs import need_to_read
from needsbank.db.queries.prior_works import PriorWorkFilter, prior_works_to_read
from needsbank.domain.errors import NotFound
from needsbank.domain.roles import Actor


def text_to_read(
    session: Session, actor: Actor, subject: Subject, text_id: UUID
) -> Need | PriorWork:
    """Return a need or a prior work; NotFound if there is none that the actor may read."""
    query: Select[Need] | Select[PriorWork]
    if subject is Subject.NEED:
        query = need_to_read(actor, text_id)
    elif subject is Subject.PRIOR_WORK:
        query = prior_works_to_read(PriorWorkFilter()).where(PriorWork.id == text_id)
    else:
        raise NotFound(text_id)
    found: Need | PriorWork | None = session.scalar(query)
    if found is None:
        raise NotFound(text_id)
    return found


def subject_of(text: Need | PriorWork) -> Subject:
    """Return what a text is."""
    return Subject.NEED if isinstance(text, Need) else Subject.PRIOR_WORK


def fingerprint(text: Need | PriorWork) -> str:
    """Return what tells a text from what it says after a change: 64 hexadecimal digits."""
    return hashlib.sha256(f"{text.title}\n\n{text.body}".encode()).hexdigest()
