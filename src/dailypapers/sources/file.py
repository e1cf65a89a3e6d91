"""Papers from a file on this machine: JSON Lines or plain text with two lines a paper, gzipped or not.

Knows the two formats and reads them leniently, a line at a time: a wrong line is skipped and named, the rest goes on.
Does not know the network.
"""

import asyncio
import datetime as dt
import gzip
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

from dailypapers.domain.paper import Paper, PaperId, Signals, page_of
from dailypapers.domain.source import Announcement, Checkpoint, Fetched, Skipped
from dailypapers.errors import BadInput, BadPaperId
from dailypapers.sources.base import Reading, fetched, id_of_title
from dailypapers.sources.http.client import Http
from dailypapers.sources.parsing.cleaning import clean, clean_authors, web_address

#: A longer line is no paper; it is not read into memory whole.
MAX_LINE_BYTES = 2_000_000
#: What a page prints above its first paper.
_FURNITURE = ("get trending papers",)
_GLUED = "Subscribe"
#: How files begin that are gzipped, and that hold JSON, whatever their names are.
_GZIPPED = b"\x1f\x8b"
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*\"")


@dataclass(frozen=True, slots=True)
class File:
    """A file of papers; see `read_papers` for what may stand in it."""

    zone = "UTC"

    path: Path
    name: str = "file"

    async def fetch(self, http: Http, since: Checkpoint | None, *, now: dt.datetime) -> Fetched:  # noqa: ARG002 - the seam's arguments; a file needs no network and is read whole
        """Read the file. Raises `BadInput` where there is none."""
        return await asyncio.to_thread(read_papers, self.path, now=now, name=self.name)


def read_papers(path: Path, *, now: dt.datetime, name: str = "file") -> Fetched:
    """Read all papers of a file, each announced as new on `now`'s day (or the day its line names).

    A file that begins with a JSON object, or is named .jsonl, .ndjson or .json, is JSON Lines: an object a line with
    title, and any of id, abstract (abs, summary), authors, categories (cats), url, published (day), upvotes, comments,
    stars, code_url. Any other file is text: a title line, then an abstract line. A paper without an id is named by its
    title. Raises `BadInput` where the file cannot be opened.
    """
    suffixes = [suffix for suffix in path.suffixes if suffix != ".gz"]
    named_json = bool(suffixes) and suffixes[-1] in {".jsonl", ".ndjson", ".json"}
    with _opened(path) as lines:
        read = _read_json_lines if named_json or _JSON.match(lines.peek(100)) else _read_text
        reading = read(_numbered(lines, path), day=now.date(), source=name)
    remark = () if reading.items else (f"No papers in {path.name}",)
    return fetched(reading + Reading(remarks=remark), {}, since=None)


def read_text(path: Path) -> str:
    """Read a whole text, gzipped or not. Raises `BadInput` where the file cannot be opened or is no UTF-8."""
    try:
        with _opened(path) as stream:
            return stream.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"The file {path} cannot be read: {error}.") from error


@contextmanager
def _opened(path: Path) -> Iterator[BufferedReader | gzip.GzipFile]:
    try:
        with path.open("rb") as raw:
            yield gzip.GzipFile(fileobj=raw) if raw.peek(len(_GZIPPED)).startswith(_GZIPPED) else raw
    except FileNotFoundError as error:
        raise BadInput(f"{path} does not exist.") from error
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"The file {path} cannot be read: {error}.") from error


def _numbered(stream: BufferedReader | gzip.GzipFile, path: Path) -> Iterator[tuple[str, str]]:
    number = 0
    while raw := stream.readline(MAX_LINE_BYTES):
        number += 1
        yield f"{path.name} line {number}", raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip()


def _read_json_lines(lines: Iterator[tuple[str, str]], *, day: dt.date, source: str) -> Reading:
    announcements, skipped = [], []
    for where, line in lines:
        if not line:
            continue
        try:
            announcements.append(_announcement(load(line), day=day, source=source))
        except (ValueError, RecursionError) as error:
            skipped.append(Skipped(where, _why(error)))
    return Reading(tuple(announcements), tuple(skipped))


def load(text: str) -> Any:
    """Read JSON; NaN and infinities, which others write where something is missing, are nothing."""
    return json.loads(text, parse_constant=lambda _: None)


def _why(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"It is not a JSON object: {error.msg} at character {error.pos + 1}."
    if isinstance(error, RecursionError):
        return "It is nested too deeply."
    return str(error)


def _announcement(entry: Any, *, day: dt.date, source: str) -> Announcement:
    if not isinstance(entry, dict):
        raise BadInput("It is not a JSON object.")
    paper, version = _paper(entry)
    named_day = _date(entry.get("day"), "day")
    return Announcement(paper, source, named_day or day, version=version, signals=_signals(entry))


def _paper(entry: Mapping[str, Any]) -> tuple[Paper, int | None]:
    title = clean(_text(entry, "title"))
    if not title:
        raise BadInput("It has no title.")
    id_, version = _id(entry, title)
    url = web_address(_text(entry, "url")) or page_of(id_)
    return Paper(
        id=id_,
        title=title,
        abstract=clean(_text(entry, "abstract", "abs", "summary")),
        authors=_authors(entry.get("authors")),
        categories=_words(entry, "categories", "cats"),
        url=url,
        published=_date(entry.get("published"), "published") or _date(entry.get("day"), "day"),
        code_url=web_address(_text(entry, "code_url")),
    ), version


def _id(entry: Mapping[str, Any], title: str) -> tuple[PaperId, int | None]:
    if text := _text(entry, "id"):
        return id_of(text)
    if url := web_address(_text(entry, "url")):
        return PaperId("url", url), None
    return id_of_title(title), None


def id_of(text: str) -> tuple[PaperId, int | None]:
    """Read an id and its version as a file writes it: an id of its own, where it is none that everybody knows."""
    try:
        return PaperId.parse_version(text)
    except BadPaperId:
        return PaperId("file", text), None


def _text(entry: Mapping[str, Any], *keys: str) -> str:
    """Read the first of these keys that has something to say."""
    for key in keys:
        value = entry.get(key)
        if value is not None and not isinstance(value, str | int | float):
            raise BadInput(f"Its {key} is not text.")
        if value not in (None, ""):
            return str(value).strip()
    return ""


def _words(entry: Mapping[str, Any], *keys: str) -> tuple[str, ...]:
    """Read a list of words, or words with spaces or commas between them."""
    value = next((entry[key] for key in keys if entry.get(key)), ())
    if isinstance(value, str):
        value = value.replace(",", " ").split()
    if not isinstance(value, Sequence) or not all(isinstance(word, str) for word in value):
        raise BadInput(f"Its {keys[0]} are not a list of words.")
    return tuple(dict.fromkeys(clean(word) for word in value if word.strip()))


def _authors(value: Any) -> tuple[str, ...]:
    if value is None or isinstance(value, str):
        return clean_authors(value or "")
    if not isinstance(value, Sequence) or not all(isinstance(name, str) for name in value):
        raise BadInput("Its authors are not a list of names.")
    return tuple(name for name in map(clean, value) if name)


def _date(value: Any, key: str) -> dt.date | None:
    if value in (None, ""):
        return None
    try:
        return dt.date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise BadInput(f"Its {key} “{str(value)[:40]}” is not a date such as 2026-08-20.") from error


def _signals(entry: Mapping[str, Any]) -> Signals | None:
    upvotes, comments, stars = (_count(entry.get(key), key) for key in ("upvotes", "comments", "stars"))
    return None if upvotes is comments is stars is None else Signals(upvotes, comments, stars)


def _count(value: Any, key: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadInput(f"Its {key} must be a whole number.")
    return value


def _read_text(lines: Iterator[tuple[str, str]], *, day: dt.date, source: str) -> Reading:
    texts = [(where, _without_furniture(line)) for where, line in lines]
    texts = [(where, line) for where, line in texts if line]
    skipped = [Skipped(texts[-1][0], "There is no abstract below this title.")] if len(texts) % 2 else []
    announcements = []
    for (where, title), (_, abstract) in zip(texts[::2], texts[1::2], strict=False):
        try:
            announcements.append(_announcement({"title": title, "abstract": abstract}, day=day, source=source))
        except ValueError as error:
            skipped.append(Skipped(where, str(error)))
    return Reading(tuple(announcements), tuple(skipped))


def _without_furniture(line: str) -> str:
    if line.casefold().startswith(_FURNITURE):
        return ""
    glued = line.removeprefix(_GLUED)
    return glued if glued != line and glued[:1].isupper() else line
