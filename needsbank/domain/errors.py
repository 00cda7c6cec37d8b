"""What the bank refuses to do; only `web.errors` turns these into HTTP numbers."""

from collections.abc import Mapping


class BankError(Exception):
    """A request that the bank understands and refuses."""


class NotFound(BankError):
    """There is no such thing, or the reader may not know that there is."""


class NotAllowed(BankError):
    """The thing is visible to the reader, but this use of it is not theirs."""


class Conflict(BankError):
    """Somebody else was faster: what the reader decided on has changed since."""


class IllegalTransition(Conflict):
    """A life cycle has no step from where the thing is to where it was sent."""

    def __init__(self, current: object, target: object) -> None:
        super().__init__(f"no step from {current} to {target}")
        self.current = current
        self.target = target


class TooManyAttempts(BankError):
    """A budget is spent; `retry_after` says for how many seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"try again in {retry_after} s")
        self.retry_after = retry_after


class Invalid(BankError):
    """Input that cannot be stored; `errors` gives a code per field."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{field}: {code}" for field, code in errors.items()))
        self.errors = dict(errors)
