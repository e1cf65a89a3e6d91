"""The DNS records of a domain that sends mail, checked: SPF, DKIM, DMARC, MX, and the name of a server's address.

    ask (a resolver) | read (pure) | findings

A name server that does not answer is a warning: nothing is known then.
"""

import ipaddress
import re
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver
import dns.reversename

from dailypapers.domain.finding import Finding, fail, ok, warn
from dailypapers.mail.message.dkim import Key, record_name, record_value

#: RFC 7208 4.6.4: more questions to the DNS than this make SPF fail for everybody.
SPF_LOOKUPS = 10
#: RFC 9989 4.10: of longer names only the last labels are asked about.
_LONGEST_WALK = 8
#: Tags of DMARC that RFC 9989 has removed.
_DMARC_REMOVED = {"pct", "rf", "ri"}
_DMARC_POLICIES = {"none", "quarantine", "reject"}
_ASKS = re.compile(r"(?:include|a|mx|ptr|exists)(?:[:/].*)?$|redirect=.+$", re.IGNORECASE)
_FOLLOWS = re.compile(r"(?:include:|redirect=)(.+)$", re.IGNORECASE)
#: What a term of SPF may be (RFC 7208 12), but for networks: a mechanism, or a modifier of any name.
_TERM = re.compile(
    r"[+?~-]?(?:all|(?:include|exists):[^\s/]+|(?:a|mx)(?::[^\s/]+)?(?:/\d{1,2})?(?://\d{1,3})?|ptr(?::[^\s/]+)?)"
    r"|[a-z][a-z0-9_.-]*=\S*",
    re.IGNORECASE,
)
_NETWORK = re.compile(r"[+?~-]?ip([46]):(\S+)", re.IGNORECASE)
_NO_ANSWER = (dns.exception.DNSException, OSError)
#: Names of one address that are asked about.
_MOST_POINTERS = 10
#: SPF records that include each other are followed no further than this.
_MOST_FOLLOWED = 30


class Unanswered(Exception):
    """A name server did not answer."""


@dataclass
class Records:
    """Asks a resolver, each question once."""

    resolver: dns.asyncresolver.Resolver
    _known: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    async def of(self, name: str, kind: str) -> list[str]:
        """Return the records of a name; none where it has none. Raises `Unanswered`."""
        question = (name.lower().rstrip("."), kind)
        if question not in self._known:
            self._known[question] = await self._asked(*question)
        return self._known[question]

    async def _asked(self, name: str, kind: str) -> list[str]:
        try:
            answer = await self.resolver.resolve(name, kind, search=False)
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except _NO_ANSWER:
            raise Unanswered(name) from None
        if kind == "TXT":
            return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
        return [record.to_text() for record in answer]


async def findings(records: Records, *, sender: str, bounces: str, keys: Sequence[Key]) -> list[Finding]:
    """Return how the records of the domains stand that mails are from (`sender`) and bounces go to (`bounces`)."""
    checks = [
        _guarded("SPF", spf(records, bounces)),
        *[_guarded(f"DKIM {key.selector}", dkim(records, key, sender)) for key in keys],
        _guarded("DMARC", dmarc(records, sender)),
        *[_guarded(f"MX {domain}", mx(records, domain)) for domain in dict.fromkeys((bounces, sender))],
        _guarded("BIMI", bimi(records, sender)),
    ]
    return [await check for check in checks]


async def _guarded(name: str, check: Coroutine[Any, Any, Finding]) -> Finding:
    try:
        return await check
    except Unanswered as unanswered:
        why = f"The name server did not answer about {unanswered}."
        return warn(name, why, "Try again; if it stays so, check the resolver of this machine.")


async def spf(records: Records, domain: str) -> Finding:
    """Check the record by which a domain names its senders (RFC 7208)."""
    texts = await _spf_records(records, domain)
    if not texts:
        advice = f'Publish a TXT record at {domain}, such as "v=spf1 include:your-provider.example -all".'
        return fail("SPF", f"{domain} has no SPF record.", advice)
    if len(texts) > 1:
        why = f"{domain} has {len(texts)} SPF records, so receivers can use none of them (RFC 7208 4.5)."
        return fail("SPF", why, "Merge them into one.")
    if unknown := [term for term in texts[0].split()[1:] if not _is_spf_term(term)]:
        why = f"The record of {domain} cannot be read: “{unknown[0]}” is not a term of SPF (RFC 7208 4.6)."
        return fail("SPF", why, "Correct it: receivers take no account of the whole record.")
    followed = await _followed(records, texts[0])
    if followed.missing:
        why = f"The record of {domain} names {followed.missing[0]}, which has no SPF record: checks fail by it"
        return fail("SPF", f"{why} (RFC 7208 5.2).", "Correct the include or redirect, or remove it.")
    if followed.lookups > SPF_LOOKUPS:
        why = f"The record of {domain} takes {followed.lookups} look-ups; more than {SPF_LOOKUPS} make it fail"
        return fail("SPF", f"{why} (RFC 7208 4.6.4).", "Remove includes that are no longer used.")
    return _spf_policy(domain, texts[0], followed.lookups)


def _spf_policy(domain: str, record: str, lookups: int) -> Finding:
    """Check whom a record that can be read lets send."""
    terms = record.lower().split()[1:]
    if {"+all", "all"}.intersection(terms):
        return fail("SPF", f"The record of {domain} allows everybody to send.", "End it with -all or ~all.")
    if set(terms) <= {"-all", "~all", "?all"}:
        why = f"The record of {domain} names no server that may send."
        return fail("SPF", why, "Name the one that sends your mail, as in include:your-provider.example.")
    if not any(term.endswith("all") or term.startswith("redirect=") for term in terms) or "?all" in terms:
        why = f"The record of {domain} does not say what to do with mail of other servers."
        return warn("SPF", why, "End it with -all or ~all.")
    return ok("SPF", f"{domain} names its senders, in {lookups} of {SPF_LOOKUPS} look-ups: {record}")


def _is_spf_term(term: str) -> bool:
    if match := _NETWORK.fullmatch(term):
        try:
            return ipaddress.ip_network(match[2], strict=False).version == int(match[1])
        except ValueError:
            return False
    return bool(_TERM.fullmatch(term))


async def _spf_records(records: Records, domain: str) -> list[str]:
    return [text for text in await records.of(domain, "TXT") if re.match(r"v=spf1( |$)", text, re.IGNORECASE)]


@dataclass(frozen=True, slots=True)
class _Followed:
    """What the records say that an SPF record leads to."""

    lookups: int
    missing: tuple[str, ...]
    """Domains that are named and have no record."""


async def _followed(records: Records, record: str) -> _Followed:
    """Count the questions a record takes, those of the records it includes as well."""
    count, open_records, followed, missing = 0, [record], 0, list[str]()
    while open_records and followed < _MOST_FOLLOWED:
        followed += 1
        for term in open_records.pop().split()[1:]:
            bare = term.lstrip("+-~?")
            count += bool(_ASKS.match(bare))
            # What a macro stands for (RFC 7208 7) is known with a mail only.
            if (match := _FOLLOWS.match(bare)) and "%" not in match[1]:
                included = await _spf_records(records, match[1])
                open_records += included[:1]
                missing += [] if included else [match[1]]
    return _Followed(count, tuple(missing))


async def dkim(records: Records, key: Key, sender: str) -> Finding:
    """Check that the public part of a key of ours is where receivers look for it (RFC 6376 3.6.2)."""
    name = f"DKIM {key.selector}"
    published = [text for text in await records.of(record_name(key), "TXT") if "p=" in text]
    advice = "Publish the record that `dailypapers dkim record` prints."
    if not published:
        return fail(name, f"{record_name(key)} has no record: signatures cannot be verified.", advice)
    if len(published) > 1:
        return fail(name, f"{record_name(key)} has {len(published)} records.", "Leave the one of the key in use.")
    if _tags(published[0]).get("p") != _tags(record_value(key)).get("p"):
        return fail(name, f"The record at {record_name(key)} is not of the key that signs here.", advice)
    if not await aligned(records, key.domain, sender):
        why = f"Signatures are of {key.domain}, emails are from {sender}: DMARC takes no account of them."
        return fail(name, why, "Set dkim.domain to the domain of mail.from_address.")
    return ok(name, f"The record at {record_name(key)} is of the key that signs here.")


async def dmarc(records: Records, domain: str) -> Finding:
    """Check the policy that receivers find for a domain by walking up the DNS tree (RFC 9989 4.10)."""
    found = await _policy(records, domain)
    if found is None and len(of_own := await _dmarc_records(records, domain)) > 1:
        why = f"_dmarc.{domain} has {len(of_own)} records, so receivers use none of them (RFC 9989 4.10)."
        return fail("DMARC", why, "Leave one.")
    if found is None:
        advice = f'Publish a TXT record at _dmarc.{domain}, such as "v=DMARC1; p=none; rua=mailto:dmarc@{domain}".'
        return fail("DMARC", f"No policy was found for {domain}.", advice)
    return await _dmarc_policy(records, *found)


async def _dmarc_policy(records: Records, at: str, tags: Mapping[str, str]) -> Finding:
    """Check what a record asks of receivers."""
    policy = tags.get("p", "none").lower()
    if policy not in _DMARC_POLICIES:
        return fail("DMARC", f"The policy at _dmarc.{at} is “{policy}”.", "Use p=none, p=quarantine or p=reject.")
    if "rua" not in tags:
        return warn("DMARC", f"p={policy} at _dmarc.{at}, without reports.", "Add rua=mailto:… to see who fails.")
    if removed := sorted(_DMARC_REMOVED.intersection(tags)):
        return warn("DMARC", f"p={policy} at _dmarc.{at}; RFC 9989 has removed {', '.join(removed)}.", "Remove them.")
    if refused := await _refuses_reports(records, at, tags["rua"]):
        why = f"p={policy} at _dmarc.{at}; reports to {refused} are not sent, as it does not say that it takes them."
        return warn("DMARC", why, f'Publish the TXT record "v=DMARC1" at {at}._report._dmarc.{refused} (RFC 9990).')
    return ok("DMARC", f"p={policy} at _dmarc.{at}; reports go to {tags['rua']}.")


async def _refuses_reports(records: Records, domain: str, addresses: str) -> str:
    """Return the first domain that reports are to go to and that has not agreed to it; empty where there is none."""
    for uri in addresses.split(","):
        receiver = uri.partition("!")[0].strip().rpartition("@")[2].lower()
        is_near = f".{domain}".endswith(f".{receiver}") or f".{receiver}".endswith(f".{domain}")
        if receiver and not is_near and not await aligned(records, receiver, domain):
            agreed = await records.of(f"{domain}._report._dmarc.{receiver}", "TXT")
            if not any(text.startswith("v=DMARC1") for text in agreed):
                return receiver
    return ""


async def _policy(records: Records, domain: str) -> tuple[str, dict[str, str]] | None:
    """Return the first record on the way up, and where it is."""
    return next(iter(await _walk(records, domain)), None)


async def _walk(records: Records, domain: str) -> list[tuple[str, dict[str, str]]]:
    """Return the records of a domain and of those above it, its own first."""
    labels = domain.lower().rstrip(".").split(".")
    names = [labels, *(labels[-n:] for n in range(min(len(labels) - 1, _LONGEST_WALK - 1), 0, -1))]
    policies: list[tuple[str, dict[str, str]]] = []
    for name in names:
        at = ".".join(name)
        texts = await _dmarc_records(records, at)
        if len(texts) == 1:
            policies.append((at, _tags(texts[0])))
    return policies


async def _dmarc_records(records: Records, domain: str) -> list[str]:
    return [text for text in await records.of(f"_dmarc.{domain}", "TXT") if re.match(r"v=DMARC1\s*(;|$)", text)]


async def organizational_domain(records: Records, domain: str) -> str:
    """Return the domain that answers for a name (RFC 9989 4.10.2)."""
    policies = await _walk(records, domain)
    for at, tags in policies:
        if tags.get("psd") == "n":
            return at
        if tags.get("psd") == "y":
            below = len(at.split(".")) + 1
            return ".".join(domain.lower().split(".")[-below:])
    return policies[-1][0] if policies else domain.lower()


async def aligned(records: Records, signing: str, sender: str) -> bool:
    """Return whether two domains are of one organization, which relaxed alignment asks for (RFC 9989 5.1)."""
    if signing.lower() == sender.lower():
        return True
    return await organizational_domain(records, signing) == await organizational_domain(records, sender)


async def mx(records: Records, domain: str) -> Finding:
    """Check that mail to a domain arrives: bounces, and what people answer (RFC 5321 5.1, RFC 7505)."""
    name = f"MX {domain}"
    hosts = await records.of(domain, "MX")
    if any(record.split()[-1] == "." for record in hosts):
        return fail(name, f"{domain} says that it takes no mail.", "Remove its null MX: bounces must arrive.")
    if hosts:
        return await _mx_hosts(records, domain, sorted(record.split()[-1].rstrip(".") for record in hosts))
    if await records.of(domain, "A") or await records.of(domain, "AAAA"):
        return warn(name, f"{domain} has no MX; mail goes to its own address.", "Publish an MX record.")
    return fail(name, f"Mail to {domain} cannot arrive.", "Publish an MX record: bounces and answers must arrive.")


async def _mx_hosts(records: Records, domain: str, hosts: Sequence[str]) -> Finding:
    lost = [host for host in hosts if not (await records.of(host, "A") or await records.of(host, "AAAA"))]
    if len(lost) == len(hosts):
        why = f"Mail to {domain} would go to {', '.join(hosts)}, which has no address."
        return fail(f"MX {domain}", why, "Correct its MX record: bounces and answers must arrive.")
    if lost:
        why = f"Mail to {domain} goes to {', '.join(hosts)}, of which {', '.join(lost)} has no address."
        return warn(f"MX {domain}", why, "Correct its MX record.")
    return ok(f"MX {domain}", f"Mail to {domain} goes to {', '.join(hosts)}.")


async def bimi(records: Records, domain: str) -> Finding:
    """Tell whether a logo is published, which is optional."""
    logos = [text for text in await records.of(f"default._bimi.{domain}", "TXT") if text.startswith("v=BIMI1")]
    return ok("BIMI", f"A logo is published: {logos[0]}" if logos else "No logo is published, and none is needed.")


async def reverse(records: Records, addresses: Sequence[str], host: str) -> Finding:
    """Check that a server's addresses have names that lead back to them: large providers refuse mail from others."""
    name = f"PTR {host}"
    try:
        lacking = [address for address in addresses if not await _is_confirmed(records, address)]
    except Unanswered as unanswered:
        return warn(name, f"The name server did not answer about {unanswered}.", "Try again.")
    if lacking:
        why = f"{', '.join(lacking)} has no name that leads back to it."
        return warn(name, why, "If this server sends to the world itself, set a PTR record that its name confirms.")
    return ok(name, f"{', '.join(addresses) or host} has a name that leads back to it.")


async def _is_confirmed(records: Records, address: str) -> bool:
    pointers = await records.of(dns.reversename.from_address(address).to_text(), "PTR")
    kind = "AAAA" if ":" in address else "A"
    named = [await records.of(pointer, kind) for pointer in pointers[:_MOST_POINTERS]]
    return any(address in addresses for addresses in named)


def _tags(record: str) -> dict[str, str]:
    pairs = (part.partition("=") for part in record.split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}
