"""A mail is claimed, made, noted, sent and recorded; what is on disk at each moment tells what may have left."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import sqlalchemy as sa
from tests.playing_smtp import Script, playing_smtp
from tests.world import GRAPHS, MONDAY, World, world

from dailypapers.delivery.deliver import Sending, deliver_once
from dailypapers.delivery.send import SenderOptions
from dailypapers.delivery.tally import Delivered
from dailypapers.digests.compose import compose
from dailypapers.domain.delivery import Attempt, DeliveryState, Outcome, OutcomeKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.message import OutgoingMail
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport
from dailypapers.mail.transport import AboutToHandOver, Events, MemoryTransport, Transport
from dailypapers.store import attempts, outbox, subscribers
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
        [edition] = {delivery.edition for delivery in outbox.of_subscriber(tx, 1)}
        assert edition is not None
        sent = outbox.of_edition(tx, edition)
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


class OneASecond:
    """A pace a test can watch."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def next(self, domain: str, now: dt.datetime) -> dt.datetime:
        """Each mail a little after the one before."""
        self.asked.append(domain)
        return now + dt.timedelta(milliseconds=10)


def test_the_pace_is_asked_for_each_mail(engine: sa.Engine) -> None:
    pace = OneASecond()
    with world(engine) as w:
        composed(w, *CAST)
        options = SenderOptions(w.tray, "tester", pace)
        done = deliver_once(replace(w.dependencies.sending, make_sender_options=lambda: options), clock=lambda: MONDAY)
    assert done.states == {DeliveryState.ACCEPTED: 3}
    assert pace.asked == ["example.org"] * 3


def test_erasing_a_reader_erases_the_tries(engine: sa.Engine) -> None:
    with world(engine) as w:
        composed(w, "alice")
        deliver_once(w.dependencies.sending, clock=lambda: MONDAY)
        with writing(engine) as tx:
            subscribers.erase(tx, 1)
            assert tx.execute(sa.text("SELECT count(*) FROM attempts")).scalar_one() == 0
