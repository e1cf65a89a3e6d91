"""Where a request came from: by the connection, and by the word of proxies that are trusted."""

from ipaddress import ip_network

import pytest
from fastapi import Request

from dailypapers.web.public.sign_up_policy import network_of

PROXY = [ip_network("10.0.0.0/8"), ip_network("::1/128")]


def request(peer: str, *forwarded: str) -> Request:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return Request({"type": "http", "client": (peer, 1) if peer else None, "headers": headers})


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("testclient", ""),
    ],
)
def test_without_proxies_the_connection_tells(peer: str, network: str) -> None:
    assert network_of(request(peer, "198.51.100.1")) == network


@pytest.mark.parametrize(
    ("forwarded", "network"),
    [
        (["198.51.100.1"], "198.51.100.0/24"),
        (["203.0.113.9, 198.51.100.1"], "198.51.100.0/24"),
        (["203.0.113.9", "198.51.100.1, 10.0.0.2"], "198.51.100.0/24"),
        (["198.51.100.1:4711"], "198.51.100.0/24"),
        (["[2001:db8:1::5]:4711"], "2001:db8:1::/48"),
        (["198.51.100.1, nonsense"], "10.0.0.0/24"),
        ([""], "10.0.0.0/24"),
        ([], "10.0.0.0/24"),
        ([", ".join(["203.0.113.9"] * 5000)], "203.0.113.0/24"),
        ([", ".join(["10.0.0.3"] * 5000)], "10.0.0.0/24"),
    ],
)
def test_a_trusted_proxy_is_believed_from_the_right(forwarded: list[str], network: str) -> None:
    assert network_of(request("10.0.0.1", *forwarded), PROXY) == network


def test_others_are_not_believed() -> None:
    assert network_of(request("192.0.2.77", "198.51.100.1"), PROXY) == "192.0.2.0/24"
