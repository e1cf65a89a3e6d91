"""The records of a sending domain, asked of a name server of our own: each thing that can be wrong with them."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.playing_dns import SILENT, Zone, playing_dns

from dailypapers.domain.finding import Finding, Level
from dailypapers.mail.message.dkim import Key, record_value
from dailypapers.mail.records import Records, aligned, dkim, dmarc, findings, mx, organizational_domain, reverse, spf

KEY = Key("ours.example", "s1", Ed25519PrivateKey.generate())
DMARC = "v=DMARC1; p=none; rua=mailto:d@ours.example"


def txt(*texts: str) -> dict[str, tuple[str, ...]]:
    """TXT records, in strings of at most 255 characters."""
    if not texts:
        return {}
    return {"TXT": tuple(" ".join(f'"{text[n : n + 200]}"' for n in range(0, len(text), 200)) for text in texts)}


def asked(zone: Zone, check: Callable[[Records], Coroutine[Any, Any, Any]]) -> Any:
    with playing_dns(zone) as server:
        server.resolver.lifetime = 1.0
        return asyncio.run(check(Records(server.resolver)))


def level(zone: Zone, check: Callable[[Records], Coroutine[Any, Any, Finding]]) -> Level:
    found: Finding = asked(zone, check)
    assert bool(found.advice) == (found.level is not Level.OK)
    return found.level


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("v=spf1 ip4:192.0.2.1 -all",), Level.OK),
        (("v=spf1 redirect=a.example",), Level.OK),
        (("v=spf1 a ~all", "google-site-verification=x"), Level.OK),
        (("v=spf1 a",), Level.WARN),
        (("v=spf1 a ?all",), Level.WARN),
        (("v=spf1 +all",), Level.FAIL),
        (("v=spf1 a -all", "v=spf1 mx -all"), Level.FAIL),
        (("v=spf10 a -all",), Level.FAIL),
        (("v=spf1 -all",), Level.FAIL),
        (("v=spf1 includ:a.example -all",), Level.FAIL),
        (("v=spf1 ip4:192.0.2.300 -all",), Level.FAIL),
        (("v=spf1 ip4:2001:db8::/32 -all",), Level.FAIL),
        (("v=spf1 include:nowhere.example -all",), Level.FAIL),
        (("v=spf1 a:x.example/24//64 ip6:2001:db8::/32 ?include:%{d}.a.example exp=b.example ~all",), Level.OK),
        ((), Level.FAIL),
    ],
)
def test_spf(texts: tuple[str, ...], expected: Level) -> None:
    zone = {"ours.example": txt(*texts), "a.example": txt("v=spf1 -all")}
    assert level(zone, lambda records: spf(records, "ours.example")) is expected


def test_spf_counts_the_look_ups_of_what_is_included_and_follows_no_circle() -> None:
    zone = {
        "ours.example": txt("v=spf1 include:a.example mx -all"),
        "a.example": txt("v=spf1 include:b.example a a:x.example ptr exists:%{i}.example ip4:192.0.2.1 -all"),
        "b.example": txt("v=spf1 mx mx:y.example a a:z.example -all"),
    }
    found = asked(zone, lambda records: spf(records, "ours.example"))
    assert (found.level, "takes 11 look-ups" in found.why) == (Level.FAIL, True)
    circle = {"ours.example": txt("v=spf1 include:ours.example -all")}
    assert level(circle, lambda records: spf(records, "ours.example")) is Level.FAIL


def test_dkim_must_be_the_key_that_signs_here() -> None:
    at, good = "s1._domainkey.ours.example", record_value(KEY)
    other = record_value(Key("ours.example", "s1", Ed25519PrivateKey.generate()))
    for texts, expected in (((good,), Level.OK), ((other,), Level.FAIL), ((), Level.FAIL), ((good, other), Level.FAIL)):
        assert level({at: txt(*texts)}, lambda records: dkim(records, KEY, "ours.example")) is expected
    assert level({at: txt(good)}, lambda records: dkim(records, KEY, "theirs.example")) is Level.FAIL


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ({"_dmarc.news.ours.example": txt(DMARC)}, Level.OK),
        ({"_dmarc.ours.example": txt(DMARC)}, Level.OK),
        ({"_dmarc.ours.example": txt("v=DMARC1; p=reject")}, Level.WARN),
        ({"_dmarc.ours.example": txt(DMARC + "; pct=50")}, Level.WARN),
        ({"_dmarc.ours.example": txt("v=DMARC1; p=maybe")}, Level.FAIL),
        ({"_dmarc.ours.example": txt(DMARC, "v=DMARC1; p=reject")}, Level.FAIL),
        ({"_dmarc.ours.example": txt("v=DMARC1; p=none; rua=mailto:d@theirs.example!10m")}, Level.WARN),
        ({"_dmarc.ours.example": txt("v=DMARC2; p=none")}, Level.FAIL),
        ({}, Level.FAIL),
    ],
)
def test_dmarc_is_found_by_walking_up(zone: Zone, expected: Level) -> None:
    assert level(zone, lambda records: dmarc(records, "news.ours.example")) is expected


def test_dmarc_says_of_two_records_that_none_is_used() -> None:
    zone = {"_dmarc.ours.example": txt(DMARC, "v=DMARC1; p=reject")}
    found = asked(zone, lambda records: dmarc(records, "ours.example"))
    assert "has 2 records, so receivers use none" in found.why


def test_reports_go_to_another_domain_that_has_agreed() -> None:
    zone = {
        "_dmarc.ours.example": txt("v=DMARC1; p=none; rua=mailto:d@ours.example, mailto:d@theirs.example"),
        "ours.example._report._dmarc.theirs.example": txt("v=DMARC1;"),
    }
    assert level(zone, lambda records: dmarc(records, "ours.example")) is Level.OK


def test_the_organization_is_what_the_tree_says() -> None:
    zone = {
        "_dmarc.ours.example": txt(DMARC),
        "_dmarc.bank": txt("v=DMARC1; p=reject; psd=y"),
        "_dmarc.dept.uni.example": txt("v=DMARC1; p=none; psd=n"),
        "_dmarc.uni.example": txt(DMARC),
    }

    async def organizations(records: Records) -> list[str]:
        names = ("a.b.ours.example", "mail.first.bank", "x.dept.uni.example", "nowhere.example")
        return [await organizational_domain(records, name) for name in names]

    assert asked(zone, organizations) == ["ours.example", "first.bank", "dept.uni.example", "nowhere.example"]
    assert asked(zone, lambda records: aligned(records, "bounce.ours.example", "news.ours.example"))
    assert not asked(zone, lambda records: aligned(records, "a.example", "b.example"))


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ({"ours.example": {"MX": ("10 mx.ours.example.",)}, "mx.ours.example": {"AAAA": ("2001:db8::1",)}}, Level.OK),
        (
            {"ours.example": {"MX": ("10 mx.ours.example.", "20 b.example.")}, "b.example": {"A": ("192.0.2.1",)}},
            Level.WARN,
        ),
        ({"ours.example": {"MX": ("10 mx.ours.example.",)}}, Level.FAIL),
        ({"ours.example": {"A": ("192.0.2.1",)}}, Level.WARN),
        ({"ours.example": {"MX": ("0 .",)}}, Level.FAIL),
        ({"ours.example": {}}, Level.FAIL),
        ({}, Level.FAIL),
    ],
)
def test_mail_must_be_able_to_come_back(zone: Zone, expected: Level) -> None:
    assert level(zone, lambda records: mx(records, "ours.example")) is expected


def test_a_servers_address_has_a_name_that_leads_back() -> None:
    pointer = {"1.2.0.192.in-addr.arpa": {"PTR": ("mx.ours.example.",)}}
    good = {**pointer, "mx.ours.example": {"A": ("192.0.2.1",)}}
    for zone, expected in ((good, Level.OK), (pointer, Level.WARN), ({}, Level.WARN)):
        assert level(zone, lambda records: reverse(records, ["192.0.2.1"], "mx.ours.example")) is expected


def test_a_name_server_that_is_silent_is_a_warning_and_each_thing_is_named_once() -> None:
    found = asked({}, lambda records: findings(records, sender=SILENT, bounces=SILENT, keys=[]))
    assert [each.name for each in found if each.level is Level.WARN] == ["SPF", f"MX {SILENT}"]
    both = asked({}, lambda records: findings(records, sender="a.example", bounces="b.example", keys=[KEY]))
    assert [each.name for each in both] == ["SPF", "DKIM s1", "DMARC", "MX b.example", "MX a.example", "BIMI"]
