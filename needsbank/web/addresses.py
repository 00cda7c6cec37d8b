"""Addresses that readers bring along: followed only to pages of the bank's own."""

from urllib.parse import urlsplit


def is_own_path(target: str) -> bool:
    """Whether an address can only lead to a page of this site, however a browser reads it."""
    # Browsers take "\" for "/" and drop control characters, so neither may stand in it.
    if not target.isprintable() or "\\" in target:
        return False
    return target.startswith("/") and not target.startswith("//") and not urlsplit(target).netloc
