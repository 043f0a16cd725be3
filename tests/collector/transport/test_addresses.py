"""Which hosts are asked, and which get the headers: over servers on several loopback addresses."""

from __future__ import annotations

import ipaddress

import pytest

from collector.errors import FeedError
from collector.transport.addresses import Address, AddressPolicy, Reach, reach_of
from collector.transport.deadline import Deadline
from collector.transport.fetcher import Fetcher
from collector.transport.retry_after import retry_after_seconds
from tests.collector.local_server import LocalServer
from tests.collector.transport.hostile_server import hostile_server

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


def last_octet(address: Address) -> Reach:
    """127.0.0.1 stands for a public address, .2 for a private one, .3 for a link-local one."""
    return {1: Reach.PUBLIC, 2: Reach.PRIVATE, 3: Reach.LINK_LOCAL}[int(address) & 0xFF]


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("8.8.8.8", Reach.PUBLIC),
        ("10.1.2.3", Reach.PRIVATE),
        ("127.0.0.1", Reach.PRIVATE),
        ("100.64.0.1", Reach.PRIVATE),
        ("0.0.0.0", Reach.PRIVATE),
        ("224.0.0.1", Reach.PRIVATE),
        ("169.254.169.254", Reach.LINK_LOCAL),
        ("::1", Reach.PRIVATE),
        ("fd00::1", Reach.PRIVATE),
        ("fe80::1", Reach.LINK_LOCAL),
        ("::ffff:169.254.169.254", Reach.LINK_LOCAL),
        ("64:ff9b::a9fe:a9fe", Reach.LINK_LOCAL),
        ("2002:a9fe:a9fe::1", Reach.LINK_LOCAL),
        ("::169.254.169.254", Reach.LINK_LOCAL),
        ("::ffff:0:10.0.0.1", Reach.PRIVATE),
        ("64:ff9b:1::a9fe:a9fe", Reach.PRIVATE),
        ("fec0::1", Reach.PRIVATE),
        ("168.63.129.16", Reach.LINK_LOCAL),
        ("fd00:ec2::254", Reach.LINK_LOCAL),
        ("100.100.100.200", Reach.LINK_LOCAL),
        ("::ffff:192.0.0.192", Reach.LINK_LOCAL),
        ("2606:4700::1111", Reach.PUBLIC),
    ],
)
def test_how_private_an_address_is(address: str, reach: Reach) -> None:
    assert reach_of(ipaddress.ip_address(address)) is reach


@pytest.mark.parametrize("host", ["", ".", "a.example"])
def test_without_a_home_only_public_addresses_are_asked(host: str) -> None:
    assert AddressPolicy("").allowed(host, ["10.0.0.1", "8.8.8.8", "::1"]) == ["8.8.8.8"]


@pytest.mark.parametrize("home", [1, 2, 3])
@pytest.mark.parametrize("named", [1, 2, 3])
@pytest.mark.parametrize("allow", [False, True])
def test_a_feed_names_no_address_more_private_than_its_own(home: int, named: int, allow: bool) -> None:
    policy = AddressPolicy(f"127.0.0.{home}", allow_private=allow, reach=last_octet)
    fetcher = Fetcher(policy, attempts=1)
    with hostile_server([ANSWER], 0.0, f"127.0.0.{home}") as discovery:
        assert fetcher.get(discovery, bytes, Deadline(30)) == b"{}"
    with hostile_server([ANSWER], 0.0, f"127.0.0.{named}") as other:
        if allow or named <= home:
            assert fetcher.get(other, bytes, Deadline(30)) == b"{}"
        else:
            with pytest.raises(FeedError) as caught:
                fetcher.get(other, bytes, Deadline(30))
            assert caught.value.reason == "address_refused"
    fetcher.close()


@pytest.mark.parametrize(("listed", "sent"), [((), False), (("localhost",), True), (("LOCALHOST.",), True)])
def test_headers_go_to_the_feeds_own_and_the_listed_hosts(listed: tuple[str, ...], sent: bool) -> None:
    fetcher = Fetcher(AddressPolicy("127.0.0.1", header_hosts=listed), headers={"X-Key": "k"}, attempts=1)
    with LocalServer(lambda request: request.reply(b"{}")) as server:
        fetcher.get(server.url, bytes, Deadline(30))
        fetcher.get(server.url.replace("127.0.0.1", "localhost"), bytes, Deadline(30))

    assert ["X-Key" in headers for headers in server.headers] == [True, sent]
    fetcher.close()


@pytest.mark.parametrize(("listed", "sent"), [((), False), (("city.example",), True)])
def test_headers_of_a_discovery_over_tls_do_not_go_without_it(listed: tuple[str, ...], sent: bool) -> None:
    policy = AddressPolicy("city.example", home_https=True, header_hosts=listed)

    assert policy.gets_headers("city.example", https=True)
    assert policy.gets_headers("city.example", https=False) is sent


@pytest.mark.parametrize("query", ["v=1", "lang=en", "a=127", "x=http", "key=%20%2Fab", "q", "=", "token=t0ps3cret"])
def test_a_query_is_sent_as_it_is_and_never_changes_the_host(query: str) -> None:
    fetcher = Fetcher(AddressPolicy("127.0.0.1"), attempts=1, secrets=("127", "http", "json"))
    with LocalServer(lambda request: request.reply(b"", status=404)) as server:
        with pytest.raises(FeedError, match="answered HTTP 404") as caught:
            fetcher.get(f"{server.url}/gbfs.json?{query}", bytes, Deadline(30))

        assert server.asked == [f"/gbfs.json?{query}"]
        assert server.headers[0]["Host"] == server.url.removeprefix("http://")
    assert "t0ps3cret" not in str(caught.value)
    fetcher.close()


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("3", 3.0),
        ("1.5", 1.5),
        (" 0 ", 0.0),
        ("Wed, 21 Oct 1999 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2099 07:28:00 GMT", 86_400.0),
        ("2099-10-21T07:28:00Z", 86_400.0),
        ('"3"', 3.0),
        ("9" * 400, 86_400.0),
        ("-3", None),
        ("soon", None),
        ("1.5.2", None),
        ("²", None),
        ("", None),
        (None, None),
    ],
)
def test_what_a_server_asks_to_wait(value: str | None, wanted: float | None) -> None:
    assert retry_after_seconds(value) == wanted
