"""Pages that few ever see: refusals, limits, ways back and ways out; each with how it is come by."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from playwright.sync_api import Page, Route
from tests.browser.a_reader import Reader, a_reader
from tests.browser.living import DAY, Living, minutes

from dailypapers.domain.link import Purpose
from dailypapers.domain.signup import Limits, SignUpRequest
from dailypapers.store import signups as asks
from dailypapers.store.database import writing
from dailypapers.subscriptions.sign_up import sign_up_request
from dailypapers.web.http.guard import MAX_BODY

#: Longer ago than any link lasts.
LONG_AGO = dt.timedelta(days=2000)
LIMITS = Limits()


@dataclass(frozen=True)
class States:
    """A reader who has had a digest, and a window that goes from state to state."""

    service: Living
    page: Page
    reader: Reader

    def renderer(self, *names: str) -> None:
        """Press one button after another."""
        for name in names:
            self.page.get_by_role("button", name=name).or_(self.page.get_by_role("link", name=name)).first.click()
            self.page.wait_for_load_state()

    def post(self, address: str, body: str) -> None:
        """Send a form that no page of ours would send."""
        headers = {"content-type": "application/x-www-form-urlencoded"}

        def answer(route: Route) -> None:
            route.fulfill(response=route.fetch(method="POST", post_data=body, headers=headers))

        self.page.route(address, answer)
        self.page.goto(address)
        self.page.unroute(address)

    def ask(self, address: str) -> None:
        """Ask to subscribe, a minute after the form was opened."""
        form_timestamp = self.service.app.signer.form_timestamp(now=self.service.clock.now - minutes(1))
        self.post(f"{self.service.base}/subscribe", urlencode({"email": address, "form_timestamp": form_timestamp}))

    def flooded(self, *, count: int, granted: bool, by: SignUpRequest) -> None:
        """Let so many have asked just now, and nobody in the hours before."""
        self.service.clock.now += dt.timedelta(hours=2)
        with writing(self.service.app.engine) as tx:
            for _ in range(count):
                asks.note(tx, by, granted=granted, now=self.service.clock.now)


def prepared(service: Living, page: Page) -> States:
    """Let somebody get a digest and save a paper, and open a window."""
    return States(service, page, a_reader(service, "dora"))


def states(of: States) -> Iterator[str]:
    """Bring the window into one state after another; gives each one's name. In the end the reader is erased."""
    for name, reached in (_refusals(of) | _preferences(of) | _floods(of) | _leaving(of)).items():
        reached()
        yield name


def _refusals(of: States) -> dict[str, Callable[[], object]]:
    page, base = of.page, of.service.base
    return {
        "not-found": lambda: page.goto(f"{base}/nowhere"),
        "link-forged": lambda: page.goto(f"{base}/confirm/forged"),
        "link-expired": lambda: page.goto(of.reader.link(Purpose.PREFERENCES, ago=LONG_AGO)),
        "too-large": lambda: of.post(f"{base}/subscribe", "email=" + "x" * MAX_BODY),
        "too-many-fields": lambda: of.post(f"{base}/subscribe", "&".join(f"topic={n}" for n in range(300))),
        "subscribe-mistyped": lambda: of.ask("dora@gmial.com"),
        "subscribe-sent": lambda: of.ask("erik@example.org"),
    }


def _preferences(of: States) -> dict[str, Callable[[], object]]:
    page = of.page

    def vote(kind: str, *buttons: str) -> None:
        page.goto(of.reader.vote(kind))
        of.renderer(*buttons)

    def less() -> None:
        vote("less", "Less like this")
        page.get_by_role("checkbox").first.check()
        of.renderer("Show less of the selected words")

    def take_out() -> None:
        page.goto(of.reader.link(Purpose.SAVED))
        of.renderer("Remove")

    def wrong() -> None:
        page.goto(of.reader.link(Purpose.PREFERENCES))
        page.get_by_text("Target number").click()
        page.get_by_label("No email for fewer than").fill("9")
        of.renderer("Save")

    def pause() -> None:
        page.goto(of.reader.link(Purpose.PREFERENCES))
        of.renderer("Pause")

    return {
        "vote-unsaid": lambda: page.goto(of.reader.link(Purpose.FEEDBACK, about=of.reader.papers[0])),
        "vote-save-done": lambda: vote("save", "Save"),
        "vote-dislike-done": lambda: vote("dislike", "Dislike"),
        "vote-undone": lambda: vote("like", "Like", "Undo"),
        "vote-words-done": less,
        "saved-taken-out": take_out,
        "saved-empty": lambda: page.goto(of.reader.link(Purpose.SAVED)),
        "preferences-wrong": wrong,
        "preferences-paused": pause,
        "preferences-resumed": lambda: of.renderer("Resume now"),
    }


def _floods(of: States) -> dict[str, Callable[[], object]]:
    elsewhere = SignUpRequest("address", "mailbox", "network")
    here = sign_up_request(of.service.app.signer, "erik@example.org", "127.0.0.0/24")

    def flood(by: SignUpRequest, count: int, *, granted: bool) -> None:
        of.flooded(count=count, granted=granted, by=by)
        of.ask("frida@example.org")

    return {
        "subscribe-network-full": lambda: flood(here, LIMITS.per_network_hour, granted=True),
        "subscribe-all-full": lambda: flood(elsewhere, 2 * LIMITS.overall_hour, granted=True),
        "subscribe-wait": lambda: flood(elsewhere, LIMITS.overall_hour, granted=False),
        "subscribe-wait-early": lambda: of.renderer("Subscribe"),
    }


def _leaving(of: States) -> dict[str, Callable[[], object]]:
    page = of.page

    def leave(*buttons: str) -> None:
        page.goto(of.reader.link(Purpose.UNSUBSCRIBE))
        of.renderer(*buttons)

    def undo() -> None:
        page.goto(of.reader.link(Purpose.RESUBSCRIBE))
        of.renderer("Resume digests")

    def until(day: str) -> None:
        page.goto(of.reader.link(Purpose.UNSUBSCRIBE))
        page.get_by_text("Pause for a different period").click()
        page.get_by_label("Resume on").fill(day)
        of.renderer("Pause until then")

    return {
        "unsubscribe-weekly": lambda: leave("Switch to weekly"),
        "unsubscribe-fewer": lambda: leave("Get fewer papers"),
        "unsubscribe-no-day": lambda: until(""),
        "unsubscribe-until": lambda: until((of.service.clock.now + 30 * DAY).date().isoformat()),
        "undo-of-pause": lambda: of.renderer("Resume digests"),
        "unsubscribe-paused": lambda: leave("Pause for two weeks"),
        "unsubscribe-done": lambda: leave("Unsubscribe"),
        "undo": lambda: page.goto(of.reader.link(Purpose.RESUBSCRIBE)),
        "undo-done": lambda: of.renderer("Resume digests"),
        "unsubscribe-again": lambda: leave("Unsubscribe"),
        "unsubscribe-gone": lambda: page.goto(of.reader.link(Purpose.UNSUBSCRIBE)),
        "preferences-ended": lambda: page.goto(of.reader.link(Purpose.PREFERENCES)),
        "erase": lambda: page.goto(of.reader.link(Purpose.ERASE)),
        "erase-done": lambda: of.renderer("Erase everything"),
        "undo-gone": undo,
    }
