"""Whether a need is known already, as the reader of this request sees it."""

from needsbank.db.models import Need, Subject
from needsbank.services.answering import BankAnswer, answer_need
from needsbank.services.embedding import stored_representation
from needsbank.web.database import db, retrieval
from needsbank.web.security import current_actor


def answer_to(need: Need) -> BankAnswer | None:
    """Return what is known of a need; None while its text has not been read by the bank."""
    bank = retrieval()
    stored = stored_representation(db.session, Subject.NEED, need.id, bank.matcher.space_id)
    if stored is None:
        return None
    return answer_need(db.session, bank, current_actor(), need, stored[1])
