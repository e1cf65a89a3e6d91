"""Topics as people type them: several in one line, with a colon, framed, with examples, with their own acronyms.

Knows no paper; what a topic means, `matching` says.
"""

import re
from functools import lru_cache

from dailypapers.ranking.text.acronyms import definitions
from dailypapers.ranking.text.words import fold, is_stop_word, spans, units

#: A comma inside a number or a formula has no space behind it, a slash inside a word none before it.
_BETWEEN = re.compile(r"\s*(?:[,;]\s|\s[/|]\s|[、，；\n])\s*")
_CONJUNCTION = re.compile(r"^(?:and|or|&)\s+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?](?:\s|$)")
_COLON = re.compile(r":\s+")
#: How people begin who write to a person: that they are interested, or want papers. No paper holds these words.
_FRAME = re.compile(
    r"""^\s*(?:please[,\s]+)?(?:
        (?:(?:i|we)(?:\s+am|\s+are|['’]m|['’]re)?\s+)?(?:\w+ly\s+|very\s+|also\s+)?
            (?:interested\s+in|working\s+on|work\s+on|looking\s+for)
        | (?:i|we)(?:['’]d|\s+would)?\s+(?:want|like|love|need)
            (?:\s+to\s+(?:read|know|learn|see|follow|hear|get))?(?:\s+about)?
        | (?:(?:send|show|give)\s+me\s+)?(?:(?:all|any|the|new|recent|latest|more)\s+){0,3}
            (?:papers?|preprints?|articles?|publications?|research|news|anything|everything|something)
            \s+(?:that\s+(?:is|are)\s+)?(?:on|about|regarding|concerning|related\s+to|dealing\s+with)
        | (?:(?:all|any|the|new|recent|latest)\s+){0,2}(?:advances|developments|progress|trends)\s+in
        | (?:(?:all|any|the|new|recent|latest)\s+){0,2}applications?\s+of
    )\s+(?=\w)""",
    re.IGNORECASE | re.VERBOSE,
)
#: What is named for an example, or enumerated in parentheses, is asked for with the topic, and not required of a paper.
_EXAMPLES = re.compile(
    r"""\s*\((?:e\.?g\.?[,:\s]|such\s+as\s|for\s+example[,:\s]|including\s)[^()]*\)
      | \s*\([^()]*[,;]\s[^()]*\)
      | ,?\s+(?:e\.g\.|such\s+as|for\s+example|including)[,:]?\s[^(),;.!?\n]{1,60}$""",
    re.IGNORECASE | re.VERBOSE,
)
_TAIL = re.compile(r",?\s+(?:and|&)\s+(?:its|their)\s+applications?\s*[.!]?\s*$", re.IGNORECASE)
#: What is studied of a thing, as words are compared. Behind a rare name these say no more than the name does.
_GENERAL = frozenset(map(fold, ("analysis", "dynamics", "learning", "logic", "modelling", "processing", "theory")))
#: A frame may stand in another: "I am looking for papers about".
_MOST_FRAMES = 3
#: What is longer is a clause of a sentence, and no topic of its own.
_MOST_WORDS = 4


@lru_cache(maxsize=100_000)
def listed(text: str) -> tuple[str, ...]:
    """Return the topics of a text that lists several by commas or semicolons; any other text as it is.

    "NLP, computer vision, and robots" are three; "language models, but not for code" is one.
    """
    topics = [_CONJUNCTION.sub("", part) for part in _BETWEEN.split(unframed(text).strip(" \n,;")) if part]
    is_list = len(topics) > 1 and not _SENTENCE_END.search(text) and all(map(_is_topic, topics))
    return tuple(dict.fromkeys(topics)) if is_list else (text,)


@lru_cache(maxsize=100_000)
def head(text: str) -> str:
    """Return what stands before the colon of a title, the wider topic; empty where there is none."""
    before, *behind = _COLON.split(text, maxsplit=1)
    return before.strip() if behind and _is_topic(before) and units(behind[0]) else ""


@lru_cache(maxsize=100_000)
def unframed(text: str) -> str:
    """Return a topic without what only frames it: "I am interested in protein folding" is "protein folding".

    So are examples ("language models such as GPT") and an acronym behind its long form: "graph neural networks (GNNs)"
    asks for no more than "graph neural networks". What would leave no word that tells something stays as it is.
    """
    topic = text
    for _ in range(_MOST_FRAMES):
        topic = _FRAME.sub("", topic)
    topic = _without_acronyms(_TAIL.sub("", _EXAMPLES.sub("", topic)))
    return topic if units(topic) else text


@lru_cache(maxsize=100_000)
def without_general_word(text: str) -> str:
    """Return a topic without the general word it ends with, "Hodge" of "Hodge theory"; empty where it has none."""
    *before, last = (0, 0), *spans(text)
    rest = text[: last[0]].strip()
    return rest if before and fold(text[slice(*last)]) in _GENERAL and units(rest) else ""


def is_name(text: str) -> bool:
    """Tell whether a topic is written as a name is, each of its words with a capital: "Segment Anything"."""
    written = text.split()
    return len(written) > 1 and all(word[0].isupper() for word in written)


def _without_acronyms(text: str) -> str:
    for short, _ in definitions(text):
        text = re.sub(rf"\s*\({re.escape(short)}s?\)", "", text)
    return text


def _is_topic(text: str) -> bool:
    """Tell whether a part of a text can stand alone: a few words, of which the first tells something."""
    first = next((text[start:end] for start, end in spans(text)), "")
    return 0 < len(units(text)) <= _MOST_WORDS and not is_stop_word(first)
