"""The report of a day: what an operator reads in the morning, in a minute."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from dailypapers.domain.bounce import ReportKind
from dailypapers.domain.delivery import DeliveryState, Ledger
from dailypapers.domain.fault import Fault
from dailypapers.domain.message import Message
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.domain.summary import Budget
from dailypapers.reporting.situation import Situation

#: Of a disk, the part that must be free before an operator is told.
_LITTLE = 0.1
_GIGABYTE = 1e9


@dataclass(frozen=True, slots=True)
class Disk:
    """The disk that the database is on, in bytes."""

    free: int
    total: int

    @property
    def is_nearly_full(self) -> bool:
        """Whether less than a tenth of it is free."""
        return self.free < self.total * _LITTLE


def report(
    situation: Situation, *, disk: Disk | None, name: str, now: dt.datetime, budget: Budget | None = None
) -> Message:
    """Return the report as a mail of plain text."""
    paragraphs = (
        _edition(situation),
        _delivery(situation),
        _sources(situation),
        _reports(situation),
        _summaries(situation, budget),
        _rest(situation, disk),
    )
    text = "\n\n".join("\n".join(paragraph) for paragraph in map(list, paragraphs) if paragraph)
    return Message(f"{name}: {_headline(situation, disk, now)}", text + "\n", "")


def _headline(situation: Situation, disk: Disk | None, now: dt.datetime) -> str:
    urgent = (
        situation.switched_on,
        situation.on_hold,
        situation.residues,
        situation.sources,
        disk and disk.is_nearly_full,
    )
    if needs := sum(map(bool, urgent)):
        return f"{needs} {'thing needs' if needs == 1 else 'things need'} your attention"
    if not situation.ledgers:
        return "no edition has been closed yet"
    newest = situation.ledgers[0]
    day = "today" if newest.day == now.date() else f"on {newest.day}"
    return f"{newest.count(DeliveryState.ACCEPTED)} of {newest.due} digests accepted {day}"


def _edition(situation: Situation) -> Iterator[str]:
    if not situation.ledgers:
        yield "No edition has been closed yet."
        return
    newest = situation.ledgers[0]
    yield f"Edition {newest.day}: {newest.reconciliation()}."
    for each in situation.ledgers:
        yield from _doubts(each)


def _doubts(ledger: Ledger) -> Iterator[str]:
    if ledger.residue:
        yield f"The ledger of {ledger.day} does not balance: {ledger.residue} are missing."
    if ledger.undecided:
        yield f"{ledger.undecided} of {ledger.day} wait for your decision (`dailypapers deliveries --help`)."


def _delivery(situation: Situation) -> Iterator[str]:
    yield from situation.switched_on
    if situation.on_hold:
        yield f"{situation.on_hold} emails are on hold because our mail server refuses us: {situation.refusal}"
        yield "Mend it, then run `dailypapers deliver --release`."
    for end in situation.early_ends:
        times = f"{end.times} times, last at {end.last:%H:%M} UTC" if end.times > 1 else f"at {end.last:%H:%M} UTC"
        yield f"Delivery stopped early on {end.day} ({times}): {end.why}"


def _sources(situation: Situation) -> Iterator[str]:
    if not situation.has_fetched:
        yield "No source has been fetched yet."
    elif not situation.sources_lacking:
        yield "All sources are well."
    elif not situation.sources:
        lacking = situation.sources_lacking
        many = f"{lacking} source{' lacks' if lacking == 1 else 's lack'}"
        yield f"{many} papers today; `dailypapers status` says which. What lasts until tomorrow is told here."
    yield from situation.sources


def _reports(situation: Situation) -> Iterator[str]:
    hard = sum(n for (kind, _, is_hard), n in situation.bounces.items() if kind is ReportKind.BOUNCE and is_hard)
    ours = sum(n for (_, fault, _), n in situation.bounces.items() if fault is Fault.US)
    soft = sum(n for (kind, fault, is_hard), n in situation.bounces.items() if _is_soft(kind, fault, is_hard=is_hard))
    complaints = sum(n for (kind, _, _), n in situation.bounces.items() if kind is ReportKind.COMPLAINT)
    complained = f"{complaints:,} complaint{'' if complaints == 1 else 's'}"
    yield f"Bounces in the last 24 hours: {hard:,} hard, {soft:,} soft, {ours:,} because of us; {complained}."


def _is_soft(kind: ReportKind, fault: Fault | None, *, is_hard: bool) -> bool:
    return kind is ReportKind.BOUNCE and not is_hard and fault is not Fault.US


def _summaries(situation: Situation, budget: Budget | None) -> Iterator[str]:
    if budget is None:
        return
    cost = f", about {budget.cost(situation.summaries):,.2f}" if budget.price_per_million_tokens else ""
    yield f"Summaries by the language model today: {situation.summaries.tokens:,} tokens{cost}."
    if limit := budget.used_up(situation.summaries):
        yield f"The day's budget for them ({limit}) is used up; other papers show a sentence of their abstract."


def _rest(situation: Situation, disk: Disk | None) -> Iterator[str]:
    by_state = situation.subscribers
    states = (SubscriberState.ACTIVE, SubscriberState.PAUSED, SubscriberState.PENDING)
    counts = ", ".join(f"{by_state.get(state, 0):,} {state.value}" for state in states)
    yield f"Subscribers: {counts}."
    if disk:
        line = f"{disk.free / _GIGABYTE:,.1f} GB of the database's disk are free ({disk.free / disk.total:.0%})."
        yield f"{line} Make room before it is full." if disk.is_nearly_full else line
