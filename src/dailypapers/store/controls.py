"""Controls: what an operator has switched on, for all processes on all machines."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from dailypapers.store.database import replace_rows
from dailypapers.store.prepared import Prepared
from dailypapers.store.schema import controls


class Name(StrEnum):
    """What can be switched on."""

    PAUSE = "pause sending"
    """No mail is claimed, and none that is claimed is handed over."""
    TEST_MODE = "test mode"
    """All mail goes to one address."""


@dataclass(frozen=True, slots=True)
class Control:
    """One that is on."""

    value: str
    reason: str
    set_by: str
    set_at: dt.datetime

    @property
    def since(self) -> str:
        """Say since when it is on, and by whom."""
        return f"since {self.set_at:%Y-%m-%d %H:%M} UTC by {self.set_by}"


def switch_on(tx: sa.Connection, name: Name, *, by: str, now: dt.datetime, value: str = "", reason: str = "") -> None:
    """Switch something on; it counts for every transaction that begins after this one is committed."""
    row = {"name": name.value, "value": value, "reason": reason, "set_by": by, "set_at": now}
    replace_rows(tx, controls, [row])


def switch_off(tx: sa.Connection, name: Name) -> bool:
    """Switch something off; tells whether it was on."""
    return tx.execute(sa.delete(controls).where(controls.c.name == name.value)).rowcount == 1


def control(tx: sa.Connection, name: Name) -> Control | None:
    """Return since when, by whom and why something is on; `None` where it is off."""
    rows = _ONE.rows(tx, wanted=name.value)
    return Control(*rows[0]) if rows else None


def why_paused(tx: sa.Connection) -> str:
    """Say that sending is paused, since when, by whom and why; empty where it is not."""
    pause = control(tx, Name.PAUSE)
    if pause is None:
        return ""
    return f"sending is paused {pause.since}{f': {pause.reason}' if pause.reason else ''}"


#: Senders ask with every group of mails.
_ONE = Prepared(
    sa.select(controls.c.value, controls.c.reason, controls.c.set_by, controls.c.set_at).where(
        controls.c.name == sa.bindparam("wanted", type_=sa.Text)
    )
)


def is_off(name: Name) -> sa.ColumnElement[bool]:
    """Return whether something is off, as a condition of statements that must see it in the same breath."""
    return ~sa.exists().where(controls.c.name == name.value)
