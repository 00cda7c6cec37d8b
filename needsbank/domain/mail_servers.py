"""Where mail is handed over, as an address like a web address tells it."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

_PORTS = {"smtp": 25, "smtps": 465}
_OWN_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """A mail server; the password never shows in what is logged or raised."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    tls: bool = False
    """Encrypted from the first byte."""
    starttls: bool = False
    """Encrypted once both sides have greeted; nothing is sent to a server that cannot."""


def parse_smtp_url(url: str) -> SmtpServer:
    """Return the server of `smtp[s]://[user:password@]host[:port][?starttls=1]`.

    Raises ValueError with a reason that holds nothing of the address.
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
        options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
    except ValueError:
        raise ValueError("it is no address") from None
    if scheme not in _PORTS:
        raise ValueError("it begins with neither smtp:// nor smtps://")
    if not host or parts.path.strip("/"):
        raise ValueError("it names no host, or more than one")
    if options.keys() - {"starttls"} or options.get("starttls", "0") not in {"0", "1"}:
        raise ValueError("after ? only starttls=1 may stand")
    tls, starttls = scheme == "smtps", options.get("starttls") == "1"
    if parts.password and not (tls or starttls or host in _OWN_MACHINE):
        raise ValueError("the password would go unencrypted: use smtps:// or add ?starttls=1")
    return SmtpServer(
        host=host,
        port=port or _PORTS[scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=tls,
        starttls=starttls,
    )
