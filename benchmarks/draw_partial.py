"""Draws pairs in which a paper holds a part of a topic, or all its words apart, for somebody to judge.

    DAILYPAPERS_RECORDINGS=… python -m benchmarks.draw_partial FOLDER

What `draw_relevance.py` draws has few of them. For each topic of `data/partial_topics.tsv`, all of two ideas or more,
papers are drawn by chance from three bands of a window of recorded days: those that hold all words of the topic apart
from each other, those whose abstract but not whose title holds it as a phrase, and the eight that our ranking calls
most relevant of those that lack a word. FOLDER gets what `draw_relevance.py` writes; `label_relevance.py --name
partial` puts the judgements together. The same recordings, topics and ranking give the same pairs.
"""

import argparse
import datetime as dt
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from benchmarks.draw_relevance import (
    FIELDS,
    LEARN_UNTIL,
    NOW,
    Pair,
    Topic,
    by_chance,
    holds,
    of_days,
    of_other_fields,
    read_topics,
    write,
)

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper
from dailypapers.domain.source import Announcement
from dailypapers.ranking.corpus.background import fit
from dailypapers.ranking.features import Features, build
from dailypapers.ranking.rank import Known, Matcher, Reader, choose
from dailypapers.sources.file import read_papers

TOPICS = Path(__file__).parent / "data" / "partial_topics.tsv"
#: Windows of whole recorded days of computer science that `draw_relevance.py` does not draw from.
DAYS = {
    "2026-01": ("2026-01-07", "2026-01-09", "2026-01-16", "2026-01-22"),
    "2026-05": ("2026-05-05", "2026-05-08"),
}
#: How many pairs a topic gets of each band.
QUOTAS = {"apart": 1, "phrase": 1, "partly": 2}
#: So many of those that lack a word, the most relevant by our own ranking.
PARTLY = 8
#: A topic of which nothing is missing; shares are sums of floats.
WHOLE = 1 - 1e-6


def main() -> None:
    """Draw and write everything."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    recordings = Path(os.environ["DAILYPAPERS_RECORDINGS"])
    listed = read_papers(recordings / "ranking" / "papers.jsonl.gz", now=NOW).announcements
    background = fit([item.paper for item in listed if item.day < LEARN_UNTIL])
    windows = partial_windows(recordings, listed)
    matchers = {name: Matcher(build(papers, background=background)) for name, papers in windows.items()}
    write([pair for topic in read_topics(TOPICS) for pair in drawn(topic, matchers)], folder)


def partial_windows(recordings: Path, listed: Sequence[Announcement]) -> dict[str, list[Paper]]:
    """Return the papers of each window, in the order of their ids; `listed` are those of `ranking/papers.jsonl.gz`."""
    windows = {name: of_days(listed, days) for name, days in DAYS.items()}
    return windows | {FIELDS: of_other_fields(recordings, listed)}


def drawn(topic: Topic, matchers: Mapping[str, Matcher]) -> Iterator[Pair]:
    """Yield the pairs of a topic, of one window by chance if it is one of computer science."""
    window = FIELDS if topic.window == FIELDS else by_chance(topic, "window").choice(sorted(DAYS))
    features = matchers[window].features
    columns, chance = bands(topic, matchers[window], NOW), by_chance(topic, "partial")
    for band, quota in QUOTAS.items():
        chosen = chance.sample(columns[band], min(quota, len(columns[band])))
        for column in chosen:
            yield Pair(topic, features.papers[column], window, band, len(columns[band]) / len(chosen))


def bands(topic: Topic, matcher: Matcher, now: dt.datetime) -> dict[str, list[int]]:
    """Return the columns of the papers of each band."""
    features = matcher.features
    relevance = next(choose(matcher, [Reader((Interest(InterestKind.TOPIC, topic.text),))], Known(), now=now)).relevance
    is_whole = features.coverages([topic.text]).text[0] > WHOLE
    whole = [
        column for column in np.flatnonzero(is_whole).tolist() if not holds(features.papers[column].title, topic.text)
    ]
    best = [column for column in np.argsort(-relevance[0], kind="stable").tolist() if not is_whole[column]]
    return {
        "apart": [column for column in whole if not holds(features.papers[column].abstract, topic.text)],
        "phrase": [column for column in whole if holds(features.papers[column].abstract, topic.text)],
        "partly": [column for column in best if not is_phrase(features, column, topic.text)][:PARTLY],
    }


def is_phrase(features: Features, column: int, text: str) -> bool:
    """Tell whether a paper holds a topic as a phrase, in its title or in its abstract."""
    paper = features.papers[column]
    return holds(f"{paper.title} . {paper.abstract}", text)


if __name__ == "__main__":
    main()
