"""Opening a port before anything else is started: one that is taken is then one sentence, with nothing half done."""

import errno
import socket

from dailypapers.errors import CannotListen

_REASONS = {
    errno.EADDRINUSE: "port {port} on {host} is already in use",
    errno.EACCES: "this user is not permitted to use port {port} (below 1024, that takes a privilege)",
    errno.EADDRNOTAVAIL: "{host} is not an address of this machine",
}


def listen(host: str, port: int, *, option: str, shared: bool = False) -> tuple[socket.socket, ...]:
    """Open a port on every address of a host; port 0 takes a free one, the same for all of them.

    One that is `shared` may be opened by other processes of the same user that share it too, where the system can do
    that (SO_REUSEPORT): each conversation goes to one of them. `option` is what the operator changes to have another
    port, as it stands in a sentence: `--port`. Raises `CannotListen`, which names it.
    """
    sockets: list[socket.socket] = []
    try:
        for family, address in _addresses(host):
            taken = port or (sockets[0].getsockname()[1] if sockets else 0)
            reuses = shared and hasattr(socket, "SO_REUSEPORT")
            sockets.append(_known_as_tcp(socket.create_server((address, taken), family=family, reuse_port=reuses)))
    except OSError as error:
        for opened in sockets:
            opened.close()
        raise CannotListen(_sentence(error, host, port, option)) from None
    return tuple(sockets)


def listen_once(host: str, port: int, *, option: str, shared: bool = False) -> socket.socket:
    """Open a port on the first address of a host, as `listen` does; IPv4 comes first."""
    first, *others = listen(host, port, option=option, shared=shared)
    for other in others:
        other.close()
    return first


def _known_as_tcp(listening: socket.socket) -> socket.socket:
    """Return the socket, which says now that it is TCP, and so do those it accepts.

    Only these are spared the wait for others' acknowledgements (TCP_NODELAY) by asyncio: the second of two answers in
    a row would wait for forty milliseconds.
    """
    return socket.socket(fileno=listening.detach())


def _addresses(host: str) -> list[tuple[socket.AddressFamily, str]]:
    resolved = socket.getaddrinfo(host or None, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    addresses = dict.fromkeys((family, str(address[0])) for family, _, _, _, address in resolved)
    return sorted(addresses, key=lambda each: each[0] != socket.AF_INET)


def _sentence(error: OSError, host: str, port: int, option: str) -> str:
    if isinstance(error, socket.gaierror):
        reason = "{host} is not the name of a host"
    else:
        reason = _REASONS.get(error.errno or 0, f"port {{port}} on {{host}}: {error.strerror}")
    return f"Cannot listen: {reason.format(host=host, port=port)}. Choose another with {option}."
