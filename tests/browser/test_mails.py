"""Mails are fine for everybody who can read a page: axe looks at the HTML of each as it arrived, light and dark."""

import re
from itertools import product

import pytest
from tests.browser.conftest import Visit
from tests.browser.living import DAY, Living
from tests.browser.looking import Colors, Look, faults

from dailypapers.catcher.server import Caught
from dailypapers.domain.group import Role, Terms
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.store import groups, subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions import sign_up

COLORS: tuple[Colors, ...] = ("light", "dark")
LOOKS = [Look(width, colors=colors) for width, colors in product((320, 768), COLORS)]


@pytest.fixture(scope="module")
def arrived(shown: Living) -> dict[str, Caught]:
    """A mail of each kind, by the reader who got it: a digest by topics, a trending one, a confirmation, a group's."""
    now, topic = shown.clock.now, Interest(InterestKind.TOPIC, "language models")
    with writing(shown.app.engine) as tx:
        for name, interests in (("topics", (topic,)), ("trending", ())):
            preferences = Preferences(Rhythm(), Amount(10), interests)
            sign_up.admit(tx, f"{name}@example.org", preferences, consent=Consent("test"), now=now)
        preferences = Preferences(Rhythm(), Amount())
        sign_up.subscribe(tx, "confirm@example.org", preferences, consent=Consent("test"), now=now)
        reader = subscribers.by_address(tx, "trending@example.org")
        assert reader
        group = groups.add(tx, "Model club", ["language models"], Rhythm(), now=now - DAY)
        groups.invite(tx, group, reader.id, role=Role.ORGANISER, now=now)
        groups.join(tx, group, reader.id, Terms("Ada", shows_name=True), now=now)
    shown.run_day()
    of_group = next(mail for mail in shown.mails_to("trending@example.org") if "Model club" in mail.subject)
    first = {name: shown.mails_to(f"{name}@example.org")[0] for name in ("topics", "trending", "confirm")}
    return first | {"group": of_group}


def in_a_mailbox(html: str) -> str:
    """A mail as a mail program shows it: as the main part of its own page."""
    return re.sub(r"(<body[^>]*>)(.*)(</body>)", r"\1<main>\2</main>\3", html, flags=re.DOTALL)


@pytest.mark.parametrize("kind", ["topics", "trending", "confirm", "group"])
def test_a_mail_is_fine_for_everybody(arrived: dict[str, Caught], window: Visit, kind: str) -> None:
    page = window(LOOKS[0])
    page.goto("about:blank")
    page.set_content(in_a_mailbox(arrived[kind].html))
    assert faults(page, LOOKS) == []
