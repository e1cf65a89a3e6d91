"""The digest: most relevant first, each paper with its reason, small enough not to be cut off."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import jinja2

from dailypapers.domain.digest import Digest
from dailypapers.domain.link import Links
from dailypapers.domain.message import Message
from dailypapers.rendering.html import encoded_size, for_mail
from dailypapers.rendering.text import one_line, shortened

#: Gmail cuts a mail's HTML off at about 102 KB; measured between 99 and 105 KB, so we stay well below.
MAX_BYTES = 80_000
#: Characters of the abstract that are shown: all of them get as much as fits.
_EXTRACTS = (420, 240, 120, 0)
#: A subject is shown up to about here; more is cut off by the client, without regard to words.
_SUBJECT = 78
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class _Packing:
    """How much is shown: characters of each abstract, and how many entries."""

    extract: int
    entries: int


def render_digest(
    env: jinja2.Environment, digest: Digest, *, day: dt.date, links: Links, status: str = "", name: str = "Daily Papers"
) -> Message:
    """The digest's message; its HTML travels in at most 80 KB, the link to unsubscribe always in it.

    `status` is the line about sources that were late or down, `name` what the list is called.
    """
    values = {"day": day, "links": links, "status": one_line(status), "list_name": name}
    return Message(
        subject=_subject(env, digest, day),
        text=_text(env, digest, values),
        html=next(_fitting(env, digest, values)),
    )


def _fitting(env: jinja2.Environment, digest: Digest, values: dict[str, object]) -> Iterator[str]:
    template = env.get_template("email/digest/body.html")
    for packing in _packings(len(digest.entries)):
        html = for_mail(template.render(**values, **_shown(digest, packing)))
        # Encoding at most triples a byte and most of it stays; small mails need not be measured.
        if len(html) * 3 <= MAX_BYTES or encoded_size(html) <= MAX_BYTES:
            yield html
    raise ValueError("the digest's template alone is larger than a mail may be")


def _packings(entries: int) -> Iterator[_Packing]:
    """From everything to less and less: first shorter extracts, then fewer entries."""
    for length in _EXTRACTS:
        yield _Packing(length, entries)
    while entries > 0:
        entries = entries * 3 // 4
        yield _Packing(0, entries)


def _shown(digest: Digest, packing: _Packing) -> dict[str, object]:
    kept = replace(digest, entries=digest.entries[: packing.entries])
    return {"digest": kept, "extract_length": packing.extract, "more": len(digest.entries) - packing.entries}


def _text(env: jinja2.Environment, digest: Digest, values: dict[str, object]) -> str:
    shown = _shown(digest, _Packing(_EXTRACTS[0], len(digest.entries)))
    return env.get_template("email/digest/body.txt").render(**values, **shown).strip() + "\n"


def _subject(env: jinja2.Environment, digest: Digest, day: dt.date) -> str:
    """The top pick's title as far as it fits, how many more, and the day: no two are the same."""
    template = env.get_template("email/digest/subject.txt")
    date = f"{day.day} {_MONTHS[day.month - 1]}"
    more = len(digest.entries) - 1
    frame = one_line(template.render(title="", more=more, date=date))
    title = digest.entries[0].paper.title if digest.entries else ""
    return one_line(template.render(title=shortened(title, _SUBJECT - len(frame) - 1), more=more, date=date))
