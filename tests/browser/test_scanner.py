"""Mail scanners open every link of a mail, some by GET and some by HEAD: nothing may come of it.

And whoever follows one comes to what it names.
"""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from tests.browser.living import Living, living

from dailypapers.catcher.server import Caught
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.store.database import writing
from dailypapers.subscriptions import sign_up

_LINK = re.compile(r"https?://[^\s<>\"')\]]+")


@pytest.fixture
def service(engine: sa.Engine, tmp_path: Path) -> Iterator[Living]:
    """A service on each of the databases. No browser is needed: a scanner is none."""
    with living(tmp_path, engine.url.render_as_string(hide_password=False)) as made:
        yield made


def links(mail: Caught, base: str) -> set[str]:
    """Every address of ours in a mail: in its HTML, its text and its headers."""
    written = "\n".join([unescape(mail.html), mail.text, *(value for _, value in mail.headers)])
    return {link.rstrip(".,;") for link in _LINK.findall(written) if link.startswith(base)}


def mails(service: Living) -> list[Caught]:
    """A confirmation mail and a digest, of two readers."""
    preferences = Preferences(Rhythm(), Amount(5), (Interest(InterestKind.TOPIC, "language models"),))
    now = service.clock.now
    with writing(service.app.engine) as tx:
        sign_up.admit(tx, "alice@example.org", preferences, consent=Consent("test"), now=now)
        sign_up.subscribe(tx, "bob@example.org", preferences, consent=Consent("test"), now=now)
    service.run_day()
    return service.mails_to("alice@example.org") + service.mails_to("bob@example.org")


def test_a_scanner_that_opens_every_link_of_every_mail_changes_no_row(service: Living) -> None:
    kept = mails(service)
    assert len(kept) == 2
    before = service.rows()
    found = sorted(set.union(*(links(mail, service.base) for mail in kept)))
    assert len(found) > 20
    with httpx.Client() as scanner:
        answers = [(link, scanner.request(method, link).status_code) for link in found for method in ("GET", "HEAD")]
    assert [answer for answer in answers if answer[1] != 200] == []
    assert service.rows() == before


def test_a_link_to_a_part_of_a_page_finds_it(service: Living) -> None:
    found = sorted(link for mail in mails(service) for link in links(mail, service.base) if "#" in link)
    assert len(found) == 2
    for link in found:
        assert f' id="{link.partition("#")[2]}"' in httpx.get(link).text
