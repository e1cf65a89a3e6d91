"""Domains: whether mail to one can arrive, and whether it is a throw-away one.

Asked before a confirmation is sent. Where the DNS does not answer, a domain is accepted: that is not the fault of the
person who waits in front of a form.
"""

import asyncio
import threading
from collections.abc import Collection
from enum import StrEnum
from pathlib import Path

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import idna
from disposable_email_domains import blocklist

from dailypapers.errors import BadSettings

#: Maximum time for a domain's records, in seconds: a person waits in front of the form.
TIMEOUT_SECONDS = 2.0
_CACHED = 10_000
#: Maximum questions at a time: a flood of made-up domains must not become ours against a name server.
_AT_ONCE = 50


class Trouble(StrEnum):
    """Why mail to a domain cannot arrive, or should not be sent."""

    UNKNOWN_DOMAIN = "unknown domain"
    TAKES_NO_MAIL = "takes no mail"
    DISPOSABLE = "disposable"


class Domains:
    """Knows domains; without a resolver, only the disposable ones."""

    def __init__(self, *, disposable: Collection[str] = (), resolver: dns.asyncresolver.Resolver | None = None) -> None:
        self._disposable = frozenset(disposable)
        self._resolver = resolver
        # Pages and mail that comes in ask from threads of their own.
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    async def trouble(self, domain: str) -> Trouble | None:
        """Return why mail to a domain cannot arrive, `None` where it may. Takes two seconds at most."""
        try:
            name = idna.encode(domain, uts46=True).decode() if not domain.isascii() else domain.lower()
        except idna.IDNAError:
            return Trouble.UNKNOWN_DOMAIN
        if self._is_disposable(name):
            return Trouble.DISPOSABLE
        if self._resolver is None or not self._places.acquire(blocking=False):
            return None
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                return await _asked(self._resolver, name)
        except (dns.exception.DNSException, OSError):  # A timeout is an OSError too.
            return None
        finally:
            self._places.release()

    def _is_disposable(self, name: str) -> bool:
        """Return whether a name is a disposable domain, or below one."""
        labels = name.split(".")
        return any(".".join(labels[i:]) in self._disposable for i in range(len(labels) - 1))


async def _asked(resolver: dns.asyncresolver.Resolver, domain: str) -> Trouble | None:
    """Ask for the MX, or the address itself where there is none (RFC 5321 5.1); “.” takes no mail (RFC 7505)."""
    name = dns.name.from_text(domain)
    try:
        answer = await resolver.resolve(name, dns.rdatatype.MX, search=False)
    except dns.resolver.NXDOMAIN:
        return Trouble.UNKNOWN_DOMAIN if await _knows_the_world(resolver) else None
    except dns.resolver.NoAnswer:
        return None if await _has_address(resolver, name) else Trouble.TAKES_NO_MAIL
    return Trouble.TAKES_NO_MAIL if all(record.exchange == dns.name.root for record in answer) else None


async def _knows_the_world(resolver: dns.asyncresolver.Resolver) -> bool:
    """Return whether this resolver knows the public DNS: one of a closed network may know no outer name at all."""
    try:
        await resolver.resolve(dns.name.root, dns.rdatatype.NS, search=False)
    except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
        return False
    return True


async def _has_address(resolver: dns.asyncresolver.Resolver, name: dns.name.Name) -> bool:
    for kind in (dns.rdatatype.A, dns.rdatatype.AAAA):
        try:
            await resolver.resolve(name, kind, search=False)
        except (dns.resolver.NoAnswer, dns.resolver.NXDOMAIN):
            continue
        return True
    return False


def system_resolver() -> dns.asyncresolver.Resolver | None:
    """Return the machine's resolver with a cache that keeps to the records' times; `None` where none is set up."""
    try:
        resolver = dns.asyncresolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        return None
    resolver.cache = dns.resolver.LRUCache(_CACHED)
    resolver.lifetime = TIMEOUT_SECONDS
    return resolver


def disposable_domains(file: Path | None = None) -> frozenset[str]:
    """Return the list of the package disposable-email-domains, or the domains of a file, one a line.

    Raises `BadSettings` where the file cannot be read.
    """
    if file is None:
        return frozenset(blocklist)
    try:
        lines = (line.partition("#")[0].strip().lower() for line in file.read_text("utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise BadSettings(f"subscribe.disposable_domains_file: {file} cannot be read: {error}.") from None
    return frozenset(line for line in lines if line)
