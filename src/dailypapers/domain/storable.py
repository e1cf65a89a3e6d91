"""What any database keeps as a name: text without what is none, and short enough for an index."""

from dailypapers.domain.graphemes import beginning
from dailypapers.domain.text import is_storable, storable

#: An abstract is shorter, and no database's index takes much more.
MOST_BYTES = 2400
_ELLIPSIS = " …"


def is_keepable(text: str) -> bool:
    """Whether a text can be kept as it is."""
    return is_storable(text) and len(text.encode()) <= MOST_BYTES


def keepable(text: str) -> str:
    """A text as it can be kept: of a very long one the beginning, up to a whole word and an ellipsis."""
    text = storable(text)
    whole = text.encode()
    if len(whole) <= MOST_BYTES:
        return text
    room = len(whole[: MOST_BYTES - len(_ELLIPSIS.encode())].decode(errors="ignore"))
    # What is all one character, of marks without end, is cut wherever it must be.
    start = beginning(text, room) or text[:room]
    return f"{start.rpartition(' ')[0] or start}{_ELLIPSIS}"
