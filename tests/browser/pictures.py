"""Pictures of every page and mail, as a phone and a desktop show them, in light and in dark: to look at, not to keep.

python -m tests.browser.pictures FOLDER [NAME...]
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from html import escape
from itertools import chain, product
from pathlib import Path

import sqlalchemy as sa
from playwright.sync_api import Page, sync_playwright
from tests.browser import tools
from tests.browser.living import Living, aside, living
from tests.browser.looking import Colors, Look, reshape
from tests.browser.states import prepared, states

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.link import Bearer, Purpose
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Abstracts, Amount, Consent, OnEmpty, Rhythm, Style
from dailypapers.domain.vote import Vote
from dailypapers.store import history, subscribers, votes
from dailypapers.store.database import writing
from dailypapers.store.picks import of_deliveries
from dailypapers.subscriptions import sign_up

COLORS: tuple[Colors, ...] = ("light", "dark")
LOOKS = [Look(width, colors=colors) for width, colors in product((320, 390, 1280), COLORS)]
PUBLIC = {
    "front": "/",
    "front-topic": "/?topic=language+models%2C+quantum+error+correction",
    "front-nothing": "/?topic=medieval+poetry",
    "front-quiet": "/?topic=language+models%2C+zebrafish+development%2C+the",
    "subscribe": "/subscribe?topic=language+models&topic=quantum+error+correction",
    "search": "/search",
    "search-found": "/search?q=attention",
    "search-nothing": "/search?q=xyzzy",
    "archive": "/archive",
    "archive-day": "/archive/2026-11-23",
}
TOPICS = tuple(Interest(InterestKind.TOPIC, topic) for topic in ("language models", "quantum error correction"))
#: On which computer science brings nothing.
ABSENT = tuple(Interest(InterestKind.TOPIC, topic) for topic in ("zebrafish development", "medieval falconry"))
#: Pages of a service that has not closed an edition yet.
EMPTY = {"front-empty": "/", "archive-empty": "/archive", "search-empty": "/search?q=attention"}
#: Pages that come after a button: the page it is on, and what it says.
AFTER = {
    "subscribe-trouble": ("subscribe", "Subscribe"),
    "confirm-done": ("confirm", "Confirm my subscription"),
    "vote-done": ("vote", "Like"),
    "vote-less-done": ("vote-less", "Less like this"),
}
#: Whose first mail is which, and what they asked for.
MAILS = {
    "digest": ("alice", Preferences(Rhythm(), Amount(10), TOPICS)),
    "trending": ("carol", Preferences(Rhythm(), Amount(5))),
    "one": ("frank", Preferences(Rhythm(), Amount(1), TOPICS)),
    "weekly": ("grace", Preferences(Rhythm(days=frozenset({0})), Amount(10), TOPICS, Style(abstracts=Abstracts.WHOLE))),
    "bare": ("heidi", Preferences(Rhythm(), Amount(10), TOPICS, Style(abstracts=Abstracts.NONE))),
    "quiet": ("ivan", Preferences(Rhythm(), Amount(5), (*TOPICS, *ABSENT))),
    "instead": ("judy", Preferences(Rhythm(), Amount(5, on_empty=OnEmpty.TRENDING), ABSENT)),
}


def main() -> None:
    """Take all pictures, or those whose names begin so."""
    folder, wanted = Path(sys.argv[1]), tuple(sys.argv[2:])
    folder.mkdir(parents=True, exist_ok=True)
    if lacks := tools.missing():
        sys.exit(lacks)
    with tempfile.TemporaryDirectory() as name, living(Path(name)) as service, sync_playwright() as play:
        addresses = aside(lambda: prepare(service))
        browser = play.chromium.launch(executable_path=tools.chromium(), args=list(tools.ARGUMENTS))
        page = browser.new_page(reduced_motion="reduce")
        for shown in chain(pages(page, service, addresses), states(prepared(service, page)), empty(page)):
            if shown.startswith(wanted or ("",)):
                take(page, folder, shown)
        browser.close()


def prepare(service: Living) -> dict[str, str]:
    """Let readers get digests and one more ask for them; gives the addresses of pages by name."""
    now = service.clock.now
    with writing(service.app.engine) as tx:
        for name, preferences in MAILS.values():
            sign_up.admit(tx, f"{name}@example.org", preferences, consent=Consent("test"), now=now)
        sign_up.subscribe(tx, "bob@example.org", MAILS["digest"][1], consent=Consent("test"), now=now)
    service.run_day()
    return {name: service.base + path for name, path in PUBLIC.items()} | _own(service)


def _own(service: Living) -> dict[str, str]:
    """Alice's pages, who has saved two papers."""
    now, sign = service.clock.now, service.app.signer.url
    with writing(service.app.engine) as tx:
        alice, bob, carol = (_reader(tx, name) for name in ("alice", "bob", "carol"))
        delivery, trending = (_digest(tx, reader) for reader in (alice, carol))
        papers = [pick.paper_id for pick in of_deliveries(tx, [delivery])[delivery]]
        for paper in papers[:2]:
            votes.cast(tx, alice.subscriber_id, paper, Vote.SAVE, now=now)
    vote = sign(Purpose.FEEDBACK, alice, issued=now, about=papers[0])
    return {
        "preferences": sign(Purpose.PREFERENCES, alice, issued=now),
        "preferences-new": sign(Purpose.PREFERENCES, bob, issued=now),
        "confirm": sign(Purpose.CONFIRM, bob, issued=now),
        "digest": sign(Purpose.DIGEST, alice, issued=now, about=delivery),
        "digest-trending": sign(Purpose.DIGEST, carol, issued=now, about=trending),
        "vote": f"{vote}/like",
        "vote-less": f"{vote}/less",
        "saved": sign(Purpose.SAVED, alice, issued=now),
        "data": sign(Purpose.DATA, alice, issued=now),
        "erase": sign(Purpose.ERASE, alice, issued=now),
        "unsubscribe": sign(Purpose.UNSUBSCRIBE, alice, issued=now),
    }


def _reader(tx: sa.Connection, name: str) -> Bearer:
    reader = subscribers.by_address(tx, f"{name}@example.org")
    assert reader is not None
    return reader.bearer


def _digest(tx: sa.Connection, reader: Bearer) -> int:
    return next(one.id for one in history.of_subscriber(tx, reader.subscriber_id) if one.edition is not None)


def pages(page: Page, service: Living, addresses: dict[str, str]) -> Iterator[str]:
    """Open one page after the other; gives each one's name while it is open."""
    for name, address in addresses.items():
        page.goto(address)
        yield name
    # From one of our pages, whose security policy would stay and forbid a mail its styles, the way leads over none.
    page.goto("about:blank")
    for mail, reader in [*((mail, reader) for mail, (reader, _) in MAILS.items()), ("confirm", "bob")]:
        page.set_content(service.mails_to(f"{reader}@example.org")[0].html)
        yield f"mail-{mail}"
    arrived = service.mails_to("alice@example.org")[0]
    # As a mail program shows it that reads no style sheet; and the other part.
    page.set_content(re.sub(r"<style>.*?</style>", "", arrived.html, flags=re.DOTALL))
    yield "mail-digest-plain"
    page.set_content(f'<pre style="white-space: pre-wrap">{escape(arrived.text)}</pre>')
    yield "mail-digest-text"
    for name, (before, button) in AFTER.items():
        page.goto(addresses[before])
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state()
        yield name


def empty(page: Page) -> Iterator[str]:
    """Open the pages of a service that begins tomorrow."""
    with tempfile.TemporaryDirectory() as name, living(Path(name), begun=False) as service:
        for shown, path in EMPTY.items():
            page.goto(service.base + path)
            yield shown


def take(page: Page, folder: Path, name: str) -> None:
    """Take the pictures of what is open."""
    for look in LOOKS:
        reshape(page, look)
        path = folder / f"{name}-{look.width}-{look.colors}.png"
        page.screenshot(path=path, full_page=True)
        print(path)  # noqa: T201 - a program


if __name__ == "__main__":
    main()
