"""What a subscriber wants, or does not."""

from dataclasses import dataclass, replace
from enum import StrEnum

from dailypapers.domain.storable import keepable


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
    INSTITUTION = "institution"
    """Where authors work: a university, a company, a lab."""
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
        return replace(self, text=keepable(self.text))
