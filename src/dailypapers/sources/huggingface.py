"""Hugging Face's daily papers: https://huggingface.co/papers, a list of papers people pointed out, a day at a time.

Knows the JSON of its daily_papers address, which has changed over the years and has optional fields only. Votes are
still coming in for days, so every run looks back.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from dailypapers.domain.paper import Paper, PaperId, Presentation, Signals, page_of
from dailypapers.domain.source import Announcement, Checkpoint, Fetched, Skipped
from dailypapers.domain.storable import is_keepable
from dailypapers.errors import BadPaperId, FetchFailed
from dailypapers.sources.base import OneListADay, Reading, fetched
from dailypapers.sources.http.client import Http, Response
from dailypapers.sources.parsing.cleaning import clean, clean_authors, web_address

#: Entries a page; more are not given.
PAGE = 100
_MAX_PAGES = 5
#: Keywords and pictures that are kept of one paper.
_MAX_LISTED = 50
#: No count of people is greater, and a database keeps no greater one.
_MOST = 2**31 - 1
_BAD_REQUEST = 400
_PAGE_OF_A_PAPER = "https://huggingface.co/papers/"


@dataclass(frozen=True, slots=True)
class HuggingFace(OneListADay):
    """The daily papers of the last `days` days, today's among them, with their votes."""

    base_url: str = "https://huggingface.co"
    days: int = 8
    name: str = "huggingface"

    async def list_again(self, http: Http, category: str, day: dt.date, *, now: dt.datetime) -> Fetched:  # noqa: ARG002
        """Ask for the list of a day. Raises `FetchFailed` where it does not answer."""
        answers, reading = await self._ask_day(http, day, since=None, today=now.astimezone(dt.UTC).date())
        if not all(answers.values()):
            raise FetchFailed(" ".join(reading.remarks))
        return fetched(reading, answers, since=None)

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:
        """Ask for each day's list; a day that fails is named in the note.

        Raises `FetchFailed` where all of them failed.
        """
        today = now.astimezone(dt.UTC).date()
        answers: dict[str, Response | None] = {}
        reading_of_all_days = Reading()
        for day in (today - dt.timedelta(days=back) for back in range(self.days)):
            day_answers, reading = await self._ask_day(http, day, since=since, today=today)
            answers |= day_answers
            reading_of_all_days += reading
        if not any(answers.values()):
            raise FetchFailed(" ".join(reading_of_all_days.remarks[:1]) or "No days were asked for.")
        return fetched(reading_of_all_days, answers, since=since)

    async def _ask_day(
        self, http: Http, day: dt.date, *, since: Checkpoint | None, today: dt.date
    ) -> tuple[dict[str, Response | None], Reading]:
        answers: dict[str, Response | None] = {}
        reading = Reading()
        for page in range(_MAX_PAGES):
            url = f"{self.base_url.rstrip('/')}/api/daily_papers?date={day}&limit={PAGE}" + (
                f"&p={page}" if page else ""
            )
            try:
                # The day may not have begun yet where Hugging Face counts it.
                answers[url] = response = await http.get(url, since=since, also=(_BAD_REQUEST,) if day == today else ())
                on_page = read_day(response.content, day=day, source=self.name) if _has_list(response) else Reading()
            except FetchFailed as error:
                answers[url] = None
                return answers, reading + Reading(remarks=(f"{day} failed: {error}",))
            reading += on_page
            if on_page.items < PAGE:
                break
        return answers, reading


def _has_list(response: Response) -> bool:
    return not response.not_modified and response.status != _BAD_REQUEST


def read_day(content: bytes, *, day: dt.date, source: str = "huggingface") -> Reading:
    """Read one day's list. Raises `FetchFailed` where it is no JSON list."""
    try:
        entries = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FetchFailed(f"The list of {day} is not valid JSON.") from error
    if not isinstance(entries, list):
        raise FetchFailed(f"The list of {day} is not a JSON list.")
    announcements: list[Announcement] = []
    skipped: list[Skipped] = []
    for number, entry in enumerate(entries, 1):
        try:
            announcements.append(read_entry(entry, day=day, source=source))
        except _Unreadable as error:
            skipped.append(Skipped(f"{day} entry {number}", str(error)))
    return Reading(tuple(announcements), tuple(skipped))


class _Unreadable(ValueError):
    """An entry that is no paper to be announced; the message says why."""


def read_entry(entry: Any, *, day: dt.date, source: str = "huggingface") -> Announcement:
    """Read one entry of the list of `day`. Raises `ValueError` with one sentence where it is no paper."""
    record = entry.get("paper") if isinstance(entry, dict) else None
    if not isinstance(record, dict):
        raise _Unreadable("There is no paper in it.")
    if record.get("withdrawnAt"):
        raise _Unreadable(f"{_text(record, 'id') or 'It'} was withdrawn.")
    id_, version = _id(_text(record, "id"))
    title = clean(_text(record, "title") or _text(entry, "title"), plain=True)
    if not title:
        raise _Unreadable(f"{id_} has no title.")
    paper = Paper(
        id=id_,
        title=title,
        abstract=clean(_text(record, "summary") or _text(entry, "summary"), plain=True),
        authors=_authors(record),
        url=page_of(id_),
        published=_date(record, "publishedAt"),
        code_url=_code(record),
    )
    listed = _date(record, "submittedOnDailyAt") or day
    return Announcement(
        paper,
        source,
        listed,
        version=version,
        signals=_signals(entry, record),
        presentation=_presentation(entry, record),
    )


def _id(text: str) -> tuple[PaperId, int | None]:
    if not text:
        raise _Unreadable("It has no id.")
    try:
        return PaperId.parse_version(text)
    except BadPaperId:
        if not is_keepable(text):
            raise _Unreadable("Its id is too long or not text.") from None
        return PaperId("url", _PAGE_OF_A_PAPER + quote(text, safe="")), None


def _text(record: Mapping[str, Any], key: str) -> str:
    value = record.get(key)
    return value.strip() if isinstance(value, str) else ""


def _authors(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Read the authors, each a record with a name, or the name alone; or all names in one text."""
    listed = record.get("authors")
    if isinstance(listed, str):
        return clean_authors(listed)
    names = map(_name, listed if isinstance(listed, list) else [])
    return tuple(cleaned for name in names if (cleaned := clean(name, plain=True)))


def _name(person: Any) -> str:
    if not isinstance(person, dict):
        return person if isinstance(person, str) else ""
    user = person.get("user")
    return (
        _text(person, "name")
        or _text(person, "fullname")
        or (_text(user, "fullname") if isinstance(user, dict) else "")
    )


def _presentation(entry: Mapping[str, Any], record: Mapping[str, Any]) -> Presentation | None:
    presentation = Presentation(
        organization=_organization(record) or _organization(entry),
        ai_summary=clean(_text(record, "ai_summary"), plain=True),
        ai_keywords=tuple(clean(word, plain=True) for word in _texts(record, "ai_keywords")),
        project_url=web_address(_text(record, "projectPage")),
        thumbnail_url=web_address(_text(entry, "thumbnail") or _text(record, "thumbnail")),
        media_urls=tuple(
            dict.fromkeys(
                address
                for url in (*_texts(record, "mediaUrls"), *_texts(entry, "mediaUrls"))
                if (address := web_address(url))
            )
        ),
        models=_linked(record, "Models"),
        datasets=_linked(record, "Datasets"),
    )
    return presentation if presentation != Presentation() else None


def _linked(record: Mapping[str, Any], what: str) -> int | None:
    """Count the models or data sets that name the paper: a list of some of them, and at times how many there are."""
    listed = record.get(f"linked{what}")
    total = _count(record.get(f"numTotal{what}"))
    return len(listed) if total is None and isinstance(listed, list) else total


def _organization(record: Mapping[str, Any]) -> str:
    organization = record.get("organization")
    if isinstance(organization, dict):
        return clean(_text(organization, "fullname") or _text(organization, "name"), plain=True)
    return clean(_text(record, "organization"), plain=True)


def _texts(record: Mapping[str, Any], key: str) -> tuple[str, ...]:
    values = record.get(key)
    texts = (value.strip() for value in values if isinstance(value, str)) if isinstance(values, list) else ()
    return tuple(text for text in list(texts)[:_MAX_LISTED] if text)


def _date(record: Mapping[str, Any], key: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(_text(record, key)[:10])
    except ValueError:
        return None


def _code(record: Mapping[str, Any]) -> str:
    address = _text(record, "githubRepo")
    return web_address(f"https://{address}" if address.startswith("github.com/") else address)


def _signals(entry: Mapping[str, Any], record: Mapping[str, Any]) -> Signals:
    return Signals(
        upvotes=_count(record.get("upvotes")),
        comments=_count(entry.get("numComments")),
        stars=_count(record.get("githubStars")),
    )


def _count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST
    return value if is_count else None
