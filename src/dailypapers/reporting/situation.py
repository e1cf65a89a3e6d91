"""The situation: what an operator is told of, loaded at one moment."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from dailypapers.domain.alert import Alert, AlertKind
from dailypapers.domain.bounce import ReportKind
from dailypapers.domain.delivery import Ledger
from dailypapers.domain.fault import Fault
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.domain.summary import Spent
from dailypapers.intake import status
from dailypapers.store import bounces, controls, holds, ledger, subscribers, summaries, workers
from dailypapers.store.controls import Name
from dailypapers.store.workers import EarlyEnd

_DAY = dt.timedelta(days=1)
#: Editions whose ledgers are looked at: what is older has been told, and a lost row of it cannot be mended any more.
_EDITIONS = 7


@dataclass(frozen=True, slots=True)
class Situation:
    """How everything stands."""

    ledgers: tuple[Ledger, ...]
    """Of the newest editions, newest first."""
    early_ends: tuple[EarlyEnd, ...]
    switched_on: tuple[str, ...]
    """A sentence for each thing that an operator has switched on and that keeps emails from readers."""
    on_hold: int
    refusal: str
    """What the mail server said of the last email on hold."""
    has_fetched: bool
    sources: tuple[str, ...]
    """A sentence for each source that an operator is to be told of."""
    sources_lacking: int
    """How many lack something, whether or not it is to be told yet."""
    bounces: Mapping[tuple[ReportKind, Fault | None, bool], int]
    """Of the last day."""
    subscribers: Mapping[SubscriberState, int]
    summaries: Spent
    """What a language model took today (UTC)."""

    @property
    def residues(self) -> tuple[Ledger, ...]:
        """The ledgers with digests that are in no state."""
        return tuple(each for each in self.ledgers if each.residue)


def situation(tx: sa.Connection, *, now: dt.datetime) -> Situation:
    """Load how everything stands."""
    standings = status.standings(tx, now=now)
    on_hold, refusal = holds.on_hold(tx)
    return Situation(
        ledgers=tuple(ledger.ledgers(tx, limit=_EDITIONS)),
        early_ends=tuple(workers.early_ends(tx, since=(now - _DAY).date())),
        switched_on=switched_on(tx),
        on_hold=on_hold,
        refusal=refusal,
        has_fetched=bool(standings),
        sources=status.worth_telling(standings),
        sources_lacking=len({each.source for each in standings if each.needs_attention}),
        bounces=Counter(bounces.counts(tx, since=now - _DAY)),
        subscribers=subscribers.counts(tx),
        summaries=summaries.spent_on(tx, now.date()),
    )


def switched_on(tx: sa.Connection) -> tuple[str, ...]:
    """Say what an operator has switched on that keeps emails from readers: a pause of all sending, and test mode."""
    pause, test_mode = (controls.control(tx, name) for name in (Name.PAUSE, Name.TEST_MODE))
    sentences = []
    if pause:
        why = f" ({pause.reason})" if pause.reason else ""
        sentences.append(
            f"Sending is paused {pause.since}{why}: nothing leaves until it is resumed on the admin pages."
        )
    if test_mode:
        address = test_mode.value
        sentences.append(
            f"Test mode is on {test_mode.since}: all emails go to {address} and count as sent, and readers get none "
            "until it is switched off on the admin pages."
        )
    return tuple(sentences)


def alerts(now_is: Situation) -> tuple[Alert, ...]:
    """Return what is wrong."""
    wrong = []
    if now_is.on_hold:
        sentences = (
            f"Emails are on hold because our mail server refuses us: {now_is.refusal}",
            "Nothing is sent until this is mended. No subscriber was suppressed.",
            "Mend it, then run `dailypapers deliver --release`.",
        )
        wrong.append(Alert(AlertKind.ON_HOLD, sentences))
    if residues := now_is.residues:
        missing = tuple(f"The ledger of {each.day} does not balance: {each.residue} are missing." for each in residues)
        wrong.append(Alert(AlertKind.RESIDUE, missing))
    if now_is.sources:
        wrong.append(Alert(AlertKind.SOURCE, now_is.sources))
    return tuple(wrong)
