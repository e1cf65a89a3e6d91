"""`dailypapers catch` keeps what is sent to it, shows it on its page, and ends when it is asked to."""

import signal
import smtplib
from pathlib import Path

from tests.running import answer, free_port, running


def test_catch_shows_what_it_kept(tmp_path: Path) -> None:
    smtp, web = free_port(), free_port()
    words = ("catch", "caught", "--smtp-port", str(smtp), "--web-port", str(web))
    with running(*words, folder=tmp_path) as catching:
        assert "No emails yet" in answer(f"http://127.0.0.1:{web}/").text
        assert answer(f"http://127.0.0.1:{web}/../../etc/passwd").status_code == 404
        with smtplib.SMTP("127.0.0.1", smtp) as client:
            client.sendmail("a@example.org", ["eve@example.org"], b"Subject: Papers of Monday\r\n\r\nhi\r\n")
        assert "Papers of Monday" in answer(f"http://127.0.0.1:{web}/").text
        catching.signal(signal.SIGTERM)
        assert catching.wait() == 0
