"""A language that writes every letter as lambda, from right to left; what is left of English in a page or a mail."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from xml.etree.ElementTree import fromstring
from zoneinfo import available_timezones

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from tests.messages import gathered

from dailypapers.domain.category import ARCHIVES
from dailypapers.domain.source import source_name
from dailypapers.domain.tool import TOOL_NAMES

#: Hebrew, by name: it is written from right to left.
LANGUAGE = "he"
_KEPT = re.compile(r"(%\(\w+\)[a-z]|\{\w*\}|<[^>]*>)")
#: Addresses, and the words a search or a paper's id begins with.
_ADDRESS = re.compile(r"\w+://\S+|\S+@[\w.-]+|\b(?:author|cat|arxiv|doi):")
_TOKEN = re.compile(r"[^\s·,;:()“”\"\u2068\u2069]+")
_LETTERS = re.compile(r"[A-Za-z]")
_CODES = {code for archive, codes in ARCHIVES.items() for code in (archive, *codes)}
#: What is called the same in every language.
_SOURCES = ("arxiv", "huggingface", "biorxiv", "medrxiv")
_NAMES = (
    _CODES
    | available_timezones()
    | {*" ".join([*map(source_name, _SOURCES), *TOOL_NAMES.values()]).split()}
    | {"BibTeX", "CSL-JSON", "EPUB", "JSON", "RIS", "eml"}
)
_SAID = ("alt", "title", "aria-label", "placeholder", "label")
_UNSAID = {"script", "style", "textarea"}
_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_FOR_PROGRAMS = re.compile(r"/.*|[a-z]*")
_ATOM = "{http://www.w3.org/2005/Atom}"


def accented(message: str) -> str:
    """The message in that language."""
    return "".join(part if _KEPT.fullmatch(part) else _LETTERS.sub("λ", part) for part in _KEPT.split(message) if part)


def write_catalogue(folder: Path, language: str = LANGUAGE, *, numbered: bool = False) -> Path:
    """Write the catalogue of every message that is gathered below a folder for catalogues, and return the folder.

    Numbered, each message with a letter begins with a number in brackets, so that `unsaid` can tell which were said.
    """
    other = Catalog(locale=language)
    numbers = {one: n for n, one in enumerate(_in_order())}
    for message in gathered():
        if message.id:
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            said = accented(ids[-1])
            if numbered and "λ" in said:
                said = f"⟦{numbers[ids[0]]}⟧{said}"
            forms = tuple(said for _ in range(other.num_plurals))
            other.add(message.id, forms if len(ids) > 1 else said)
    path = folder / language / "LC_MESSAGES" / "dailypapers.mo"
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        write_mo(file, other)
    return folder


def unsaid(told: Iterable[str]) -> set[str]:
    """The messages for readers that none of these texts has said, of a numbered catalogue."""
    said = {int(number) for text in told for number in re.findall(r"⟦(\d+)⟧", text)}
    everything = {one for n, one in enumerate(_in_order()) if n not in said and "λ" in accented(one)}
    return everything - for_operators(gathered())


#: Where what is said is said to operators alone.
_OPERATORS = ("templates/admin/", "src/dailypapers/web/admin/", "src/dailypapers/accounts/")


def for_operators(catalog: Catalog) -> set[str]:
    """The messages of a catalogue that stand nowhere else; of a pair the one for one."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]
        for message in catalog
        if message.id and all(file.startswith(_OPERATORS) for file, _ in message.locations)
    }


def _in_order() -> list[str]:
    """Every message there is; of a pair the one for one."""
    return sorted(message.id if isinstance(message.id, str) else message.id[0] for message in gathered() if message.id)


@cache
def english_in(text: str) -> frozenset[str]:
    """The words in Latin letters that are neither addresses nor names; most texts are on many pages."""
    tokens = (token.strip(".…") for token in _TOKEN.findall(_ADDRESS.sub(" ", text)))
    return frozenset(token for token in tokens if _LETTERS.search(token) and token not in _NAMES)


def english_in_page(html: str) -> set[str]:
    """The same of what somebody sees or hears of a page; what is marked as English is meant to be."""
    lists = map(_english_in_part, _LIST.findall(html))
    return set().union(_english_in_part(_LIST.sub("", html)), *lists)


#: Lists that stand on many pages, of time zones and categories, and take longest to read.
_LIST = re.compile(r"<optgroup[ >].*?</optgroup>|<label class=\"choice\">.*?</label>", re.DOTALL)


@cache
def _english_in_part(html: str) -> frozenset[str]:
    page = _Page()
    page.feed(html)
    return frozenset().union(*map(english_in, set(page.told)))


def english_in_feed(xml: str) -> set[str]:
    """The same of a feed's titles and texts."""
    feed = fromstring(xml)  # noqa: S314 - our own
    told = [element for name in ("title", "summary", "content") for element in feed.iter(_ATOM + name)]
    return set().union(*(english_in_page(element.text or "") for element in told))


class _Page(HTMLParser):
    """What a page tells."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        #: The open elements, each with whether what is in it is told, which its parents have a say in.
        self._open: list[tuple[str, bool]] = []

    @property
    def _telling(self) -> bool:
        return not self._open or self._open[-1][1]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        telling = self._telling
        if telling:
            self.told += _spoken(tag, {name: value or "" for name, value in attrs})
        if tag not in _VOID:
            is_translated = ("lang", "en") not in attrs and ("translate", "no") not in attrs
            self._open.append((tag, telling and tag not in _UNSAID and is_translated))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._telling:
            self.told.append(data)


def _spoken(tag: str, have: dict[str, str]) -> Iterator[str]:
    """Attributes that people see or hear, what scripts show of a page's own words among them."""
    yield from (have[name] for name in _SAID if name in have)
    if have.get("name") == "description":
        yield have["content"]
    if tag == "input" and have.get("type") in {"submit", "button"}:
        yield have.get("value", "")
    for name, value in have.items():
        if name.startswith("data-") and not _FOR_PROGRAMS.fullmatch(value):
            yield re.sub(r"\{\w+\}", "", value)
