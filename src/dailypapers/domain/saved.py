"""What becomes of a paper that somebody saved: the facts about it then and now, and what is news between the two.

Knows sentences, and neither who saved what nor where the facts come from.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dailypapers.domain.graphemes import beginning
from dailypapers.domain.i18n import N_, LazyString
from dailypapers.domain.paper import PaperId

#: Longer titles are cut in a sentence.
_LONGEST_TITLE = 120
#: Maximum characters of a note, of a collection's name, and of a text to search for.
MAX_NOTE, MAX_NAME = 2000, 60


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a paper's life; whatever is not known is empty."""

    #: The newest version that was announced.
    version: int = 0
    #: Where it appeared: the journal's DOI, and what the source calls it.
    doi: str = ""
    journal: str = ""
    #: Where its code is.
    code: str = ""
    #: What journals published about it: kind (as Crossref names it) and the notice's DOI, in order.
    notices: tuple[tuple[str, str], ...] = ()
    #: The venue that accepted it, with the kind of talk where that is said, such as “ICML 2026 (oral)”; `None` where
    #: nobody noted whether there is one.
    talk: str | None = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """What a reader keeps beside a saved paper; empty where there is nothing."""

    #: The name of the collection it is in.
    collection: str = ""
    note: str = ""


NOTHING_REMARKED = Remark()
NO_REMARKS: Mapping[PaperId, Remark] = {}


@dataclass(frozen=True, slots=True)
class SavedNews:
    """One thing that happened to a saved paper, for its reader."""

    #: A sentence, to be translated where it is shown.
    text: str
    #: Where it can be seen; empty where nowhere.
    url: str = ""
    paper_id: int = 0
    #: What is known now, and need not be said again; not kept with the sentence.
    facts: Facts = field(default=Facts())


_VERSION = N_("“{title}” has a new version ({version}).")
_JOURNAL = N_("“{title}” was published in {journal}.")
_PUBLISHED = N_("“{title}” was published.")
_ACCEPTED = N_("“{title}” was accepted: {venue}.")
_CODE = N_("Code for “{title}” was released.")
_NOTICES = {
    "retraction": N_("“{title}” was retracted."),
    "withdrawal": N_("“{title}” was withdrawn."),
    "removal": N_("“{title}” was removed by its publisher."),
    "expression_of_concern": N_("An expression of concern was published about “{title}”."),
}
#: Crossref knows corrections by many names: erratum, corrigendum, addendum, clarification …
_CORRECTED = N_("“{title}” was corrected.")


def news(title: str, before: Facts, after: Facts, *, url: str, paper_id: int = 0) -> tuple[SavedNews, ...]:
    """Return what has happened to a paper since, the gravest first; `url` is the paper's own page."""
    short_title = beginning(title, _LONGEST_TITLE)
    sentences = _sentences(short_title, before, after)
    return tuple(SavedNews(text, where or url, paper_id, after) for text, where in sentences)


def _sentences(title: str, before: Facts, after: Facts) -> Iterator[tuple[str, str]]:
    new_notices = [notice for notice in after.notices if notice not in before.notices]
    for kind, doi in sorted(new_notices, key=lambda notice: (notice[0] not in _NOTICES, notice)):
        yield LazyString(_NOTICES.get(kind, _CORRECTED), title=title), _page(doi)
    if (after.doi or after.journal) and not (before.doi or before.journal):
        is_named = LazyString(_JOURNAL, title=title, journal=beginning(after.journal, _LONGEST_TITLE))
        yield (is_named if after.journal else LazyString(_PUBLISHED, title=title)), _page(after.doi)
    elif after.talk and before.talk == "" and not (before.doi or before.journal):
        yield LazyString(_ACCEPTED, title=title, venue=beginning(after.talk, _LONGEST_TITLE)), ""
    if after.code and not before.code:
        yield LazyString(_CODE, title=title), after.code
    # Papers begin with version 1; that one is no news, whenever we hear of it.
    if after.version > max(before.version, 1):
        yield LazyString(_VERSION, title=title, version=str(after.version)), ""


def _page(doi: str) -> str:
    return f"https://doi.org/{doi}" if doi else ""
