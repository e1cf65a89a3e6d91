"""A socket to listen on, and aiosmtpd's controller over it: what every mail server of ours begins with."""

import asyncio
import socket
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP

from dailypapers.listening import listen_once


class Server:
    """A mail server in a thread of its own, for as long as its context lasts; its port is open from the beginning.

    Raises `CannotListen` where the port cannot be had; `option` is what the operator changes then. A `shared` port may
    be other processes' too.
    """

    def __init__(
        self, handler: object, host: str, port: int, *, option: str, shared: bool = False, **settings: Any
    ) -> None:
        listening = listen_once(host, port, option=option, shared=shared)
        self._controller = OnSocket(handler, listening, **settings)
        self.host = host
        self.port: int = self._controller.port

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._controller.stop()


#: Bytes of one line. RFC 5321 4.5.3.1.6 allows 1,000, and servers that quote a mail in a bounce send longer ones.
_LONGEST_LINE = 65_536


class _Smtp(SMTP):
    line_length_limit = _LONGEST_LINE


class _Lmtp(LMTP):
    line_length_limit = _LONGEST_LINE


class OnSocket(Controller):
    """aiosmtpd's controller on a socket that is open already, so that a free port can be had without a race."""

    def __init__(self, handler: object, listening: socket.socket, *, lmtp: bool = False, **settings: Any) -> None:
        host, port = listening.getsockname()[:2]
        self._listening, self._speaks = listening, _Lmtp if lmtp else _Smtp
        super().__init__(handler, hostname=host, port=port, enable_SMTPUTF8=True, **settings)

    def factory(self) -> SMTP:
        """One conversation."""
        return self._speaks(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        """Make a first conversation without connecting: on a port that is shared, another process might answer."""
        self.loop.call_soon_threadsafe(self._factory_invoker)

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._listening)
