"""What an address names: found for those who may read it, changed by those whose it is."""

from typing import TypeVar

from sqlalchemy import Select

from needsbank.db.models import Competence, Need
from needsbank.domain.errors import NotAllowed, NotFound
from needsbank.domain.roles import may_edit
from needsbank.web.database import db
from needsbank.web.security import current_actor

Named = TypeVar("Named")
Posting = TypeVar("Posting", Need, Competence)


def found(query: Select[Named]) -> Named:
    """Return what the query finds; what the reader may not see is not there."""
    named: Named | None = db.session.scalar(query)
    if named is None:
        raise NotFound
    return named


def is_own(posting: Need | Competence) -> bool:
    """Whether the posting is the reader's to change."""
    return may_edit(current_actor(), posting.author_id, posting.organisation_id)


def found_own(query: Select[Posting]) -> Posting:
    """Return the reader's own posting; refuse others who may see it."""
    posting = found(query)
    if not is_own(posting):
        raise NotAllowed
    return posting
