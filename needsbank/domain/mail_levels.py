"""How much mail a person wants; what they are told stands on My page in any case."""

from datetime import datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

FINNISH_TIME = ZoneInfo("Europe/Helsinki")
DIGEST_AT = time(7)
"""In Finnish time, every day: many who post needs work at weekends too."""


class MailLevel(Enum):
    """When mail is sent to a person with an account."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    """One mail each morning with what came since the last, if anything did."""
    NEVER = "never"


def last_digest(moment: datetime) -> datetime:
    """Return when the latest digest before a moment was due."""
    local = moment.astimezone(FINNISH_TIME)
    due = datetime.combine(local.date(), DIGEST_AT, FINNISH_TIME)
    if due > local:
        due = datetime.combine(local.date() - timedelta(days=1), DIGEST_AT, FINNISH_TIME)
    return due
