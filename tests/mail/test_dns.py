"""Whether a domain takes mail, asked of a real name server."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import dns.asyncresolver
import dns.resolver
import pytest
from tests.playing_dns import BROKEN, SILENT, NameServer, playing_dns

from dailypapers.errors import BadSettings
from dailypapers.mail.dns import Domains, Trouble, disposable_domains, system_resolver

ZONE: dict[str, dict[str, tuple[str, ...]]] = {
    "mail.example": {"MX": ("10 mx.mail.example.",)},
    "bare.example": {"A": ("192.0.2.1",)},
    "six.example": {"AAAA": ("2001:db8::1",)},
    "null.example": {"MX": ("0 .",), "A": ("192.0.2.1",)},
    "empty.example": {},
    "xn--bcher-kva.example": {"MX": ("10 mx.mail.example.",)},
}


@pytest.fixture
def names() -> Iterator[NameServer]:
    with playing_dns(ZONE) as server:
        yield server


@pytest.mark.parametrize(
    ("domain", "trouble"),
    [
        ("mail.example", None),
        ("bare.example", None),
        ("six.example", None),
        ("bücher.example", None),
        ("null.example", Trouble.TAKES_NO_MAIL),
        ("empty.example", Trouble.TAKES_NO_MAIL),
        ("nowhere.example", Trouble.UNKNOWN_DOMAIN),
        ("büch er.example", Trouble.UNKNOWN_DOMAIN),
        (BROKEN, None),
        (SILENT, None),
    ],
)
async def test_a_domain_that_takes_no_mail_is_told_from_one_nobody_can_ask_about(
    names: NameServer, domain: str, trouble: Trouble | None
) -> None:
    assert await Domains(resolver=names.resolver).trouble(domain) is trouble


async def test_a_resolver_that_is_not_there_costs_nobody_an_address() -> None:
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port, resolver.lifetime = ["127.0.0.1"], 1, 0.5
    assert await Domains(resolver=resolver).trouble("mail.example") is None
    assert await Domains().trouble("mail.example") is None


async def test_a_resolver_that_knows_no_outer_name_costs_nobody_an_address() -> None:
    with playing_dns(ZONE, closed=True) as names:
        domains = Domains(resolver=names.resolver)
        assert await domains.trouble("nowhere.example") is None
        assert await domains.trouble("null.example") is Trouble.TAKES_NO_MAIL


async def test_answers_are_remembered(names: NameServer) -> None:
    names.resolver.cache = dns.resolver.LRUCache()
    domains = Domains(resolver=names.resolver)
    for _ in range(3):
        assert await domains.trouble("mail.example") is None
        assert await domains.trouble("nowhere.example") is Trouble.UNKNOWN_DOMAIN
    assert sorted(names.asked) == [" NS", "mail.example MX", "nowhere.example MX"]


async def test_others_are_answered_while_a_name_server_is_silent(names: NameServer) -> None:
    domains = Domains(resolver=names.resolver)
    waiting = asyncio.create_task(domains.trouble(SILENT))
    assert await domains.trouble("null.example") is Trouble.TAKES_NO_MAIL
    assert not waiting.done()
    assert await waiting is None


async def test_a_flood_of_domains_is_not_passed_on(names: NameServer) -> None:
    domains = Domains(resolver=names.resolver)
    await asyncio.gather(*(domains.trouble(f"n{i}.example") for i in range(500)))
    assert len({question for question in names.asked if question.endswith(" MX")}) <= 50


async def test_disposable_domains_are_known_with_what_is_below_them(tmp_path: Path) -> None:
    shipped = Domains(disposable=disposable_domains())
    assert await shipped.trouble("mailinator.com") is Trouble.DISPOSABLE
    assert await shipped.trouble("x.mailinator.com") is Trouble.DISPOSABLE
    assert await shipped.trouble("example.org") is None
    own = tmp_path / "list.txt"
    own.write_text("# ours\nthrow.example  # away\n\n", "utf-8")
    listed = Domains(disposable=disposable_domains(own))
    assert await listed.trouble("THROW.example") is Trouble.DISPOSABLE
    assert await listed.trouble("mailinator.com") is None
    with pytest.raises(BadSettings, match="cannot be read"):
        disposable_domains(tmp_path / "nowhere.txt")


def test_the_machines_resolver_remembers_and_is_patient_for_two_seconds() -> None:
    resolver = system_resolver()
    assert resolver is None or (resolver.lifetime, type(resolver.cache)) == (2, dns.resolver.LRUCache)
