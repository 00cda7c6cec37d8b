"""The one fetch for what comes from outside: it reaches what it may and takes only so much."""

import gzip
import shutil
import socket
import ssl
import subprocess
import time
import tracemalloc
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpcore2
import pytest

from needsbank.sources.fetch_errors import (
    BadEncoding,
    BadStatus,
    Blocked,
    FetchError,
    NotReachable,
    TooLarge,
    TooSlow,
    Unanswered,
)
from needsbank.sources.fetching import Fetcher, Limits
from tests.raw_server import saying, serving

LIMITS = Limits(most_bytes=1_000_000, seconds=20)
PUBLIC = "93.184.216.34"


class Diverted(httpcore2.SyncBackend):
    """Notes which address is dialled, and reaches a server of the test instead."""

    def __init__(self, port):
        self.port = port
        self.dialled = []

    def connect_tcp(self, host, port, timeout=None, local_address=None, socket_options=None):
        self.dialled.append((host, port))
        return super().connect_tcp("127.0.0.1", self.port, timeout, local_address, socket_options)


def resolving(**hosts):
    """Resolve names to lists of addresses, each list in turn when a tuple of them is given."""
    asked = []

    def resolve(host, port):
        asked.append(host)
        found = hosts[host.split(".")[0]]
        return found[min(asked.count(host), len(found)) - 1] if isinstance(found, tuple) else found

    return resolve, asked


@pytest.fixture
def hello():
    with serving(saying("200 OK\nContent-Type: text/plain; charset=utf-8", b"hello")) as server:
        yield server


def local(server, **options):
    return Fetcher(allowed=[server.host], **options)


def test_an_answer_comes_whole_with_its_kind(hello):
    fetched = local(hello).fetch(hello.url + "page?x=1#part", LIMITS)
    assert (fetched.body, fetched.content_type) == (b"hello", "text/plain; charset=utf-8")
    (request,) = hello.requests
    assert request.startswith(b"GET /page?x=1 HTTP/1.1\r\n")
    assert f"\r\nHost: {hello.host}\r\n".encode() in request


@pytest.mark.parametrize(
    "form",
    [
        "http://127.0.0.1:{port}/",
        "http://localhost:{port}/",
        "http://localhost.:{port}/",
        "http://LOCALHOST:{port}/",
        "http://2130706433:{port}/",
        "http://0x7f000001:{port}/",
        "http://0x7f.1:{port}/",
        "http://0177.0.0.1:{port}/",
        "http://127.1:{port}/",
        "http://0:{port}/",
        "http://0.0.0.0:{port}/",
        "http://[::1]:{port}/",
        "http://[::]:{port}/",
        "http://[::ffff:127.0.0.1]:{port}/",
        "http://[::ffff:7f00:1]:{port}/",
        "http://[64:ff9b::7f00:1]:{port}/",
        "http://[2002:7f00:1::]:{port}/",
        "http://[fe80::1]:{port}/",
        "http://[fd00::1]:{port}/",
        "http://100.64.0.1:{port}/",
        "http://169.254.169.254:{port}/latest/meta-data/",
        "http://10.0.0.1:{port}/",
        "http://192.168.0.1:{port}/",
        "http://①②⑦.0.0.1:{port}/",
        "http://public.example@127.0.0.1:{port}/",
        "http://public.example:80\\@127.0.0.1:{port}/",
        "http://127.0.0.1:{port}#@public.example/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:{port}/",
    ],
)
def test_no_written_form_reaches_this_machine(hello, form):
    network = Diverted(hello.port)
    with pytest.raises(Blocked):
        Fetcher(network=network).fetch(form.format(port=hello.port), LIMITS)
    assert (network.dialled, hello.requests) == ([], [])


def test_a_name_that_resolves_to_a_private_address_is_refused(hello):
    network = Diverted(hello.port)
    fetcher = Fetcher(resolve=resolving(inside=[PUBLIC, "10.0.0.1"])[0], network=network)
    with pytest.raises(Blocked, match=r"inside\.example"):
        fetcher.fetch("http://inside.example/", LIMITS)
    assert network.dialled == []


def test_the_address_that_was_checked_is_dialled_with_the_name_kept(hello):
    """A name that means another machine a moment later reaches nothing else."""
    network = Diverted(hello.port)
    resolve, asked = resolving(rebound=([PUBLIC], ["127.0.0.1"]))
    fetched = Fetcher(resolve=resolve, network=network).fetch("http://rebound.example/", LIMITS)
    assert fetched.body == b"hello"
    assert network.dialled == [(PUBLIC, 80)]
    assert asked == ["rebound.example"]
    assert b"\r\nHost: rebound.example\r\n" in hello.requests[0]


def test_the_name_is_asked_for_in_a_secure_connection_too():
    with serving(lambda request, connection: None) as server:
        fetcher = Fetcher(resolve=resolving(repo=[PUBLIC])[0], network=Diverted(server.port))
        with pytest.raises(NotReachable, match=r"repo\.example"):
            fetcher.fetch("https://repo.example/", LIMITS)
    assert b"repo.example" in server.requests[0]  # as the first words of TLS carry it


@pytest.fixture
def certified(tmp_path, monkeypatch):
    """A server that can prove to be repo.example, to those who trust its certificate."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("no openssl makes certificates here")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=repo.example", "-addext", "subjectAltName=DNS:repo.example"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files],
        check=True,
        capture_output=True,
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)

    with serving(saying("200 OK", b"proven"), context) as server:
        yield server


@pytest.mark.parametrize(("host", "proven"), [("repo", True), ("other", False)])
def test_the_dialled_machine_must_prove_to_be_the_one_that_was_named(certified, host, proven):
    resolve, _ = resolving(repo=[PUBLIC], other=[PUBLIC])
    fetcher = Fetcher(resolve=resolve, network=Diverted(certified.port))
    url = f"https://{host}.example/"
    if proven:
        assert fetcher.fetch(url, LIMITS).body == b"proven"
    else:
        with pytest.raises(NotReachable, match="CERTIFICATE_VERIFY_FAILED"):
            fetcher.fetch(url, LIMITS)


def test_the_next_address_is_dialled_when_one_does_not_answer(hello):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        free = closed.getsockname()[1]

    class FirstFails(Diverted):
        def connect_tcp(self, host, *rest):
            self.port = free if not self.dialled else hello.port
            return super().connect_tcp(host, *rest)

    network = FirstFails(free)
    resolve, _ = resolving(two=["2606:2800::1", PUBLIC])
    assert Fetcher(resolve=resolve, network=network).fetch("http://two.example/", LIMITS).body
    assert [host for host, _ in network.dialled] == ["2606:2800::1", PUBLIC]


@pytest.mark.parametrize("allowed", ["127.0.0.1", "localhost", "LocalHost:{port}"])
def test_hosts_that_an_admin_names_may_be_private(hello, allowed):
    fetcher = Fetcher(allowed=[allowed.format(port=hello.port)])
    host = "localhost" if "ocal" in allowed else "127.0.0.1"
    assert fetcher.fetch(f"http://{host}:{hello.port}/", LIMITS).body == b"hello"


def test_proxies_and_passwords_of_the_environment_are_not_used(hello, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    assert local(hello).fetch(hello.url, LIMITS).body == b"hello"


def test_a_redirect_is_followed_and_said():
    def answer(request, connection):
        moved = request.startswith(b"GET /old")
        head = "302 Found\nLocation: /new?a=1" if moved else "200 OK"
        saying(head, b"" if moved else b"new")(request, connection)

    with serving(answer) as server:
        fetched = local(server).fetch(server.url + "old", LIMITS)
    assert (fetched.body, fetched.url) == (b"new", server.url + "new?a=1")


@pytest.mark.parametrize(
    "place",
    [
        "http://127.0.0.1:9/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::ffff:10.0.0.1]/",
        "//2130706433/",
        "file:///etc/passwd",
        "gopher://public.example/",
        "http://user:secret@public.example/",
        "http://[::1",
    ],
)
def test_each_redirect_is_checked_anew(place):
    with serving(saying(f"302 Found\nLocation: {place}")) as server:
        network = Diverted(server.port)

        def resolve(host, port):
            return [PUBLIC] if host.endswith("public.example") else [host.strip("[]")]

        with pytest.raises(Blocked):
            Fetcher(resolve=resolve, network=network).fetch("http://public.example/", LIMITS)
    assert network.dialled == [(PUBLIC, 80)]


def test_redirects_in_a_circle_end():
    with serving(saying("301 Moved\nLocation: /")) as server:
        limits = Limits(most_bytes=10, seconds=20, redirects=3)
        with pytest.raises(Blocked, match="more than 3 times"):
            local(server).fetch(server.url, limits)
        assert len(server.requests) == 4


def test_a_packed_answer_is_unpacked():
    text = b"packed " * 50_000
    head = "200 OK\nContent-Encoding: gzip"
    with serving(saying(head, gzip.compress(text[:7]) + gzip.compress(text[7:]))) as server:
        assert local(server).fetch(server.url, LIMITS).body == text


def test_more_than_asked_for_is_refused_as_soon_as_it_shows():
    def answer(_request, connection):
        saying("200 OK")(b"", connection)
        while True:
            connection.sendall(b"x" * 10_000)

    with serving(answer) as server, pytest.raises(TooLarge, match="1,000,000 bytes"):
        local(server).fetch(server.url, LIMITS)


def test_a_packed_bomb_is_refused_before_it_fills_the_memory():
    bomb = gzip.compress(bytes(200_000_000), 9)
    head = f"200 OK\nContent-Encoding: gzip\nContent-Length: {len(bomb)}"
    with serving(saying(head, bomb)) as server:
        tracemalloc.start()
        try:
            with pytest.raises(TooLarge):
                local(server).fetch(server.url, LIMITS)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 5_000_000


@pytest.mark.parametrize("where", ["body", "head"])
def test_what_trickles_in_ends_with_the_time(where):
    def answer(_request, connection):
        if where == "body":
            saying("200 OK\nContent-Length: 100000")(b"", connection)
        while True:
            connection.sendall(b"H")
            time.sleep(0.05)

    with serving(answer) as server:
        fetcher, limits = local(server), Limits(most_bytes=1_000_000, seconds=0.6)
        with pytest.raises(TooSlow):
            fetcher.fetch(server.url, limits)


def test_silence_ends_with_the_time():
    def answer(_request, connection):
        connection.recv(1)

    with serving(answer) as server, pytest.raises(TooSlow, match=r"127\.0\.0\.1"):
        local(server).fetch(server.url, Limits(most_bytes=100, seconds=0.3))


@pytest.mark.parametrize(
    ("head", "status", "wait"),
    [
        ("404 Not Found", 404, None),
        ("500 Oops\nRetry-After: soon", 500, None),
        ("503 Busy\nRetry-After: 120", 503, 120),
        ("429 Slower\nRetry-After: 0", 429, 0),
        ("204 Nothing", 204, None),
    ],
)
def test_a_status_that_refuses_is_told(head, status, wait):
    with serving(saying(head)) as server, pytest.raises(BadStatus) as refused:
        local(server).fetch(server.url, LIMITS)
    assert (refused.value.status, refused.value.retry_after) == (status, wait)


def test_a_moment_to_come_back_is_told_in_seconds():
    moment = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    busy = saying(f"503 Busy\nRetry-After: {moment}")
    with serving(busy) as server, pytest.raises(BadStatus) as refused:
        local(server).fetch(server.url, LIMITS)
    assert 3000 < (refused.value.retry_after or 0) <= 3600


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("200 OK\nContent-Encoding: br", b"x"),
        ("200 OK\nContent-Encoding: gzip, gzip", b"x"),
        ("200 OK\nContent-Encoding: gzip", b"not packed"),
        ("200 OK\nContent-Encoding: gzip", gzip.compress(b"x" * 1000)[:-6]),
        ("200 OK\nContent-Encoding: gzip", b""),
    ],
)
def test_a_packing_that_cannot_be_read_is_told(head, body):
    with serving(saying(head, body)) as server, pytest.raises(BadEncoding):
        local(server).fetch(server.url, LIMITS)


@pytest.mark.parametrize(
    "head", ["200 OK\nContent-Length: 100", "200 OK\nTransfer-Encoding: chunked", "what is this"]
)
def test_an_answer_that_breaks_off_or_is_none_is_told(head):
    with serving(saying(head, b"a part")) as server, pytest.raises(NotReachable):
        local(server).fetch(server.url, LIMITS)


def test_a_port_that_nobody_answers_at_is_told():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NotReachable, match="refused"):
        Fetcher(allowed=["127.0.0.1"]).fetch(f"http://127.0.0.1:{port}/", LIMITS)


def test_a_name_that_nobody_knows_is_told():
    def resolve(host, port):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(NotReachable, match=r"nowhere\.example .* not known"):
        Fetcher(resolve=resolve).fetch("http://nowhere.example/", LIMITS)


def test_a_name_that_cannot_be_one_is_told():
    with pytest.raises(NotReachable):
        Fetcher().fetch(f"http://{'a' * 64}.example/", LIMITS)


def test_a_readers_own_error_stays_its_own(hello):
    with pytest.raises(OSError, match="disk full"), local(hello).open(hello.url, LIMITS):
        raise OSError("disk full")


def test_each_error_has_a_code_of_its_own():
    kinds: list[type[FetchError]] = [
        Blocked,
        NotReachable,
        TooSlow,
        TooLarge,
        BadEncoding,
        BadStatus,
    ]
    assert len({kind.code for kind in kinds}) == len(kinds)
    assert all(issubclass(kind, FetchError) for kind in kinds)


def test_what_is_handed_over_is_the_body_and_once():
    with serving(saying("204 No Content", b"")) as server:
        Fetcher(allowed=[server.host]).post_json(server.url, b'{"a": 1}', LIMITS)
    (request,) = server.requests
    assert request.startswith(b"POST / HTTP/1.1\r\n")
    assert b"content-type: application/json" in request.lower()


def test_who_takes_a_body_and_falls_silent_may_have_taken_it():
    limits = Limits(most_bytes=10, seconds=0.3)
    with (
        serving(lambda request, connection: time.sleep(1)) as server,
        pytest.raises(Unanswered),
    ):
        Fetcher(allowed=[server.host]).post_json(server.url, b"{}", limits)


def test_a_host_without_an_address_has_taken_nothing():
    def nowhere(host, port):
        raise socket.gaierror("no such host")

    with pytest.raises(NotReachable):
        Fetcher(resolve=nowhere).post_json("https://hooks.example/x", b"{}", LIMITS)


def test_nothing_is_handed_to_a_private_network():
    with serving(saying("200 OK", b"")) as server, pytest.raises(Blocked):
        Fetcher().post_json(server.url, b"{}", LIMITS)
    assert server.requests == []


def test_a_body_is_not_carried_on_to_where_an_answer_points():
    with serving(saying("307 Elsewhere\nLocation: /b", b"")) as server:
        with pytest.raises(BadStatus):
            Fetcher(allowed=[server.host]).post_json(server.url, b"{}", LIMITS)
        assert len(server.requests) == 1
