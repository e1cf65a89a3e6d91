"""Papers that readers forward: what an alert of another service, or an announcement of arXiv, lists."""

from dataclasses import dataclass
from enum import StrEnum

from dailypapers.domain.paper import Paper

#: The scheme of papers that are one reader's alone: what somebody mails to us must not become anybody else's paper.
PRIVATE_SCHEME = "alert"


class ForwardedFrom(StrEnum):
    """Which kind of email lists them."""

    SCHOLAR = "scholar"
    """An alert of Google Scholar: each of its papers was asked for."""
    ARXIV = "arxiv"
    """A day of arXiv's categories, of which only what is relevant to the reader is worth their time."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The papers of one email."""

    source: ForwardedFrom
    name: str
    """What the alert is for, as its service calls it."""
    papers: tuple[Paper, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A forwarded paper that may go into its reader's next digest."""

    paper_id: int
    """Its internal id: the one that all readers share, where the paper is known."""
    alerts: tuple[str, ...]
    is_asked_for: bool
    """Whether an alert asked for it in particular."""
