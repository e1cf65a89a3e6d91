"""Pictures of every page and mail, as a phone and a desktop show them, in light and in dark: to look at, not to keep.

python -m tests.browser.pictures FOLDER [NAME...]
"""

import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from tests.browser import tools
from tests.browser.living import Living, aside, living
from tests.browser.looking import Colors, Look, reshape

from dailypapers import subscriptions
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.domain.vote import Vote
from dailypapers.store import outbox, subscribers, votes
from dailypapers.store.database import writing
from dailypapers.store.picks import of_deliveries
from dailypapers.subscriptions import Wishes

COLORS: tuple[Colors, ...] = ("light", "dark")
LOOKS = [Look(width, colors=colors) for width, colors in product((390, 1280), COLORS)]
PUBLIC = {
    "front": "/",
    "front-topic": "/?topic=language+models%2C+quantum+error+correction",
    "front-nothing": "/?topic=medieval+poetry",
    "subscribe": "/subscribe?topic=language+models&topic=quantum+error+correction",
    "search": "/search",
    "search-found": "/search?q=attention",
    "search-nothing": "/search?q=xyzzy",
    "archive": "/archive",
    "archive-day": "/archive/2026-11-23",
    "not-found": "/nowhere",
    "bad-link": "/confirm/forged",
}
#: Pages that come after a button: the page it is on, and what it says.
AFTER = {
    "subscribe-trouble": ("subscribe", "Subscribe"),
    "confirm-done": ("confirm", "Confirm my subscription"),
    "vote-done": ("vote", "I like it"),
    "vote-less-done": ("vote-less", "Less like this"),
    "unsubscribe-weekly": ("unsubscribe", "Make it weekly"),
    "unsubscribe-paused": ("unsubscribe", "Pause for two weeks"),
    "unsubscribe-done": ("unsubscribe", "Unsubscribe"),
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
        for shown in pages(page, service, addresses):
            if shown.startswith(wanted or ("",)):
                take(page, folder, shown)
        browser.close()


def prepare(service: Living) -> dict[str, str]:
    """Let one reader get a digest and another ask for it; gives the addresses of pages by name."""
    now, topics = service.clock.now, ("language models", "quantum error correction")
    wishes = Wishes(Rhythm(), Amount(10), tuple(Interest(InterestKind.TOPIC, topic) for topic in topics))
    with writing(service.app.engine) as tx:
        subscriptions.admit(tx, "alice@example.org", wishes, consent=Consent("test"), now=now)
        subscriptions.admit(tx, "carol@example.org", Wishes(Rhythm(), Amount(5)), consent=Consent("test"), now=now)
        subscriptions.subscribe(tx, "bob@example.org", wishes, consent=Consent("test"), now=now)
    service.run_day()
    return {name: service.base + path for name, path in PUBLIC.items()} | _own(service)


def _own(service: Living) -> dict[str, str]:
    """Alice's pages, who has saved two papers."""
    now, sign = service.clock.now, service.app.signer.url
    with writing(service.app.engine) as tx:
        alice, bob = (subscribers.by_address(tx, f"{name}@example.org") for name in ("alice", "bob"))
        assert alice is not None
        assert bob is not None
        delivery = next(one.id for one in outbox.of_subscriber(tx, alice.id) if one.edition is not None)
        papers = [pick.paper_id for pick in of_deliveries(tx, [delivery])[delivery]]
        for paper in papers[:2]:
            votes.cast(tx, alice.id, paper, Vote.SAVE, now=now)
    vote = sign(Purpose.FEEDBACK, alice.id, issued=now, about=papers[0])
    return {
        "preferences": sign(Purpose.PREFERENCES, alice.id, issued=now),
        "preferences-new": sign(Purpose.PREFERENCES, bob.id, issued=now),
        "confirm": sign(Purpose.CONFIRM, bob.id, issued=now),
        "digest": sign(Purpose.DIGEST, alice.id, issued=now, about=delivery),
        "vote": f"{vote}/like",
        "vote-less": f"{vote}/less",
        "saved": sign(Purpose.SAVED, alice.id, issued=now),
        "data": sign(Purpose.DATA, alice.id, issued=now),
        "erase": sign(Purpose.ERASE, alice.id, issued=now),
        "unsubscribe": sign(Purpose.UNSUBSCRIBE, alice.id, issued=now),
    }


def pages(page: Page, service: Living, addresses: dict[str, str]) -> Iterator[str]:
    """Open one page after the other; gives each one's name while it is open."""
    for name, address in addresses.items():
        page.goto(address)
        yield name
    # From one of our pages, whose security policy would stay and forbid a mail its styles, the way leads over none.
    page.goto("about:blank")
    for mail, reader in (("digest", "alice"), ("trending", "carol"), ("confirm", "bob")):
        page.set_content(service.mails_to(f"{reader}@example.org")[0].html)
        yield f"mail-{mail}"
    for name, (before, button) in AFTER.items():
        page.goto(addresses[before])
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_load_state()
        yield name


def take(page: Page, folder: Path, name: str) -> None:
    """Take the pictures of what is open."""
    for look in LOOKS:
        reshape(page, look)
        path = folder / f"{name}-{look.width}-{look.colors}.png"
        page.screenshot(path=path, full_page=True)
        print(path)  # noqa: T201 - a program


if __name__ == "__main__":
    main()
