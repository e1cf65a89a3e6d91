"""Where a text may be cut: between what a reader sees as characters, never within one (UAX 29).

A letter with its accents, an emoji of several people, a flag and a Korean syllable are each one character to whoever
reads them, and several to Python.
"""

import unicodedata
from itertools import takewhile

_JOINER = "\u200d"
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)
#: Korean vowels and final consonants, which go on with the syllable before them.
_SYLLABLE_PARTS = range(0x1160, 0x1200)


def beginning(text: str, most: int) -> str:
    """Return the longest beginning of at most `most` code points that ends between two characters."""
    end = most
    while 0 < end < len(text) and _is_within(text, end):
        end -= 1
    return text[:end]


def _is_within(text: str, at: int) -> bool:
    """Whether what stands before this place and behind it are one character."""
    before, code = text[at - 1], ord(text[at])
    if unicodedata.category(text[at])[0] == "M" or text[at] == _JOINER or before == _JOINER:
        return True
    if code in _FLAG_LETTERS:
        return len(list(takewhile(lambda letter: ord(letter) in _FLAG_LETTERS, reversed(text[:at])))) % 2 == 1
    return code in _SKIN_TONES or code in _TAGS or code in _SYLLABLE_PARTS or (before, text[at]) == ("\r", "\n")
