"""Looking subscribers up, and one subscriber's whole story."""

import sqlalchemy as sa
from tests.web.a_digest import a_digest
from tests.web.admin.conftest import Operator
from tests.web.conftest import NOW

from dailypapers.domain.bounce import Diagnosis, ReportKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.domain.vote import Vote
from dailypapers.store import bounces, subscribers, suppressions, votes
from dailypapers.store.bounces import NewBounce
from dailypapers.store.database import writing
from dailypapers.web.admin.subscribers import PAGE


async def test_an_address_is_found_by_its_beginning(viewer: Operator, engine: sa.Engine) -> None:
    assert "Nobody has subscribed yet" in await viewer.look("/subscribers")
    with writing(engine) as tx:
        for name in ("a_na", "anna", "Bob%"):
            address = f"{name}@example.org".lower()
            subscribers.add(
                tx,
                address,
                state=SubscriberState.ACTIVE,
                rhythm=Rhythm(),
                amount=Amount(5),
                consent=Consent("t"),
                now=NOW,
            )
    page = await viewer.look("/subscribers?q=ANN")
    assert ("anna@example.org" in page, "a_na@" in page) == (True, False)
    assert "anna@" not in await viewer.look("/subscribers?q=a_")
    assert "bob%@example.org" in await viewer.look("/subscribers?q=bob%25")
    assert "No address begins like this" in await viewer.look("/subscribers?q=%27%3B--%00")


async def test_a_long_list_comes_a_page_at_a_time(viewer: Operator, engine: sa.Engine) -> None:
    with writing(engine) as tx:
        for number in range(PAGE + 1):
            subscribers.add(
                tx,
                f"reader{number:03}@example.org",
                state=SubscriberState.ACTIVE,
                rhythm=Rhythm(),
                amount=Amount(5),
                consent=Consent("t"),
                now=NOW,
            )
    page = await viewer.look("/subscribers?q=reader")
    assert 'href="/admin/subscribers?q=reader&amp;after=reader049%40example.org"' in page.replace(
        "&after", "&amp;after"
    )
    page = await viewer.look("/subscribers?q=reader&after=reader049@example.org")
    assert ("reader050@" in page, "reader049@example.org</a>" in page, 'rel="next"' in page) == (True, False, False)


async def test_everything_that_is_known_is_on_one_page(viewer: Operator, engine: sa.Engine) -> None:
    got = a_digest(engine)
    told = Diagnosis(Fault.MAILBOX, is_hard=True, status="5.1.1", text="no such user")
    with writing(engine) as tx:
        report = NewBounce("k", got.reader, ReportKind.BOUNCE, counts=True, diagnosis=told, delivery_id=got.delivery)
        bounces.add(tx, report, now=NOW)
        votes.cast(tx, got.reader, got.papers[0], Vote.LIKE, now=NOW)
        suppressions.suppress(tx, "alice@example.org", reason="bounced", detail="no such user", now=NOW)
    page = await viewer.look(f"/subscribers/{got.reader}")
    for said in (
        "alice@example.org",
        f'href="/admin/deliveries/{got.delivery}"',
        "5.1.1",
        "no such user",
        "liked",
        "Deeper Graph Neural Networks &amp; &lt;Friends&gt;",
        "This address has been suppressed since 20 April 2026",
        "graphs",
    ):
        assert said in page, said
    assert "There is nothing earlier" in await viewer.look(f"/subscribers/{got.reader}?before={got.delivery}")


async def test_what_is_not_there_is_not_found(viewer: Operator) -> None:
    for path in (
        "/subscribers/1",
        "/subscribers/x",
        f"/subscribers/{'9' * 30}",
        "/deliveries/1",
        "/deliveries/-1/email",
    ):
        await viewer.look(path, 404)
