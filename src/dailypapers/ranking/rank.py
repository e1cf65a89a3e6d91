"""The front door: papers and readers in, picks with reasons out.

    features | profiles | matches of interests | scores | select | explain

Pure: the same input gives the same picks, in whatever order papers come and however readers are batched.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property, partial
from weakref import WeakKeyDictionary

import numpy as np

from dailypapers.domain.digest import Pick, QuietTopic, Reason, Term, TermKind
from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, Signals
from dailypapers.ranking.corpus.frequencies import Columns, Matrix, Vector
from dailypapers.ranking.explain import Explainer, Scored
from dailypapers.ranking.exploration import outside
from dailypapers.ranking.matching import Matcher, Matches
from dailypapers.ranking.profile import Profile, is_foreign, profile, several
from dailypapers.ranking.scoring import DIGITS, FULL, VARIANTS, Scorer, Variant, must_include, profile_batch, score
from dailypapers.ranking.select import Flags, Wanted, select
from dailypapers.ranking.text.highlighting import Highlighter
from dailypapers.ranking.trending import trending

__all__ = ["VARIANTS", "Chosen", "Known", "Matcher", "Reader", "Recent", "choose", "matches_of", "rank", "scores_of"]

#: So many readers are scored at a time; larger batches fall out of the processor's cache.
BATCH = 1000
#: Equally near papers are equal in either kind of float; of these the first is named.
_NEAR_DIGITS = 5
#: The least relevance of what is picked for somebody who wants so many papers a day, and of what is named as nearest to
#: a topic on which nothing came: one chance in four.
LEAST = 0.27
#: The words of reasons, for as long as there is somebody who asks about the same papers.
HIGHLIGHTERS: WeakKeyDictionary[Matcher, Highlighter] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is to be served: what they want and voted for, what they have already, and how much is enough."""

    interests: tuple[Interest, ...] = ()
    #: The internal ids of papers they have.
    already: frozenset[int] = frozenset()
    limit: int = 10
    #: The relevance, and the score, that a paper must have.
    threshold: float = 0.0
    least_score: float = 0.0
    #: So many a day on average; the least score is then what that takes, as far as recent days tell.
    about: int | None = None
    #: Papers' names, oldest first.
    liked: tuple[str, ...] = ()
    disliked: tuple[str, ...] = ()
    #: Whether one pick may be from elsewhere.
    explore: bool = False
    #: So many papers are added, beyond the limit, that are trending outside what a reader with subjects wants.
    outside: int = 0


@dataclass(frozen=True, slots=True)
class Recent:
    """The papers of some recent days, which tell how many papers a day score how much for a reader."""

    matcher: Matcher
    days: int


@dataclass(frozen=True, slots=True)
class Known:
    """What ranking is told of the world beside papers and readers.

    `signals` are by the papers' ids, `examples` the papers that interests and votes name, by the name they use,
    `vectors` what an encoder makes of those.
    """

    signals: Mapping[str, Signals] = field(default_factory=dict)
    examples: Mapping[str, Paper] = field(default_factory=dict)
    vectors: Mapping[str, Vector] = field(default_factory=dict)
    recent: Recent | None = None


@dataclass(frozen=True)
class Chosen:
    """What was chosen for some readers, as columns of the features, best first."""

    explainer: Explainer
    scored: Scored
    limit: Columns
    #: Readers × places, -1 where a list has ended; and each reader's pick from elsewhere, -1 for none.
    columns: Columns
    elsewhere: Columns
    #: Readers × papers.
    relevance: Matrix
    #: Readers × papers: what a reader neither has nor excludes; and the relevance a paper must have for each.
    news: Flags
    enough: Vector
    #: Of each reader the columns of what is trending outside their subjects.
    outside: tuple[tuple[int, ...], ...] = ()

    def picks(self) -> list[tuple[Pick, ...]]:
        """Return each reader's picks, with their reasons; what is trending outside their subjects comes last."""
        is_shown = (self.columns >= 0) & (np.arange(self.columns.shape[1]) < self._room[:, None])
        readers, places = np.nonzero(is_shown)
        columns = self.columns[readers, places]
        reasons = self.explainer.reasons(self.scored, readers, columns)
        relevance = self.relevance[readers, columns].tolist()
        reader_picks = [
            replace(self._pick(column, why), relevance=how if self.scored.profiles[reader].pulls else None)
            for reader, column, why, how in zip(readers.tolist(), columns.tolist(), reasons, relevance, strict=True)
        ]
        ends = np.cumsum(is_shown.sum(axis=1)).tolist()
        return [
            (*reader_picks[start:end], *self._from_outside(reader))
            for reader, (start, end) in enumerate(zip([0, *ends], ends, strict=False))
        ]

    def quiet(self, picks: Sequence[Sequence[Pick]]) -> list[tuple[QuietTopic, ...]]:
        """Return each reader's topics on which no paper is relevant enough, with the nearest; `picks` are `picks()`."""
        topics = [self._quiet_of(reader, picked) for reader, picked in enumerate(picks)]
        near_columns = {column for each in topics for _, column in each if column >= 0}
        self.explainer.wording.read(near_columns)
        ids, carries = self.explainer.scorer.features.ids, self.explainer.wording.carries
        return [
            tuple(
                QuietTopic(topic, ids[column] if column >= 0 and carries(topic, column) else 0)
                for topic, column in each
            )
            for each in topics
        ]

    def _quiet_of(self, reader: int, picks: Sequence[Pick]) -> list[tuple[str, int]]:
        """Return a reader's quiet topics, each with the column of the nearest paper; -1 where none comes near."""
        nearest = {topic.text: self._nearest(reader, topic) for topic in _topics_of(self.scored.profiles[reader])}
        quiet = {topic: near for topic, near in nearest.items() if near[1] < self.enough[reader]}
        # What a reason says in words is not denied in the next sentence.
        met = topics_met(picks) if quiet else frozenset()
        return [
            (topic, column if relevance >= LEAST else -1)
            for topic, (column, relevance) in quiet.items()
            if topic not in met
        ]

    def _nearest(self, reader: int, topic: Interest) -> tuple[int, float]:
        """Return the column of the paper nearest to a topic among those that are news to a reader; its relevance."""
        row = self.explainer.scorer.matches.rows[topic]
        column = int(self._nearest_of_all[row])
        if not self.news[reader, column]:
            column = int(
                np.argmax(np.where(self.news[reader], np.round(self._relevance_of[row], _NEAR_DIGITS), -np.inf))
            )
        return column, round(float(self._relevance_of[row, column]), DIGITS) if self.news[reader, column] else -np.inf

    @cached_property
    def _relevance_of(self) -> Matrix:
        """Interests × papers: the relevance of each topic by itself."""
        return self.explainer.scorer.topics()

    @cached_property
    def _nearest_of_all(self) -> Columns:
        """The column of the paper that is nearest to each interest, whoever has it already."""
        return np.asarray(np.argmax(np.round(self._relevance_of, _NEAR_DIGITS), axis=1))

    @property
    def _room(self) -> Columns:
        """So many places of each list are for what a reader asked for."""
        return self.limit - (self.elsewhere >= 0)

    def _from_outside(self, reader: int) -> Iterator[Pick]:
        if (other := int(self.elsewhere[reader])) >= 0:
            yield self._pick(other, self._talked_about(other, TermKind.ELSEWHERE))
        for column in self.outside[reader] if self.outside else ():
            yield self._pick(column, self._talked_about(column, TermKind.TRENDING), outside=True)

    def _pick(self, column: int, why: Reason, *, outside: bool = False) -> Pick:
        features = self.explainer.scorer.features
        return Pick(features.keys[column], why.score, why, outside=outside, paper_id=features.ids[column])

    def _talked_about(self, column: int, kind: TermKind) -> Reason:
        weight = round(float(self.explainer.trend[column]), 9)
        return Reason((Term(kind, "", weight, counts=self.explainer.popularity(column)),))


def _topics_of(reader_profile: Profile) -> tuple[Interest, ...]:
    """Return the topics a reader wants, but for those that hardly any paper could be about."""
    parts = (part for subject in reader_profile.subjects if subject.weight > 0 for part, _ in subject.parts)
    return tuple(part for part in parts if part.kind is InterestKind.TOPIC and not is_foreign(part))


def topics_met(picks: Iterable[Pick]) -> frozenset[str]:
    """Return the topics that the reasons of these picks name."""
    return frozenset(term.interest for pick in picks if not pick.outside for term in pick.reason.said)


def rank(
    matcher: Matcher, readers: Sequence[Reader], known: Known, *, now: dt.datetime, variant: Variant = FULL
) -> list[tuple[Pick, ...]]:
    """Return each reader's picks with their reasons, best first, in the readers' order."""
    picks: list[tuple[Pick, ...]] = []
    for part in choose(matcher, readers, known, now=now, variant=variant):
        picks += part.picks()
    return picks


def choose(
    matcher: Matcher, readers: Sequence[Reader], known: Known, *, now: dt.datetime, variant: Variant = FULL
) -> Iterator[Chosen]:
    """Yield what is chosen for readers, so many at a time; their reasons are made when they are asked for."""
    if not readers:
        return
    trends = cache(partial(trending, matcher.features.papers, known.signals, now=now))
    wording = HIGHLIGHTERS.get(matcher) or HIGHLIGHTERS.setdefault(matcher, Highlighter(matcher.features))
    for start in range(0, len(readers), BATCH):
        part = readers[start : start + BATCH]
        profiles = [
            profile(several(reader.interests), examples=known.examples, liked=reader.liked, disliked=reader.disliked)
            for reader in part
        ]
        matches = matches_of(matcher, profiles, known)
        scorer = Scorer(matcher.features, matches, variant)
        trend = trends() if _is_trend_asked(part, profiles) else np.zeros(len(matcher.features.papers))
        explainer = Explainer(scorer, trend, known.signals, known.examples, wording.bounded())
        yield _batch(explainer, _with_thresholds(part, profiles, known, variant), profiles)


def _is_trend_asked(readers: Sequence[Reader], profiles: Sequence[Profile]) -> bool:
    """Tell whether any of these readers may get what is trending; for all papers it takes a tenth of a preview."""
    return any(reader.explore or reader.outside for reader in readers) or any(stated.trending for stated in profiles)


def _with_thresholds(
    readers: Sequence[Reader], profiles: Sequence[Profile], known: Known, variant: Variant
) -> Sequence[Reader]:
    """Return the readers; those who want about so many papers a day with the score that so many recent papers reached.

    An amount does not make a paper relevant: nobody gets what is less so than `LEAST`.
    """
    chosen = [n for n, (reader, stated) in enumerate(zip(readers, profiles, strict=True)) if reader.about]
    if not chosen or not known.recent or not known.recent.days:
        return readers
    asking_profiles = [profiles[n] for n in chosen]
    matches = matches_of(known.recent.matcher, asking_profiles, known)
    scorer = Scorer(known.recent.matcher.features, matches, variant)
    asking = list(readers)
    asked_by = profile_batch(asking_profiles, matches)
    nothing = np.zeros(len(known.recent.matcher.features.papers))
    rows = score(scorer, asked_by, trend=nothing).readers
    for n, row in zip(chosen, rows, strict=True):
        most = min((readers[n].about or 0) * known.recent.days, len(row))
        least_score = round(float(np.sort(row)[len(row) - most]), DIGITS)
        asking[n] = replace(readers[n], threshold=LEAST, least_score=least_score)
    return asking


def matches_of(matcher: Matcher, profiles: Sequence[Profile], known: Known) -> Matches:
    """Return the matches of what these profiles are made of."""
    parts = {interest for stated in profiles for subject in stated.subjects for interest, _ in subject.parts}
    facts = {fact for stated in profiles for fact in (*(held for held, _ in stated.facts), *stated.excluded)}
    return matcher.of(parts, facts, examples=known.examples, vectors=known.vectors)


def _batch(explainer: Explainer, readers: Sequence[Reader], profiles: Sequence[Profile]) -> Chosen:
    scorer = explainer.scorer
    asking = profile_batch(profiles, scorer.matches)
    scored = score(scorer, asking, trend=explainer.trend)
    scores, relevance = scored.readers, scored.relevance
    # Thresholds are about a subject; who named none gets the top of the list.
    led = np.array([reader_profile.trending > 0 for reader_profile in profiles], np.bool_)
    enough = np.where(led, -np.inf, np.round([reader.threshold for reader in readers], DIGITS))
    least = np.where(led, 0.0, [reader.least_score - 10.0**-DIGITS for reader in readers])
    wanted = Wanted(
        limit=np.array([reader.limit for reader in readers], np.int64),
        relevant=(relevance >= enough[:, None]) & (scores >= least[:, None]),
        known=_no_news(explainer, readers, profiles),
        must_include=must_include(asking, scorer.matches),
    )
    columns = select(scores, scored.subjects.of, asking.reader_index, scorer.features.clusters, wanted)
    news = np.isfinite(scores)
    news[wanted.known] = False
    elsewhere = np.full(len(readers), -1)
    for place, (reader, reader_profile) in enumerate(zip(readers, profiles, strict=True)):
        if reader.explore and reader_profile.subjects and reader.limit > 1:
            open_to = news[place].copy()
            open_to[columns[place][columns[place] >= 0]] = False
            elsewhere[place] = _elsewhere(explainer, open_to)
    chosen = Chosen(
        explainer,
        Scored(profiles, asking, scored.subjects),
        wanted.limit,
        columns,
        elsewhere,
        relevance,
        news,
        enough,
    )
    if not any(reader.outside for reader in readers):
        return chosen
    return replace(chosen, outside=_outside(chosen, readers, scores, wanted))


def _no_news(explainer: Explainer, readers: Sequence[Reader], profiles: Sequence[Profile]) -> tuple[Columns, Columns]:
    """Return pairs of a reader and a paper they have already, voted on, or named as an example."""
    features = explainer.scorer.features
    by_id = {paper_id: column for column, paper_id in enumerate(features.ids)}
    column_of = _columns_by_name(explainer, readers)
    rows, columns = [], []
    for row, (reader, reader_profile) in enumerate(zip(readers, profiles, strict=True)):
        known_columns = {by_id[paper_id] for paper_id in reader.already if paper_id in by_id}
        if column_of:
            parts = (part for subject in reader_profile.subjects for part, _ in subject.parts)
            named = (part.text for part in parts if part.kind is InterestKind.PAPER)
            known_columns |= {column_of[name] for name in (*named, *reader.disliked) if name in column_of}
        rows += [row] * len(known_columns)
        columns += sorted(known_columns)
    return np.array(rows, np.int64), np.array(columns, np.int64)


def _columns_by_name(explainer: Explainer, readers: Sequence[Reader]) -> Mapping[str, int]:
    """Return the columns of papers that readers name or voted on, by their names; few of these are of the day."""
    by_key = {key: column for column, key in enumerate(explainer.scorer.features.keys)}
    parts = (part.text for part in explainer.scorer.matches.rows if part.kind is InterestKind.PAPER)
    names = {*parts, *(name for reader in readers for name in reader.disliked)}
    keys = {name: str(explainer.examples[name].id) for name in names if name in explainer.examples}
    return {name: by_key[key] for name, key in keys.items() if key in by_key}


def _elsewhere(explainer: Explainer, open_to: Flags) -> int:
    """Return the column of the most talked-about paper that a reader's subjects have not brought; -1 for none."""
    column = int(np.argmax(np.where(open_to, np.round(explainer.trend, 9), -np.inf)))
    return column if open_to[column] and explainer.popularity(column) else -1


def _outside(chosen: Chosen, readers: Sequence[Reader], scores: Matrix, wanted: Wanted) -> tuple[tuple[int, ...], ...]:
    """Return, for readers whose subjects bring them their papers, the columns of what is trending besides."""
    explainer, clusters = chosen.explainer, chosen.explainer.scorer.features.clusters
    order = np.argsort(-np.round(explainer.trend, 9), kind="stable")
    talked_about = [int(column) for column in order if explainer.popularity(int(column))]
    columns_by_reader = []
    for place, (reader, reader_profile) in enumerate(zip(readers, chosen.scored.profiles, strict=True)):
        known_columns = wanted.known[1][wanted.known[0] == place]
        columns = (*chosen.columns[place], chosen.elsewhere[place], *known_columns)
        taken = {int(column) for column in columns if column >= 0}
        many = 0 if reader_profile.trending else reader.outside
        inside = wanted.relevant[place]
        columns_by_reader.append(outside(talked_about, scores[place], inside, clusters, taken=taken, count=many))
    return tuple(columns_by_reader)


def scores_of(explainer: Explainer, profiles: Sequence[Profile]) -> Matrix:
    """Return readers × papers: the scores selection sees."""
    asking = profile_batch(profiles, explainer.scorer.matches)
    return score(explainer.scorer, asking, trend=explainer.trend).readers
