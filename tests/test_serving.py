"""Everything in one process: pages answer, a confirmation leaves at once, and a signal ends it cleanly."""

import signal
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from dailypapers.mail.catcher import Catcher, caught


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@contextmanager
def running(*words: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A command that runs until it is asked to stop."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "dailypapers", *words], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def answer(url: str) -> httpx.Response:
    """Ask until somebody answers."""
    for _ in range(300):
        try:
            return httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"{url} never answered")


def test_serve_answers_delivers_and_stops(tmp_path: Path) -> None:
    with Catcher(tmp_path / "mails") as catcher:
        port = free_port()
        (tmp_path / "none.jsonl").write_text("", "utf-8")
        (tmp_path / "dailypapers.toml").write_text(
            f'[mail]\nhost = "127.0.0.1"\nport = {catcher.port}\nsecurity = "none"\nfrom_address = "p@example.org"\n'
            f'[web]\nport = {port}\n[[sources]]\nkind = "file"\npath = "none.jsonl"\n',
            "utf-8",
        )
        for words in (("init",), ("subscribers", "add", "eve@example.org", "--confirm")):
            subprocess.run([sys.executable, "-m", "dailypapers", *words], cwd=tmp_path, check=True)  # noqa: S603 - ours
        with running("serve", folder=tmp_path) as serving:
            assert answer(f"http://127.0.0.1:{port}/healthz").text == "ok\n"
            for _ in range(300):
                if caught(tmp_path / "mails"):
                    break
                time.sleep(0.1)
            mail = caught(tmp_path / "mails")[0]
            link = next(line for line in mail.text.splitlines() if "/confirm/" in line)
            path = link.partition("localhost:8000")[2]
            assert httpx.post(f"http://127.0.0.1:{port}{path}").status_code == 200
            serving.send_signal(signal.SIGTERM)
            assert serving.wait(60) == 0


def test_serve_takes_mail_that_asks_to_subscribe(tmp_path: Path) -> None:
    with Catcher(tmp_path / "mails") as catcher:
        port = free_port()
        (tmp_path / "dailypapers.toml").write_text(
            f'[mail]\nhost = "127.0.0.1"\nport = {catcher.port}\nsecurity = "none"\nfrom_address = "p@example.org"\n'
            f'[subscribe]\ncheck_mx = false\n[inbound]\nport = {port}\nprotocol = "smtp"\n'
            'subscribe_address = "join@example.org"\nunsubscribe_address = "leave@example.org"\n',
            "utf-8",
        )
        init = [sys.executable, "-m", "dailypapers", "init"]
        subprocess.run(init, cwd=tmp_path, check=True)  # noqa: S603 - ours
        with running("serve", "--no-web", "--no-schedule", folder=tmp_path) as serving:
            for _ in range(300):
                try:
                    with smtplib.SMTP("127.0.0.1", port) as client:
                        client.sendmail("eve@example.org", ["join@example.org"], b"From: eve@example.org\r\n\r\nhi\r\n")
                    break
                except ConnectionRefusedError:
                    time.sleep(0.1)
            for _ in range(300):
                if kept := caught(tmp_path / "mails"):
                    break
                time.sleep(0.1)
            assert (kept[0].recipient, "/confirm/" in kept[0].text) == ("eve@example.org", True)
            serving.send_signal(signal.SIGTERM)
            assert serving.wait(60) == 0


def test_catch_shows_what_it_kept(tmp_path: Path) -> None:
    smtp, web = free_port(), free_port()
    words = ("catch", "caught", "--smtp-port", str(smtp), "--web-port", str(web))
    with running(*words, folder=tmp_path) as catching:
        assert "No mail has come in yet" in answer(f"http://127.0.0.1:{web}/").text
        assert answer(f"http://127.0.0.1:{web}/../../etc/passwd").status_code == 404
        catching.send_signal(signal.SIGTERM)
        assert catching.wait(60) == 0
