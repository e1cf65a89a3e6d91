"""Every kept email has its page, and the index leads to all of them."""

from pathlib import Path

from dailypapers.catcher.pages import GrowingPages, write_pages
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped


def test_each_email_has_its_page_and_the_index_shows_all(tmp_path: Path) -> None:
    templates = environment(shipped("templates"))
    for number, subject in enumerate(("Monday", "<b>Tuesday"), 1):
        (tmp_path / f"{number:06d}-x.eml").write_bytes(f"Subject: {subject}\r\n\r\nhi\r\n".encode())
        mails = write_pages(tmp_path, templates)
    assert [mail.subject for mail in mails] == ["Monday", "<b>Tuesday"]
    assert all("hi" in mail.path.with_suffix(".html").read_text("utf-8") for mail in mails)
    index = (tmp_path / "index.html").read_text("utf-8")
    assert "Monday" in index
    assert "&lt;b&gt;Tuesday" in index
    assert not list(tmp_path.glob("*.part"))


def test_a_page_that_is_written_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "000001-x.eml").write_bytes(b"Subject: x\r\n\r\nhi\r\n")
    (tmp_path / "000001-x.html").write_text("written", "utf-8")
    write_pages(tmp_path, environment(shipped("templates")))
    assert (tmp_path / "000001-x.html").read_text("utf-8") == "written"


def test_pages_grow_with_the_folder_and_each_email_is_read_once(tmp_path: Path) -> None:
    pages, index = GrowingPages(tmp_path, environment(shipped("templates"))), tmp_path / "index.html"
    pages.update()
    assert "No emails yet" in index.read_text("utf-8")
    for number, subject in enumerate(("Monday", "Tuesday"), 1):
        email = tmp_path / f"{number:06d}-x.eml"
        email.write_bytes(f"Subject: {subject}\r\n\r\nhi\r\n".encode())
        pages.update()
        email.write_bytes(b"Subject: changed\r\n\r\n")
    assert [each in index.read_text("utf-8") for each in ("Monday", "Tuesday", "changed")] == [True, True, False]
    assert "hi" in (tmp_path / "000002-x.html").read_text("utf-8")
