"""A name server on this machine, over UDP: knows what it is told, and can stay silent."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset

#: Records by name and type; an empty name is there and has no such record; a name that is not listed is NXDOMAIN.
Zone = Mapping[str, Mapping[str, tuple[str, ...]]]
SILENT, BROKEN = "silent.example", "broken.example"


@dataclass
class NameServer:
    """A running server."""

    resolver: dns.asyncresolver.Resolver
    asked: list[str] = field(default_factory=list)


def answer(wire: bytes, zone: Zone, asked: list[str], *, closed: bool = False) -> bytes | None:
    question = dns.message.from_wire(wire)
    name, kind = question.question[0].name.to_text().rstrip("."), question.question[0].rdtype.name
    asked.append(f"{name} {kind}")
    if name == SILENT:
        return None
    reply = dns.message.make_response(question)
    reply.flags |= dns.flags.RA
    if name == BROKEN:
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif not name and closed:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    elif not name:
        reply.answer.append(dns.rrset.from_text_list(".", 300, "IN", "NS", ("a.root-servers.net.",)))
    elif name not in zone:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    elif kind in zone[name]:
        reply.answer.append(dns.rrset.from_text_list(f"{name}.", 300, "IN", kind, zone[name][kind]))
    return reply.to_wire()


@contextmanager
def playing_dns(zone: Zone, *, closed: bool = False) -> Iterator[NameServer]:
    """Run the server in a thread of its own; a closed network's knows not even the root."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = server.getsockname()[1]
        resolver.lifetime = 5.0
        running = NameServer(resolver)

        def serve() -> None:
            while True:
                wire, sender = server.recvfrom(4096)
                if wire == b"stop":
                    return
                if reply := answer(wire, zone, running.asked, closed=closed):
                    server.sendto(reply, sender)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield running
        finally:
            server.sendto(b"stop", server.getsockname())
            thread.join(10)
