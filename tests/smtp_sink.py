"""A mail server on this machine that misbehaves as it is told, and keeps its own count of what it has taken.

    with smtp_sink(Rule("body", "accept, hang up", after=3)) as sink:
        ...  # send to sink.host, sink.port
    sink.taken["ann@example.org"]  # how often it took a mail for her

A `Rule` names a stage and what is done there instead of agreeing:

- a reply such as "451 4.3.0 later", given instead (a 2xx to "body" takes the mail, anything else does not);
- "hang up": closes before it says anything; at "body" it has read the mail and does not take it;
- "agree, hang up": agrees, and closes;
- "accept, hang up" (body): takes the mail, and closes before the 250;
- "middle" (data): closes in the middle of the mail, after a few bytes;
- "silence": says nothing and goes on listening; at "body" the mail is taken;
- "slow": agrees in two pieces with a moment between them;
- "half": agrees with half a reply, and closes; at "body" the mail is taken;
- "twice": agrees two times over;
- "skip": does what it is asked, and never says so; what follows is answered as ever;
- "swallow": agrees, and loses all that had been sent ahead;
- "rubbish": says what is not SMTP.

Stages are "connect", "ehlo", "mail", "rcpt", "data", "body" (with BDAT too), "rset", "quit". `who` restricts a rule to
recipients with these words in their address ("@slow.example"), `after` to what comes after so many, `times` to so many
(0 is for ever). `at_once` is how many connections it takes, `per_connection` how many mails on each; it says 421 to
more. `seconds` is how long it thinks about a mail. One that `gathers` says what it has to say at once, when nothing
more has come in (RFC 2920 4.2); another one says each reply by itself. It offers what `extensions` say, and does what
they promise.
"""

import asyncio
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tests.conversations import conversations

PIPELINING = ("PIPELINING", "8BITMIME", "SMTPUTF8")
CHUNKING = (*PIPELINING, "CHUNKING")
#: What is said where all goes well.
_AGREED = {
    "connect": "220 sink ready",
    "mail": "250 2.1.0 ok",
    "rcpt": "250 2.1.5 ok",
    "data": "354 go on",
    "body": "250 2.0.0 taken",
    "rset": "250 2.0.0 forgotten",
    "quit": "221 2.0.0 bye",
}


@dataclass
class Rule:
    """What is done at a stage instead of agreeing."""

    stage: str
    action: str
    who: str = ""
    after: int = 0
    times: int = 1
    seen: int = 0

    def applies(self, stage: str, recipient: str) -> bool:
        """Whether it does so now; counts."""
        if stage != self.stage or self.who not in recipient:
            return False
        self.seen += 1
        return self.seen > self.after and (not self.times or self.seen <= self.after + self.times)


@dataclass
class Sink:
    """A running sink, and what it has taken."""

    rules: list[Rule]
    extensions: tuple[str, ...] = PIPELINING
    at_once: int = 0
    per_connection: int = 0
    seconds: float = 0
    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    gathers: bool = False
    port: int = 0
    taken: Counter[str] = field(default_factory=Counter)
    contents: dict[str, bytes] = field(default_factory=dict)
    connections: int = 0
    refused: int = 0
    """Connections it said 421 to."""
    open: int = 0
    most_open: int = 0
    commands: list[str] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hold one conversation."""
        self.connections += 1
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        talk = _Talk(self, _Wire(reader), writer)
        try:
            await talk.run()
        except (OSError, EOFError):
            pass
        finally:
            self.open -= 1
            with suppress(OSError, asyncio.CancelledError):
                await talk.flush()
                writer.close()
                await writer.wait_closed()

    def action(self, stage: str, recipient: str) -> str:
        """What is done at a stage, empty where it agrees."""
        return next((rule.action for rule in self.rules if rule.applies(stage, recipient)), "")


class _HangUp(EOFError):
    """The sink closes the connection."""


class _Wire:
    """What comes in, with what was sent ahead in sight."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._ahead = bytearray()
        self.before_more: Callable[[], Awaitable[None]] | None = None

    async def line(self) -> str:
        return (await self.until(b"\r\n")).decode("utf-8", "surrogateescape").rstrip("\r\n")

    async def until(self, end: bytes) -> bytes:
        while (at := self._ahead.find(end)) < 0:
            await self._more()
        return self._cut(at + len(end))

    async def exactly(self, size: int) -> bytes:
        while len(self._ahead) < size:
            await self._more()
        return self._cut(size)

    def lose(self) -> None:
        self._ahead.clear()

    def _cut(self, size: int) -> bytes:
        taken = bytes(self._ahead[:size])
        del self._ahead[:size]
        return taken

    async def _more(self) -> None:
        if self.before_more:
            await self.before_more()
        data = await self._reader.read(1 << 20)
        if not data:
            raise _HangUp
        self._ahead += data


@dataclass
class _Talk:
    sink: Sink
    wire: _Wire
    writer: asyncio.StreamWriter
    sender: str = ""
    recipient: str = ""
    carried: int = 0
    unsaid: bytes = b""

    def __post_init__(self) -> None:
        self.wire.before_more = self.flush

    async def flush(self) -> None:
        """Say what was gathered."""
        said, self.unsaid = self.unsaid, b""
        if said:
            self.writer.write(said)
            await self.writer.drain()

    async def run(self) -> None:
        if self.sink.at_once and self.sink.open > self.sink.at_once:
            self.sink.refused += 1
            await self._say("421 4.7.0 too many connections from you")
            return
        await self._answer("connect")
        while True:
            line = await self.wire.line()
            verb, _, words = line.partition(" ")
            self.sink.commands.append(line)
            await getattr(self, f"on_{verb.lower()}", self.on_other)(words)

    async def on_ehlo(self, _words: str) -> None:
        offered = [*self.sink.extensions]
        if self.sink.tls and self.writer.get_extra_info("ssl_object") is None:
            offered.append("STARTTLS")
        lines = ["sink", *offered]
        agreed = "\r\n".join([*(f"250-{each}" for each in lines[:-1]), f"250 {lines[-1]}"])
        await self._answer("ehlo", agreed)

    async def on_starttls(self, _words: str) -> None:
        assert self.sink.tls
        await self._say("220 go ahead")
        await self.flush()
        await self.writer.start_tls(self.sink.tls)

    async def on_mail(self, words: str) -> None:
        if self.sink.per_connection and self.carried >= self.sink.per_connection:
            await self._say("421 4.7.0 too many messages in this session")
            raise _HangUp
        if self.sender:
            await self._say("503 5.5.1 nested MAIL")
        elif await self._answer("mail"):
            self.sender, self.recipient = words, ""

    async def on_rcpt(self, words: str) -> None:
        who = words.partition("<")[2].partition(">")[0]
        if not self.sender:
            await self._say("503 5.5.1 MAIL first")
        elif await self._answer("rcpt", who=who):
            self.recipient = who

    async def on_data(self, _words: str) -> None:
        if not self.recipient:
            await self._say("554 5.5.1 no valid recipients")
            return
        if not await self._answer("data", who=self.recipient):
            return
        content = await self.wire.until(b"\r\n.\r\n")
        await self._body(content[:-3].replace(b"\r\n..", b"\r\n."))

    async def on_bdat(self, words: str) -> None:
        size, _, last = words.partition(" ")
        content = await self.wire.exactly(int(size))
        if not self.recipient or last.upper() != "LAST":
            await self._say("503 5.5.1 no valid recipients, or not the last chunk")
            return
        await self._body(content)

    async def _body(self, content: bytes) -> None:
        if self.sink.seconds:
            await self.flush()
        await asyncio.sleep(self.sink.seconds)
        who, self.sender, self.recipient = self.recipient, "", ""

        def take() -> None:
            self.carried += 1
            self.sink.taken[who] += 1
            self.sink.contents[who] = content

        await self._answer("body", who=who, done=take)

    async def on_rset(self, _words: str) -> None:
        if await self._answer("rset"):
            self.sender = self.recipient = ""

    async def on_quit(self, _words: str) -> None:
        if await self._answer("quit"):
            raise _HangUp

    async def on_other(self, _words: str) -> None:
        await self._say("502 5.5.1 what?")

    async def _answer(
        self, stage: str, agreed: str = "", who: str = "", done: Callable[[], None] = lambda: None
    ) -> bool:
        """Do what the rules say at this stage; tells whether the server agreed."""
        agreed = agreed or _AGREED[stage]
        action = self.sink.action(stage, who)
        if action[:1].isdigit():
            agrees = action[0] in "23"
            if agrees:
                done()
            await self._say(action)
            return agrees
        if action in {"hang up", "middle"}:
            await self._hang_up_in_the_middle(agreed, middle=action == "middle")
        done()
        await self._agree(stage, agreed, action)
        return True

    async def _hang_up_in_the_middle(self, agreed: str, *, middle: bool) -> None:
        if middle:
            await self._say(agreed)
            await self.wire.exactly(10)
        raise _HangUp

    async def _agree(self, stage: str, agreed: str, action: str) -> None:
        match action:
            case "accept, hang up":
                raise _HangUp
            case "agree, hang up":
                await self._say(agreed)
                raise _HangUp
            case "silence" | "skip":
                await asyncio.sleep(2 if stage == "quit" else 0)
            case "half":
                await self._write(agreed[: len(agreed) // 2])
                raise _HangUp
            case "slow":
                await self._write(agreed[:2])
                await self.flush()
                await asyncio.sleep(0.02)
                await self._say(agreed[2:])
            case "twice":
                await self._say(f"{agreed}\r\n{agreed}")
            case "rubbish":
                await self._say("hello there")
            case _:
                await self._say(agreed)
        if action == "swallow":
            await self.flush()
            await asyncio.sleep(0.01)
            self.wire.lose()

    async def _say(self, reply: str) -> None:
        await self._write(f"{reply}\r\n")

    async def _write(self, text: str) -> None:
        self.unsaid += text.encode("utf-8", "surrogateescape")
        if not self.sink.gathers:
            await self.flush()


@contextmanager
def smtp_sink(
    *rules: Rule,
    extensions: tuple[str, ...] = PIPELINING,
    at_once: int = 0,
    per_connection: int = 0,
    seconds: float = 0,
    tls: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
    port: int = 0,
    gathers: bool = False,
) -> Iterator[Sink]:
    """Run a sink in a thread of its own, on a free port unless one is named."""
    sink = Sink(list(rules), extensions, at_once, per_connection, seconds, tls, host, gathers)
    with conversations(sink.talk, sink.host, port) as sink.port:
        yield sink
