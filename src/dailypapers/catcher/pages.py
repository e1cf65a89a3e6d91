"""The pages of the mail catcher: an index and one page for each email, written beside the emails."""

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from dailypapers.catcher.server import Caught, caught, read
from dailypapers.rendering.environment import Templates
from dailypapers.rendering.pages import render_page


def write_pages(folder: Path, templates: Templates) -> tuple[Caught, ...]:
    """Write `index.html` and a page for each email beside the emails; return the emails, oldest first.

    An email's own HTML is shown in a sandboxed frame, where it can run no script and load nothing.
    """
    mails = tuple(caught(folder))
    for mail in mails:
        _write_page(mail, templates)
    _write_index(folder, mails, templates)
    return mails


class GrowingPages:
    """The pages of a folder that emails are added to: made when somebody looks, and each email is read once."""

    def __init__(self, folder: Path, templates: Templates) -> None:
        self._folder, self._templates = folder, templates
        self._mails: dict[str, Caught] = {}
        self._lock = threading.Lock()

    def update(self) -> None:
        """Write the pages of new emails, and the index anew where there are any."""
        with self._lock:
            new = sorted(path for path in self._folder.glob("*.eml") if path.name not in self._mails)
            for path in new:
                mail = read(path)
                _write_page(mail, self._templates)
                self._mails[path.name] = replace(mail, headers=(), text="", html="")
            if new or not self._mails:
                _write_index(self._folder, [self._mails[name] for name in sorted(self._mails)], self._templates)


def _write_page(mail: Caught, templates: Templates) -> None:
    page = mail.path.with_suffix(".html")
    if not page.exists():
        page.write_text(render_page(templates, "caught_mail", mail=mail), "utf-8")


def _write_index(folder: Path, mails: Sequence[Caught], templates: Templates) -> None:
    _write_whole(folder / "index.html", render_page(templates, "caught", mails=mails))


def _write_whole(path: Path, text: str) -> None:
    """Replace a page at once, so that nobody reads half of it."""
    draft = path.with_suffix(".part")
    draft.write_text(text, "utf-8")
    draft.replace(path)
