"""Only single machines of the public internet may be dialled, however an address is written."""

import pytest

from needsbank.sources.fetch_errors import Blocked
from needsbank.sources.web_targets import check_addresses, is_public, parse_target


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "64:ff9b::5db8:d822"])
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "0.0.0.0",  # noqa: S104 -- nothing is bound here
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::7f00:1",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "no address",
    ],
)
def test_addresses_that_are_not_public(address):
    assert not is_public(address)


def test_one_private_address_among_public_ones_is_enough_to_refuse():
    check_addresses("both.example", ["93.184.216.34"])
    with pytest.raises(Blocked, match=r"both\.example"):
        check_addresses("both.example", ["93.184.216.34", "10.0.0.1"])


@pytest.mark.parametrize(
    ("url", "host", "port", "asked"),
    [
        ("http://Repo.Example", "repo.example", 80, "http://repo.example:80/"),
        ("https://repo.example/oai?verb=Identify#top", "repo.example", 443, "/oai?verb=Identify"),
        ("HTTPS://repo.example:8443/a%20b/ä", "repo.example", 8443, ":8443/a%20b/%C3%A4"),
        ("http://[2606:2800::1]/x", "2606:2800::1", 80, "http://[2606:2800::1]:80/x"),
        ("http://bücher.example/", "xn--bcher-kva.example", 80, "http://xn--bcher-kva.example"),
        ("http://127。0。0。1/", "127.0.0.1", 80, "http://127.0.0.1:80/"),
    ],
)
def test_what_an_address_asks_for(url, host, port, asked):
    target = parse_target(url)
    assert (target.host, target.port) == (host, port)
    assert asked in target.url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "repo.example",
        "//repo.example/",
        "file:///etc/passwd",
        "ftp://repo.example/",
        "gopher://127.0.0.1:6379/_INFO",
        "javascript:alert(1)",
        "http://",
        "http:///path",
        "http://user@repo.example/",
        "http://user:secret@repo.example/",
        "http://repo.example@127.0.0.1/",
        "http://repo.example\\@127.0.0.1/",
        "http://repo.example\r\nHost: other/",
        "http://repo.example/\tx",
        "http://repo.example /",
        "http://repo.example:port/",
        "http://repo.example:99999/",
        "http://[::1/",
        "http://[::1%25eth0]/",
        "http://-repo.example/",
        "http://repo%2eexample/",
    ],
)
def test_what_is_no_address_of_a_page_is_refused(url):
    with pytest.raises(Blocked):
        parse_target(url)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("http://localhost/", {"localhost"}),
        ("http://localhost:8000/", {"localhost"}),
        ("http://localhost:8000/", {"localhost:8000"}),
        ("http://[::1]:8000/", {"[::1]:8000"}),
        ("http://[::1]/", {"::1"}),
    ],
)
def test_hosts_that_an_admin_names(url, allowed):
    assert parse_target(url).is_named_in(allowed)


@pytest.mark.parametrize("allowed", [set(), {"localhost:8001"}, {"local"}, {"localhost.example"}])
def test_hosts_that_nobody_names(allowed):
    assert not parse_target("http://localhost:8000/").is_named_in(allowed)
