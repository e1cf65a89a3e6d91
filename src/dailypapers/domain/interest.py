"""What a subscriber wants, or does not."""

import re
from dataclasses import dataclass, replace
from enum import StrEnum

#: So many bytes of an interest's text are kept: an abstract is shorter, and no database's index takes much more.
MOST_BYTES = 2400
#: What no database takes as text.
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")


class InterestKind(StrEnum):
    """What the text of an interest is."""

    TOPIC = "topic"
    """A subject in the reader's own words; scored by its words."""
    PHRASE = "phrase"
    """Words that must stand next to each other."""
    CATEGORY = "category"
    """A category's code; `cs` stands for all of `cs.*`."""
    AUTHOR = "author"
    """A person's name."""
    PAPER = "paper"
    """A paper's id: more like this."""


class Stance(StrEnum):
    """How an interest pulls."""

    WANT = "want"
    """Pulls up."""
    AVOID = "avoid"
    """Pushes down."""
    EXCLUDE = "exclude"
    """Never show it."""


@dataclass(frozen=True, slots=True, order=True)
class Interest:
    """One thing a subscriber wants or does not want."""

    kind: InterestKind
    text: str
    stance: Stance = Stance.WANT

    def __hash__(self) -> int:
        """Nearly all interests differ in their text, and texts remember their hash."""
        return hash(self.text)

    def kept(self) -> "Interest":
        """The same as it can be kept: of a very long text the beginning, up to a whole word and an ellipsis."""
        text = _NO_TEXT.sub("", self.text)
        whole = text.encode()
        if len(whole) > MOST_BYTES:
            beginning = whole[: MOST_BYTES - len(" …".encode())].decode(errors="ignore")
            text = f"{beginning.rpartition(' ')[0] or beginning} …"
        return replace(self, text=text)
