"""Which of a server's addresses is spoken to: all of them are tried, the first that answers wins (RFC 8305).

One that swallows everything costs a quarter of a second, not the whole time-out.
"""

import asyncio
import itertools
import socket
from collections import deque
from collections.abc import Iterable, Sequence

#: Seconds until the next address is tried beside the one that has not answered yet (RFC 8305 8).
_STAGGER = 0.25

_Address = tuple[int, tuple[str, int] | tuple[str, int, int, int]]


async def open_socket(host: str, port: int) -> socket.socket:
    """Return a socket that is connected to one of a server's addresses, the families of IP taking turns.

    Raises `OSError`, the first address's, where none answers. Waits for as long as the system does: the time-out is
    the caller's.
    """
    loop = asyncio.get_running_loop()
    resolved = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    race = _Race(_alternating((family, sockaddr) for family, _, _, _, sockaddr in resolved))
    try:
        return await race.winner()
    finally:
        race.end()


def _alternating(addresses: Iterable[tuple[int, Sequence[object]]]) -> list[_Address]:
    """Let the families take turns, in the order in which the resolver named the first of each."""
    families: dict[int, list[_Address]] = {}
    for family, address in addresses:
        families.setdefault(family, []).append((family, address))  # type: ignore[arg-type]  # what sockets of it take
    turns = itertools.zip_longest(*families.values())
    return [address for turn in turns for address in turn if address is not None]


class _Race:
    """Addresses, each tried a moment after the one before it."""

    def __init__(self, addresses: Iterable[_Address]) -> None:
        self._waiting = deque(addresses)
        self._trying: set[asyncio.Task[socket.socket]] = set()

    async def winner(self) -> socket.socket:
        """Return the first socket that is connected."""
        errors: list[BaseException] = []
        while self._waiting or self._trying:
            if self._waiting:
                self._trying.add(asyncio.create_task(_connected(*self._waiting.popleft())))
            ended, _ = await asyncio.wait(
                self._trying, timeout=_STAGGER if self._waiting else None, return_when=asyncio.FIRST_COMPLETED
            )
            for task in sorted(ended, key=lambda each: each.exception() is not None):
                error = task.exception()
                self._trying.discard(task)
                if error is None:
                    return task.result()
                errors.append(error)
        raise errors[0] if errors else OSError("the name has no address")

    def end(self) -> None:
        """Give up the addresses that have not won, without a wait in which we could be given up and lose the winner."""
        for task in self._trying:
            task.add_done_callback(_closed)
            task.cancel()


def _closed(task: asyncio.Task[socket.socket]) -> None:
    """Close what was connected too late."""
    if not task.cancelled() and task.exception() is None:
        task.result().close()


async def _connected(family: int, address: tuple[str, int] | tuple[str, int, int, int]) -> socket.socket:
    # Only a socket that says it is TCP is spared the wait for others' acknowledgements (TCP_NODELAY) by asyncio.
    connecting = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        connecting.settimeout(0)
        await asyncio.get_running_loop().sock_connect(connecting, address)
    except BaseException:
        connecting.close()
        raise
    return connecting
