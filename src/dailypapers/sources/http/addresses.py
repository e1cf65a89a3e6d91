"""Which addresses of the network we may talk to.

A feed's address is written by people and its redirects by strangers: neither may make this machine ask its own
network (server-side request forgery). Does not know HTTP.
"""

import asyncio
import ipaddress
import socket

from dailypapers.errors import FetchFailed

#: Networks whose last 32 bits are an IPv4 address: RFC 6052 and 8215 (NAT64), RFC 4291 2.5.5.1 (compatible), RFC 2765
#: (translated).
_CARRY_IPV4 = tuple(
    ipaddress.IPv6Network(network) for network in ("64:ff9b::/96", "64:ff9b:1::/48", "::/96", "::ffff:0:0:0/96")
)
_ISATAP = 0x00005EFE
#: One name rarely has more that work; a stranger's may have thousands.
_MAX_ADDRESSES = 4


async def addresses_of(host: str, port: int, *, allow_private: bool = False) -> tuple[str, ...]:
    """Resolve a host to the addresses it may be asked at, IPv4 first, at most four.

    Whoever connects must connect to one of these and not resolve the name again: the answer may differ next time.
    Raises `FetchFailed` where any of the host's addresses is not public (unless private ones are allowed), and
    `OSError` where the name cannot be resolved now.
    """
    try:
        resolved = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise FetchFailed(f"“{host[:80]}” is not a valid host name.") from error
    texts = dict.fromkeys(str(entry[4][0]) for entry in sorted(resolved, key=lambda entry: entry[0] != socket.AF_INET))
    if not allow_private and not all(is_public(text) for text in texts):
        raise FetchFailed(
            f"{host} is on a private network, which is asked only where service.allow_local_sources is true."
        )
    return tuple(texts)[:_MAX_ADDRESSES]


def is_public(text: str) -> bool:
    """Whether an address is one of the open Internet, also where it hides inside an IPv6 one."""
    address = _unwrapped(ipaddress.ip_address(text.partition("%")[0]))
    return address.is_global and not address.is_multicast and not getattr(address, "is_site_local", False)


def _unwrapped(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    if isinstance(address, ipaddress.IPv4Address):
        return address
    # ISATAP (RFC 5214 6.1) writes it behind 0:5efe, whatever the network.
    is_isatap = int(address) >> 32 & 0xFDFFFFFF == _ISATAP
    if is_isatap or any(address in network for network in _CARRY_IPV4):
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)
