"""Which addresses may be dialled: those of the public internet, and hosts that an admin names.

The forms that stand for a private address are many (decimal, octal and mapped numbers, names that
resolve to one); so what counts is never the written form, but what it resolves to.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urlsplit

from needsbank.sources.fetch_errors import Blocked

_PORTS = {"http": 80, "https": 443}
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
"""Read in one way here and in another way there; no address needs them unquoted."""
_HOST = re.compile(r"[a-z0-9_]([a-z0-9._-]*[a-z0-9_])?|[0-9a-f:.]+")
_KEPT = "/%:@!$&'()*+,;=~-._?"
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""NAT64: the last four bytes are an IPv4 address, which the network's gateway dials."""
_NEVER = (IPv6Network("64:ff9b:1::/48"), IPv6Network("::/96"), IPv6Network("fec0::/10"))
"""Local translation, addresses of a dead transition, and site-local ones."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked for, and where: an ASCII host in lower case, and a URL that names it so."""

    host: str
    port: int
    url: str

    def is_named_in(self, allowed: Collection[str]) -> bool:
        """Whether "host" or "host:port" is among those that an admin allows."""
        written = f"[{self.host}]" if ":" in self.host else self.host
        return bool({self.host, written, f"{written}:{self.port}"} & set(allowed))


def parse_target(url: str) -> Target:
    """Return what a full HTTP address asks for; raise `Blocked` when it is anything else."""
    if _FORBIDDEN.search(url):
        raise Blocked("the address has characters that no address needs")
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme, 0)
        host = _ascii_host(parts.hostname or "")
    except ValueError as error:
        raise Blocked(f"the address makes no sense: {error}") from error
    if parts.scheme not in _PORTS:
        raise Blocked("only http and https are fetched")
    if "@" in parts.netloc:
        raise Blocked("the address has a user's name or password in it")
    if not _HOST.fullmatch(host):
        raise Blocked("the address names no host")
    written = f"[{host}]" if ":" in host else host
    path = quote(parts.path, safe=_KEPT) or "/"
    query = f"?{quote(parts.query, safe=_KEPT)}" if parts.query else ""
    return Target(host, port, f"{parts.scheme}://{written}:{port}{path}{query}")


def check_addresses(host: str, addresses: Sequence[str]) -> None:
    """Raise `Blocked` unless each of a host's addresses is one of the public internet."""
    for address in addresses:
        if not is_public(address):
            raise Blocked(f"{host} is not an address of the public internet")


def is_public(address: str) -> bool:
    """Whether an address is a single machine's on the public internet, also once translated."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if found.is_multicast or not found.is_global:
        return False
    if isinstance(found, IPv4Address):
        return True
    if any(found in network for network in _NEVER):
        return False
    inner = _translated(found)
    return inner is None or is_public(str(inner))


def _translated(address: IPv6Address) -> IPv4Address | None:
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


def _ascii_host(host: str) -> str:
    # Also maps the many ways to write a full stop or a digit to the plain ones.
    plain = host if host.isascii() else host.encode("idna").decode("ascii").lower()
    return plain.removesuffix(".")
