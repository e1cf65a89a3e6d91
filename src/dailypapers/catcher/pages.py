"""The pages of the mail catcher: an index and one page for each email, written beside the emails."""

from pathlib import Path

from dailypapers.catcher.server import Caught, caught
from dailypapers.rendering.environment import Templates
from dailypapers.rendering.pages import render_page


def write_pages(folder: Path, templates: Templates) -> tuple[Caught, ...]:
    """Write `index.html` and a page for each email beside the emails; return the emails, oldest first.

    An email's own HTML is shown in a sandboxed frame, where it can run no script and load nothing.
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
