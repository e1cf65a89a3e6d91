"""What the real sources sent, read by what we have; needs DAILYPAPERS_RECORDINGS."""

import datetime as dt
import gzip
import json
import tarfile
import tracemalloc
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from dailypapers.domain.source import AnnounceType
from dailypapers.errors import FetchFailed
from dailypapers.sources import arxiv, feed, huggingface
from dailypapers.sources.file import read_papers

DAY = dt.date(2026, 4, 20)
NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)


def test_the_stat_feed_has_all_four_announce_types(recordings: Path) -> None:
    content = (recordings / "arxiv/arxiv_rss/rss_stat_2024-03-26.xml").read_bytes()
    reading = arxiv.read_feed(content, category="stat", day=DAY)
    assert Counter(announcement.type for announcement in reading.announcements) == {
        AnnounceType.NEW: 35,
        AnnounceType.CROSS: 27,
        AnnounceType.REPLACE: 41,
        AnnounceType.REPLACE_CROSS: 20,
    }
    assert (reading.skipped, reading.remarks) == ((), ())
    authors = {author for announcement in reading.announcements for author in announcement.paper.authors}
    assert {"José M. F. Moura", "Étienne Marcotte", "Jakob Knollmüller"} <= authors
    assert all(
        a.paper.abstract and not a.paper.abstract.startswith(("arXiv:", "Abstract")) for a in reading.announcements
    )


def test_a_truncated_feed_gives_the_whole_items_and_says_so(recordings: Path) -> None:
    cut = recordings / "arxiv/arxiv_rss/atom_cs.AI_2025-08-20_TRUNCATED.xml"
    reading = arxiv.read_feed(cut.read_bytes(), category="cs.AI", day=DAY)
    whole = arxiv.read_feed(Path(str(cut).replace("TRUNCATED", "repaired")).read_bytes(), category="cs.AI", day=DAY)
    assert reading.announcements == whole.announcements
    assert len(reading.skipped) == 1
    assert "broken" in reading.remarks[0]


@pytest.mark.parametrize(
    ("name", "announced", "skipped"),
    [
        ("raw/2026-05-29.json", 45, 0),
        ("raw_old_schema/2024-05-27.json", 13, 0),
        ("raw_old_schema/2025-07-22.json", 16, 0),
        ("broken/2024-12-11.json", 0, 26),
        ("broken/2024-12-20.json", 0, 16),
    ],
)
def test_hugging_faces_days_are_read_or_skipped_whole(
    recordings: Path, name: str, announced: int, skipped: int
) -> None:
    reading = huggingface.read_day((recordings / "huggingface" / name).read_bytes(), day=DAY)
    assert (len(reading.announcements), len(reading.skipped)) == (announced, skipped)


def test_two_years_of_hugging_face_are_read_without_a_loss(recordings: Path) -> None:
    lines = gzip.decompress(
        (recordings / "huggingface/daily_papers_2024-05_2026-05.jsonl.gz").read_bytes()
    ).splitlines()
    assert len(lines) == 8000
    papers = [huggingface.read_entry(json.loads(line), day=DAY).paper for line in lines[::3]]
    assert len(papers) == 2667
    assert {paper.id.scheme for paper in papers} == {"arxiv"}


@pytest.mark.parametrize(
    ("pattern", "announced", "scheme"),
    [
        ("biorxiv/*_one_subject.*.rdf", 30, "doi"),
        ("feeds/nature*.rss", 75, "doi"),
        ("feeds/iacr*.xml", 3, "url"),
        ("feeds/nber*.xml", 2, "url"),
    ],
)
def test_journals_and_archives_are_read(recordings: Path, pattern: str, announced: int, scheme: str) -> None:
    (path,) = recordings.glob(pattern)
    reading = feed.read_feed(path.read_bytes(), url="https://journal.example/feed", day=DAY)
    assert len(reading.announcements) == announced
    assert reading.skipped == ()
    assert {announcement.paper.id.scheme for announcement in reading.announcements} == {scheme}


def test_the_seed_has_235_papers(recordings: Path) -> None:
    (path,) = (recordings / "seed").glob("*.txt")
    fetched = read_papers(path, now=NOW)
    assert len({announcement.paper.id for announcement in fetched.announcements}) == 235
    assert fetched.skipped == ()
    assert fetched.announcements[0].paper.title.startswith("Marconi")
    assert all(announcement.paper.abstract for announcement in fetched.announcements)


def test_little_tex_is_left_in_real_abstracts(recordings: Path, tmp_path: Path) -> None:
    some = tmp_path / "papers.jsonl"
    with gzip.open(recordings / "arxiv/first_seen_2025-12_2026-04.jsonl.gz") as lines:
        some.write_bytes(b"".join(islice(lines, 0, None, 16)))
    fetched = read_papers(some, now=NOW)
    assert (len(fetched.announcements), fetched.skipped) == (1_425, ())
    left = sum("\\" in a.paper.title + a.paper.abstract for a in fetched.announcements)
    assert left < 0.02 * len(fetched.announcements)


def test_no_hostile_feed_does_harm(recordings: Path) -> None:
    seen = peak = 0
    with tarfile.open(recordings / "feeds/hostile.tar.gz") as archive:
        for member in archive:
            if content := archive.extractfile(member):
                seen += 1
                if seen % _TRACED:
                    _read_or_refuse(content.read())
                else:
                    peak = max(peak, _peak(content.read()))
    assert seen == 2127
    assert 0 < peak < 50_000_000


#: Tracing makes reading five times as slow; so many feeds are as good as all.
_TRACED = 10


def _peak(content: bytes) -> int:
    """Read a feed; returns the most memory it took, in bytes."""
    tracemalloc.start()
    _read_or_refuse(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def _read_or_refuse(content: bytes) -> None:
    try:
        reading = feed.read_feed(content, url="https://journal.example/feed", day=DAY)
    except FetchFailed:
        return
    for announcement in reading.announcements:
        assert announcement.paper.title
        assert announcement.paper.url.startswith(("http://", "https://"))
    assert all(skipped.why for skipped in reading.skipped)
