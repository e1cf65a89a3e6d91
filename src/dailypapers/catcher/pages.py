"""Catching: the pages that show what the catching server kept. For trying things out; never for real mail."""

from pathlib import Path

from dailypapers.catcher.server import Caught, caught
from dailypapers.rendering.environment import Templates
from dailypapers.rendering.pages import render_page


def write_pages(folder: Path, templates: Templates) -> tuple[Caught, ...]:
    """Write `index.html` and a page per caught mail beside the mails; returns the mails, oldest first.

    A mail's own HTML is shown inside a sandboxed frame, so that it can run nothing and reach nothing.
    """
    mails = tuple(caught(folder))
    for mail in mails:
        page = mail.path.with_suffix(".html")
        if not page.exists():
            page.write_text(render_page(templates, "caught_mail", mail=mail), "utf-8")
    _write_whole(folder / "index.html", render_page(templates, "caught", mails=mails))
    return mails


def _write_whole(path: Path, text: str) -> None:
    """Replace a page at once, so that nobody reads half of it."""
    draft = path.with_suffix(".part")
    draft.write_text(text, "utf-8")
    draft.replace(path)
