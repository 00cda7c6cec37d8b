"""What is refused as a whole."""

from needsbank.domain.errors import BankError


class UnreadableFile(BankError):
    """The file as a whole cannot be read; its message says why.

    `code` is the reason in a word, for readers of other languages, and `what` the column, line or
    place that it is about.
    """

    def __init__(self, message: str, code: str = "unreadable", what: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.what = what
