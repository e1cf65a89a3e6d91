"""A mail is claimed, made, noted, sent and recorded; what is on disk at each moment tells what may have left."""

import asyncio
import datetime as dt
import quopri
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs
from tests.conftest import Opened
from tests.delivery import queued
from tests.delivery.chaos import fill
from tests.playing_smtp import Script, playing_smtp
from tests.sending import side_by_side
from tests.smtp_sink import PIPELINING, Rule, Sink, smtp_sink
from tests.world import GRAPHS, MONDAY, World, world

from dailypapers.delivery.claims import GROUP
from dailypapers.delivery.deliver import Sending, deliver_once
from dailypapers.delivery.pace import Pace
from dailypapers.delivery.recovery import recover
from dailypapers.delivery.routes import Route
from dailypapers.delivery.send import SenderOptions, deliver
from dailypapers.delivery.tally import ASKED_TO_STOP, Delivered
from dailypapers.digests.compose import compose
from dailypapers.domain.delivery import Attempt, Delivery, DeliveryState, Doubt, MailKind, Outcome, OutcomeKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.message import OutgoingMail
from dailypapers.domain.pace import Limit, Rules
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport
from dailypapers.mail.transport import AboutToHandOver, Events, MemoryTransport, Ready, Transport
from dailypapers.store import attempts, bounces, history, outbox, paces, subscribers, suppressions, workers
from dailypapers.store.database import reading, writing

CAST = ("alice", "bob", "charlie")


def composed(w: World, *names: str) -> None:
    """Digests of these readers wait in the outbox."""
    for name in names:
        w.admit(name, GRAPHS)
    engine = w.dependencies.engine
    fetch(engine, w.dependencies.sources, make_http=w.dependencies.make_http, now=MONDAY)
    close(engine, zone="UTC", now=MONDAY)
    compose(engine, w.dependencies.digest_options, now=MONDAY)


def sending(w: World, transport: Transport) -> Sending:
    return replace(w.dependencies.sending, make_sender_options=lambda: SenderOptions(transport, "tester"))


def tries(engine: sa.Engine) -> dict[str, list[Attempt]]:
    """All tries, by the reader's name."""
    with reading(engine) as tx:
        [edition] = {delivery.edition for delivery in history.of_subscriber(tx, 1)}
        assert edition is not None
        sent = history.of_edition(tx, edition)
        return {each.address.partition("@")[0]: attempts.of_delivery(tx, each.id) for each in sent}


@dataclass
class Watching(MemoryTransport):
    """Looks at the database whenever a mail is about to leave, as nobody could who comes after a crash."""

    engine: sa.Engine | None = None

    async def stream(self, mails: AsyncIterator[OutgoingMail]) -> Events:
        """Keep the mails, having looked."""
        async for events in super().stream(mails):
            for event in events:
                if isinstance(event, AboutToHandOver):
                    assert not self._noted(event.mail), "it is noted before the mail may leave, not before it is told"
            yield events
            for event in events:
                assert self._noted(event.mail), "it is noted once the next event is asked for"

    def _noted(self, mail: OutgoingMail) -> bool:
        assert self.engine
        with reading(self.engine) as tx:
            return attempts.of_delivery(tx, mail.delivery)[-1].handed_over_at is not None


def test_an_attempt_is_durable_before_the_mail_leaves(engine: sa.Engine) -> None:
    with world(engine) as w:
        composed(w, *CAST)
        done = deliver_once(sending(w, Watching(engine=engine)), clock=lambda: MONDAY)
        assert done.states == {DeliveryState.ACCEPTED: 3}
    for [only] in tries(engine).values():
        assert only.worker.startswith("tester-")
        assert replace(only, worker="") == Attempt(
            only.delivery, 1, "", MONDAY, MONDAY, MONDAY, 250, "", "kept", "none final"
        )


def test_every_try_is_a_row_with_what_was_answered(engine: sa.Engine) -> None:
    later = MONDAY + dt.timedelta(minutes=6)
    greylisted = ["450 4.2.0 greylisted"]
    with world(engine) as w, playing_smtp(Script({("alice", "rcpt"): greylisted})) as server:
        composed(w, "alice")

        def run(now: dt.datetime) -> Delivered:
            transport = SmtpTransport(MailServer(server.host, server.port, "none", timeout=5))
            return deliver_once(sending(w, transport), clock=lambda: now)

        assert run(MONDAY).states == {DeliveryState.DEFERRED: 1}
        assert run(later).states == {DeliveryState.ACCEPTED: 1}
    [first, second] = tries(engine)["alice"]
    assert (first.outcome, first.code, first.enhanced, first.handed_over_at) == ("mailbox passing", 450, "4.2.0", None)
    assert (second.number, second.outcome, second.handed_over_at) == (2, "none final", later)


def test_mails_that_were_not_tried_leave_no_try_behind(engine: sa.Engine) -> None:
    policy = Outcome(OutcomeKind.OUR_FAULT, 550, "5.7.1", "blocked")
    with world(engine, outcomes={f"{name}@example.org": policy for name in CAST}) as w:
        composed(w, *CAST)
        done = deliver_once(w.dependencies.sending, clock=lambda: MONDAY)
        assert done.stopped
        assert done.stopped.fault is Fault.US
    assert sorted(len(rows) for rows in tries(engine).values()) == [0, 0, 1]


def test_a_server_that_is_not_there_is_told_from_a_fault_of_ours(engine: sa.Engine) -> None:
    with world(engine) as w:
        composed(w, *CAST)
        down = SmtpTransport(MailServer("127.0.0.1", 1, "none", timeout=5))
        done = deliver_once(sending(w, down), clock=lambda: MONDAY)
    assert done.states == {DeliveryState.DEFERRED: 3}
    assert done.stopped
    assert done.stopped.fault is Fault.CONNECTION


def test_mails_keep_to_the_pace(engine: sa.Engine) -> None:
    a_second = Rules(Limit(20, dt.timedelta(seconds=1)))
    with world(engine) as w:
        composed(w, *CAST)
        options = SenderOptions(w.tray, "tester", Pace(Route("relay", a_second)))
        began = time.monotonic()
        done = deliver_once(replace(w.dependencies.sending, make_sender_options=lambda: options), clock=lambda: MONDAY)
    assert done.states == {DeliveryState.ACCEPTED: 3}
    assert time.monotonic() - began >= 0.1
    with reading(engine) as tx:
        assert [each.server for each in attempts_of(tx)] == ["relay"] * 3


def attempts_of(tx: sa.Connection) -> list[sa.Row[Any]]:
    """All tries, as rows."""
    return list(tx.execute(sa.text("SELECT * FROM attempts ORDER BY delivery_id")))


def test_a_domain_that_comes_to_be_left_alone_is_not_tried_and_holds_up_nobody(engine: sa.Engine) -> None:
    queued.queue(engine, 5)
    for key in (1, 2, 3, 4):
        set_address(engine, key, f"reader{key}@busy.example")
    slower = Outcome(OutcomeKind.THROTTLED, 451, "4.7.1", "later")
    tray = MemoryTransport({f"reader{key}@busy.example": slower for key in (1, 2, 3, 4)})
    assert deliver_queued(engine, tray).states == {DeliveryState.DEFERRED: 4, DeliveryState.ACCEPTED: 1}
    assert [mail.delivery for mail in tray.sent] == [5]
    parked = queued.delivery(engine, 4)
    assert (parked.attempts, parked.detail) == (0, "not tried: its domain refuses our emails for now")
    with reading(engine) as tx:
        assert attempts.of_delivery(tx, 4) == []


def test_an_address_no_mail_can_be_made_for_fails_alone(engine: sa.Engine) -> None:
    queued.queue(engine, 2)
    set_address(engine, 1, "not an address")
    assert deliver_queued(engine, MemoryTransport()).states == {DeliveryState.FAILED: 1, DeliveryState.ACCEPTED: 1}
    assert "not an address" in queued.delivery(engine, 1).detail


def set_address(engine: sa.Engine, key: int, address: str) -> None:
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE outbox SET address = :address WHERE id = :key"), {"address": address, "key": key})


async def test_a_confirmation_overtakes_what_the_pace_holds_up(engine: sa.Engine) -> None:
    queued.queue(engine, 2)
    set_state(engine, 1, "queued", "bulk")
    set_state(engine, 2, "skipped", "urgent")
    tray, stop = MemoryTransport(), threading.Event()
    options = SenderOptions(tray, "tester", Pace(Route("relay", Rules(Limit(0.2, dt.timedelta(seconds=1))))))
    with writing(engine) as tx:
        paces.usage_of(tx, "relay")
        paces.set_next(tx, "relay", MONDAY + dt.timedelta(seconds=4.9))
    run = asyncio.create_task(deliver(engine, queued.renderer(), options, clock=lambda: MONDAY, stop=stop))
    async with asyncio.timeout(20):
        await until(lambda: queued.states(engine) == {"claimed": 1, "skipped": 1})
        set_state(engine, 2, "queued", "urgent")
        while not tray.sent:  # noqa: ASYNC110 - the transport tells nobody
            await asyncio.sleep(0.05)
    stop.set()
    assert (await run).states == {DeliveryState.ACCEPTED: 1}
    assert queued.states(engine) == {"accepted": 1, "queued": 1}


def set_state(engine: sa.Engine, key: int, state: str, priority: str) -> None:
    with writing(engine) as tx:
        values = {"state": state, "priority": priority, "key": key}
        tx.execute(sa.text("UPDATE outbox SET state = :state, priority = :priority WHERE id = :key"), values)


def test_erasing_a_reader_erases_the_tries(engine: sa.Engine) -> None:
    with world(engine) as w:
        composed(w, "alice")
        deliver_once(w.dependencies.sending, clock=lambda: MONDAY)
        with writing(engine) as tx:
            subscribers.erase(tx, 1)
            assert tx.execute(sa.text("SELECT count(*) FROM attempts")).scalar_one() == 0


@dataclass
class Staged(MemoryTransport):
    """Accepts mails side by side; what a test has to do with one happens right before it is handed over, or after."""

    before: Callable[[OutgoingMail], Awaitable[None]] | None = None
    after: Callable[[OutgoingMail], Awaitable[None]] | None = None
    at_once: int = 2

    def stream(self, mails: AsyncIterator[OutgoingMail]) -> Events:
        """Send mails side by side."""
        return side_by_side(mails, self._send, at_once=self.at_once)

    async def _send(self, mail: OutgoingMail, ready: Ready) -> Outcome | None:
        if self.before:
            await self.before(mail)
        if not await ready():
            return None
        self.sent.append(mail)
        if self.after:
            await self.after(mail)
        return Outcome(OutcomeKind.ACCEPTED, 250, text="kept")

    @property
    def ids(self) -> list[int]:
        """The deliveries that were handed over, in that order."""
        return [mail.delivery for mail in self.sent]


async def until(condition: Callable[[], bool]) -> None:
    """Wait until something holds."""
    while not condition():  # noqa: ASYNC110 - what it looks at is set by nobody who could tell
        await asyncio.sleep(0.05)


def deliver_queued(engine: sa.Engine, transport: Transport, **options: Any) -> Delivered:
    """Send what is queued."""
    ready = queued.sending(engine, transport)
    make = ready.make_sender_options
    stop = options.pop("stop", None)
    ready = replace(ready, make_sender_options=lambda: replace(make(), **options))
    return deliver_once(ready, clock=lambda: queued.NOW, stop=stop)


def test_one_slow_answer_holds_up_nobody(sqlite: sa.Engine) -> None:
    queued.queue(sqlite, 2 * GROUP + 10)

    async def first_waits_for_all_others(mail: OutgoingMail) -> None:
        if mail.delivery == 1:
            await until(lambda: queued.states(sqlite).get("accepted") == 2 * GROUP + 9)

    done = deliver_queued(sqlite, Staged(after=first_waits_for_all_others, at_once=20))
    assert done.states == {DeliveryState.ACCEPTED: 2 * GROUP + 10}


def test_who_is_waited_for_leaves_while_another_is_slow(engine: sa.Engine) -> None:
    queued.queue(engine, 1)
    transport = Staged()

    async def first_waits_for_one_that_comes_in_later(mail: OutgoingMail) -> None:
        if mail.delivery == 1:
            with writing(engine) as tx:
                subscriber = outbox.NewDelivery(
                    1, "reader1@example.org", MailKind.CONFIRM, deadline=queued.NOW + queued.DEADLINE
                )
                outbox.put(tx, [subscriber], now=queued.NOW)
            await until(lambda: 2 in transport.ids)

    transport.after = first_waits_for_one_that_comes_in_later
    assert deliver_queued(engine, transport).states == {DeliveryState.ACCEPTED: 2}


def test_a_fault_of_ours_that_a_bounce_shows_stops_a_run_under_way(engine: sa.Engine) -> None:
    queued.queue(engine, 4)

    async def first_comes_back_while_the_second_is_slow(mail: OutgoingMail) -> None:
        if mail.delivery == 2:
            await until(lambda: queued.states(engine).get("accepted") == 1)
            with writing(engine) as tx:
                assert bounces.mark_delivery(tx, 1, DeliveryState.ON_HOLD, "550 5.7.1 blocked")
            await asyncio.sleep(1.5)

    transport = Staged(before=first_comes_back_while_the_second_is_slow, at_once=1)
    done = deliver_queued(engine, transport)
    assert done.stopped
    assert (done.stopped.fault, transport.ids) == (Fault.US, [1, 2])
    assert "550 5.7.1 blocked" in done.stopped.why
    assert queued.states(engine) == {"accepted": 1, "on_hold": 1, "queued": 2}


def test_who_leaves_after_the_claim_gets_nothing(engine: sa.Engine) -> None:
    queued.queue(engine, 4)

    async def third_is_suppressed(mail: OutgoingMail) -> None:
        if mail.delivery == 1:
            with writing(engine) as tx:
                suppressions.suppress(tx, "reader3@example.org", reason="complaint", detail="", now=queued.NOW)

    transport = Staged(before=third_is_suppressed)
    deliver_queued(engine, transport)
    assert sorted(transport.ids) == [1, 2, 4]
    assert queued.states(engine) == {"accepted": 3, "suppressed": 1}


def test_who_was_taken_for_dead_sends_nothing_more_and_nobody_gets_two(engine: sa.Engine) -> None:
    queued.queue(engine, 8)
    other = Staged()

    async def another_takes_over(mail: OutgoingMail) -> None:
        if mail.delivery == 3:
            # A mail whose answer is not recorded yet would be in doubt, and sent again.
            await until(lambda: queued.states(engine).get("accepted") == 2)
            with writing(engine) as tx:
                workers.declare_dead(tx, workers.alive(tx), now=queued.NOW)
            await asyncio.to_thread(deliver_queued, engine, other)

    slow = Staged(before=another_takes_over, at_once=1)
    deliver_queued(engine, slow)
    assert slow.ids == [1, 2]
    assert sorted(slow.ids + other.ids) == list(range(1, 9))
    assert queued.states(engine) == {"accepted": 8}


def test_an_answer_that_comes_late_still_counts(engine: sa.Engine) -> None:
    queued.queue(engine, 1)

    async def taken_for_dead_before_the_answer(_mail: OutgoingMail) -> None:
        with writing(engine) as tx:
            workers.declare_dead(tx, workers.alive(tx), now=queued.NOW)
        recover(engine, Doubt.RESEND, now=queued.NOW)
        assert queued.states(engine) == {"deferred": 1}

    deliver_queued(engine, Staged(after=taken_for_dead_before_the_answer))
    assert queued.states(engine) == {"accepted": 1}


def test_what_was_answered_is_recorded_however_long_the_database_is_locked(sqlite: sa.Engine, opened: Opened) -> None:
    queued.queue(sqlite, 10)
    impatient = opened(sqlite.url.render_as_string())
    sa.event.listen(impatient, "connect", lambda raw, _: raw.execute("PRAGMA busy_timeout = 300"))
    other = sqlite3.connect(str(sqlite.url.database), isolation_level=None, check_same_thread=False)

    def freed_once_somebody_complains() -> None:
        if "warning" in [log["log_level"] for log in logs]:
            other.execute("ROLLBACK")
        else:
            asyncio.get_running_loop().call_later(0.01, freed_once_somebody_complains)

    async def somebody_locks(mail: OutgoingMail) -> None:
        if mail.delivery == 4:
            other.execute("BEGIN IMMEDIATE")
            freed_once_somebody_complains()

    transport = Staged(after=somebody_locks)
    with capture_logs() as logs:
        done = deliver_queued(impatient, transport)
    other.close()
    assert done.states == {DeliveryState.ACCEPTED: 10}
    assert sorted(transport.ids) == list(range(1, 11))
    assert [log["log_level"] for log in logs].count("warning") == 1


def test_a_stop_lets_finish_what_is_in_flight_and_no_more(engine: sa.Engine) -> None:
    queued.queue(engine, 6)
    stop = threading.Event()

    async def stopped_while_one_is_slow(mail: OutgoingMail) -> None:
        if mail.delivery == 1:
            stop.set()
            await asyncio.sleep(0.3)

    transport = Staged(after=stopped_while_one_is_slow, at_once=1)
    done = deliver_queued(engine, transport, stop=stop)
    assert (done.states, done.stopped) == ({DeliveryState.ACCEPTED: 1}, ASKED_TO_STOP)
    assert queued.states(engine) == {"accepted": 1, "queued": 5}


def test_a_stop_waits_no_longer_than_the_grace_period(engine: sa.Engine) -> None:
    queued.queue(engine, 3)
    stop = threading.Event()

    async def never_answered(_mail: OutgoingMail) -> None:
        stop.set()
        await asyncio.Event().wait()

    began = time.monotonic()
    deliver_queued(engine, Staged(after=never_answered, at_once=1), stop=stop, grace=0.2)
    assert time.monotonic() - began < 10
    assert queued.states(engine) == {"deferred": 1, "queued": 2}
    assert queued.delivery(engine, 1).doubt is Doubt.RESEND


def test_a_stop_beside_a_server_slower_than_the_grace_period_leaves_one_mail_a_connection_in_doubt(
    sqlite: sa.Engine,
) -> None:
    """Such a server has these mails whole, and takes them after we are gone: nobody could have told us.

    They are sent again under the same Message-ID, which is what `resend` means; nothing else comes twice.
    """
    queued.queue(sqlite, 6)
    stop = threading.Event()
    with smtp_sink() as sink:
        sink.seconds = 2.0
        transport = SmtpTransport(MailServer(sink.host, sink.port, "none"), connections=2)
        both_sent = threading.Thread(target=set_when, args=(stop, lambda: handed_over(sqlite) == 2))
        both_sent.start()
        deliver_queued(sqlite, transport, stop=stop, grace=0.3)
        both_sent.join()
        in_doubt = [one.address for one in map(partial(queued.delivery, sqlite), range(1, 7)) if one.doubt]
        assert queued.states(sqlite) == {"deferred": 2, "queued": 4}
        asyncio.run(until(lambda: sink.taken.total() == 2))
        first_copies, sink.seconds = dict(sink.contents), 0
        again = SmtpTransport(MailServer(sink.host, sink.port, "none"), connections=2)
        assert deliver_queued(sqlite, again).states == {DeliveryState.ACCEPTED: 6}
    assert sorted(first_copies) == sorted(in_doubt)
    assert {who: count for who, count in sink.taken.items() if count > 1} == dict.fromkeys(in_doubt, 2)
    for who, first_copy in first_copies.items():
        assert sink.contents[who] == first_copy, "byte for byte, with its Message-ID"


def handed_over(engine: sa.Engine) -> int:
    """Count the mails that are about to be handed over, or were."""
    with reading(engine) as tx:
        tries = [one for key in range(1, 7) for one in attempts.of_delivery(tx, key)]
    return sum(one.handed_over_at is not None for one in tries)


def set_when(event: threading.Event, condition: Callable[[], bool]) -> None:
    """Set an event once something holds."""
    asyncio.run(until(condition))
    event.set()


class Broken(MemoryTransport):
    """A transport with a fault of its own."""

    async def stream(self, mails: AsyncIterator[OutgoingMail]) -> Events:
        """Fail where no stream may."""
        async for mail in mails:
            yield (AboutToHandOver(mail),)
            raise TimeoutError


def test_a_fault_of_the_transport_is_no_end_of_the_grace_period(engine: sa.Engine) -> None:
    queued.queue(engine, 2)
    with pytest.raises(TimeoutError):
        deliver_queued(engine, Broken())
    assert queued.states(engine) == {"deferred": 1, "queued": 1}


def test_a_lost_answer_follows_the_policy(engine: sa.Engine) -> None:
    queued.queue(engine, 1)
    lost = MemoryTransport({"reader1@example.org": Outcome(OutcomeKind.UNCERTAIN, text="connection lost")})
    deliver_queued(engine, lost, uncertain=Doubt.HOLD)
    assert queued.states(engine) == {"uncertain": 1}


def test_a_ledger_that_does_not_balance_is_logged_as_an_error(engine: sa.Engine) -> None:
    fill(engine)
    with writing(engine) as tx:
        tx.execute(sa.text("UPDATE editions SET due = due + 2"))
    with capture_logs() as logs:
        deliver_once(queued.sending(engine, MemoryTransport()), clock=lambda: dt.datetime.now(dt.UTC))
    [error] = [log for log in logs if log["log_level"] == "error"]
    assert (error["event"], error["missing"]) == ("the ledger does not balance", 2)


ABOUT_GRAPHS = [
    f"Graph Neural Networks {what}"
    for what in ("for Proteins", "in Chemistry", "Without Oversmoothing", "on Traffic", "and Their Limits")
]


def send_a_long_digest(engine: sa.Engine, *rules: Rule, size: int = 0) -> tuple[Delivered, Delivery, Sink, int]:
    """Send a digest of five papers; returns what came of it, and how often it was tried."""
    offer = (*PIPELINING, f"SIZE {size}") if size else PIPELINING
    with world(engine) as w, smtp_sink(*rules, extensions=offer) as sink:
        w.announce(*ABOUT_GRAPHS)
        composed(w, "alice")
        done = deliver_once(sending(w, SmtpTransport(MailServer(sink.host, sink.port, "none"))), clock=lambda: MONDAY)
        with reading(engine) as tx:
            return done, queued.delivery(engine, 1), sink, len(attempts.of_delivery(tx, 1))


def shown(sink: Sink) -> int:
    """How many of the papers the mail shows that was taken."""
    text = quopri.decodestring(sink.contents["alice@example.org"]).decode("utf-8", "replace")
    return sum(title in text.replace("\n", " ") for title in ABOUT_GRAPHS)


def test_a_digest_larger_than_the_server_says_it_takes_is_packed_smaller_and_sent_at_once(engine: sa.Engine) -> None:
    done, delivery, sink, tries = send_a_long_digest(engine, size=18_000)
    assert done.states == {DeliveryState.ACCEPTED: 1}
    assert (delivery.max_bytes, tries) == (18_000, 2)
    assert len(sink.contents["alice@example.org"]) <= 18_000
    assert 0 < shown(sink) < len(ABOUT_GRAPHS)


def test_a_digest_refused_for_its_size_is_packed_to_two_thirds_of_it(sqlite: sa.Engine) -> None:
    too_large = "552 5.3.4 message size exceeds fixed limit"
    done, delivery, sink, tries = send_a_long_digest(sqlite, Rule("body", too_large))
    assert done.states == {DeliveryState.ACCEPTED: 1}
    assert delivery.max_bytes
    assert len(sink.contents["alice@example.org"]) <= delivery.max_bytes
    assert tries == 2


def test_what_is_too_large_packed_small_fails_for_good(sqlite: sa.Engine) -> None:
    too_large = "552 5.3.4 message size exceeds fixed limit"
    done, delivery, _, tries = send_a_long_digest(sqlite, Rule("body", too_large, times=0))
    assert done.states == {DeliveryState.FAILED: 1}
    assert (delivery.state, tries) == (DeliveryState.FAILED, 2)


def test_what_cannot_be_packed_as_small_as_the_server_wants_it_fails_and_says_so(sqlite: sa.Engine) -> None:
    done, delivery, _, _ = send_a_long_digest(sqlite, size=6000)
    assert done.states == {DeliveryState.FAILED: 1}
    assert "no digest is as small as the mail server wants it, 6000 bytes" in delivery.detail
