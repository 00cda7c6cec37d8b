"""Addresses of pages elsewhere, as people type them."""

from urllib.parse import urlsplit


def is_web_address(url: str) -> bool:
    """Whether this is the full address of a page on the web (http or https)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
