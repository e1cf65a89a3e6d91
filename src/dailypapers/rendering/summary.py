"""One sentence of an abstract that says what was done or found, chosen by cues; not the one that says why it matters.

    abstract | sentences | a score each: cue phrases, how it begins, position, length | the best, without its opening

The weights were chosen on one half of labelled abstracts (`benchmarks/summaries.py`). Nothing is written that the
authors have not written: an extract can be a poor choice, and never a false statement.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from dailypapers.domain.digest import Entry
from dailypapers.domain.summary import Summary, SummaryBy
from dailypapers.rendering.sentences import sentences
from dailypapers.rendering.text import one_line

#: Nobody's abstract has more sentences that count; what is longer is an article.
_MAX_SENTENCES = 40
#: What comes behind so many characters is not read.
_MAX_TEXT = 6000
_WORKS = r"(?:paper|work|study|article|manuscript|research|survey|thesis|note|report|contribution)"
_MAKING = (
    r"(?:propos|introduc|present|develop|design|describ|construct|releas|formulat|formaliz|formalis|build|built|"
    r"establish|extend|provid|offer|creat|devis|advanc)(?:e|es|ed|ing|s|t)?"
)
_FINDING = (
    r"(?:show|showed|find|found|demonstrate|demonstrated|prove|proved|report|reported|reveal|revealed|observe|observed|"
    r"identify|identified|discover|discovered|derive|derived|confirm|confirmed|uncover|conclude|concluded|argue|"
    r"unveil|characterize|obtain|obtained|quantify)"
)
_STUDYING = (
    r"(?:study|studied|investigate|investigated|examine|examined|evaluate|evaluated|analyze|analyzed|analyse|explore|"
    r"explored|address|consider|compare|compared|conduct|conducted|test|tested|measured?|simulated?|assess(?:ed)?|"
    r"revisit|survey|review|apply|applied|aim)"
)
_EVIDENCE = r"(?:results?|findings|analys[ie]s|data|study|studies|evidence)"
_ADVERBS = (
    r"(?:\s+(?:also|further|then|first|instead|thus|therefore|hence|here|thereby|additionally|finally|now|\w+ly))*"
)


class _Cue(NamedTuple):
    """What a sentence's words add to its score."""

    weight: float
    pattern: re.Pattern[str]
    #: One of these stands in every sentence that the pattern matches; to look for them takes a fiftieth of the time.
    words: tuple[str, ...]


def _cue(weight: float, pattern: str, *words: str) -> _Cue:
    return _Cue(weight, re.compile(pattern, re.IGNORECASE), words)


_DONE = tuple(f"{verb}ed" for verb in ["propos", "introduc", "present", "develop", "describ", "establish", "construct"])
_TO = tuple(f"to {verb}" for verb in ["diagnose", "evaluate", "support", "facilitate", "train", "validate", "verify"])
#: What a sentence's words add to its score; each cue counts once.
_CUES = (
    _cue(3.0, rf"\bwe{_ADVERBS} {_MAKING}\b", "we "),
    _cue(3.0, rf"\bthis {_WORKS}{_ADVERBS} {_MAKING}\b", "this "),
    _cue(
        2.6,
        rf"\b(?:is|are|was|were){_ADVERBS} (?:propos|introduc|present|develop|describ|establish|construct)ed\b",
        *_DONE,
    ),
    _cue(2.4, rf"\b(?:we|the authors){_ADVERBS} {_FINDING}\b", "we ", "the authors "),
    _cue(-2.0, r"\?[\"”’)]?$", "?"),
    _cue(
        2.4,
        rf"\b{_EVIDENCE}{_ADVERBS} (?:{_FINDING}|shows|suggests?|indicates?)\b",
        "result",
        "finding",
        "analys",
        "data",
        "stud",
        "evidence",
    ),
    _cue(1.6, rf"\b(?:we|this {_WORKS}){_ADVERBS} {_STUDYING}(?:s|es)?\b", "we ", "this "),
    _cue(1.0, rf"^(?:here|in this {_WORKS})\b", "here", "in this "),
    _cue(1.5, r"^(?:results?|findings|conclusions?)\b(?!,)", "result", "finding", "conclusion"),
    _cue(
        0.8, r"\b(?:novel|new|first|simple|unified|general)\b", "novel", "new", "first", "simple", "unified", "general"
    ),
    _cue(
        -1.0,
        r"\bexperiment(?:s|al results)?\b|\bsimulations?\b|\bbenchmarks?\b|\bstate-of-the-art\b|\boutperform",
        "experiment",
        "simulation",
        "benchmark",
        "state-of-the-art",
        "outperform",
    ),
    _cue(
        -1.0,
        r"\b(?:pav\w+ the way|implications|promising|insights?|potential|opportunit\w+|in the future|future)\b",
        "the way",
        "implication",
        "promising",
        "insight",
        "potential",
        "opportun",
        "future",
    ),
    _cue(
        -0.8,
        r"\b(?:also|further)\b|\bto (?:diagnose|evaluate|support|facilitate|train|validate|verify)\b",
        "also",
        "further",
        *_TO,
    ),
    _cue(
        -2.0,
        r"\b(?:remains?|challeng|crucial|critical|important|essential|widely|often|typically|lack)\w*",
        "remain",
        "challeng",
        "crucial",
        "critical",
        "important",
        "essential",
        "widely",
        "often",
        "typically",
        "lack",
    ),
    _cue(
        -6.0,
        r"\b(?:code|dataset|data|software|models?|demo|video|page)\b.{0,60}\b(?:available|released|found at)\b|https?://",
        "availab",
        "released",
        "found at",
        "://",
    ),
)
#: What its first words add.
_OPENINGS = (
    _cue(
        -3.0,
        r"(?:however|existing|recent|recently|despite|although|while|traditional|previous|current|prior|many|most|background|aims?|methods?|objective|introduction)\b",
    ),
    _cue(-2.0, r"(?:moreover|furthermore|additionally|in addition|further|also|finally|second|third|lastly|then)\b"),
    _cue(-1.5, rf"(?:specifically|in particular|it|they|these|such|this (?!{_WORKS}\b)\w+)\b"),
    _cue(-1.5, rf"our (?!(?:\w+ )?{_EVIDENCE})\w+\b"),
)
_PARTS = (
    r"(?i:background|context|introduction|objectives?|aims?|purpose|methods?|results?|findings|conclusions?|"
    r"interpretation)"
)
#: What a structured abstract calls its parts: “RESULTS: …”, and “Results The …” where a feed lost the colon.
_LABEL = re.compile(rf"^{_PARTS}(?:\s*:\s+|\s+(?=[A-Z][a-z]*\s))(?=\S)")
_ONLY_A_LABEL = re.compile(rf"{_PARTS}\s*[.:]?")
#: For each sentence further from the first.
_LATER = -0.08
#: Of so many characters a sentence says something, and up to so many it is read at a glance.
_SHORT, _LONG = 60, 320
_TOO_SHORT, _TOO_LONG = -1.0, -0.5


#: Whose model wrote what Hugging Face shows.
_HUGGING_FACE = "Hugging Face"
#: What a model was talked into linking to is not shown; mail programs make links of bare names too.
_LINK = re.compile(r"://|\bwww\.|\b[\w-]+\.(?:com|org|net|io|ai|co|dev|app|info|biz|ru|cn|xyz|top)\b", re.IGNORECASE)


def summary_of(entry: Entry) -> Summary:
    """Return a paper in a sentence: by the service's model, by its authors, by Hugging Face's model, or an extract."""
    presentation = entry.presentation
    if entry.summary:
        return entry.summary
    if presentation.tldr:
        return Summary(presentation.tldr, SummaryBy.AUTHORS)
    if presentation.ai_summary and is_harmless(presentation.ai_summary):
        return Summary(presentation.ai_summary, SummaryBy.MODEL, _HUGGING_FACE)
    return Summary(key_sentence(entry.paper.abstract))


def is_harmless(text: str) -> bool:
    """Whether a model's text leads nowhere: it holds no address, and no name that a mail program would link."""
    return not _LINK.search(text)


@lru_cache(maxsize=4096)
def key_sentence(abstract: str) -> str:
    """Return the sentence that says best what was done or found, without a label; empty where the abstract is."""
    read = sentences(one_line(abstract[:_MAX_TEXT]))[:_MAX_SENTENCES]
    candidates = tuple(sentence for sentence in read if not _ONLY_A_LABEL.fullmatch(sentence)) or read
    return _LABEL.sub("", candidates[best_of(candidates)], count=1) if candidates else ""


def best_of(candidates: tuple[str, ...]) -> int:
    """Return which of an abstract's sentences has the highest score; the first of those that share it."""
    scores = [_score(sentence, place) for place, sentence in enumerate(candidates)]
    return scores.index(max(scores))


def _score(sentence: str, place: int) -> float:
    score = _LATER * place
    folded = " ".join(sentence.casefold().split())
    score += sum(
        cue.weight for cue in _CUES if any(map(folded.__contains__, cue.words)) and cue.pattern.search(sentence)
    )
    score += sum(opening.weight for opening in _OPENINGS if opening.pattern.match(sentence))
    if len(sentence) < _SHORT:
        score += _TOO_SHORT
    return score + (_TOO_LONG if len(sentence) > _LONG else 0)
