"""Characters that do not belong into a text: one table of them, and what becomes of each kind.

Knows Unicode (UTS 39, UTR 36, UAX 9) and XML 1.0. Does not know what a text is for: each caller says whether such a
character is left out, is a space, or makes the text unfit.
"""

import re
import unicodedata
from collections.abc import Sequence

# Each is the inside of a character class, so that they can be put together.
_C0_AND_C1 = "\x00-\x1f\x7f-\x9f"
_SEPARATORS = "\u2028\u2029"
_SURROGATES = "\ud800-\udfff"
#: Marks that change the direction of what follows them, the isolates (U+2068, U+2069) apart.
_DIRECTION = "\u061c\u200e\u200f\u202a-\u202e\u2066\u2067"
_ISOLATE, _END = "\u2068", "\u2069"
#: What nobody sees: soft hyphens, spaces without width, joiners of words, annotations, tags and what is no character.
#: Joiners of letters (U+200C, U+200D) are not here: Persian and emoji need them.
_INVISIBLE = "\u00ad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f"

_CONTROLS = re.compile(f"[{_C0_AND_C1}{_SEPARATORS}{_SURROGATES}]+")
_HIDDEN = re.compile(f"[{_DIRECTION}{_INVISIBLE}]+")
_ISOLATES = re.compile(f"[{_ISOLATE}{_END}]")
_UNWANTED = re.compile(f"[{_C0_AND_C1}{_SEPARATORS}{_SURROGATES}{_DIRECTION}{_INVISIBLE}{_ISOLATE}{_END}]+")
_UNSTORABLE = re.compile(f"[\x00{_SURROGATES}]")
#: Letters that Unicode does not take apart though a bar, a hook or a missing dot is all that tells them from others,
#: and those that are two letters in ASCII (as Lucene's ASCIIFoldingFilter and PostgreSQL's unaccent have them).
_PLAIN_LETTERS = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ȷ": "j", "ŋ": "n", "ə": "a", "ɓ": "b",
        "ɗ": "d", "ƙ": "k", "ƴ": "y", "ƒ": "f", "ɨ": "i", "ʉ": "u", "ƶ": "z", "ǥ": "g", "ƀ": "b", "þ": "th", "æ": "ae",
        "œ": "oe", "ĸ": "q",
    }
)  # fmt: skip
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: Canonical combining classes (UAX 44): of marks above, below and beside letters; of the points of Semitic scripts.
_ACCENTS, _POINTS = 200, range(10, 37)


def without_unwanted(text: str) -> str:
    """Leave out every control character, hidden mark and half of a surrogate pair, line ends too."""
    return _UNWANTED.sub("", text)


def without_hidden(text: str) -> str:
    """Leave out what turns the direction of writing or is seen by nobody; isolates stay where each one ends."""
    text = _HIDDEN.sub("", text)
    if (_ISOLATE in text or _END in text) and not _is_balanced(text):
        return _ISOLATES.sub("", text)
    return text


def _is_balanced(text: str) -> bool:
    depth = 0
    for mark in _ISOLATES.findall(text):
        depth += 1 if mark == _ISOLATE else -1
        if depth < 0:
            return False
    return depth == 0


def isolated(text: str) -> str:
    """Give the text a direction of its own, whatever is written around it (UAX 9); an empty one stays empty."""
    return f"{_ISOLATE}{text}{_END}" if text else text


def is_right_to_left(text: str) -> bool:
    """Tell whether the text has letters that are written from right to left."""
    return not text.isascii() and any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in text)


def direction(texts: Sequence[str]) -> str:
    """Return the direction of a line of texts: from the left, unless all of them are written from the right."""
    return "rtl" if texts and all(is_right_to_left(text) for text in texts) else "ltr"


def controls_spaced(text: str) -> str:
    """Replace each run of control characters, line ends and halves of surrogate pairs by a space."""
    return _CONTROLS.sub(" ", text)


def is_storable(text: str) -> bool:
    """Tell whether every database takes the text: PostgreSQL refuses U+0000, and UTF-8 has no lone surrogates."""
    return not _UNSTORABLE.search(text)


def storable(text: str) -> str:
    """Leave out what no database takes."""
    return _UNSTORABLE.sub("", text)


def valid_xml(text: str) -> str:
    """Leave out what XML 1.0 cannot hold, however it is written."""
    return _NOT_XML.sub("", text)


def printable(text: str, *, other: str = "") -> str:
    """Put `other` in place of all but letters, marks, digits, punctuation, symbols and plain spaces."""
    return text if text.isprintable() else "".join(c if c.isprintable() else other for c in text)


def printable_lines(text: str) -> str:
    """Leave out of each line what is not printable: PostgreSQL takes no zero bytes, and nobody means the others."""
    return "\n".join(map(printable, text.replace("\r\n", "\n").split("\n")))


def one_line(text: str) -> str:
    """Return a text as it is kept, whatever way it came in: composed (NFC), on one line, without what nobody sees."""
    return unicodedata.normalize("NFC", " ".join(without_hidden(controls_spaced(text)).split()))


def unaccented(text: str) -> str:
    """Give the text in lower case, without accents, strokes and compatibility forms: É is e, ł is l, and ₂ is 2."""
    plain = text.casefold()
    if plain.isascii():
        return plain
    # What is taken apart may have an upper-case letter or one with a stroke in it: ℌ, ǿ.
    apart = unicodedata.normalize("NFKD", plain).casefold()
    plain = "".join(c for c in apart if not _is_accent(c)).translate(_PLAIN_LETTERS)
    return unicodedata.normalize("NFC", plain)


def _is_accent(character: str) -> bool:
    """Tell accents, and the points of Hebrew and Arabic, from marks that make another letter, as in か and が."""
    kind = unicodedata.combining(character)
    return kind >= _ACCENTS or kind in _POINTS
