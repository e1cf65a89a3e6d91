"""What nobody can read is kept in a maildir, whole, and never beyond its bound."""

import datetime as dt
import mailbox
from pathlib import Path

import pytest

from dailypapers.mail.incoming.keep import FolderFull, KeptMail


def test_a_mail_program_finds_what_was_kept(tmp_path: Path, now: dt.datetime) -> None:
    kept = KeptMail(tmp_path / "unread")
    assert kept.count() == 0
    file = kept.keep(b"Subject: a\n\n\xff\0", now=now)
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"Subject: a\n\n\xff\0", 0o600)
    assert [mail["Subject"] for mail in mailbox.Maildir(tmp_path / "unread", create=False)] == ["a"]
    assert list((tmp_path / "unread" / "tmp").iterdir()) == []


def test_nothing_is_deleted_and_no_more_taken_than_may_be(tmp_path: Path, now: dt.datetime) -> None:
    kept = KeptMail(tmp_path, most=2)
    first = kept.keep(b"1", now=now)
    kept.keep(b"2", now=now)
    with pytest.raises(FolderFull, match="holds 2 emails"):
        kept.keep(b"3", now=now)
    first.rename(tmp_path / "cur" / f"{first.name}:2,S")
    assert kept.count() == 2


def test_the_newest_come_first_and_old_ones_not_at_all(tmp_path: Path, now: dt.datetime) -> None:
    kept = KeptMail(tmp_path)
    for days in (40, 2, 1):
        kept.keep(str(days).encode(), now=now - dt.timedelta(days=days))
    (tmp_path / "new" / "else.dailypapers").write_bytes(b"else")
    assert list(kept.newest(since=now - dt.timedelta(days=30))) == [b"1", b"2"]
    assert list(KeptMail(tmp_path / "none").newest(since=now)) == []
