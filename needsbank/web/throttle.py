"""Budgets per account, address and link, kept where restarts do not clear them."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from needsbank.db.models import Attempt
from needsbank.domain.clock import now
from needsbank.domain.errors import TooManyAttempts

WINDOW = timedelta(minutes=15)
PER_ACCOUNT = 10
PER_ADDRESS = 50


@dataclass(frozen=True, slots=True)
class Budget:
    """How often something may happen within the window: at most so many times per value."""

    kind: str
    value: str
    most: int

    @property
    def key(self) -> str:
        """Return what it is counted by: hashed, so that the table holds no addresses of people."""
        digest = hashlib.sha256(self.value.strip().lower().encode("utf-8", "replace")).hexdigest()
        return f"{self.kind}:{digest[:40]}"


def check(session: Session, *budgets: Budget) -> None:
    """Raise `TooManyAttempts` when one of the budgets is spent."""
    since = now() - WINDOW
    for budget in budgets:
        spent = select(func.count(), func.min(Attempt.at)).where(
            Attempt.key == budget.key, Attempt.at > since
        )
        count, oldest = session.execute(spent).one()
        if count >= budget.most:
            raise TooManyAttempts(max(1, int((oldest + WINDOW - now()).total_seconds())))


def spend(session: Session, *budgets: Budget) -> None:
    """Count one use of each budget, and forget those that are old."""
    session.execute(delete(Attempt).where(Attempt.at <= now() - WINDOW))
    session.add_all(Attempt(key=budget.key) for budget in budgets)


def check_budget(session: Session, *, account: str, address: str) -> None:
    """Raise `TooManyAttempts` when the account's or the address's budget of sign-ins is spent."""
    check(session, *_of_sign_in(account, address))


def record_failure(session: Session, *, account: str, address: str) -> None:
    """Count a failed sign-in."""
    spend(session, *_of_sign_in(account, address))


def forget_failures(session: Session, *, account: str) -> None:
    """Give an account its budget back after a good sign-in."""
    (of_account, _) = _of_sign_in(account, "")
    session.execute(delete(Attempt).where(Attempt.key == of_account.key))


def _of_sign_in(account: str, address: str) -> tuple[Budget, Budget]:
    return Budget("account", account, PER_ACCOUNT), Budget("address", address, PER_ADDRESS)
