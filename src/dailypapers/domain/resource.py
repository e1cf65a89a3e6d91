"""What can be had of a paper besides its abstract page: its PDF, its code, its data, each by its address.

    what sources state, and the addresses in the authors' remark and abstract | told apart by host | the first of a kind

Knows the hosts people publish on. Asks none of them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from dailypapers.domain.paper import Paper, PaperId, Presentation
from dailypapers.errors import BadPaperId


class ResourceKind(StrEnum):
    """What an address leads to, in the order in which resources are presentation."""

    PDF = "pdf"
    HTML = "html"
    CODE = "code"
    PROJECT = "project"
    DATA = "data"
    MODELS = "models"


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that can be had of a paper; `count` is how many there are behind the address, where that is known."""

    kind: ResourceKind
    url: str
    count: int | None = None


#: Longer addresses do not survive all mail programs, and nobody's repository has one.
_MAX_ADDRESS = 500
#: Longer abstracts are articles; what an author links to stands in the first lines or the last.
_MAX_TEXT = 10_000
#: An address in running text: with its scheme, or of a host that is known to need none.
_IN_TEXT = re.compile(
    r"(?:(?<![\w@/])https?://|(?<![\w@/.:-])(?=(?:www\.)?(?:github\.com|gitlab\.com|huggingface\.co|hf\.co|zenodo\.org|osf\.io)/"
    r"|[\w-]{1,60}\.github\.io))[^\s<>\"{}|\\^`\[\]“”]{4,500}",
    re.IGNORECASE,
)
#: One of these stands in every text that holds such an address; most hold none, and this is a tenth of the time.
_SIGNS = (
    *("://", "github.com/", ".github.io", "gitlab.com/", "huggingface.co/", "hf.co/"),
    *("zenodo.org/", "osf.io/"),
)
#: What ends a sentence, and no address.
_END = tuple(".,;:!?'*)]’”&")
#: What right before an address of any host says that it is the project's own page, or its code.
_CODE = re.compile(r"\b(?:code|implementation|software)[\w ,&'’-]{0,60}[:\s(]$", re.IGNORECASE)
_PROJECT = re.compile(
    r"(?:project(?:['’]?s)?(?: web)?(?: page|page| site|site| website)?|home ?page|web ?(?:page|site))"
    r"(?: is| at| url| is available| available| can be found){0,3}(?: at| here)?[:\s(]*$",
    re.IGNORECASE,
)
_PATH = r"/[\w.~%-]{1,100}"
_HOSTS: tuple[tuple[ResourceKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (ResourceKind.DATA, rf"(?:huggingface\.co|hf\.co|kaggle\.com)/datasets{_PATH}.*"),
        (ResourceKind.DATA, rf"(?:zenodo\.org|figshare\.com|osf\.io|data\.mendeley\.com|datadryad\.org){_PATH}.*"),
        (ResourceKind.PROJECT, rf"(?:huggingface\.co|hf\.co)/spaces{_PATH}.*"),
        (ResourceKind.MODELS, rf"(?:huggingface\.co|hf\.co)/(?!papers/|docs/|blog/|api/|join\b|models\b){_PATH[1:]}.*"),
        (ResourceKind.PROJECT, r"[\w-]+\.github\.io(?:/.*)?|sites\.google\.com/.+"),
        (
            ResourceKind.CODE,
            rf"(?:gist\.)?(?:github\.com|gitlab\.[\w.-]+|bitbucket\.org|codeberg\.org){_PATH}{_PATH}.*",
        ),
        (ResourceKind.CODE, rf"anonymous\.4open\.science{_PATH}.*"),
    )
)
_ARXIV_PDF = "https://arxiv.org/pdf/"
#: By this tag of theirs Hugging Face finds the models, and the data, that name a paper.
_TAGGED = "?other=arxiv:"
_HUGGING_FACE = "https://huggingface.co"


def resources_of(paper: Paper, presentation: Presentation) -> tuple[Resource, ...]:
    """Return what can be had of a paper, the first of each kind, in the order of the kinds.

    What a source states comes before what the authors wrote in their remark and their abstract. No address twice.
    """
    by_kind: dict[ResourceKind, Resource] = {}
    urls: set[str] = {_compared(paper.url)}
    for resource in (*_stated(paper, presentation), *_written(f"{presentation.comment}\n{paper.abstract[:_MAX_TEXT]}")):
        key = _compared(resource.url)
        if resource.kind not in by_kind and key not in urls:
            by_kind[resource.kind] = resource
            urls.add(key)
    return tuple(by_kind[kind] for kind in ResourceKind if kind in by_kind)


def _compared(url: str) -> str:
    return url.partition("://")[2].removeprefix("www.").rstrip("/").casefold()


def _stated(paper: Paper, presentation: Presentation) -> Iterator[Resource]:
    arxiv = arxiv_id_of(paper)
    if arxiv:
        yield Resource(ResourceKind.PDF, f"{_ARXIV_PDF}{arxiv}")
    urls_by_kind = (
        (ResourceKind.PDF, presentation.pdf_url),
        (ResourceKind.HTML, presentation.html_url),
        (ResourceKind.CODE, paper.code_url),
        (ResourceKind.PROJECT, presentation.project_url),
    )
    for kind, url in urls_by_kind:
        if address := _safe(url):
            # People name their repository as the project's page, and their data as their code.
            yield Resource(kind if kind in _FILES else _kind_by_host(address) or kind, address)
    for kind, folder, count in (
        (ResourceKind.MODELS, "models", presentation.models),
        (ResourceKind.DATA, "datasets", presentation.datasets),
    ):
        if count and arxiv:
            yield Resource(kind, f"{_HUGGING_FACE}/{folder}{_TAGGED}{arxiv}", count)


_FILES = frozenset({ResourceKind.PDF, ResourceKind.HTML})


def arxiv_id_of(paper: Paper) -> str:
    """Return the paper's arXiv id, also of one that another source named first and whose page is arXiv's."""
    if paper.id.scheme == "arxiv":
        return paper.id.value
    try:
        name = PaperId.parse(paper.url)
    except BadPaperId:
        return ""
    return name.value if name.scheme == "arxiv" else ""


def _written(text: str) -> Iterator[Resource]:
    """Yield what addresses in a text lead to, as far as their hosts or the words right before them say."""
    folded = text.casefold()
    if not any(sign in folded for sign in _SIGNS):
        return
    for match in _IN_TEXT.finditer(text):
        written = _trimmed(match[0])
        address = _safe(written if "://" in written else f"https://{written}")
        if not address:
            continue
        kind = _kind_by_host(address) or _kind_by_words(text[max(0, match.start() - 80) : match.start()])
        if kind is not None:
            yield Resource(kind, address)


def _trimmed(written: str) -> str:
    """Leave out the marks behind an address; a closing bracket that was opened inside is part of it."""
    while written.endswith(_END) and not (written[-1] == ")" and written.count("(") >= written.count(")")):
        written = written[:-1]
    return written


def _kind_by_host(address: str) -> ResourceKind | None:
    host_and_path = address.partition("://")[2].removeprefix("www.")
    return next((kind for kind, pattern in _HOSTS if pattern.fullmatch(host_and_path)), None)


def _kind_by_words(before: str) -> ResourceKind | None:
    if _PROJECT.search(before):
        return ResourceKind.PROJECT
    return ResourceKind.CODE if _CODE.search(before) else None


def _safe(url: str) -> str:
    """Return an address of the web without user, short enough to be linked to; else nothing."""
    try:
        parts = urlsplit(url)
        is_safe = parts.scheme in {"http", "https"} and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return ""
    return url if is_safe and len(url) <= _MAX_ADDRESS and url.isprintable() and " " not in url else ""


#: What of a remark tells where the paper appears.
_VENUE = re.compile(
    r"accept|to appear|appear(?:s|ed)? (?:in|at)|publish|in press|camera.?ready|proceedings|presented at|oral|spotlight"
    r"|\b(?:ICLR|ICML|NeurIPS|NIPS|CVPR|ICCV|ECCV|ACL|EMNLP|NAACL|EACL|COLING|AAAI|IJCAI|KDD|SIGIR|WWW|CHI|ICRA|IROS|RSS"
    r"|CoRL|COLM|COLT|UAI|AISTATS|INTERSPEECH|ICASSP|SIGGRAPH|MICCAI|WACV|BMVC|WSDM|CIKM|RecSys|TMLR|JMLR|TPAMI|PRL|ApJ"
    r"|MNRAS|A&A)\b",
    re.IGNORECASE,
)
_NOT_YET = re.compile(r"submitted|under review|in review|preprint|work in progress|revis", re.IGNORECASE)
_CLAUSES = re.compile(
    r"(?:[;\n]|\.(?=\s|$)|,(?=\s*(?:accept|to appear|publish|\d+ (?:page|pp|fig|tab))))", re.IGNORECASE
)


def venue_of(presentation: Presentation) -> str:
    """Return where a paper appears: its journal, or else what its authors' remark says of it; empty where neither."""
    if presentation.journal:
        return presentation.journal
    clauses = (clause.strip(" ,.;") for clause in _CLAUSES.split(presentation.comment[:_MAX_TEXT]))
    named = (c for c in clauses if _VENUE.search(c) and not _NOT_YET.search(c) and "://" not in c)
    return next(named, "")


_TALK = re.compile(r"(.{2,100}?)[\s,;:(]+(?:as\s+(?:an?\s+)?)?(oral|spotlight|poster)\b[^)]{0,30}\)?", re.IGNORECASE)
_ACCEPTED = re.compile(
    r"(?:accepted|to appear|to be presented|presented)(?: as (?:an? )?(?P<kind>oral|spotlight|poster)[\w ]{0,20}?)?"
    r"(?: for (?:publication|presentation|an? oral|oral)[\w ]{0,20}?)?"
    r",?\s+(?:at|to|in|by|for)\s+(?:the\s+)?(?P<venue>.{2,100})",
    re.IGNORECASE,
)


def talk_of(presentation: Presentation) -> str:
    """Return the venue that accepted a paper, by OpenReview's word or its authors', such as “ICML 2026 (oral)”.

    Empty where neither says so; a journal that has published it is none.
    """
    if match := _TALK.fullmatch(presentation.journal.strip()):
        return f"{match[1].strip(' ,;:(')} ({match[2].lower()})"
    venue_in_remark = venue_of(Presentation(comment=presentation.comment))
    accepted = _ACCEPTED.match(venue_in_remark)
    if accepted is None:
        match = _TALK.fullmatch(venue_in_remark)
        return f"{match[1].strip(' ,;:(')} ({match[2].lower()})" if match else ""
    venue, kind = accepted["venue"].strip(" .,;"), accepted["kind"]
    if match := _TALK.fullmatch(venue):
        venue, kind = match[1].strip(" ,;:("), match[2]
    return f"{venue} ({kind.lower()})" if kind else venue


def institution_of(presentation: Presentation) -> str:
    """Return who made a paper: the organization a source names, or else where the first of its authors works."""
    return presentation.organization or next(iter(_institutions(presentation.affiliations)), "")


def _institutions(affiliations: Iterable[str]) -> Iterator[str]:
    """Yield the institution of each postal address: the part that is one by its name, or the first part."""
    for written in affiliations:
        parts = [part.strip() for part in re.split(r"[,;]", written) if part.strip()]
        if parts:
            yield next((part for part in parts if _INSTITUTION.search(part)), parts[0])


_INSTITUTION = re.compile(
    r"universi|institut|college|hospital|laborator|polytech|\bETH\b|\bCNRS\b|academy", re.IGNORECASE
)
