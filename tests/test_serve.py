"""Everything in one process: pages answer, a confirmation leaves at once, and a signal ends it cleanly."""

import datetime as dt
import re
import signal
import smtplib
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
import pytest
from tests.running import answer, free_port, ran, running, soon
from tests.store.damaged import damage

from dailypapers.app import build
from dailypapers.catcher.server import Catcher, caught
from dailypapers.errors import DatabaseDamaged
from dailypapers.serve import serve
from dailypapers.settings import Settings


def test_serve_answers_delivers_and_stops(tmp_path: Path, migrated: Path) -> None:
    with Catcher(tmp_path / "mails") as catcher:
        port = free_port()
        (tmp_path / "none.jsonl").write_text("", "utf-8")
        (tmp_path / "dailypapers.toml").write_text(
            f'[mail]\nhost = "127.0.0.1"\nport = {catcher.port}\nsecurity = "none"\nfrom_address = "p@example.org"\n'
            f'[web]\nport = {port}\n[[sources]]\nkind = "file"\npath = "none.jsonl"\n',
            "utf-8",
        )
        for words in (("init",), ("subscribers", "add", "eve@example.org", "--confirm")):
            assert ran(*words, folder=tmp_path)[0] == 0
        with running("serve", folder=tmp_path) as serving:
            # Whether the empty source has been asked by now decides which of them.
            assert answer(f"http://127.0.0.1:{port}/healthz").text.split("\n")[0] in {"ok", "degraded"}
            mail = soon(lambda: caught(tmp_path / "mails"), "a mail arrives")[0]
            link = next(line for line in mail.text.splitlines() if "/confirm/" in line)
            path = link.partition("localhost:8000")[2]
            assert httpx.post(f"http://127.0.0.1:{port}{path}").status_code == 303
            serving.signal(signal.SIGTERM)
            assert serving.wait() == 0


def test_asked_to_stop_before_its_pages_are_there_it_ends_without_a_complaint(migrated: Path) -> None:
    database = {"url": f"sqlite:///{migrated}"}
    app = build(Settings.model_validate({"secret": "s", "database": database, "web": {"port": 0}}))

    asked = []

    def asks_to_stop() -> dt.datetime:
        asked.append(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)
        return dt.datetime(2026, 4, 20, 8, tzinfo=dt.UTC)

    serve(app, web=True, schedule=False, work=False, clock=asks_to_stop)
    assert asked
    app.engine.dispose()


def test_a_damaged_database_ends_it_with_the_sentence_that_says_what_to_do(migrated: Path) -> None:
    database = {"url": f"sqlite:///{migrated}"}
    app = build(Settings.model_validate({"secret": "s", "database": database}))
    damage(app.engine, "outbox")
    too_late = threading.Timer(30, signal.raise_signal, [signal.SIGTERM])
    too_late.start()
    with pytest.raises(DatabaseDamaged, match="stop dailypapers, keep the file, and restore a backup"):
        serve(app, web=False, schedule=False, work=True)
    too_late.cancel()
    app.engine.dispose()


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("catch", "caught", "--smtp-port", "0", "--web-port"), "--web-port"),
        (("catch", "caught", "--web-port", "0", "--smtp-port"), "--smtp-port"),
        (("demo", "out", "--serve", "--mail-port", "0", "--port"), "--port"),
        (("demo", "out", "--serve", "--port", "0", "--mail-port"), "--mail-port"),
    ],
)
def test_a_port_that_is_taken_is_one_sentence_and_nothing_is_begun(
    tmp_path: Path, words: tuple[str, ...], option: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, _, said = ran(*words, str(port), folder=tmp_path)
    sentence = f"Cannot listen: port {port} on 127.0.0.1 is already in use. Choose another with {option}.\n"
    assert (code, said) == (2, sentence)
    assert not list(tmp_path.glob("out/*"))


def test_serve_says_which_setting_names_a_port_that_is_taken(tmp_path: Path, migrated: Path) -> None:
    assert ran("init", "--no-check-mail", folder=tmp_path)[0] == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        (tmp_path / "dailypapers.toml").write_text(f"[web]\nport = {port}\n", "utf-8")
        words = [sys.executable, "-m", "dailypapers", "serve"]
        served = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    sentence = (
        f"Cannot listen: port {port} on 127.0.0.1 is already in use. Choose another with web.port in the settings.\n"
    )
    assert (served.returncode, served.stderr) == (2, sentence)


def test_the_demo_says_where_to_subscribe_once_its_pages_answer(tmp_path: Path) -> None:
    with running("demo", "out", "--serve", "--port", "0", "--mail-port", "0", folder=tmp_path) as started:
        said = next(line for line in started.errors if line.startswith("Subscribe at"))
        pages, mails = re.findall(r"http://localhost:\d+/", said)
        assert httpx.get(pages).status_code == httpx.get(mails).status_code == 200
        mail = caught(tmp_path / "out" / "mails")[0]
        assert pages in mail.text, "links lead to the port that was chosen"
        started.signal(signal.SIGTERM)
        assert started.wait() == 0


def asks_to_subscribe(address: str, port: int) -> bool:
    try:
        with smtplib.SMTP("127.0.0.1", port) as client:
            client.sendmail(address, ["join@example.org"], f"From: {address}\r\n\r\nhi\r\n".encode())
    except ConnectionRefusedError:
        return False
    return True


def test_serve_takes_mail_that_asks_to_subscribe(tmp_path: Path, migrated: Path) -> None:
    with Catcher(tmp_path / "mails") as catcher:
        port = free_port()
        (tmp_path / "dailypapers.toml").write_text(
            f'[mail]\nhost = "127.0.0.1"\nport = {catcher.port}\nsecurity = "none"\nfrom_address = "p@example.org"\n'
            f'[subscribe]\ncheck_mx = false\n[inbound]\nport = {port}\nprotocol = "smtp"\n'
            'subscribe_address = "join@example.org"\nunsubscribe_address = "leave@example.org"\n',
            "utf-8",
        )
        assert ran("init", folder=tmp_path)[0] == 0
        with running("work", folder=tmp_path) as serving:
            soon(lambda: asks_to_subscribe("eve@example.org", port), "the mail server answers")
            kept = soon(lambda: caught(tmp_path / "mails"), "a mail arrives")
            assert (kept[0].recipient, "/confirm/" in kept[0].text) == ("eve@example.org", True)
            serving.signal(signal.SIGTERM)
            assert serving.wait() == 0
