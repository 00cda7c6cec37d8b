"""What is refused as a whole."""

from needsbank.domain.errors import BankError


class UnreadableFile(BankError):
    """The file as a whole cannot be read; its message says why."""
