"""How many mails leave a second, and what one costs: plain dialogue, pipelined and in chunks, near and far.

    python benchmarks/smtp.py [--mails 1000] [--connections 10] [--repeat 3]

Ready-made mails of 45 kB go to a cheap server in a process of its own, which answers after the round trip. Rows are
interleaved and each is the median of its runs. Processor time is the sender's alone, user and system.
"""

import argparse
import asyncio
import datetime as dt
import multiprocessing
import os
import platform
import statistics
import time
from collections.abc import AsyncIterator
from functools import partial
from multiprocessing.connection import Connection

from dailypapers.domain.message import Envelope, OutgoingMail
from dailypapers.mail.smtp.transport import MailServer, SmtpTransport
from dailypapers.mail.transport import Answered

CONTENT = b"Subject: ten papers\r\n\r\n" + (b"x" * 74 + b"\r\n") * 590
OFFERS = {"plain": "", "pipelined": "PIPELINING", "chunks": "PIPELINING CHUNKING"}
ROUND_TRIPS = (0.0, 0.05)


class Sink(asyncio.Protocol):
    """Takes every mail and keeps none."""

    def __init__(self, offers: str, round_trip: float) -> None:
        self._offers = "".join(f"250-{word}\r\n" for word in offers.split()).encode()
        self._round_trip = round_trip
        self._rest = b""
        self._body = 0
        self._in_data = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._say(b"220 sink\r\n")

    def _say(self, replies: bytes) -> None:
        if self._round_trip:
            asyncio.get_running_loop().call_later(self._round_trip, self._transport.write, replies)
        elif replies:
            self._transport.write(replies)

    def data_received(self, data: bytes) -> None:
        """Answer all that has come in, in one write."""
        replies = []
        if self._body:
            taken = min(self._body, len(data))
            self._body -= taken
            data = data[taken:]
            if not self._body:
                replies.append(b"250 2.0.0 taken\r\n")
        self._rest += data
        while reply := self._next():
            replies.append(reply)
        if replies:
            self._say(b"".join(replies))

    def _next(self) -> bytes:
        end = b"\r\n.\r\n" if self._in_data else b"\r\n"
        at = self._rest.find(end)
        if at < 0:
            # A body is thrown away as it comes in, up to what may be the beginning of its end.
            self._rest = self._rest[-4:] if self._in_data else self._rest
            return b""
        line, self._rest = self._rest[:at], self._rest[at + len(end) :]
        if self._in_data:
            self._in_data = False
            return b"250 2.0.0 taken\r\n"
        return self._command(line)

    def _command(self, line: bytes) -> bytes:
        match line[:4]:
            case b"EHLO":
                return b"250-sink\r\n" + self._offers + b"250 8BITMIME\r\n"
            case b"DATA":
                self._in_data = True
                return b"354 go on\r\n"
            case b"BDAT":
                size = int(line.split()[1])
                taken = min(size, len(self._rest))
                self._rest, self._body = self._rest[taken:], size - taken
                return b"" if self._body else b"250 2.0.0 taken\r\n"
        return b"250 2.0.0 ok\r\n"


def serve(port: Connection) -> None:
    """Listen with every offer and round trip, each on a port of its own."""

    async def listen() -> None:
        loop = asyncio.get_running_loop()
        ports = {}
        for name, offers in OFFERS.items():
            for trip in ROUND_TRIPS:
                server = await loop.create_server(partial(Sink, offers, trip), "127.0.0.1", 0)
                ports[name, trip] = server.sockets[0].getsockname()[1]
        port.send(ports)
        await asyncio.Event().wait()

    asyncio.run(listen())


async def send(port: int, mails: int, connections: int) -> tuple[float, float]:
    """Return mails a second, and milliseconds of the processor a mail."""
    transport = SmtpTransport(MailServer("127.0.0.1", port, "none"), connections=connections, per_connection=1_000_000)

    async def coming() -> AsyncIterator[OutgoingMail]:
        for n in range(mails):
            yield OutgoingMail(Envelope("b@example.org", f"r{n}@example.org"), CONTENT, n, is_canonical=True)

    begun, used, answers = time.perf_counter(), time.process_time(), 0
    async for events in transport.stream(coming()):
        answers += sum(isinstance(event, Answered) for event in events)
    took, used = time.perf_counter() - begun, time.process_time() - used
    await transport.close()
    assert answers == mails
    return mails / took, 1000 * used / mails


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=10)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    sink = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    sink.start()
    ports = ours.recv()
    runs: dict[tuple[str, float], list[tuple[float, float]]] = {place: [] for place in ports}
    for _ in range(options.repeat):
        for place, port in ports.items():
            runs[place].append(asyncio.run(send(port, options.mails, options.connections)))
    sink.terminate()
    today = dt.datetime.now(dt.UTC).date()
    print(f"{today}, {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| dialogue | round trip | mails/s | processor ms a mail |\n|---|---|---|---|")
    for (name, trip), figures in runs.items():
        rate, cost = (statistics.median(column) for column in zip(*figures, strict=True))
        print(f"| {name} | {1000 * trip:.0f} ms | {rate:,.0f} | {cost:.3f} |")


if __name__ == "__main__":
    main()
