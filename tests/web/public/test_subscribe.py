"""Asking to subscribe: one answer for all, one mail at most, and calm sentences for what is wrong."""

import datetime as dt
import re
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from ipaddress import ip_network
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs
from tests.playing_dns import playing_dns
from tests.web.conftest import NOW, SIGNER
from tests.web.test_pages import everything
from tests.world import ON_SQLITE

from dailypapers.digests.layout import mail
from dailypapers.digests.render_input import load_inputs
from dailypapers.domain.interest import InterestKind
from dailypapers.domain.link import Purpose
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.profile import BY_KEY, ProfileKind
from dailypapers.domain.signup import Limits, Verdict
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Amount, Consent, OnEmpty, Rhythm, Subscriber, SubscriberState
from dailypapers.mail.dns import Domains
from dailypapers.store import papers, profiles, subscribers, suppressions
from dailypapers.store.database import reading, writing
from dailypapers.store.outbox import claim
from dailypapers.store.schema import asks, outbox
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.sign_up import sign_up_request
from dailypapers.web.http.page import WebContext
from dailypapers.web.public.sign_up_policy import SignUpPolicy
from dailypapers.web.public.subscribe import form_version
from dailypapers.web.routes import web_app

HOUR = dt.timedelta(hours=1)


@dataclass
class Front:
    """The pages, at a time that a test turns."""

    engine: sa.Engine
    now: dt.datetime = NOW
    client: httpx.AsyncClient = field(init=False)

    async def ask(
        self, email: str, *, waited: float = 30, network: str = "192.0.2.1", **fields: object
    ) -> httpx.Response:
        """Fill in the form and send it."""
        form_timestamp = SIGNER.form_timestamp(now=self.now - dt.timedelta(seconds=waited))
        form = {"email": email, "form_timestamp": form_timestamp, **fields}
        return await self.client.post("/subscribe", data=form, headers={"x-forwarded-for": network})

    def reader(self, address: str) -> Subscriber | None:
        with reading(self.engine) as tx:
            return subscribers.by_address(tx, address)

    def mails(self) -> list[str]:
        with reading(self.engine) as tx:
            return [row.address for row in tx.execute(sa.select(outbox).order_by(outbox.c.id))]

    def asked(self) -> int:
        with reading(self.engine) as tx:
            return int(tx.execute(sa.select(sa.func.count()).select_from(asks)).scalar_one())


def sign_up_policy(**changes: Any) -> SignUpPolicy:
    limits = Limits(per_network_hour=4, overall_hour=12)
    return replace(SignUpPolicy(limits=limits, trusted_proxies=[ip_network("127.0.0.1/32")]), **changes)


async def opened(context: WebContext, policy: SignUpPolicy) -> AsyncIterator[Front]:
    front = Front(context.engine)
    app = web_app(replace(context, sign_up_policy=policy, clock=lambda: front.now))
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://pages", follow_redirects=True) as client:
        front.client = client
        yield front


@pytest.fixture
async def front(context: WebContext) -> AsyncIterator[Front]:
    async for each in opened(context, sign_up_policy()):
        yield each


def hidden(page: str) -> dict[str, str]:
    """The form's hidden fields, as a browser sends them back."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


async def test_who_asks_is_pending_and_gets_one_mail(front: Front) -> None:
    answer = await front.ask("Alice@Example.org", topic=["graph neural networks", "RNA"], zone="Europe/Berlin")
    assert (answer.status_code, "Check your inbox" in answer.text) == (200, True)
    reader = front.reader("alice@example.org")
    assert reader is not None
    assert (reader.state, reader.rhythm.zone) == (SubscriberState.PENDING, "Europe/Berlin")
    assert front.mails() == ["alice@example.org"]
    with reading(front.engine) as tx:
        wanted = subscribers.interests_of(tx, [reader.id])[reader.id]
    assert [(i.kind, i.text) for i in wanted] == [
        (InterestKind.TOPIC, "RNA"), (InterestKind.TOPIC, "graph neural networks")
    ]  # fmt: skip


async def test_the_page_after_the_form_asks_for_nothing_and_its_address_names_nobody(front: Front) -> None:
    answer = await front.ask("alice@example.org")
    (led_on,) = answer.history
    place = led_on.headers["location"]
    assert (led_on.status_code, "alice" in place) == (303, False)
    assert "link to alice@example.org" in answer.text
    assert (await front.client.get(place)).text == answer.text
    assert front.asked() == 1
    front.now += dt.timedelta(hours=1)
    for address in (place, "/subscribe/sent", "/subscribe/sent?about=1:x"):
        later = await front.client.get(address)
        assert (later.status_code, "emailed you a confirmation link" in later.text) == (200, True)
        assert "alice" not in later.text
    assert front.asked() == 1


async def test_a_profile_among_the_topics_is_read_once_its_reader_has_confirmed(front: Front) -> None:
    page = "https://dblp.org/pid/65/9612"
    await front.ask("alice@example.org", topic=f"RNA, 0000-0002-1825-0097, {page}")
    with writing(front.engine) as tx:
        reader = subscribers.by_address(tx, "alice@example.org")
        assert reader
        stated = subscribers.interests_of(tx, [reader.id])[reader.id]
        assert [interest.text for interest in stated] == ["RNA"]
        assert profiles.due(tx, now=NOW, limit=9) == []
        lifecycle.confirm(tx, reader.id, now=NOW)
        due = profiles.due(tx, now=NOW + dt.timedelta(hours=1), limit=9)
        assert {each.profile.kind for each in due} == {ProfileKind.DBLP, ProfileKind.ORCID}
    # Anybody can ask in the name of somebody who reads.
    await front.ask("alice@example.org", topic="https://openalex.org/A5023888391")
    with reading(front.engine) as tx:
        assert len(profiles.of_subscriber(tx, reader.id)) == 2


async def test_papers_pasted_as_bibtex_behind_topics_become_examples_and_a_key_is_stored_encrypted(
    front: Front,
) -> None:
    known = Paper(PaperId("doi", "10.1000/two"), "Deeper graphs, and wider")
    with writing(front.engine) as tx:
        papers.add(tx, [Announcement(known, "arxiv", NOW.date())], now=NOW)
    entries = "@article{a, title={Deeper graphs, and wider}, doi={10.1000/two}} @misc{b, title={Unknown, to us}}"
    key = "P9NiFoyLeZu2bZNvvuQPDWsd"
    again = await front.ask("not an address", topic=f"RNA, zotero: {key}, {entries}")
    assert "doi={10.1000/two}" in again.text, "what was pasted is not lost"
    await front.ask("alice@example.org", topic=f"RNA, zotero: {key}, {entries}")
    reader = front.reader("alice@example.org")
    assert reader
    with reading(front.engine) as tx:
        stated = subscribers.interests_of(tx, [reader.id])[reader.id]
        (library,) = profiles.of_subscriber(tx, reader.id)
        stored = profiles.encrypted_key(tx, library)
    assert {(interest.kind, interest.text) for interest in stated} == {
        (InterestKind.TOPIC, "RNA"),
        (InterestKind.PAPER, "doi:10.1000/two"),
    }
    assert library.profile.id == BY_KEY
    assert stored
    assert key not in stored


RIS = """TY  - JOUR
TI  - Deeper graphs, and wider
DO  - 10.1000/two
ER  -
TY  - JOUR
TI  - Unknown & new to us, in many more words
AU  - Lee, Ann
ER  -
"""


@pytest.mark.parametrize("field", ["examples", "topic"])
async def test_papers_pasted_as_ris_become_examples_and_unknown_ones_are_said(front: Front, field: str) -> None:
    known = Paper(PaperId("doi", "10.1000/two"), "Deeper graphs, and wider")
    with writing(front.engine) as tx:
        papers.add(tx, [Announcement(known, "arxiv", NOW.date())], now=NOW)
    # A browser keeps no line ends in the field of the topics.
    pasted = RIS if field == "examples" else f"RNA, {RIS}".replace("\n", " ")
    sent: dict[str, Any] = {"topic": "RNA", field: pasted}
    answers = [
        (await front.ask(address, **sent)).text.replace(address, "x")
        for address in ("alice@example.org", "bella@example.org", "alice@example.org")
    ]
    assert "This paper is not in our library yet" in answers[0]
    assert "Unknown &amp; new to us, in many more words" in answers[0]
    assert len(set(answers)) == 1, "it does not tell who reads here"
    reader = front.reader("alice@example.org")
    assert reader
    with reading(front.engine) as tx:
        stated = subscribers.interests_of(tx, [reader.id])[reader.id]
    assert {interest.text for interest in stated} == {"RNA", "doi:10.1000/two"}


async def test_lines_that_name_no_paper_are_said_and_a_profile_among_them_is_taken(front: Front) -> None:
    answer = await front.ask("alice@example.org", examples="On graphs\n0000-0002-1825-0097\n10.1000/two")
    assert "Line 1: “On graphs” isn’t a paper we recognise" in answer.text
    assert "10.1000/two" in answer.text
    assert "0000-0002" not in answer.text
    reader = front.reader("alice@example.org")
    assert reader
    with reading(front.engine) as tx:
        assert [each.profile.kind for each in profiles.of_subscriber(tx, reader.id)] == [ProfileKind.ORCID]


async def test_more_than_is_read_at_once_is_said_and_comes_back_whole(front: Front) -> None:
    pasted = "10.1000/two\n" * 5_000
    again = await front.ask("nobody", examples=pasted)
    assert pasted in again.text
    answer = await front.ask("alice@example.org", examples=pasted)
    assert "Only the first 50,000 characters" in answer.text
    assert "Only the first" not in (await front.ask("bella@example.org", examples="10.1000/two")).text


async def test_what_comes_on_an_empty_day_is_chosen_while_signing_up(front: Front) -> None:
    assert 'name="trending"' in (await front.client.get("/subscribe")).text
    await front.ask("alice@example.org", topic=["RNA"])
    await front.ask("bob@example.org", topic=["RNA"], trending="1")
    readers = [front.reader(f"{name}@example.org") for name in ("alice", "bob")]
    assert [reader.amount.on_empty for reader in readers if reader] == [OnEmpty.SILENT, OnEmpty.TRENDING]
    # What was chosen is still chosen where the form comes back, and beyond the one more step.
    again = await front.ask("nobody", trending="1")
    assert re.search(r'name="trending" value="1" checked', again.text)


async def test_how_somebody_agreed_is_kept_without_saying_where_they_were(front: Front, context: WebContext) -> None:
    await front.ask("alice@example.org")
    reader = front.reader("alice@example.org")
    assert reader is not None
    assert reader.created_at == NOW
    network = SIGNER.keyed_hash("network", "192.0.2.0/24")
    assert reader.consent == Consent("web", form_version(context.templates), network)
    with reading(front.engine) as tx:
        kept = str(tx.execute(sa.select(asks)).all())
    assert "alice" not in kept
    assert "192.0.2" not in kept


async def test_the_answer_is_the_same_whoever_asks(front: Front) -> None:
    names = ["newby", "waits", "reads", "pause", "leave", "bounc", "compl", "suppr"]
    with writing(front.engine) as tx:
        for name in names[1:7]:
            consent, preferences = Consent("web"), Preferences(Rhythm(), Amount(5))
            kept = sign_up.subscribe(
                tx, f"{name}@example.org", preferences, consent=consent, now=NOW - dt.timedelta(days=3)
            )
            assert kept
            state = {
                "reads": SubscriberState.ACTIVE, "pause": SubscriberState.PAUSED, "leave": SubscriberState.UNSUBSCRIBED,
                "bounc": SubscriberState.BOUNCED, "compl": SubscriberState.COMPLAINED,
            }  # fmt: skip
            if name in state:
                subscribers.transition(tx, kept, to=state[name], now=NOW)
        for name in ("bounc", "compl", "suppr"):
            suppressions.suppress(tx, f"{name}@example.org", reason="r", detail="", now=NOW)
    before = len(front.mails())
    answers = {}
    for number, name in enumerate(names):
        answer = await front.ask(f"{name}@example.org", network=f"192.0.{number}.1")
        answers[name] = (answer.status_code, answer.text.replace(name, "x"), dict(answer.headers))
    assert all(answer == answers["newby"] for answer in answers.values())
    assert front.mails()[before:] == ["newby@example.org", "waits@example.org", "leave@example.org"]
    states = {name: front.reader(f"{name}@example.org") for name in names}
    assert states["suppr"] is None
    assert [r.state.value for r in states.values() if r] == [
        "pending", "pending", "active", "paused", "pending", "bounced", "complained"
    ]  # fmt: skip


async def test_one_mailbox_gets_one_mail_an_hour_and_three_a_day(front: Front) -> None:
    for spelling in ("alice@gmail.com", "a.lice@gmail.com", "alice+x@gmail.com", "alice@googlemail.com"):
        answer = await front.ask(spelling)
        assert (answer.status_code, "Check your inbox" in answer.text) == (200, True)
    assert front.mails() == ["alice@gmail.com"]
    for _ in range(5):
        front.now += HOUR + dt.timedelta(seconds=1)
        await front.ask("alice@gmail.com")
    assert len(front.mails()) == 3
    front.now += 20 * HOUR
    await front.ask("alice@gmail.com")
    assert len(front.mails()) == 4


async def test_a_network_that_asks_too_often_is_told_when_to_come_back(front: Front) -> None:
    for n in range(4):
        assert (await front.ask(f"a{n}@example.org", network=f"192.0.2.{n}")).status_code == 200
    full = await front.ask("a5@example.org", network="192.0.2.200")
    assert (full.status_code, "try again in an hour" in full.text) == (429, True)
    assert (await front.ask("a5@example.org", network="192.0.3.1")).status_code == 200
    front.now += HOUR + dt.timedelta(seconds=1)
    assert (await front.ask("a6@example.org", network="192.0.2.200")).status_code == 200
    assert len(front.mails()) == 6


async def test_attack_mode_asks_people_to_wait_and_ends_by_itself(front: Front) -> None:
    for n in range(12):
        await front.ask(f"bot{n}@example.org", network=f"192.0.{n}.1")
    assert len(front.mails()) == 12
    asked: dict[str, Any] = {"topic": "RNA", "zone": "Europe/Berlin", "examples": "10.1000/two\n10.1000/three"}
    page = await front.ask("alice@example.org", network="198.51.100.1", **asked)
    assert '<textarea name="examples" hidden>10.1000/two\n10.1000/three</textarea>' in page.text
    assert (page.status_code, "One more moment" in page.text) == (200, True)
    form: Mapping[str, str] = hidden(page.text)
    assert front.reader("alice@example.org") is None
    headers = {"x-forwarded-for": "198.51.100.1"}
    early = await front.client.post("/subscribe", data=form, headers=headers)
    assert "a little too early" in early.text
    stolen = await front.client.post("/subscribe", data={**form, "email": "eve@example.org"}, headers=headers)
    assert "One more moment" in stolen.text
    front.now += dt.timedelta(seconds=11)
    assert "Check your" in (await front.client.post("/subscribe", data=hidden(early.text), headers=headers)).text
    reader = front.reader("alice@example.org")
    assert reader is not None
    assert reader.rhythm.zone == "Europe/Berlin"
    front.now += HOUR + dt.timedelta(seconds=1)
    assert "Check your inbox" in (await front.ask("bob@example.org", network="198.51.100.1")).text


async def test_the_log_says_once_that_attack_mode_begins_and_once_that_it_is_over(front: Front) -> None:
    with capture_logs() as logged:
        for n in range(15):
            await front.ask(f"bot{n}@example.org", network=f"192.0.{n}.1")
        front.now += HOUR + dt.timedelta(seconds=1)
        for n in range(3):
            await front.ask(f"bot{n}@example.org", network=f"192.0.{n}.1")
    said = [line["event"] for line in logged if "attack mode" in line["event"]]
    assert said == ["attack mode", "attack mode is over"]


@ON_SQLITE
async def test_a_flood_neither_sends_nor_keeps_without_end(front: Front) -> None:
    for n in range(300):
        await front.ask(f"bot{n}@example.org", network=f"10.{n // 250}.{n % 250}.1")
    assert (len(front.mails()), front.asked()) == (12, 240)


def test_two_who_ask_at_once_get_one_mail(engine: sa.Engine) -> None:
    def ask(_: int) -> Verdict:
        with writing(engine) as tx:
            return sign_up.ask(
                tx,
                "alice@example.org",
                Preferences(Rhythm(), Amount(5)),
                consent=Consent("web"),
                request=sign_up_request(SIGNER, "alice@example.org", "192.0.2.0/24"),
                limits=Limits(),
                now=NOW,
            )

    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(ask, range(16)))
    assert sorted(verdicts) == [Verdict.ASKED_LATELY] * 15 + [Verdict.GRANTED]
    with reading(engine) as tx:
        assert len(tx.execute(sa.select(outbox)).all()) == 1


@pytest.mark.parametrize("fields", [{"note": "http://spam.example"}, {"waited": 0.5}])
async def test_what_no_person_sent_gets_the_calm_answer_and_nothing_happens(
    front: Front, fields: dict[str, object]
) -> None:
    before = everything(front.engine)
    answer = await front.ask("alice@example.org", **fields)  # type: ignore[arg-type]
    assert (answer.status_code, "Check your inbox" in answer.text) == (200, True)
    assert everything(front.engine) == before


@pytest.mark.parametrize("form_timestamp", ["", "nonsense", SIGNER.form_timestamp(now=NOW - dt.timedelta(days=2))])
async def test_a_form_without_a_good_stamp_is_shown_once_more(front: Front, form_timestamp: str) -> None:
    form = {"email": "alice@example.org", "form_timestamp": form_timestamp, "topic": "RNA"}
    again = await front.client.post("/subscribe", data=form)
    assert (again.status_code, "press the button again" in again.text) == (422, True)
    assert front.mails() == []
    sent = await front.client.post("/subscribe", data={**hidden(again.text), "email": "alice@example.org"})
    assert "Check your inbox" in sent.text
    assert front.mails() == ["alice@example.org"]


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "Please enter your email address"),
        ("alice", "not a valid email address"),
        ("alice@", "not a valid email address"),
        ("alice@example.org, bob@example.org", "not a valid email address"),
        ("alice@exa\0mple", "not a valid email address"),
        ("alice@example.org\r\nBcc: bob@example.org", "not a valid email address"),
        ("<script>alert(1)</script>@x", "not a valid email address"),
        ("a" * 5000 + "@example.org", "not a valid email address"),
        ("alice@gmial.com", "Did you mean alice@gmail.com?"),
    ],
)
@ON_SQLITE
async def test_a_bad_address_gets_the_form_again_and_a_sentence(front: Front, email: str, sentence: str) -> None:
    answer = await front.ask(email, topic="RNA")
    assert (answer.status_code, sentence in answer.text) == (422, True)
    assert "<script>" not in answer.text
    assert re.search(r'name="topic"[^>]* value="RNA"', answer.text)
    assert front.asked() == 0


async def test_an_address_that_looks_mistyped_is_taken_when_it_is_meant(front: Front) -> None:
    doubted = await front.ask("alice@gmial.com")
    sent = await front.client.post("/subscribe", data={**hidden(doubted.text), "email": "alice@gmial.com"})
    assert "Check your inbox" in sent.text
    meant = {**hidden(doubted.text), "email": "bob@gmial.com", "meant": "bob@gmail.com"}
    assert "bob@gmail.com" in (await front.client.post("/subscribe", data=meant)).text
    assert front.mails() == ["alice@gmial.com", "bob@gmail.com"]
    other = await front.client.post("/subscribe", data={**hidden(doubted.text), "email": "alice@gmai.com"})
    assert "Did you mean" in other.text


async def test_domains_that_take_no_mail_are_said(context: WebContext) -> None:
    zone: dict[str, dict[str, tuple[str, ...]]] = {
        "null.example": {"MX": ("0 .",)},
        "good.example": {"A": ("192.0.2.1",)},
    }
    with playing_dns(zone) as names:
        policy = sign_up_policy(domains=Domains(disposable=["throw.example"], resolver=names.resolver))
        async for front in opened(context, policy):
            assert "does not accept email" in (await front.ask("alice@null.example")).text
            assert "domain does not exist" in (await front.ask("alice@nowhere.example")).text
            assert "stop working within minutes" in (await front.ask("alice@throw.example")).text
            assert "Check your inbox" in (await front.ask("alice@good.example")).text


async def test_preferences_are_bounded_and_tidied(front: Front) -> None:
    topics = [
        "a\0b\ud83d\ude00",
        "  spaced\n out ",
        "עברית",
        "x" * 5000,
        "spaced out",
        *(f"topic {i}" for i in range(90)),
    ]
    topics = [topic.encode("utf-16", "surrogatepass").decode("utf-16") for topic in topics]
    await front.ask("alice@example.org", topic=topics, zone="../../etc/passwd")
    reader = front.reader("alice@example.org")
    assert reader is not None
    assert reader.rhythm.zone == "UTC"
    with reading(front.engine) as tx:
        texts = {i.text for i in subscribers.interests_of(tx, [reader.id])[reader.id]}
    assert len(texts) == 20
    assert {"a b😀", "spaced out", "עברית", "x" * 200} <= texts


async def test_topics_in_one_field_are_parted_as_they_are_when_they_are_tried_out(front: Front) -> None:
    await front.ask("alice@example.org", topic="RNA folding, graphs; " + ",".join(f"t{i}" for i in range(600)))
    reader = front.reader("alice@example.org")
    assert reader is not None
    with reading(front.engine) as tx:
        texts = [i.text for i in subscribers.interests_of(tx, [reader.id])[reader.id]]
    assert len(texts) == 20
    assert {"RNA folding", "graphs", "t0"} <= set(texts)


async def test_who_left_may_ask_again_and_keeps_what_they_had(front: Front) -> None:
    await front.ask("alice@example.org", topic="RNA")
    reader = front.reader("alice@example.org")
    assert reader is not None
    with writing(front.engine) as tx:
        lifecycle.confirm(tx, reader.id, now=NOW)
        lifecycle.unsubscribe(tx, reader.id, now=NOW)
    front.now += 2 * HOUR
    await front.ask("alice@example.org", topic="graphs")
    again = front.reader("alice@example.org")
    assert again is not None
    assert (again.id, again.state, again.created_at) == (reader.id, SubscriberState.PENDING, front.now)
    with reading(front.engine) as tx:
        assert {i.text for i in subscribers.interests_of(tx, [reader.id])[reader.id]} == {"RNA", "graphs"}


async def test_closed_sign_up_says_so(context: WebContext) -> None:
    async for front in opened(context, sign_up_policy(open=False)):
        shown = await front.client.get("/subscribe")
        assert (shown.status_code, "New subscriptions are closed" in shown.text) == (200, True)
        assert (await front.ask("alice@example.org")).status_code == 403
        assert front.mails() == []


async def test_the_page_carries_topics_along(front: Front) -> None:
    before = everything(front.engine)
    page = await front.client.get("/subscribe", params={"topic": ["RNA <b>", "graphs"]})
    assert re.search(r'name="topic"[^>]* value="RNA &lt;b&gt;, graphs"', page.text)
    assert (await front.client.head("/subscribe")).status_code == 200
    assert everything(front.engine) == before


async def test_nothing_somebody_typed_is_in_the_mail(front: Front, context: WebContext) -> None:
    await front.ask("alice@example.org", topic="buy pills at http://spam.example")
    with writing(front.engine) as tx:
        sheet = load_inputs(tx, claim(tx, "test", 1, now=NOW))[0]
    assert b"spam.example" not in mail(context.renderer, sheet)[1].content
    assert Purpose.CONFIRM.value in sheet.delivery.kind.value
