"""A companion's program (`delivery.companions`): sends beside the process that has started it, and ends with it.

It is told what it needs, once, through its standard input, and says on its standard output what it has done.
"""

import asyncio
import datetime as dt
import gc
import logging
import os
import pickle
import sys
import threading
import time

import structlog

from dailypapers.assembly.mail_servers import mail_servers
from dailypapers.assembly.processes import Told
from dailypapers.assembly.secret import read_secret
from dailypapers.assembly.sending import make_sending
from dailypapers.delivery.companions import end, read_told, settled
from dailypapers.delivery.deliver import deliver_beside
from dailypapers.delivery.tally import Delivered
from dailypapers.errors import DatabaseUnreachable, MailServerUnreachable
from dailypapers.library.gc_freeze import collect_less_often
from dailypapers.mail.smtp.transport import SmtpTransport
from dailypapers.stopping import PATIENCE, end_at_once, stop_on_signal
from dailypapers.store.database import close
from dailypapers.tokens import Signer


def main() -> None:
    """Send until nothing is left and no more comes, or whoever has started this ends or says so."""
    told: Told = pickle.loads(read_told(sys.stdin.fileno()))  # noqa: S301 - the parent's words, through a pipe of its own
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO if told.is_verbose else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    no_more_comes = threading.Event()
    with stop_on_signal() as stop:
        threading.Thread(target=_hear, args=(no_more_comes, stop), daemon=True).start()
        try:
            _say(end(_send(told, no_more_comes, stop)))
        except DatabaseUnreachable as error:
            sys.exit(str(error))


def _hear(no_more_comes: threading.Event, stop: threading.Event) -> None:
    """Set an event once a byte comes, and the other at the end of the input; end the process where it does not end."""
    while os.read(sys.stdin.fileno(), 1):
        no_more_comes.set()
    stop.set()
    time.sleep(PATIENCE)
    end_at_once(PATIENCE)


def _send(told: Told, no_more_comes: threading.Event, stop: threading.Event) -> Delivered:
    collect_less_often()
    servers = mail_servers(told.settings.mail)
    signer = Signer(told.settings.service.base_url, read_secret(told.settings))
    sending = make_sending(told.settings, signer, servers)
    gc.freeze()
    try:
        if not any(asyncio.run(_is_welcome(SmtpTransport(server))) for server in servers.values()):
            return Delivered()
        return deliver_beside(
            sending,
            processes=told.processes,
            clock=lambda: told.now + dt.timedelta(seconds=time.monotonic() - told.at),
            on_progress=lambda count: _say(settled(count)),
            stop=stop,
            more_comes=lambda: not no_more_comes.is_set(),
        )
    finally:
        close(sending.engine)


async def _is_welcome(transport: SmtpTransport) -> bool:
    """Tell whether a mail server takes a connection more; where none does, those that are there send all."""
    try:
        await transport.check()
    except MailServerUnreachable:
        return False
    return True


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - what its parent reads


if __name__ == "__main__":
    main()
