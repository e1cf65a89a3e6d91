"""A paper, the names it goes by, and what the world says of it.

Knows when two records are the same work. Does not know where records come from or how they are kept.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Self, TypeVar
from urllib.parse import quote, unquote

from dailypapers.domain.doi import first_version, without_version
from dailypapers.domain.person import name_keys
from dailypapers.domain.text import unaccented
from dailypapers.errors import BadPaperId

Value = TypeVar("Value")

_ARXIV_NEW = re.compile(r"(\d{4}\.\d{4,5})(?:v(\d{1,4}))?", re.ASCII)
_ARXIV_OLD = re.compile(r"([a-z][a-z-]*(?:\.[A-Z]{2})?/\d{7})(?:v(\d{1,4}))?", re.ASCII)
_ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
#: Whole texts, however odd: what publishers register is not all of a DOI's recommended characters.
_DOI = re.compile(r"10\.\d{4,9}/\S+", re.ASCII)
_PREFIXES = re.compile(
    r"(?:https?://)?(?:(?:www\.|export\.|dx\.)?"
    r"(?:arxiv\.org/(?:abs|pdf|html)/|doi\.org/|alphaxiv\.org/abs/|huggingface\.co/papers/|hf\.co/papers/)"
    r"|oai:arxiv\.org:|arxiv:|doi:)\s*",
    re.IGNORECASE,
)

_ADDRESS = re.compile(r"(?:https?://)?(?:www\.|dx\.)?doi\.org/", re.IGNORECASE)
#: Where names lead: the abstract page, never a PDF.
_PAGES = {"arxiv": "https://arxiv.org/abs/", "doi": "https://doi.org/"}
#: What stands unescaped in the path of an address (RFC 3986, 3.3).
_IN_PATHS = "/:@!$&'()*+,;=-._~[]"
#: How papers are named that have neither an arXiv id nor a DOI: by address, by title, by their file's own id; or that
#: one reader alone has told us of.
_OWN_SCHEMES = frozenset({"url", "title", "file", "alert"})

#: Shorter titles ("Editorial", "Book Review") are shared by unrelated works, of one author even.
MIN_TITLE_WORDS_TO_FOLD, MIN_TITLE_LETTERS_TO_FOLD = 2, 15


@dataclass(frozen=True, slots=True, order=True)
class PaperId:
    """The name of one work, without its version: `arxiv:2408.01234`, `doi:10.1101/…`, `url:https://…`."""

    scheme: str
    value: str

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an id from an arXiv id, a DOI, or an address of arXiv, doi.org or Hugging Face.

        arXiv's own DOIs (10.48550/arXiv.…) become arXiv ids, old ids lose their subject class
        (`math.GT/0309136` is `math/0309136`), DOIs are lower-cased as their handbook says they compare. A DOI's version
        (ChemRxiv's -v2, Research Square's /v1) and a full stop behind it are no part of it.
        Raises `BadPaperId` where the text is none of these.
        """
        return cls.parse_version(text)[0]

    @classmethod
    def parse_version(cls, text: str) -> tuple[Self, int | None]:
        """Read an id and, where the text names one, the version."""
        stripped = _PREFIXES.sub("", text.strip(), count=1).removesuffix(".pdf").rstrip("/")
        # Older DOIs hold what cannot stand in an address as it is: <, >, #.
        stripped = unquote(stripped) if _ADDRESS.match(text.strip()) else stripped
        if from_doi := _ARXIV_DOI.fullmatch(stripped):
            stripped = from_doi[1]
        if match := _ARXIV_NEW.fullmatch(stripped) or _ARXIV_OLD.fullmatch(stripped):
            return cls("arxiv", _without_subject_class(match[1])), int(match[2]) if match[2] else None
        if _DOI.fullmatch(stripped):
            doi, version = without_version(stripped)
            if _DOI.fullmatch(doi):
                return cls("doi", doi.lower()), version
        scheme, _, value = text.partition(":")
        if scheme in _OWN_SCHEMES and value:
            return cls(scheme, value), None
        raise BadPaperId(text)


def page_of(name: PaperId) -> str:
    """Give the address of the page that a name leads to; empty where a name alone leads nowhere."""
    if name.scheme == "url":
        return name.value if name.value.startswith(("https://", "http://")) else ""
    if name.scheme == "doi":
        return f"{_PAGES['doi']}{quote(first_version(name.value), safe=_IN_PATHS)}"
    return f"{_PAGES[name.scheme]}{name.value}" if name.scheme in _PAGES else ""


def _without_subject_class(old_id: str) -> str:
    archive, slash, number = old_id.partition("/")
    return f"{archive.partition('.')[0]}/{number}" if slash else old_id


@dataclass(frozen=True, slots=True)
class Signals:
    """What the world made of a paper, as one source counted it; `None` is not counted, never zero."""

    upvotes: int | None = None
    comments: int | None = None
    stars: int | None = None
    #: Upvotes gained a day between the last two readings.
    velocity: float | None = None
    #: Our own readers' votes for it, less those against it.
    votes: int = 0


@dataclass(frozen=True, slots=True)
class Presentation:
    """What a source shows of a paper besides its abstract and counts; whatever it does not say is empty."""

    #: Who made it: a company, a university, a lab.
    organization: str = ""
    #: One or two sentences that a language model wrote, and its keywords.
    ai_summary: str = ""
    ai_keywords: tuple[str, ...] = ()
    project_url: str = ""
    thumbnail_url: str = ""
    #: Pictures and videos.
    media_urls: tuple[str, ...] = ()
    #: The authors' remark ("12 pages, accepted at …"), where it appeared, and where the authors work.
    comment: str = ""
    journal: str = ""
    affiliations: tuple[str, ...] = ()
    #: Where the whole text is, for anybody.
    pdf_url: str = ""
    html_url: str = ""
    #: How many models and data sets name it.
    models: int | None = None
    datasets: int | None = None
    #: The paper in a sentence, by its authors.
    tldr: str = ""


NOTHING_SHOWN = Presentation()


@dataclass(frozen=True, slots=True)
class Paper:
    """One work. Text is clean Unicode: no markup, no TeX we could read, single spaces."""

    id: PaperId
    title: str
    abstract: str = ""
    authors: tuple[str, ...] = ()
    #: arXiv's codes or a source's own words; the first is the primary one.
    categories: tuple[str, ...] = ()
    #: Where a reader is sent: the abstract page, never a PDF.
    url: str = ""
    published: dt.date | None = None
    code_url: str = ""
    #: Other names of the same work (a journal DOI beside an arXiv id, say).
    also: tuple[PaperId, ...] = field(default=())

    def names(self) -> tuple[str, ...]:
        """Every name this work may be met by again: ids, and title with first author where that is telling."""
        ids = [str(name) for name in (self.id, *self.also)]
        return tuple(dict.fromkeys((*ids, *_before_encryption(ids), *work_keys(self.title, self.authors))))


def _before_encryption(names: Iterable[str]) -> Iterator[str]:
    """Give the names of before a host had https: a feed that changes over announces no paper a second time."""
    return (f"url:http:{name.removeprefix('url:https:')}" for name in names if name.startswith("url:https:"))


def work_keys(title: str, authors: tuple[str, ...]) -> tuple[str, ...]:
    """Name a work by its title and its first author's family name; by nothing where that would not tell works apart.

    Case, accents, punctuation and spacing do not count. Several names where it can be read or written in several ways:
    two records are one work where they share one. The keys are stored: a change needs a migration that adds the new.
    """
    words = _plain_words(title)
    too_short = len(words) < MIN_TITLE_WORDS_TO_FOLD or sum(map(len, words)) < MIN_TITLE_LETTERS_TO_FOLD
    if too_short or not authors:
        return ()
    digests = (hashlib.sha256(f"{' '.join(words)}|{family}".encode()).hexdigest() for family in name_keys(authors[0]))
    return tuple(f"work:{digest[:32]}" for digest in digests)


def _plain_words(text: str) -> list[str]:
    return re.findall(r"\w+", unaccented(text))


def by_first_name(values: Mapping[str, Value], names: Iterable[str]) -> Value | None:
    """Return what is filed under the first of some names that is known; `None` where none is."""
    return next((values[name] for name in names if name in values), None)
