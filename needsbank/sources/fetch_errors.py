"""Why nothing usable came from an address."""

from needsbank.domain.errors import BankError


class FetchError(BankError):
    """Nothing usable came; `code` says why in a word, the message in a line."""

    code = "not_reachable"


class Blocked(FetchError):
    """The address is not one that the bank may reach."""

    code = "blocked"


class NotReachable(FetchError):
    """No such host, no connection, or one that broke off."""


class TooSlow(FetchError):
    """The answer was not whole within the time."""

    code = "too_slow"


class Unanswered(FetchError):
    """Something was handed over, and no answer says whether it was taken."""

    code = "unanswered"


class TooLarge(FetchError):
    """The answer is larger, unpacked, than what is asked for can be."""

    code = "too_large"


class BadEncoding(FetchError):
    """The answer is packed in a way that nobody asked for, or its packing is broken."""

    code = "bad_encoding"


class BadStatus(FetchError):
    """The server answers, and refuses; `retry_after` is in seconds where it says when to return."""

    code = "status"

    def __init__(self, status: int, host: str, retry_after: float | None) -> None:
        super().__init__(f"{host} answered with HTTP status {status}")
        self.status = status
        self.retry_after = retry_after
