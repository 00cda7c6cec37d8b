"""A budget of failed sign-ins per account and address, kept where restarts do not clear it."""

import hashlib
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from needsbank.db.models import Attempt
from needsbank.domain.clock import now
from needsbank.domain.errors import TooManyAttempts

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 50


def check_budget(session: Session, *, account: str, address: str) -> None:
    """Raise `TooManyAttempts` when the account's or the address's budget is spent."""
    since = now() - WINDOW
    for key, most in zip(_keys(account, address), (PER_ACCOUNT, PER_ADDRESS), strict=True):
        spent = select(func.count(), func.min(Attempt.at)).where(
            Attempt.key == key, Attempt.at > since
        )
        count, oldest = session.execute(spent).one()
        if count >= most:
            raise TooManyAttempts(max(1, int((oldest + WINDOW - now()).total_seconds())))


def record_failure(session: Session, *, account: str, address: str) -> None:
    """Count a failed sign-in, and forget those that are old."""
    session.execute(delete(Attempt).where(Attempt.at <= now() - WINDOW))
    session.add_all(Attempt(key=key) for key in _keys(account, address))


def forget_failures(session: Session, *, account: str) -> None:
    """Give an account its budget back after a good sign-in."""
    session.execute(delete(Attempt).where(Attempt.key == _key("account", account)))


def _keys(account: str, address: str) -> tuple[str, str]:
    return _key("account", account), _key("address", address)


def _key(kind: str, value: str) -> str:
    # Hashed, so that the table holds no addresses of people.
    digest = hashlib.sha256(value.strip().lower().encode("utf-8", "replace")).hexdigest()
    return f"{kind}:{digest[:40]}"
