"""The demo's papers in the form real sources serve them: RSS feeds by field, and Hugging Face's list of the day."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

#: One feed for each field.
FEEDS = ("computing", "physics", "life", "mathematics")


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample paper; its counts are made up."""

    id: str
    title: str
    authors: tuple[str, ...]
    abstract: str
    categories: tuple[str, ...]
    feed: str
    url: str
    upvotes: int | None = None
    comments: int | None = None
    stars: int | None = None


def load(path: Path) -> tuple[Sample, ...]:
    """Read sample papers from JSON Lines."""
    return tuple(_sample(json.loads(line)) for line in path.read_text("utf-8").splitlines() if line.strip())


def _sample(fields: dict[str, object]) -> Sample:
    sample_fields = {name: value for name, value in fields.items() if name != "signals_made_up"}
    return Sample(**{name: tuple(value) if isinstance(value, list) else value for name, value in sample_fields.items()})  # type: ignore[arg-type]


def rss(samples: Iterable[Sample], *, feed: str, day: dt.date) -> bytes:
    """Return an RSS 2.0 feed of one field's papers."""
    items = "\n".join(_item(sample) for sample in samples if sample.feed == feed)
    head = f"<title>Sample papers: {feed}</title><link>https://example.org/{feed}</link>"
    date = f"<pubDate>{day:%a, %d %b %Y} 00:00:00 +0000</pubDate>"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
        f"<channel>{head}<description>Sample papers</description>{date}\n{items}\n</channel></rss>\n"
    ).encode()


def _item(sample: Sample) -> str:
    authors = "".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in sample.authors)
    categories = "".join(f"<category>{escape(code)}</category>" for code in sample.categories)
    return (
        f"<item><title>{escape(sample.title)}</title><link>{escape(sample.url)}</link>"
        f'<guid isPermaLink="false">sample:{sample.id}</guid>'
        f"<description>{escape(sample.abstract)}</description>{authors}{categories}</item>"
    )


def daily_papers(samples: Sequence[Sample], *, day: dt.date) -> bytes:
    """Return the papers that have counts, the way huggingface.co/api/daily_papers lists a day."""
    return json.dumps([_entry(sample, day) for sample in samples if sample.upvotes]).encode()


def _entry(sample: Sample, day: dt.date) -> dict[str, object]:
    submitted = f"{day.isoformat()}T00:00:00.000Z"
    paper = {
        "id": sample.id,
        "title": sample.title,
        "summary": sample.abstract,
        "authors": [{"name": name, "hidden": False} for name in sample.authors],
        "publishedAt": submitted,
        "submittedOnDailyAt": submitted,
        "upvotes": sample.upvotes,
        "githubStars": sample.stars,
    }
    return {"paper": paper, "title": sample.title, "publishedAt": submitted, "numComments": sample.comments}
