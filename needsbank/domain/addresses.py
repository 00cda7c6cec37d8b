"""Addresses of pages elsewhere, as people type them, and of people."""

from urllib.parse import urlsplit


def is_web_address(url: str) -> bool:
    """Whether this is the full address of a page on the web (http or https)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def masked(mail_address: str) -> str:
    """Return so much of a mail address that its owner would know it, and nobody else."""
    local, _, domain = mail_address.rpartition("@")
    return f"{local[:1]}…@{domain}"
