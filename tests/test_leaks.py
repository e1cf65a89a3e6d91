"""Leaks are seen: each kind of thing that a test may leave is told, and nothing once it is gone."""

import socket
import tempfile
import threading
from pathlib import Path

import pytest
from tests import leaks


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is waited for that will not go."""
    monkeypatch.setattr(leaks, "_GRACE", 0.01)


linux = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="only Linux says what a process has open")


def test_nothing_is_told_where_nothing_is_left() -> None:
    assert leaks.left_since(leaks.things()) == []


@linux
def test_an_open_socket_is_told_by_its_address(impatient: None) -> None:
    before = leaks.things()
    with socket.create_server(("127.0.0.1", 0)) as server:
        (left,) = leaks.left_since(before)
        assert str(server.getsockname()) in left
    assert leaks.left_since(before) == []


@linux
def test_an_open_file_is_told_by_its_path(impatient: None, tmp_path: Path) -> None:
    before = leaks.things()
    with (tmp_path / "open.txt").open("w"):
        assert leaks.left_since(before) == [f"the open file {tmp_path / 'open.txt'}"]
    assert leaks.left_since(before) == []


def test_a_temporary_folder_is_told_by_its_path(impatient: None) -> None:
    before = leaks.things()
    with tempfile.TemporaryDirectory() as folder:
        assert leaks.left_since(before) == [f"the temporary {folder}"]
    assert leaks.left_since(before) == []


def test_a_thread_that_is_about_to_end_is_waited_for() -> None:
    before = leaks.things()
    thread = threading.Timer(0.05, lambda: None)
    thread.start()
    assert leaks.left_since(before) == []


def test_a_thread_that_does_not_end_is_told_by_its_name(impatient: None) -> None:
    before, end = leaks.things(), threading.Event()
    thread = threading.Thread(target=end.wait, name="a reader of something")
    thread.start()
    assert leaks.left_since(before) == ["the thread a reader of something"]
    end.set()
    thread.join()
