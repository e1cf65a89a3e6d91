"""A digest: one subscriber's picks, in order, each with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from dailypapers.domain.i18n import N_, NN_, LazyString, Translatable, Translator, untranslated
from dailypapers.domain.paper import NOTHING_SHOWN, Paper, Presentation, Signals
from dailypapers.domain.resource import Resource, resources_of
from dailypapers.domain.saved import SavedNews
from dailypapers.domain.summary import Summary
from dailypapers.domain.thumbnail import Thumbnail


class TermKind(StrEnum):
    """What a term of the score came from."""

    WORDS = "words"
    PHRASE = "phrase"
    CATEGORY = "category"
    CROSS_LIST = "cross-list"
    """In a category the reader follows, and by its primary one in none of them."""
    AUTHOR = "author"
    INSTITUTION = "institution"
    PAPER = "paper"
    TRENDING = "trending"
    NEW = "new"
    """Nobody has voted on it yet; it is there because it is new."""
    AVOIDED = "avoided"
    CLOSE = "close"
    """Says in other words what a topic says."""
    HISTORY = "history"
    """What all the papers somebody liked have in common, but for the nearest of them."""
    ELSEWHERE = "elsewhere"
    """Picked to try something new; at most one in a digest."""
    ALERT = "alert"
    """In an alert of another service that the reader forwards to us."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of a score: `weight` is exactly what it added (negative: took away).

    `interest` is the text of the interest it came from, `text` what matched in the paper: words, a name, a title.
    `counts` is what was counted, for trending say ("upvotes", 120); older terms have such counts in words, as `text`.
    """

    kind: TermKind
    text: str
    weight: float
    interest: str = ""
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a paper was picked: the terms of its score, strongest first."""

    terms: tuple[Term, ...]

    @property
    def followed(self) -> tuple[str, ...]:
        """The paper's authors whom the reader follows, as far as they counted."""
        names = [term.text for term in self.terms if term.kind is TermKind.AUTHOR and term.weight > 0]
        return tuple(dict.fromkeys(names)) if names else ()

    @property
    def score(self) -> float:
        """The score is the sum of its terms, so a reason cannot say what the score does not."""
        return sum(term.weight for term in self.terms)

    @property
    def said(self) -> tuple[Term, ...]:
        """The terms that are put into words, strongest first; what hardly counted is left out."""
        least = SAID_FROM * max([term.weight for term in self.terms], default=0)
        telling = [term for term in self.terms if term.weight > 0 and term.weight >= least]
        by_words = {(term.kind, term.interest, term.text, term.counts): term for term in telling}
        return tuple(by_words.values())[:SAID_AT_MOST]

    @property
    def tells_of_trending(self) -> bool:
        """Whether it says in words what others make of the paper."""
        trending = TermKind.TRENDING
        return trending in [term.kind for term in self.terms] and trending in [term.kind for term in self.said]

    def sentence(self, translate: Translator = untranslated, *, of_group: bool = False) -> str:
        """Return the reason in words a reader understands; topics are theirs, or those of their group."""
        patterns = _GROUP_PHRASES if of_group else _PHRASES
        phrases = dict.fromkeys([_in_words(term, translate, patterns) for term in self.said])
        sentence = " · ".join([words for words in phrases if words])
        return sentence[:1].upper() + sentence[1:]


#: A term is said from this part of the strongest term's weight on, and so many at most.
SAID_FROM, SAID_AT_MOST = 0.2, 3
_PHRASES = {
    TermKind.WORDS: N_("matches your topic “{interest}”: {text}"),
    TermKind.PHRASE: N_("contains “{text}”"),
    TermKind.CATEGORY: N_("in {text}"),
    TermKind.CROSS_LIST: N_("cross-listed in {text}"),
    TermKind.AUTHOR: N_("by {text}, whom you follow"),
    TermKind.INSTITUTION: N_("from {text}, which you follow"),
    TermKind.PAPER: N_("similar to “{interest}”: {text}"),
    TermKind.CLOSE: N_("related to your topic “{interest}”: {text}"),
    TermKind.HISTORY: N_("similar to {text}"),
    TermKind.ELSEWHERE: N_("something different: {text}"),
    TermKind.TRENDING: N_("trending: {text}"),
    TermKind.NEW: N_("new, with no votes yet"),
    TermKind.ALERT: N_("from your alert “{interest}”"),
}
_GROUP_PHRASES = _PHRASES | {
    TermKind.WORDS: N_("matches the group’s topic “{interest}”: {text}"),
    TermKind.CLOSE: N_("related to the group’s topic “{interest}”: {text}"),
}
#: Of a longer topic or title the beginning is said.
_LONGEST = 120
#: Where the paper has the very words of the topic, they are not said twice.
_WORD_FOR_WORD = {
    _PHRASES[TermKind.WORDS]: N_("matches your topic “{interest}”"),
    _GROUP_PHRASES[TermKind.WORDS]: N_("matches the group’s topic “{interest}”"),
}
#: Terms whose text is a list of words, and what stands between these; each language separates them its own way.
_OF_WORDS, _BETWEEN = frozenset({TermKind.WORDS, TermKind.CLOSE, TermKind.PAPER}), ", "
_COUNTED = {
    "upvotes": NN_("{count} upvote", "{count} upvotes"),
    "comments": NN_("{count} comment", "{count} comments"),
    "stars": NN_("{count} star", "{count} stars"),
    "papers": NN_("{count} other paper you chose", "{count} other papers you chose"),
}


def _in_words(term: Term, translate: Translator, patterns: Mapping[TermKind, str]) -> str:
    pattern = patterns.get(term.kind)
    if pattern is None:
        return ""
    if term.text.casefold() == term.interest.casefold():
        pattern = _WORD_FOR_WORD.get(pattern, pattern)
    counted = term.counts and translate.enumeration(_counted(*each, translate) for each in term.counts)
    words = translate.enumeration(term.text.split(_BETWEEN)) if term.kind in _OF_WORDS else term.text
    text = counted or words
    return translate(pattern).format(interest=_beginning(term.interest), text=text)


def _beginning(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rpartition(' ')[0] or text[:_LONGEST]} …"


def _counted(what: str, count: int, translate: Translator) -> str:
    return translate(_COUNTED[what], count).format(count=translate.number(count))


@dataclass(frozen=True, slots=True)
class Pick:
    """A paper chosen for somebody, and why."""

    paper: str
    """The paper's id as text."""
    score: float
    reason: Reason
    variant: str = ""
    """Where two ranking variants are compared: the name of the one that added it."""
    outside: bool = False
    """Whether it is there because others talk about it, and stands apart from what was picked for the reader."""
    paper_id: int = 0
    """The paper's internal id; 0 where the paper is in no database."""
    relevance: float | None = None
    """How relevant it is for what the reader stated and liked (0.5: even chances); `None` where they stated nothing."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A pick with all that a mail shows of it."""

    paper: Paper
    #: Put into words where it is shown, in the language it is shown in; or words that need no more.
    reason: Translatable | str
    sources: tuple[str, ...] = ()
    signals: Signals = field(default=Signals())
    followed: tuple[str, ...] = ()
    """Of its authors those whom the reader follows, as they stand in the paper."""
    paper_id: int = 0
    """The paper's internal id; 0 where the paper is in no database."""
    presentation: Presentation = NOTHING_SHOWN
    """What sources show of the paper besides."""

    summary: Summary | None = None
    """The paper in a sentence by a language model, where the service has asked one."""
    thumbnail: Thumbnail | None = None
    """A figure of it, where the service has one."""

    @property
    def resources(self) -> tuple[Resource, ...]:
        """What can be had of the paper: its PDF, its code, its data."""
        return resources_of(self.paper, self.presentation)

    @property
    def upvotes(self) -> int:
        """Its upvotes as far as they are still to be told: 0 where the reason tells what others make of it."""
        upvotes = self.signals.upvotes or 0
        return 0 if upvotes and isinstance(self.reason, Reason) and self.reason.tells_of_trending else upvotes


def is_by_upvotes(entries: Sequence[Entry]) -> bool:
    """Tell whether papers come in the order of their upvotes, so that nobody wonders why one is above another."""
    counts = [entry.signals.upvotes or 0 for entry in entries]
    return all(before >= after for before, after in pairwise(counts))


@dataclass(frozen=True, slots=True)
class QuietTopic:
    """A reader's topic on which a digest's days brought nothing, and the paper that comes nearest to it."""

    topic: str
    nearest_id: int = 0
    """The paper's internal id; 0 where no paper comes near."""


@dataclass(frozen=True, slots=True)
class QuietEntry:
    """A quiet topic with all that a mail shows of it."""

    topic: str
    nearest: Paper | None = None


@dataclass(frozen=True, slots=True)
class Hint:
    """What may be wrong with a topic as it was written: a misspelling, or else what a sentence says."""

    topic: str
    instead: str = ""
    """The topic that was probably meant."""
    note: str = ""

    @property
    def said(self) -> str:
        """What it says, to be translated where it is shown."""
        return LazyString(_MEANT, topic=self.topic, instead=self.instead) if self.instead else self.note

    def sentence(self, translate: Translator = untranslated) -> str:
        """Return it in words."""
        return self.said.sentence(translate) if isinstance(self.said, LazyString) else self.said


_MEANT = N_("Nothing matches “{topic}” exactly. Did you mean “{instead}”?")


@dataclass(frozen=True, slots=True)
class Digest:
    """One subscriber's entries, most relevant first."""

    entries: tuple[Entry, ...]
    trending: bool
    """Whether it holds what is trending because the reader named no topic."""
    voted: bool = True
    """Of a trending one: whether anybody's votes made the order, or the papers are simply new."""
    notes: tuple[str, ...] = ()
    """What of the reader's interests could not be used, in words for them."""
    considered: int = 0
    """How many papers were new in the editions it was picked from."""
    is_of_several_days: bool = False
    """Whether these are several: a weekly digest, or one after a digest that did not arrive."""
    outside: tuple[Entry, ...] = ()
    """What is trending outside the reader's topics."""
    quiet: tuple[QuietEntry, ...] = ()
    """The reader's topics on which nothing came."""
    quiet_days: int = 0
    """For how many digests right before this one nothing was relevant, so that no mail was sent."""
    hints: tuple[Hint, ...] = ()
    """What may be wrong with the reader's topics, as far as the papers tell."""
    instead: bool = False
    """Whether nothing was relevant, and the reader gets what is trending instead."""
    saved: tuple[SavedNews, ...] = ()
    """What became of papers the reader saved; told in the mail alone, which is not passed on as its web view is."""
