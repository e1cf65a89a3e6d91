"""Ids of papers in running text: arXiv ids, DOIs, and addresses that hold one of them.

Every pattern here takes linear time: the text is a stranger's.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from dailypapers.domain.category import ARCHIVES
from dailypapers.domain.doi import SHAPE, SICI, find_in_address, trimmed, without_version
from dailypapers.domain.paper import PaperId
from dailypapers.errors import BadPaperId

#: Archives that arXiv had before 2007 and that were folded into others later; their ids still lead somewhere.
_CLOSED_ARCHIVES = (
    "acc-phys", "adap-org", "alg-geom", "ao-sci", "atom-ph", "bayes-an", "chao-dyn", "chem-ph", "cmp-lg", "comp-gas",
    "dg-ga", "funct-an", "mtrl-th", "patt-sol", "plasm-ph", "q-alg", "solv-int", "supr-con",
)  # fmt: skip
_ARCHIVE = "|".join(sorted((*ARCHIVES, *_CLOSED_ARCHIVES), key=len, reverse=True))
# Year and month stand first, with four digits behind the dot up to 2014 and five since: other numbers seldom fit.
_NEW = r"(?:(?:0[7-9]|1[0-4])(?:0[1-9]|1[0-2])\.\d{4}|(?:1[5-9]|[2-9]\d)(?:0[1-9]|1[0-2])\.\d{5})"
_ARXIV = rf"(?:{_NEW}|(?:{_ARCHIVE})(?:\.[A-Z]{{2}})?/\d{{7}})(?:v\d{{1,3}})?(?!\d|\.\d)"
_ANY = re.compile(
    rf"(?P<address>https?://(?:[^\s<>\"{{}}|\\^`]|{SICI}){{4,800}})"
    rf"|(?<![\w.])(?P<doi>{SHAPE})"
    rf"|(?<![\d.])(?<![^\W\d])(?P<arxiv>{_ARXIV})|(?i:arxiv[:.]\s?)(?P<named>{_ARXIV})",
    re.ASCII,
)
_ANY_ARXIV = re.compile(rf"(?<![\w.]){_ARXIV}", re.ASCII)
#: Whose addresses hold arXiv ids.
_ARXIV_HOSTS = (
    "arxiv.org", "ar5iv.org", "alphaxiv.org", "huggingface.co", "hf.co", "scirate.com", "semanticscholar.org",
)  # fmt: skip
#: Old addresses of bioRxiv have the numbers of a DOI without its prefix.
_RXIV_EARLY = re.compile(r"/early/\d{4}/\d\d/\d\d/(\d[\d.]*\d)", re.ASCII)
#: Addresses of hosts whose DOIs are a prefix and what the address ends in, and that prefix.
_OF_HOSTS = (
    ("nature.com", re.compile(r"/articles/([a-z0-9][\w.-]{4,40})", re.ASCII), "10.1038/{}"),
    ("zenodo.org", re.compile(r"/records?/(\d{3,12})", re.ASCII), "10.5281/zenodo.{}"),
    ("researchsquare.com", re.compile(r"/article/(rs-\d{3,12})", re.ASCII), "10.21203/rs.3.{}"),
    ("preprints.org", re.compile(r"/manuscript/(\d{6}\.\d{4})", re.ASCII), "10.20944/preprints{}"),
    ("osf.io", re.compile(r"/preprints/psyarxiv/([a-z0-9]{5})(?![a-z0-9])", re.ASCII), "10.31234/osf.io/{}"),
    ("osf.io", re.compile(r"/preprints/socarxiv/([a-z0-9]{5})(?![a-z0-9])", re.ASCII), "10.31235/osf.io/{}"),
)  # fmt: skip


def ids_in(text: str) -> Iterator[PaperId]:
    """Every paper that the text names by an id or an address, in order; one may come several times."""
    for match in _ANY.finditer(text):
        if match["address"]:
            paper_id = _in_address(trimmed(match["address"]))
        else:
            paper_id = _parsed(match["arxiv"] or match["named"] or without_version(match["doi"])[0])
        if paper_id:
            yield paper_id


def _in_address(address: str) -> PaperId | None:
    try:
        parts = urlsplit(address)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    path = unquote(parts.path)
    if doi := find_in_address(path)[0] or find_in_address(unquote(parts.query))[0]:
        return _parsed(doi)
    if host.endswith(("biorxiv.org", "medrxiv.org")) and (early := _RXIV_EARLY.search(path)):
        return _parsed(f"10.1101/{early[1]}")
    for known, pattern, doi in _OF_HOSTS:
        if _is_of(host, known) and (match := pattern.match(path)):
            return _parsed(doi.format(match[1]))
    if any(_is_of(host, known) for known in _ARXIV_HOSTS):
        match = _ANY_ARXIV.search(path)
        return _parsed(match[0]) if match else None
    return None


def _is_of(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")


def _parsed(text: str) -> PaperId | None:
    try:
        return PaperId.parse(text)
    except BadPaperId:
        return None
