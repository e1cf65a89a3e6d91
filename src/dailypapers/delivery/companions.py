"""Companions: processes that send beside this one, since one process uses one core.

    how many mails wait → a process for every two thousand → each is a worker of its own → what all did, added up
    how many digests are to be composed → one process that sends what is ready, until it hears that no more comes

Each claims for itself, over connections of its own; what keeps two senders on two machines apart keeps these apart. A
companion is told what it needs through its standard input and ends once that is closed, so that none outlives this
process. Whichever of them is killed, the others send what it has left.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, Any, cast

import structlog

from dailypapers.delivery.tally import Delivered, Stopped
from dailypapers.domain.clock import Clock
from dailypapers.domain.delivery import DeliveryState
from dailypapers.domain.fault import Fault

log = structlog.get_logger()

#: Seconds between two looks whether a stop was asked for.
_LOOK = 0.2
#: The module that is a companion's program.
_PROGRAM = "dailypapers.companion"
#: What a companion is told begins with its length, in so many bytes; at last comes one byte: nothing is put any more.
_LENGTH, _NO_MORE = 8, b"."


@dataclass(frozen=True, slots=True)
class CompanionOptions:
    """How many processes send at most, and what a companion is told if there are so many, by which clock."""

    processes: int = 1
    told: Callable[[int, Clock], bytes] = field(default=lambda _count, _clock: b"", repr=False)
    worth_one: int = 2000
    """For so many mails one is started: it takes some seconds to begin."""
    while_composing: int = 0
    """From so many readers on one sends while their digests are composed; 0 for never."""

    def worth_starting(self, waiting: int) -> int:
        """Return how many companions to start for so many mails."""
        return max(min(self.processes - 1, waiting // self.worth_one), 0)

    def is_worth_starting_early(self, readers: int) -> bool:
        """Return whether one is to send while digests for so many readers are composed."""
        return 0 < self.while_composing <= readers


class Companions:
    """Some processes, each heard by a thread of its own."""

    def __init__(self, *, stop: threading.Event, on_progress: Callable[[int], None]) -> None:
        self._stop, self._on_progress = stop, on_progress
        self.processes: list[subprocess.Popen[bytes]] = []
        self._inputs: list[IO[bytes]] = []
        self._hearing: list[threading.Thread] = []
        self._ended = threading.Event()
        self._done: list[Delivered] = []
        self.any_failed = False
        """Whether one ended without saying what it did: what it had claimed is to be sent by another."""

    def start(self, told: bytes) -> None:
        """Start one more, and tell it what it needs."""
        process = subprocess.Popen([sys.executable, "-m", _PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603 - our own
        told_through = cast("IO[bytes]", process.stdin)
        self.processes.append(process)
        self._inputs.append(told_through)
        # One that has ended already is found out by its silence.
        with suppress(OSError):
            told_through.write(len(told).to_bytes(_LENGTH) + told)
            told_through.flush()
        self._hearing.append(_in_a_thread(self._hear, process))

    def watch(self) -> None:
        """Have them stop once that is asked for."""
        _in_a_thread(self._watch)

    def no_more_comes(self) -> None:
        """Tell them that nothing is put into the outbox any more: they end once nothing is left in it."""
        for told_through in self._inputs:
            with suppress(OSError, ValueError):  # Whoever was told to stop has nothing to wait for.
                told_through.write(_NO_MORE)
                told_through.flush()

    def wait(self) -> None:
        """Wait until all have ended: those that send go on until nothing is left."""
        for process in self.processes:
            process.wait()
        self._ended.set()
        for thread in self._hearing:
            thread.join()
        self.stop()

    def stop(self) -> None:
        """Tell them to finish what is in flight and to end."""
        for told_through in self._inputs:
            with suppress(OSError):
                told_through.close()

    def _watch(self) -> None:
        while not self._ended.is_set():
            if self._stop.wait(_LOOK):
                self.stop()
                return

    def _hear(self, process: subprocess.Popen[bytes]) -> None:
        """Read what a companion says: a line a group of answers, and one at its end."""
        last: dict[str, Any] = {}
        with cast("IO[bytes]", process.stdout) as lines:
            for line in lines:
                with suppress(ValueError):
                    last = json.loads(line)
                    self._on_progress(last.get("settled", 0))
        if "states" in last:
            self._done.append(read_end(last))
        else:
            self.any_failed = True
            log.warning("a sending process ended early; what it had claimed is sent by another", code=process.wait())

    @property
    def stopped(self) -> Stopped | None:
        """Why one of those that have ended stopped before all was sent, if one did."""
        return next((each.stopped for each in self._done if each.stopped), None)

    def added_to(self, done: Delivered) -> Delivered:
        """Return what all have done, this process and its companions."""
        states = sum((each.states for each in self._done), done.states)
        return Delivered(states, done.stopped or self.stopped, done.elsewhere)


def _in_a_thread(work: Callable[..., None], *of: object) -> threading.Thread:
    thread = threading.Thread(target=work, args=of, name="companion", daemon=True)
    thread.start()
    return thread


@contextmanager
def beside(
    count: int, told: bytes, *, stop: threading.Event, on_progress: Callable[[int], None], more_comes: bool = False
) -> Iterator[Companions]:
    """Have so many processes send while the body does; they have ended when this does.

    Where `more_comes`, they wait for what is put until the body has said that no more does, or has ended.
    """
    companions = Companions(stop=stop, on_progress=on_progress)
    try:
        for _ in range(count):
            companions.start(told)
        if not more_comes:
            companions.no_more_comes()
        companions.watch()
        yield companions
        companions.no_more_comes()
    except BaseException:
        companions.stop()
        raise
    finally:
        companions.wait()


def read_told(file: int) -> bytes:
    """Read what a companion is told from its standard input, and no byte more. Raises `EOFError` where that ends."""
    return _read_exactly(file, int.from_bytes(_read_exactly(file, _LENGTH)))


def _read_exactly(file: int, many: int) -> bytes:
    parts = bytearray()
    while len(parts) < many:
        if not (part := os.read(file, many - len(parts))):
            raise EOFError
        parts += part
    return bytes(parts)


def settled(deliveries: int) -> str:
    """Return the line that says how many deliveries a group of answers has settled."""
    return json.dumps({"settled": deliveries})


def end(done: Delivered) -> str:
    """Return a companion's last line: what it did."""
    stop = None
    if stopped := done.stopped:
        pause = stopped.pause.total_seconds() if stopped.pause else None
        stop = [stopped.fault.value, stopped.why, pause, stopped.by_own_limit]
    return json.dumps({"states": {state.value: count for state, count in done.states.items()}, "stopped": stop})


def read_end(record: Mapping[str, Any]) -> Delivered:
    """Read what `end` wrote."""
    states = Counter({DeliveryState(state): count for state, count in record["states"].items()})
    if not record["stopped"]:
        return Delivered(states)
    fault, why, pause, by_own_limit = record["stopped"]
    return Delivered(states, Stopped(Fault(fault), why, pause and dt.timedelta(seconds=pause), by_own_limit))
