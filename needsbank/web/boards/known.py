"""What is known already of each group of a board."""

from uuid import UUID

from needsbank.services.answering import BankAnswer, answer_text
from needsbank.services.boards import Standing
from needsbank.web.database import db, retrieval
from needsbank.web.security import current_actor

_SHOWN = 3
"""Of each group: more would not be read in a workshop."""


def known_of(seen: Standing) -> dict[UUID, BankAnswer]:
    """Return for each group what is known of it, as far as the reader may see it."""
    found = {}
    for group, ideas, _ in seen.groups:
        words = "\n".join(idea.capture.text for idea in ideas)
        answer = answer_text(db.session, retrieval(), current_actor(), group.name, words)
        found[group.id] = BankAnswer(answer.clear[:_SHOWN])
    return found
