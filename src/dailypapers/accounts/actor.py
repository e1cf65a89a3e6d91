"""Who makes a change, and how it gets into the audit log."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from dailypapers.store import audit
from dailypapers.tokens import Signer

#: Who makes changes by a command.
COMMAND_LINE = "command line"


def audit_hash(signer: Signer, address: str) -> str:
    """Return what stays of an address in the audit log once it is erased."""
    return signer.keyed_hash("audit", address)


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody, or a program, who changes something."""

    name: str
    signer: Signer = field(repr=False)

    def note(
        self,
        tx: sa.Connection,
        action: str,
        *,
        now: dt.datetime,
        address: str = "",
        before: Mapping[str, object] | None = None,
        after: Mapping[str, object] | None = None,
    ) -> None:
        """Add a change to the audit log, in the transaction that makes it. `before`, `after` must hold no address."""
        address_hash = audit_hash(self.signer, address) if address else ""
        about = {"address": address, "address_hash": address_hash}
        audit.note(tx, action, actor=self.name, now=now, before=before, after=after, **about)

    def note_erasure(self, tx: sa.Connection, address: str, *, now: dt.datetime) -> None:
        """Add that somebody was erased; of their address only the keyed hash is kept."""
        address_hash = audit_hash(self.signer, address)
        audit.note(tx, "subscriber erased", actor=self.name, now=now, address_hash=address_hash)
