"""The time, always aware and in UTC; pages show it in Finnish time."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment in UTC."""
    return datetime.now(UTC)
