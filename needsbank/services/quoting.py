"""Which texts may be quoted."""

from needsbank.db.models import Need, PriorWork


def may_quote(work: PriorWork) -> bool:
    """Whether sentences of a work may be shown: its source's licence says so."""
    return work.shows_text


def quotable(text: Need | PriorWork) -> bool:
    """Whether sentences of a text may be shown to whoever may read it."""
    return not isinstance(text, PriorWork) or may_quote(text)
