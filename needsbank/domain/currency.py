"""Whether a posting is still current: its author is asked now and then, and silence ends it."""

from datetime import datetime, timedelta

ASK_AFTER = timedelta(days=180)
"""From the moment when its author last said, posted or changed it."""
TIME_TO_ANSWER = timedelta(days=30)


def asked_on(current_as_of: datetime) -> datetime:
    """Return when the author of a posting is asked whether it is still current."""
    return current_as_of + ASK_AFTER


def ends_on(asked: datetime) -> datetime:
    """Return when a posting ends whose author has been asked and says nothing."""
    return asked + TIME_TO_ANSWER
