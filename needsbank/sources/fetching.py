"""Fetching from addresses that people name, without reaching what only this machine may reach.

A name is resolved once, each of its addresses must be a public one, and those very addresses are
dialled: what the name resolves to a moment later changes nothing. Each redirect is a new address
with the same checks. No proxy, cookie or password of the environment is used.
"""

import socket
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cached_property
from urllib.parse import urljoin

import httpcore2

from needsbank.domain.clock import now
from needsbank.sources.fetch_errors import (
    BadEncoding,
    BadStatus,
    Blocked,
    NotReachable,
    TooSlow,
    Unanswered,
)
from needsbank.sources.unpacking import at_most, gunzipped
from needsbank.sources.web_targets import Target, check_addresses, parse_target

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_READ_SECONDS = 30.0
"""Silence that is waited out; a slow answer has its own limit."""
_HEADERS: dict[bytes | str, bytes | str] = {
    "User-Agent": "needsbank (harvests metadata; OAI-PMH and catalogues)",
    "Accept-Encoding": "gzip, identity",
    "Connection": "close",
}
_OF_JSON: dict[bytes | str, bytes | str] = {"Content-Type": "application/json"}

Resolve = Callable[[str, int], Sequence[str]]
"""Gives the addresses of a host and a port; raises OSError when there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that one fetch may take: bytes after unpacking, seconds in all, redirects."""

    most_bytes: int
    seconds: float
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with status 200 as it comes in; `url` is where the redirects led."""

    url: str
    content_type: str
    chunks: Iterator[bytes] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer."""

    url: str
    content_type: str
    body: bytes = field(repr=False)


def system_addresses(host: str, port: int) -> list[str]:
    """Return the addresses that the machine's resolver gives, in its order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Fetcher:
    """Fetches over HTTP; `allowed` names the hosts ("host" or "host:port") that may be private."""

    def __init__(
        self,
        *,
        allowed: Iterable[str] = (),
        resolve: Resolve = system_addresses,
        network: httpcore2.NetworkBackend | None = None,
    ) -> None:
        self.allowed = frozenset(each.lower() for each in allowed)
        self.resolve = resolve
        self.network = network or httpcore2.SyncBackend()

    def fetch(self, url: str, limits: Limits) -> Fetched:
        """Return the whole answer of an address; raise `FetchError`."""
        with self.open(url, limits) as answer:
            return Fetched(answer.url, answer.content_type, b"".join(answer.chunks))

    def post_json(self, url: str, body: bytes, limits: Limits) -> None:
        """Hand JSON over, once and to no other address than this; raise `FetchError`.

        `Unanswered` tells that it may have been taken; after every other error it has not.
        """
        target = parse_target(url)
        deadline = time.monotonic() + limits.seconds
        with (
            _handing_over_told(target.host),
            self._asked(target, deadline, body) as response,
        ):
            status = response.status
        if not 200 <= status < 300:
            raise BadStatus(status, target.host, None)

    @contextmanager
    def open(self, url: str, limits: Limits) -> Iterator[Answer]:
        """Give the answer of an address in pieces of at most 64 KiB; raise `FetchError`.

        The errors come out of the pieces too, when an answer turns out too large or too slow.
        """
        deadline = time.monotonic() + limits.seconds
        with ExitStack() as connections:
            for _ in range(limits.redirects + 1):
                target = parse_target(url)
                with _errors_told(target.host):
                    response = connections.enter_context(self._asked(target, deadline))
                if response.status not in _REDIRECTS:
                    break
                connections.close()
                url = _joined(url, _header(response, b"location"))
            else:
                raise Blocked(f"{target.host} redirects more than {limits.redirects} times")
            _check_status(response, target.host)
            body = _body(response, target.host, limits.most_bytes, deadline)
            yield Answer(url, _header(response, b"content-type"), body)

    @contextmanager
    def _asked(
        self, target: Target, deadline: float, json: bytes | None = None
    ) -> Iterator[httpcore2.Response]:
        addresses = list(self.resolve(target.host, target.port))
        if not target.is_named_in(self.allowed):
            check_addresses(target.host, addresses)
        network = _Pinned(self.network, addresses, deadline)
        timeouts = dict.fromkeys(("connect", "read", "write", "pool"), _READ_SECONDS)
        with (
            httpcore2.ConnectionPool(ssl_context=self._tls, network_backend=network) as pool,
            pool.stream(
                "GET" if json is None else "POST",
                target.url,
                headers=_HEADERS if json is None else {**_HEADERS, **_OF_JSON},
                content=json,
                extensions={"timeout": timeouts},
            ) as response,
        ):
            yield response

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return httpcore2.default_ssl_context()


class _Pinned(httpcore2.NetworkBackend):
    """Dials the addresses that were checked, whichever host is asked for."""

    def __init__(
        self, network: httpcore2.NetworkBackend, addresses: Sequence[str], deadline: float
    ) -> None:
        self._network = network
        self._addresses = addresses
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address that answers."""
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in self._addresses:
            left = _time_left(self._deadline, timeout)
            try:
                dialled = self._network.connect_tcp(
                    address, port, left, local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _Timed(dialled, self._deadline)
        raise failure


class _Timed(httpcore2.NetworkStream):
    """A stream that ends at a moment, however often something trickles in."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _time_left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _time_left(self._deadline, timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = _time_left(self._deadline, timeout)
        return _Timed(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


def _time_left(deadline: float, most: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout
    return left if most is None else min(left, most)


@contextmanager
def _errors_told(host: str) -> Iterator[None]:
    """Turn what goes wrong below into the bank's errors."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise TooSlow(f"{host} did not answer in time") from error
    except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError, UnicodeError) as error:
        reason = " ".join(str(error).split())[:200] or type(error).__name__
        raise NotReachable(f"{host} cannot be reached: {reason}") from error


@contextmanager
def _handing_over_told(host: str) -> Iterator[None]:
    """Turn what goes wrong below into the bank's errors, by whether it came before the body."""
    try:
        with _errors_told(host):
            yield
    except (NotReachable, TooSlow) as error:
        before = (httpcore2.ConnectError, httpcore2.ConnectTimeout, OSError, UnicodeError)
        if isinstance(error.__cause__, before):
            raise
        raise Unanswered(f"{host} did not say whether it was taken") from error


def _check_status(response: httpcore2.Response, host: str) -> None:
    if response.status != 200:
        seconds = _seconds_until(_header(response, b"retry-after"))
        raise BadStatus(response.status, host, seconds)


def _seconds_until(retry_after: str) -> float | None:
    if retry_after.isascii() and retry_after.isdigit():
        return float(retry_after[:9])
    try:
        moment = parsedate_to_datetime(retry_after)
        return max(0.0, (moment - now()).total_seconds())
    except (ValueError, TypeError):  # no date, or one without a zone
        return None


def _joined(url: str, location: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise Blocked(f"the address that it redirects to makes no sense: {error}") from error


def _header(response: httpcore2.Response, name: bytes) -> str:
    found = [value for key, value in response.headers if key.lower() == name]
    return found[0].decode("latin-1").strip() if found else ""


def _body(
    response: httpcore2.Response, host: str, most_bytes: int, deadline: float
) -> Iterator[bytes]:
    with _errors_told(host):
        for piece in at_most(most_bytes, _unpacked(response)):
            _time_left(deadline, None)
            yield piece


def _unpacked(response: httpcore2.Response) -> Iterator[bytes]:
    encoding = _header(response, b"content-encoding").lower()
    if encoding in {"", "identity"}:
        return response.iter_stream()
    if encoding not in {"gzip", "x-gzip"}:
        raise BadEncoding(f"the answer is packed as {encoding[:40]!r}")
    return gunzipped(response.iter_stream())
