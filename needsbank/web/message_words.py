"""What a message is called on a page: the first line of its mail, which names nobody's secrets."""

from needsbank.channels.rendering import Unreadable, rendered
from needsbank.db.models import Message
from needsbank.domain.languages import Language
from needsbank.web.languages import current_language


def subject_of(message: Message) -> str:
    """Return a message's subject in the reader's language; "" if it cannot be put into words."""
    try:
        words = {**message.words, "link": "", "told": ()}
        return rendered(message.kind, Language(current_language()), words).subject
    except Unreadable:
        return ""
