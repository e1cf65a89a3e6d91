"""The operator's pages in a real browser: signing in by the one-time link, watching a run, and fine for everybody."""

import pyotp
from playwright.sync_api import Page, expect
from tests.browser.a_reader import Reader
from tests.browser.conftest import Audit, Visit
from tests.browser.living import Living
from tests.browser.looking import Look, axe, faults, overflow

from dailypapers.accounts import sessions
from dailypapers.accounts.invite import invite
from dailypapers.domain.account import Role
from dailypapers.domain.delivery import DeliveryState
from dailypapers.store import accounts, figures, holds, suppressions
from dailypapers.store import audit as log
from dailypapers.store.database import reading, writing
from dailypapers.web.admin.gate import SESSION_COOKIE

LOOKS = [Look(390, colors="dark"), Look(390), Look(1280, colors="dark"), Look(1280)]
PLAIN = Look(390, scripts=False)
PASSWORD = "correct horse battery staple"


def invited(service: Living) -> str:
    with writing(service.app.engine) as tx:
        token = invite(tx, "ann@example.org", Role.OWNER, now=service.clock.now)
    return f"{service.base}/admin/invitation/{token}"


def signed_in(service: Living, page: Page) -> None:
    """Let an owner sit at this browser."""
    with writing(service.app.engine) as tx:
        account = accounts.by_email(tx, "bea@example.org") or accounts.add(
            tx, "bea@example.org", Role.OWNER, now=service.clock.now
        )
        assert account is not None
        session_id = sessions.begin(tx, account.id, now=service.clock.now)
    page.context.add_cookies([{"name": SESSION_COOKIE, "value": session_id, "url": f"{service.base}/admin"}])


def test_from_the_one_time_link_to_a_second_factor(service: Living, visit: Visit) -> None:
    page, clock = visit(Look(390)), service.clock
    page.goto(invited(service))
    assert axe(page) == []
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Set password").click()
    page.get_by_label("Email address").fill("ann@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Today", exact=True).wait_for()
    page.get_by_role("link", name="Your account").click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Set up").click()
    secret = page.locator("input[name=secret]").input_value()
    assert page.get_by_role("img", name="The key as a QR code").evaluate("picture => picture.naturalWidth") > 100
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_label("The code that the app shows now").fill(pyotp.TOTP(secret).at(clock.now))
    page.get_by_role("button", name="Switch on").click()
    code = page.get_by_role("listitem").first.inner_text()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_label("Email address").fill("ann@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill(code)
    assert (axe(page), overflow(page)) == ([], 0)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Today", exact=True).wait_for()


def test_a_run_is_watched_without_a_reload_and_paused(alice: Reader, visit: Visit) -> None:
    service, page = alice.service, visit(Look())
    signed_in(service, page)
    page.goto(f"{service.base}/admin")
    progress = page.locator("#progress")
    expect(progress).to_contain_text("1 accepted")
    with writing(service.app.engine) as tx:
        states, now = [DeliveryState.ACCEPTED], service.clock.now
        assert holds.resend(tx, alice.delivery, states, deadline=now, now=now)
    expect(progress).to_contain_text("1 still open")
    page.get_by_label("Pause all sending").fill("The new server")
    page.get_by_role("button", name="Pause", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Sending is paused")
    page.get_by_role("button", name="Resume sending").click()
    expect(page.get_by_role("status")).to_have_count(0)
    with reading(service.app.engine) as tx:
        assert [entry.action for entry in log.newest(tx, limit=2)] == ["sending resumed", "sending paused"]


def test_the_operators_pages_are_fine_for_everybody(seen: Reader, window: Visit, audit: Audit) -> None:
    service, page, plain = seen.service, window(LOOKS[0]), window(PLAIN)
    with writing(service.app.engine) as tx:
        figures.record(tx, now=service.clock.now)
        for number in range(3):
            address = f"reader{number}@a-long-domain-of-a-university.example.org"
            words = "550 5.1.1 Recipient address rejected: User unknown in virtual mailbox table"
            suppressions.suppress(tx, address, reason="the address is dead", detail=words, now=service.clock.now)
    paths = ["", "/subscribers", f"/subscribers/{seen.id}", f"/deliveries/{seen.delivery}", "/suppressions"]
    paths += ["/suppressions/lift?address=reader1@a-long-domain-of-a-university.example.org"]
    paths += ["/trends", "/checks", "/audit", "/account"]
    for shows in (page, plain):
        signed_in(service, shows)
    for path in paths:
        page.goto(f"{service.base}/admin{path}")
        assert page.locator("h1").count() == 1
        assert (path, faults(page, LOOKS)) == (path, [])
    for path in ("", "/trends"):
        plain.goto(f"{service.base}/admin{path}")
        assert (path, overflow(plain), audit(plain, PLAIN)) == (path, 0, [])


def test_the_email_is_seen_as_it_was_sent(seen: Reader, visit: Visit) -> None:
    page = visit(Look())
    signed_in(seen.service, page)
    page.goto(f"{seen.service.base}/admin/deliveries/{seen.delivery}")
    email = page.frame_locator("iframe")
    expect(email.get_by_role("link", name="View on the web")).to_be_visible()
