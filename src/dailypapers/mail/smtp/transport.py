"""SMTP: mails leave over connections that are kept, as many as the server takes.

    mails → exchange → a connection: announce | about to hand over (recorded) | hand over | settle → exchange → events

`mail.smtp.connect` opens a connection; `dialogue` and `pipeline` lead what is said about a mail; `capacity` knows what
the server was seen to take; `exchange` is where mails and events change hands. Here is which connection a mail goes
over, and what is done when one breaks.
"""

import asyncio
import math
import re
from collections.abc import AsyncIterator, Coroutine, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import aiosmtplib
import structlog

from dailypapers.domain.delivery import Outcome, OutcomeKind
from dailypapers.domain.message import OutgoingMail
from dailypapers.errors import MailServerUnreachable
from dailypapers.mail.idn import envelope_address
from dailypapers.mail.smtp.capacity import Capacity
from dailypapers.mail.smtp.connect import BROKEN, MailServer, Security, connect, hang_up
from dailypapers.mail.smtp.dialogue import Commands, commands, hand_over, lost, unanswered
from dailypapers.mail.smtp.exchange import Exchange, InFlight
from dailypapers.mail.smtp.pipeline import NOT_FORGOTTEN, Pipeline, Turn
from dailypapers.mail.smtp.replies import SUCCESS, Stage, classify, readable
from dailypapers.mail.transport import Events

__all__ = ["MailServer", "Security", "SmtpTransport"]

log = structlog.get_logger()

#: RFC 5321 4.5.3.2.6 allows a server ten minutes to think about a mail it has; less would make doubles.
_BODY_TIMEOUT_FACTOR = 10
#: Servers hang up on the silent after some minutes (RFC 5321 4.5.3.2.7 says five, many say one); we go first.
_LONGEST_IDLE = 45.0
#: Connections that may break over one mail before it is called interrupted.
_BREAKS = 2
#: Times one mail is tried again because we were too fast, before that is its answer.
_SLOWED = 6
#: Seconds after which a connection that waits for a place looks whether there is one.
_LOOK_AGAIN = 1.0
#: Words of a server that takes no more mails on this connection, and of limits that last longer than a pause.
_SESSION_LIMIT = re.compile(r"session|per connection|this connection|too many|limit", re.IGNORECASE)
_LONG_LIMIT = re.compile(r"daily|\bday\b|hour|quota", re.IGNORECASE)


@dataclass(eq=False)
class _Connection:
    """One connection, how many mails it has carried, and when it was last used (by the loop's clock)."""

    client: aiosmtplib.SMTP
    pipeline: Pipeline | None
    mails_allowed: float
    carried: int = 0
    used: float = 0

    @property
    def usable(self) -> bool:
        return self.pipeline.usable if self.pipeline else self.client.is_connected

    def close(self) -> None:
        if self.pipeline:
            self.pipeline.close()
        self.client.close()

    async def hang_up(self) -> None:
        if self.pipeline:
            await self.pipeline.quit()
        else:
            await hang_up(self.client)


class SmtpTransport:
    """Sends mails over at most `connections` connections, fewer where the server takes fewer.

    A connection is renewed after `per_connection` mails, or when it was idle for `longest_idle` seconds. What a server
    takes is remembered in `capacity`, which takes the place of the two numbers and may outlive this transport.
    """

    def __init__(
        self,
        server: MailServer,
        *,
        connections: int = 4,
        per_connection: int = 100,
        longest_idle: float = _LONGEST_IDLE,
        capacity: Capacity | None = None,
    ) -> None:
        self._server = server
        self._longest_idle = longest_idle
        self._capacity = capacity or Capacity(connections, per_connection)
        self._free: list[_Connection] = []
        self._in_use = 0
        self._changed = asyncio.Event()

    def share(self, processes: int) -> None:
        """Use a part of the connections, as one of so many processes that send."""
        self._capacity.shared_by = processes

    async def stream(self, mails: AsyncIterator[OutgoingMail]) -> Events:
        """Send mails over all connections side by side; what the server does is a value."""
        exchange = Exchange(mails)
        serving = [self._started(exchange, self._serve(exchange)) for _ in range(self._capacity.most)]
        tasks = [self._started(exchange, exchange.feed()), *serving]
        try:
            while (events := await exchange.next_batch()) is not None:
                exchange.acknowledge((yield events) or ())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @staticmethod
    def _started(exchange: Exchange, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Start a task whose error, if any, ends the stream."""

        def ended(task: asyncio.Task[None]) -> None:
            if not task.cancelled() and (error := task.exception()):
                exchange.fail(error)

        task = asyncio.create_task(work)
        task.add_done_callback(ended)
        return task

    async def _serve(self, exchange: Exchange) -> None:
        """Send one mail after the other, on one connection after the other."""
        while True:
            await self._place()
            try:
                in_flight = await exchange.get()
                connection = await self._kept() or await self._new(exchange, in_flight)
                if connection:
                    await self._use(exchange, connection, in_flight)
            finally:
                self._in_use -= 1
                self._notify()

    async def _place(self) -> None:
        """Wait until the server may be asked for one connection more."""
        while self._is_crowded(self._in_use + 1):
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(self._capacity.waits(_now()) or _LOOK_AGAIN):
                    await self._changed.wait()
        self._in_use += 1

    def _is_crowded(self, in_use: int) -> bool:
        now = _now()
        return in_use > self._capacity.places(now) or self._capacity.waits(now) > 0

    def _notify(self) -> None:
        """Let those look again who wait for a place."""
        self._changed.set()

    async def _kept(self) -> _Connection | None:
        """The connection used last, if one is free and still good."""
        while self._free:
            connection = self._free.pop()
            if connection.usable and _now() - connection.used < self._longest_idle:
                return connection
            await self._part_with(connection)
        return None

    async def _new(self, exchange: Exchange, in_flight: InFlight) -> _Connection | None:
        """Connect for a mail; where that fails, the mail goes over another connection, or comes to its end."""
        if refusal := self._capacity.refusal(_now()):
            await exchange.settle(in_flight.mail, refusal)
            return None
        connected = await self._connect()
        if isinstance(connected, _Connection):
            self._notify()
            return connected
        may_pass = self._capacity.not_connected(_now()) and connected.kind is OutcomeKind.INTERRUPTED
        if may_pass:
            exchange.put_back(in_flight)
        else:
            self._capacity.refused(connected, _now())
            await exchange.settle(in_flight.mail, connected)
        return None

    async def _connect(self) -> _Connection | Outcome:
        """Open a connection; a refusal is a value."""
        self._capacity.connecting()
        try:
            client = await connect(self._server)
            connection = _Connection(
                client, self._pipeline(client), _mails_allowed(client.esmtp_extensions), used=_now()
            )
        except aiosmtplib.SMTPResponseException as refusal:
            return classify(refusal.code, refusal.message, stage=Stage.CONNECT)
        except (MailServerUnreachable, *BROKEN) as error:
            return Outcome(OutcomeKind.INTERRUPTED, text=str(error))
        except BaseException:
            self._capacity.gave_up()
            raise
        self._capacity.connected()
        return connection

    def _pipeline(self, client: aiosmtplib.SMTP) -> Pipeline | None:
        if not self._capacity.pipelines(_now()) or "pipelining" not in client.esmtp_extensions:
            return None
        timeout = self._server.timeout
        return Pipeline(client, timeout=timeout, longest_wait=timeout * _BODY_TIMEOUT_FACTOR)

    async def _use(self, exchange: Exchange, connection: _Connection, in_flight: InFlight) -> None:
        """Send mails over a connection for as long as there are some at hand; keep it if it is still good."""
        try:
            if connection.pipeline:
                with exchange.prefetching():
                    await self._ahead(exchange, connection, connection.pipeline, in_flight)
            else:
                await self._step_by_step(exchange, connection, in_flight)
        except BaseException:
            connection.close()
            raise
        finally:
            connection.used = _now()
            if self._has_room(connection):
                self._free.append(connection)
            else:
                await self._part_with(connection)

    async def _part_with(self, connection: _Connection) -> None:
        self._capacity.closed()
        await connection.hang_up()

    def _has_room(self, connection: _Connection, mails: int = 1) -> bool:
        now, carried = _now(), connection.carried + mails
        if carried > connection.mails_allowed or carried > self._capacity.mails_on_one(now):
            return False
        out_of_date = connection.pipeline is not None and not self._capacity.pipelines(now)
        return connection.usable and not out_of_date

    async def _step_by_step(self, exchange: Exchange, connection: _Connection, in_flight: InFlight) -> None:
        """Send a mail with one command at a time."""
        ready = partial(exchange.may_hand_over, in_flight.mail)
        result = await hand_over(connection.client, in_flight.mail, ready=ready, longest_wait=self._longest_wait)
        await self._settle(exchange, connection, in_flight, result.outcome, stage=result.stage)

    async def _ahead(
        self, exchange: Exchange, connection: _Connection, pipeline: Pipeline, in_flight: InFlight
    ) -> None:
        """Send mails, each one's commands behind the body of the one before it."""
        announced = commands(in_flight.mail, pipeline.extensions)
        if isinstance(announced, Outcome):
            await exchange.settle(in_flight.mail, announced)
            return
        pipeline.announce(announced)
        turn = await pipeline.turn()
        while await self._agreed(exchange, connection, pipeline, in_flight, turn):
            stretch = _Stretch(self, exchange, connection, pipeline, in_flight)
            turn = await stretch.send()
            if stretch.is_withdrawn:
                return
            await self._settle(
                exchange, connection, stretch.in_flight, _verdict(turn, has_sent_content=pipeline.has_sent_content)
            )
            if stretch.following is None:
                self._learn(turn)
                return
            in_flight = stretch.following

    async def _agreed(
        self, exchange: Exchange, connection: _Connection, pipeline: Pipeline, in_flight: InFlight, turn: Turn
    ) -> bool:
        """Return whether the announced mail is to be handed over now."""
        if turn.refusal or turn.broken:
            outcome, stage = _refused(turn)
            blameless = self._learn(turn) or turn.had_body or turn.broken == NOT_FORGOTTEN
            await self._settle(exchange, connection, in_flight, outcome, stage=stage, blameless=blameless)
            return False
        if not await exchange.may_hand_over(in_flight.mail):
            pipeline.withdraw()
            exchange.drop()
            return False
        return True

    def following(
        self, exchange: Exchange, connection: _Connection, pipeline: Pipeline
    ) -> tuple[InFlight, Commands] | None:
        """Return the mail to announce behind this one, if one is at hand and the connection carries it."""
        if not self._has_room(connection, 2) or self._is_crowded(self._in_use):
            return None
        in_flight = exchange.get_nowait()
        if in_flight is None:
            return None
        announced = commands(in_flight.mail, pipeline.extensions)
        if isinstance(announced, Commands):
            return in_flight, announced
        # Whoever takes it next, when this mail has its answer, says why it cannot go.
        exchange.put_back(in_flight)
        return None

    def note_taken(self, connection: _Connection) -> None:
        """Count a mail that the server has taken over a connection."""
        connection.carried += 1
        self._capacity.accepted(pipelined=connection.pipeline is not None)

    def _learn(self, turn: Turn) -> bool:
        """Note what a turn tells of the server; returns whether it broke over commands that were sent ahead."""
        if not turn.broken or turn.is_farewell:
            return False
        if self._capacity.pipelines(_now()):
            self._capacity.lost_pipelined(_now(), out_of_step=turn.out_of_step)
            if not self._capacity.pipelines(_now()):
                log.warning("mail server breaks pipelining", server=str(self._server), why=turn.broken)
        return not self._capacity.pipelines(_now())

    async def _settle(
        self,
        exchange: Exchange,
        connection: _Connection,
        in_flight: InFlight,
        outcome: Outcome | None,
        *,
        stage: Stage = Stage.BODY,
        blameless: bool = False,
    ) -> None:
        """Say what became of a mail, or have it tried again: by another connection, or when we have been slower."""
        if outcome is None:
            exchange.drop()
        elif self._is_tried_again(connection, in_flight, outcome, stage=stage, blameless=blameless):
            exchange.put_back(in_flight)
        else:
            if outcome.kind is OutcomeKind.ACCEPTED:
                self.note_taken(connection)
            await exchange.settle(in_flight.mail, outcome)

    def _is_tried_again(
        self, connection: _Connection, in_flight: InFlight, outcome: Outcome, *, stage: Stage, blameless: bool
    ) -> bool:
        if outcome.kind is OutcomeKind.OVER_LIMIT and not _LONG_LIMIT.search(outcome.text):
            in_flight.slowed += 1
            return in_flight.slowed <= _SLOWED and self._capacity.be_slower(_now())
        if outcome.kind is not OutcomeKind.INTERRUPTED:
            return False
        if stage is Stage.MAIL and connection.carried:
            # The connection is at its end, and the mail has not been touched.
            if outcome.code and _SESSION_LIMIT.search(outcome.text):
                self._capacity.session_ended(connection.carried, _now())
            return True
        if blameless:
            return True
        if not connection.carried:
            self._capacity.pause(_now())
        in_flight.broken += 1
        return in_flight.broken < _BREAKS

    @property
    def _longest_wait(self) -> float:
        return self._server.timeout * _BODY_TIMEOUT_FACTOR

    async def check(self, *, senders: Iterable[str] = ()) -> str:
        """Connect, with TLS and AUTH as set, and say in a sentence what was found, and which senders it cannot take.

        Raises `MailServerUnreachable` with what went wrong.
        """
        try:
            client = await connect(self._server)
        except aiosmtplib.SMTPResponseException as refusal:
            words = readable(refusal.message)
            raise MailServerUnreachable(
                f"The mail server {self._server} refuses us: {refusal.code} {words}."
            ) from refusal
        offers = ", ".join(sorted(client.esmtp_extensions)) or "nothing more"
        unwritable = list(_unwritable(senders, client.esmtp_extensions))
        await hang_up(client)
        secured = "without TLS" if self._server.security == "none" else "with TLS"
        summary = f"The mail server {self._server} takes our mail {secured}; it offers {offers}."
        return " ".join([summary, *unwritable])

    async def close(self) -> None:
        """Let go of all connections."""
        lines, self._free = self._free, []
        await asyncio.gather(*(self._part_with(connection) for connection in lines))


class _Stretch:
    """Mails over a connection, one behind the other, for as long as the server takes each and agrees to the next.

    What is answered is dealt with where it comes in, and nothing is woken for a mail: that would take longer than all
    that is said about it. Whatever is not plain ends the stretch.
    """

    def __init__(
        self,
        transport: SmtpTransport,
        exchange: Exchange,
        connection: _Connection,
        pipeline: Pipeline,
        in_flight: InFlight,
    ) -> None:
        self._transport, self._exchange = transport, exchange
        self._connection, self._pipeline = connection, pipeline
        self.in_flight = in_flight
        """The mail that is handed over, or was last."""
        self.following: InFlight | None = None
        """The mail whose commands are behind it."""
        self.is_withdrawn = False
        """Whether it ended because a mail that the server agreed to was not to go after all."""

    async def send(self) -> Turn:
        """Hand over the mail that was agreed to, and those that follow; returns the turn that was not plain."""
        self._hand_over()
        return await self._pipeline.turn(self._taken)

    def _hand_over(self) -> None:
        following = self._transport.following(self._exchange, self._connection, self._pipeline)
        self.following = following[0] if following else None
        self._pipeline.hand_over(self.in_flight.mail, following[1] if following else None)

    def _taken(self, words: str) -> None:
        """Note that the mail was taken, and ask whether the next one may go, which was agreed to."""
        self._transport.note_taken(self._connection)
        self._exchange.taken(self.in_flight.mail, _accepted(words))
        if self.following:
            self.in_flight, self.following = self.following, None
            self._exchange.about_to_hand_over(self.in_flight.mail, self._may_go)

    def _may_go(self, may_go: bool) -> None:
        if may_go:
            self._hand_over()
            return
        self.is_withdrawn = True
        self._pipeline.withdraw()
        self._exchange.drop()
        self._pipeline.end_turns()


def _now() -> float:
    return asyncio.get_running_loop().time()


def _unwritable(senders: Iterable[str], extensions: Mapping[str, str]) -> Iterator[str]:
    """Say which of our own addresses this server cannot be told (RFC 6531)."""
    for address in senders:
        if "smtputf8" not in extensions and not envelope_address(address).isascii():
            yield (
                f"No email will go out: {address} is not ASCII, and the server does not offer SMTPUTF8. Use another "
                "address, or a server that offers it."
            )


def _mails_allowed(extensions: Mapping[str, str]) -> float:
    """Return how many mails a connection may carry (LIMITS MAILMAX, RFC 9422)."""
    match = re.search(r"\bMAILMAX=([1-9]\d{0,5})\b", extensions.get("limits", ""), re.IGNORECASE)
    return int(match[1]) if match else math.inf


def _verdict(turn: Turn, *, has_sent_content: bool) -> Outcome:
    """Return what became of the mail whose body was sent in this turn."""
    if turn.miscounted:
        return unanswered(f"the server answers out of step: {turn.broken}")
    if turn.body is None:
        return unanswered(turn.broken) if has_sent_content else lost(turn.broken)
    if turn.body.code in SUCCESS:
        return _accepted(turn.body.text, turn.body.code)
    return classify(turn.body.code, turn.body.text, stage=Stage.BODY)


def _accepted(words: str, code: int = 250) -> Outcome:
    return Outcome(OutcomeKind.ACCEPTED, code, text=readable(words))


def _refused(turn: Turn) -> tuple[Outcome, Stage]:
    """Return what became of the mail that was announced in this turn, and where."""
    if turn.refusal and not turn.out_of_step:
        stage, reply = turn.refusal
        return classify(reply.code, reply.text, stage=stage), stage
    return lost(turn.broken), Stage.MAIL if not turn.announced else Stage.RCPT
