"""A process on this machine is seen to run, to have ended, or to be another one by the same number."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dailypapers.delivery.process import is_running, this_process
from dailypapers.domain.worker import Process

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere processes are not asked for")


def test_this_process_runs() -> None:
    here = this_process()
    assert here.pid == os.getpid()
    assert is_running(here) is True


def test_another_process_by_the_same_number_is_not_this_one() -> None:
    assert is_running(replace(this_process(), started="1")) is False


@pytest.mark.parametrize("place", ["", "elsewhere"])
def test_a_process_elsewhere_cannot_be_asked_for(place: str) -> None:
    assert is_running(replace(this_process(), place=place)) is None


def test_a_process_that_was_killed_has_ended_even_if_nobody_has_buried_it() -> None:
    words = [sys.executable, "-S", "-c", "import sys; print(open('/proc/self/stat').read()); sys.stdin.read()"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:  # noqa: S603 - ours
        assert child.stdout
        started = child.stdout.readline().rpartition(")")[2].split()[19]
        process = replace(this_process(), pid=child.pid, started=started)
        assert is_running(process) is True
        child.kill()
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        assert is_running(process) is False
    assert is_running(process) is False


def test_a_process_that_never_was_does_not_run() -> None:
    assert is_running(replace(this_process(), pid=2**22 + 1)) is False


def test_where_processes_cannot_be_asked_for_none_has_a_place(tmp_path: Path) -> None:
    assert this_process(proc=tmp_path) == Process()
    assert is_running(this_process(), proc=tmp_path) is None


def test_a_process_that_is_hidden_from_us_may_run(tmp_path: Path) -> None:
    here = Path("/proc")
    (tmp_path / "self/ns").mkdir(parents=True)
    (tmp_path / "self/ns/pid").symlink_to((here / "self/ns/pid").readlink())
    (tmp_path / "sys/kernel/random").mkdir(parents=True)
    (tmp_path / "sys/kernel/random/boot_id").write_text((here / "sys/kernel/random/boot_id").read_text())
    assert is_running(this_process(), proc=tmp_path) is None
