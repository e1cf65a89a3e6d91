"""The dialogue with commands sent ahead (PIPELINING, RFC 2920): one round trip a mail.

Behind the final dot of a mail, MAIL, RCPT and DATA of the next one leave in the same breath; that one's body follows
only once the server has agreed to it, so no connection ever has two mails without an answer. Where CHUNKING is offered
(RFC 3030) the body needs neither the go-ahead nor doubled dots.

This is the protocol alone, on a connection that aiosmtplib has opened. It pairs replies with what they answer, and says
when they cannot be: a server that is out of step is not talked to any longer.
"""

import asyncio
import math
import os
import re
import socket
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

import aiosmtplib

from dailypapers.domain.message import OutgoingMail
from dailypapers.mail.smtp.connect import FAREWELL
from dailypapers.mail.smtp.dialogue import Commands, canonical, on_the_wire
from dailypapers.mail.smtp.replies import GO_AHEAD, SHUTTING_DOWN, SUCCESS, Stage, is_out_of_step

_REFUSAL = range(400, 600)
#: Commands every server knows (RFC 5321 4.5.1): one that does not has lost a part of what was sent ahead.
_UNKNOWN_COMMAND = {500, 502}
#: Longest reply, in bytes; a server that says more without an end is hung up on.
_LONGEST_REPLY = 32_768
#: Seconds for which an answer to a command that was sent ahead is waited for at most: where a server has swallowed
#: it, the mail goes another way, and none is lost.
_SWALLOWED = 15.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: its code, and its lines without it."""

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What was answered to what was sent: the replies to the body, where one was sent, and to the next mail's commands.

    Fewer than were expected where the connection is at its end.
    """

    had_body: bool
    body: Reply | None
    announced: tuple[Reply, ...]
    """To MAIL, RCPT and, without CHUNKING, DATA of the next mail."""
    broken: str = ""
    """Why the connection is at its end, empty where it is not."""
    miscounted: bool = False
    """Whether there were more replies or fewer than commands, so that no pairing can be trusted."""
    out_of_step: bool = False
    """Whether the server breaks what it advertises: it must not be sent commands ahead again."""

    @property
    def is_farewell(self) -> bool:
        """Whether the end says nothing of commands sent ahead: 421, which may come at any time, or a refused RSET."""
        last = self.announced[-1:] or ((self.body,) if self.body else ())
        return self.broken == NOT_FORGOTTEN or (bool(last) and last[0].code == SHUTTING_DOWN)

    @property
    def refusal(self) -> tuple[Stage, Reply] | None:
        """The first reply that does not agree to the announced mail."""
        for stage, reply in zip(_ANNOUNCEMENT, self.announced, strict=False):
            if reply.code not in SUCCESS and not (stage is Stage.DATA and reply.code == GO_AHEAD):
                return stage, reply
        return None


_ANNOUNCEMENT = (Stage.MAIL, Stage.RCPT, Stage.DATA)
#: Why a connection is at its end that did nothing wrong by the mail announced last.
NOT_FORGOTTEN = "it does not forget a refused mail"


#: All that is said by a server that takes a mail and agrees to the next one, where it says it at once; its words about
#: the mail. Whatever else is said is read line by line.
_PLAIN = re.compile(rb"250 ([^\r\n]*)\r\n25[01] [^\r\n]*\r\n25[01] [^\r\n]*\r\n354 [^\r\n]*\r\n")
_PLAIN_CHUNKING = re.compile(rb"250 ([^\r\n]*)\r\n25[01] [^\r\n]*\r\n25[01] [^\r\n]*\r\n")
#: Writes several pieces to a socket as one, where the system can.
write_pieces: Callable[..., int] | None = getattr(os, "writev", None)
#: What asks for acknowledgements at once, where there is such an option.
_QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)


class Pipeline(asyncio.Protocol):
    """One connection on which commands are sent ahead; a turn is what is written at once and all that answers it."""

    def __init__(self, client: aiosmtplib.SMTP, *, timeout: float, longest_wait: float) -> None:
        protocol = client.protocol
        if protocol is None or protocol.transport is None:
            raise aiosmtplib.SMTPServerDisconnected("the server hung up")
        self._transport = cast(asyncio.Transport, protocol.transport)
        self._timeout, self._longest_wait = timeout, longest_wait
        self.extensions: Mapping[str, str] = client.esmtp_extensions
        self._chunking = "chunking" in self.extensions
        self._expected: deque[Stage | None] = deque()
        #: How many replies are expected to a mail that has the commands of the next one behind it.
        self._usual_number = 1 + len(_ANNOUNCEMENT) - self._chunking
        self._plain = _PLAIN_CHUNKING if self._chunking else _PLAIN
        self._replies: list[Reply] = []
        self._lines: list[bytes] = []
        self._rest = b""
        self._turn: asyncio.Future[None] | None = None
        #: Who hands over the next mail after a plain turn, without anybody being woken; and whether it is about to.
        self._on_plain: Callable[[str], None] | None = None
        self._is_between = False
        self._loop = asyncio.get_running_loop()
        #: Until when an answer is waited for, by the loop's clock, and what is said when there is none.
        self._deadline, self._silent = math.inf, ""
        self._timer: asyncio.TimerHandle | None = None
        self._broken, self._miscounted, self._out_of_step = "", False, False
        #: The end of a body that has not all left yet, with what follows it.
        self._unsent_end: bytes | None = None
        self._has_body, self._must_reset = False, False
        self._socket = self._transport.get_extra_info("socket")
        # Over TLS what has left cannot be seen so exactly.
        self._sees_what_left = self._transport.get_extra_info("sslcontext") is None
        if self._sees_what_left:
            self._transport.set_write_buffer_limits(high=0)
        self._transport.set_protocol(self)

    @property
    def usable(self) -> bool:
        """Whether another mail may be sent here."""
        return not self._broken and not self._transport.is_closing()

    @property
    def has_sent_content(self) -> bool:
        """Whether the last body has left to its end: lost earlier, the server cannot have it."""
        return self._unsent_end is None

    def announce(self, commands: Commands) -> None:
        """Send the commands of a mail, behind a RSET where the one before was half given."""
        reset = self._must_reset
        self._begin([None] if reset else [], self._timeout)
        self._must_reset = False
        self._write((b"RSET\r\n" if reset else b"") + self._announcement(commands))

    def hand_over(self, mail: OutgoingMail, following: Commands | None) -> None:
        """Send a mail that the server agreed to, and the commands of the next one right behind it."""
        self._begin([Stage.BODY], self._longest_wait)
        ahead = self._announcement(following) if following else b""
        if self._chunking:
            body = canonical(mail)
            self._send_content(b"BDAT %d LAST\r\n%b" % (len(body), body[:-1]), body[-1:] + ahead)
        else:
            self._send_content(on_the_wire(mail), b".\r\n" + ahead)

    async def turn(self, on_plain: Callable[[str], None] | None = None) -> Turn:
        """Wait for what answers the last thing sent.

        With `on_plain`, a turn in which the mail was taken and the next one agreed to is not returned, but told to that
        with the server's words about the mail; it is to `hand_over` again, at once or later, or to `end_turns`.
        """
        if self._expected and not self._broken:
            self._turn, self._on_plain = self._loop.create_future(), on_plain
            try:
                await self._turn
            finally:
                self._turn, self._on_plain, self._is_between = None, None, False
        self._deadline = math.inf
        return self._said()

    def end_turns(self) -> None:
        """Have `turn` return, because nothing is handed over after a plain one."""
        self._is_between = False
        self._turn_is_over()

    def _turn_is_over(self) -> None:
        if self._turn and not self._is_between and not self._turn.done():
            self._turn.set_result(None)

    def _said(self) -> Turn:
        replies = self._replies
        body = replies[0] if self._has_body and replies else None
        announced = tuple(replies[1:] if self._has_body else replies)
        turn = Turn(self._has_body, body, announced, self._broken, self._miscounted, self._out_of_step)
        # What a refused recipient or a refused DATA leaves behind is half a mail.
        self._must_reset = turn.refusal is not None and turn.refusal[0] is not Stage.MAIL
        return turn

    def close(self) -> None:
        """Hang up."""
        self._broken = self._broken or "we hung up"
        self._stop_timer()
        self._let_go()

    def _stop_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _let_go(self) -> None:
        """Close, without waiting for a server that does not read what has been written, nor for its end of TLS."""
        self._transport.close()
        self._transport.abort()

    async def quit(self) -> None:
        """Say QUIT, and hang up once that is answered."""
        if self.usable:
            self._begin([None], FAREWELL)
            self._write(b"QUIT\r\n")
            await self.turn()
        self.close()

    def withdraw(self) -> None:
        """Take back a mail the server agreed to; without CHUNKING it waits for a body, and can only be hung up on."""
        if self._chunking:
            self._must_reset = True
        else:
            self.close()

    def _announcement(self, commands: Commands) -> bytes:
        if self._chunking:
            self._expected += (Stage.MAIL, Stage.RCPT)
            return b"%b\r\n%b\r\n" % (commands.mail, commands.rcpt)
        self._expected += _ANNOUNCEMENT
        return b"%b\r\n%b\r\nDATA\r\n" % (commands.mail, commands.rcpt)

    def _begin(self, expected: list[Stage | None], seconds: float) -> None:
        self._replies, self._is_between = [], False
        self._expected.clear()
        self._expected += expected
        self._has_body = Stage.BODY in expected
        self._patience(seconds)

    def _acknowledge_at_once(self) -> None:
        """Acknowledge a reply while others are expected: a server that keeps these back until then loses 40 ms a mail.

        Linux delays acknowledgements again after a while (tcp(7)), so this is asked for each time.
        """
        if _QUICKACK is not None and self._socket is not None and self.usable:
            self._socket.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)

    def _patience(self, seconds: float) -> None:
        """Wait no longer than this for answers. There is one timer, which is moved only where it would be too late."""
        self._deadline = self._loop.time() + seconds
        self._silent = f"it did not answer within {seconds:g} seconds"
        if self._timer is None or self._timer.when() > self._deadline:
            self._set_timer()

    def _set_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._deadline, self._look_at_clock)

    def _look_at_clock(self) -> None:
        self._timer = None
        if self._broken or math.isinf(self._deadline):
            return
        if self._loop.time() < self._deadline:
            self._set_timer()
        else:
            self._is_silent(self._silent)

    def _is_silent(self, why: str) -> None:
        """Give up waiting. Of replies that look alike, one less may be any one's (RFC 3030 has no go-ahead)."""
        replies = len(self._replies)
        if self._chunking and self._has_body and 1 < replies < len(_ANNOUNCEMENT):
            self._miscounts(why)
        self._fail(why)

    def _write(self, data: bytes) -> None:
        if self.usable:
            self._transport.write(data)
        else:
            self._fail("it closed the connection")

    def _send_content(self, body: bytes, end: bytes) -> None:
        """Send a body, and its end only once the rest has left."""
        self._unsent_end = end
        if not self._sees_what_left:
            self._send_together(body, end)
            return
        left = self._sent_at_once(body, end)
        if left < len(body):
            self._write(body[left:] if left else body)
            if self._transport.get_write_buffer_size() == 0:
                self.resume_writing()
            return
        self._unsent_end = None
        if rest := end[left - len(body) :]:
            self._write(rest)

    def _send_together(self, body: bytes, end: bytes) -> None:
        """Send a body and its end as one, where it cannot be seen what has left."""
        if self.usable:
            self._unsent_end = None
            self._transport.writelines((body, end))
        else:
            self._fail("it closed the connection")

    def _sent_at_once(self, body: bytes, end: bytes) -> int:
        """Give a body and its end to the system, which takes them in this order; returns how many bytes it took."""
        if write_pieces is None or not self.usable or self._transport.get_write_buffer_size():
            return 0
        try:
            return write_pieces(self._socket.fileno(), (body, end))
        except OSError:
            # What is wrong is found out again, by who knows what to do about it.
            return 0

    def resume_writing(self) -> None:
        """Send the end of a body, now that the rest of it has left."""
        if self._unsent_end is not None and self.usable:
            end, self._unsent_end = self._unsent_end, None
            self._transport.write(end)

    def pause_writing(self) -> None:
        """Wait: what was written has not all left."""

    def data_received(self, data: bytes) -> None:
        """Take replies apart, and pair them with what they answer."""
        if self._on_plain and len(self._expected) == self._usual_number and self._is_plain(data):
            return
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._line(line)
        if self._expected:
            self._acknowledge_at_once()
        if len(self._rest) + sum(map(len, self._lines)) > _LONGEST_REPLY:
            self._miscounts("its reply does not end")
        elif not self._expected and self._rest and not self._rest.startswith(b"421"):
            self._miscounts("it says more than was asked")
        if not self._expected:
            self._turn_is_over()

    def _is_plain(self, data: bytes) -> bool:
        """Return whether the mail was taken and the next one agreed to, having told of it."""
        said = self._plain.fullmatch(data)
        if said is None or self._on_plain is None or self._rest or self._lines or self._unsent_end is not None:
            return False
        self._expected.clear()
        self._deadline, self._is_between = math.inf, True
        self._on_plain(said[1].decode("utf-8", "surrogateescape").rstrip())
        return True

    def _line(self, line: bytes) -> None:
        if self._broken:
            return
        if not line[:3].isdigit() or line[3:4] not in {b" ", b"-", b"\r", b""}:
            self._miscounts("what it says is not SMTP")
            return
        self._lines.append(line[4:].rstrip())
        if line[3:4] != b"-":
            text = b"\n".join(self._lines).decode("utf-8", "surrogateescape")
            self._lines = []
            self._hear(Reply(int(line[:3]), text))

    def _hear(self, reply: Reply) -> None:
        """Pair a reply with the first thing that has not been answered."""
        if not self._expected:
            self._unasked(reply)
            return
        stage = self._expected.popleft()
        if self._pairs(stage, reply) and stage is not None:
            self._replies.append(reply)
        if reply.code == SHUTTING_DOWN:
            self._fail(f"it closed the connection: {reply.text}")
        elif stage is Stage.BODY and self._unsent_end is not None:
            self._fail("it answered a mail before that had left")
        elif stage is Stage.BODY and self._expected:
            self._patience(min(self._timeout, _SWALLOWED))

    def _pairs(self, stage: Stage | None, reply: Reply) -> bool:
        """Return whether a reply can be one to this; hangs up where it cannot."""
        if stage is None:
            if reply.code not in SUCCESS:
                self._fail(NOT_FORGOTTEN)
        elif not _can_answer(stage, reply.code):
            self._miscounts(f"it answered {stage.upper()} with {reply.code}")
            return False
        elif stage is not Stage.BODY and self._is_first_refusal(reply) and _did_not_understand(reply):
            self._out_of_step = True
            self._fail(f"it answered {stage.upper()} with {reply.code}")
        return True

    def _is_first_refusal(self, reply: Reply) -> bool:
        if reply.code not in _REFUSAL:
            return False
        before = self._replies[1:] if self._has_body else self._replies
        return not any(each.code in _REFUSAL for each in before)

    def _unasked(self, reply: Reply) -> None:
        """Hear what was not asked for: a farewell, or a sign that nothing can be paired any longer."""
        if reply.code == SHUTTING_DOWN:
            self._fail("it closed the connection")
        else:
            self._miscounts("it says more than was asked")

    def _miscounts(self, why: str) -> None:
        self._miscounted = self._out_of_step = True
        self._fail(why)

    def _fail(self, why: str) -> None:
        """End the connection; what was not answered stays so."""
        self._broken = self._broken or why
        self._stop_timer()
        self._let_go()
        self._turn_is_over()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the base class names the argument
        """End the turn: nothing more will be answered."""
        self._fail("it closed the connection")


def _can_answer(stage: Stage, code: int) -> bool:
    """Return whether a reply of this code can be one to this, whatever it says."""
    if stage is Stage.DATA:
        return code == GO_AHEAD or code in _REFUSAL
    return code in SUCCESS or code in _REFUSAL


def _did_not_understand(reply: Reply) -> bool:
    return reply.code in _UNKNOWN_COMMAND or is_out_of_step(reply.code, reply.text)
