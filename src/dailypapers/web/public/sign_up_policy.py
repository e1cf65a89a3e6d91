"""Who may ask to subscribe: whether sign-up is open, its limits, and which network a request is from."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from fastapi import Request

from dailypapers.domain.signup import Limits
from dailypapers.mail.dns import Domains

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
#: What one customer of a provider has: a /24 shares its limit, of IPv6 a /48 (RFC 6177).
_IPV4_BITS, _IPV6_BITS = 24, 48
#: Maximum addresses of X-Forwarded-For that are read; nobody has more proxies in a row.
_PROXIES = 20


@dataclass(frozen=True, slots=True)
class SignUpPolicy:
    """The conditions under which people may ask to subscribe."""

    open: bool = True
    limits: Limits = field(default_factory=Limits)
    #: A form that comes back sooner was filled in by a bot.
    minimum: dt.timedelta = dt.timedelta(seconds=2)
    #: In attack mode: how long to wait before the second page's button works.
    wait: dt.timedelta = dt.timedelta(seconds=10)
    #: No answer comes sooner, so that its time does not tell whether an address is known.
    answer_after: dt.timedelta = dt.timedelta(0)
    domains: Domains = field(default_factory=Domains)
    #: Proxies whose X-Forwarded-For is trusted.
    trusted_proxies: Sequence[Network] = ()
    #: The address for subscribing by email; empty where there is none.
    by_mail: str = ""


def network_of(request: Request, trusted: Sequence[Network] = ()) -> str:
    """Return the network a request came from, such as 192.0.2.0/24; empty where nobody knows.

    That is the other end of the connection. Only where it is a trusted proxy is `X-Forwarded-For` read: from the
    right, each address as the one before reports it, up to the first that is not a proxy of ours.
    """
    address = _parsed(request.client.host if request.client else "")
    forwarded = ",".join(request.headers.getlist("x-forwarded-for")).split(",")[-_PROXIES:]
    while address and forwarded and any(address in network for network in trusted):
        further = _parsed(forwarded.pop())
        if further is None:
            break
        address = further
    if address is None:
        return ""
    bits = _IPV4_BITS if isinstance(address, IPv4Address) else _IPV6_BITS
    return str(ip_network((address, bits), strict=False))


def _parsed(text: str) -> Address | None:
    """Return an address; of IPv6 without its zone, and an IPv4-mapped one as IPv4."""
    bare = text.strip().partition("%")[0]
    if bare.startswith("[") or bare.count(":") == 1:  # with a port: some proxies write it
        bare = bare.removeprefix("[").partition("]")[0] if bare.startswith("[") else bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address
