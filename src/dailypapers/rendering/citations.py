"""Papers as reference managers read them: BibTeX, and RIS.

Everything about a paper is foreign text: it cannot break out of its field, for braces, backslashes and new lines are
written as something else.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dailypapers.domain.category import ARCHIVES
from dailypapers.domain.paper import Paper, PaperId, page_of
from dailypapers.domain.person import is_group, parts
from dailypapers.domain.saved import NO_REMARKS, NOTHING_REMARKED, Remark
from dailypapers.rendering.text import one_line, safe_url

#: What LaTeX takes for its own; Unicode stays as it is, in UTF-8.
_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\textbraceleft{}",
        "}": r"\textbraceright{}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "%": r"\%",
        "$": r"\$",
        "&": r"\&",
        "#": r"\#",
        "_": r"\_",
    }
)
_VERBATIM = str.maketrans({"\\": "%5C", "{": "%7B", "}": "%7D", "\x22": "%22"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SMALL_WORDS = {"a", "an", "the", "on", "of", "in", "for", "to", "and", "with", "is", "are", "how", "what", "why"}
_CODES = {code for archive, codes in ARCHIVES.items() for code in (archive, *codes)}


def bibtex(papers: Iterable[Paper], remarks: Mapping[PaperId, Remark] = NO_REMARKS) -> str:
    """Return the papers as a BibTeX file, in their order; only LaTeX's special characters are escaped.

    What a reader remarked on a paper is its note, and the collection it is in a keyword.

    A key is made from the paper alone (family name, year, first word), so that it is the same in every file; where
    two would be equal, the later one has a part of its id's hash behind it.
    """
    written = [(paper, [*_fields(paper), *_remarked(remarks.get(paper.id, NOTHING_REMARKED))]) for paper in papers]
    keys = _keys([paper for paper, _ in written])
    return "\n".join(_entry(paper, key, fields) for (paper, fields), key in zip(written, keys, strict=True))


def _entry(paper: Paper, key: str, fields: Sequence[tuple[str, str]]) -> str:
    kind = "article" if paper.id.scheme == "doi" else "misc"
    lines = "".join(f"  {name} = {value},\n" for name, value in fields)
    return f"@{kind}{{{key},\n{lines}}}\n"


def _fields(paper: Paper) -> Iterator[tuple[str, str]]:
    # Double braces keep a title's capitals.
    yield "title", f"{{{{{_latex(paper.title)}}}}}"
    if authors := " and ".join(_bibtex_name(name) for name in paper.authors if one_line(name)):
        yield "author", f"{{{authors}}}"
    if paper.published:
        yield "year", f"{{{paper.published.year}}}"
        yield "month", _MONTHS[paper.published.month - 1]
    yield from _names(paper)
    if url := _address(paper):
        yield "url", f"{{{url}}}"
    if paper.abstract:
        yield "abstract", f"{{{_latex(paper.abstract)}}}"


def _remarked(remark: Remark) -> Iterator[tuple[str, str]]:
    if remark.note:
        yield "annote", f"{{{_latex(remark.note)}}}"
    if remark.collection:
        # Commas part keywords.
        yield "keywords", f"{{{_latex(remark.collection.replace(',', ' '))}}}"


def _names(paper: Paper) -> Iterator[tuple[str, str]]:
    if arxiv := _id(paper, "arxiv"):
        yield "eprint", f"{{{_verbatim(arxiv)}}}"
        yield "archiveprefix", "{arXiv}"
        if primary := next((code for code in paper.categories if code in _CODES), ""):
            yield "primaryclass", f"{{{primary}}}"
    if doi := _id(paper, "doi"):
        yield "doi", f"{{{_verbatim(doi)}}}"


def _id(paper: Paper, scheme: str) -> str:
    return next((name.value for name in (paper.id, *paper.also) if name.scheme == scheme), "")


def _address(paper: Paper) -> str:
    return safe_url(paper.url) or safe_url(_verbatim(page_of(paper.id)))


def _latex(text: str) -> str:
    return one_line(text).translate(_LATEX)


def _verbatim(text: str) -> str:
    """Percent-encode what would end the field: addresses and DOIs are not escaped as LaTeX."""
    return one_line(text).translate(_VERBATIM)


def _bibtex_name(name: str) -> str:
    """Write a name family first; what is not a person's name as it stands, in braces."""
    family, given, suffix = parts(one_line(name))
    if is_group(name) or re.search(r"\band\b|,", f"{family} {given}", re.IGNORECASE):
        return f"{{{_latex(name)}}}"
    return ", ".join(_latex(part) for part in (family, suffix, given) if part)


def _keys(papers: Sequence[Paper]) -> Iterator[str]:
    seen: set[str] = set()
    for paper in papers:
        key = _key(paper)
        while key in seen:
            key = f"{key}-{_hash(paper.id)}"
        seen.add(key)
        yield key


def _key(paper: Paper) -> str:
    family = _ascii(parts(one_line(paper.authors[0]))[0]) if paper.authors else ""
    year = str(paper.published.year) if paper.published else ""
    words = [word for word in re.split(r"[\s\-–—:/]+", paper.title.lower()) if word not in _SMALL_WORDS]
    first = next((plain for word in words if (plain := _ascii(word))), "")
    return f"{family}{year}{first}"[:60] or f"paper-{_hash(paper.id)}"


def _ascii(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return re.sub(r"[^a-z0-9]", "", decomposed)


def _hash(name: PaperId) -> str:
    return hashlib.sha256(str(name).encode("utf-8", "replace")).hexdigest()[:6]


def ris(papers: Iterable[Paper], remarks: Mapping[PaperId, Remark] = NO_REMARKS) -> str:
    """Return the papers as an RIS file: one tag a line, lines ended by CRLF, a name as “Family, Given, Suffix”.

    What a reader remarked on a paper is its note (N1), and the collection it is in a keyword (KW).
    """
    return "".join(
        "".join(f"{tag}  - {one_line(value)}\r\n" for tag, value in (*_tags(paper, remarks), ("ER", "")))
        for paper in papers
    )


def _tags(paper: Paper, remarks: Mapping[PaperId, Remark]) -> Iterator[tuple[str, str]]:
    yield "TY", "JOUR" if paper.id.scheme == "doi" else "UNPB"
    yield "TI", paper.title
    for name in paper.authors:
        if name_in_parts := ", ".join(part for part in parts(one_line(name)) if part):
            yield "AU", name_in_parts
    if paper.published:
        yield "PY", str(paper.published.year)
        yield "DA", f"{paper.published:%Y/%m/%d}"
    yield from ((tag, value) for tag, value in (("AB", paper.abstract), ("DO", _any_doi(paper))) if value)
    yield from (("KW", category) for category in paper.categories if one_line(category))
    remark = remarks.get(paper.id, NOTHING_REMARKED)
    yield from ((tag, value) for tag, value in (("KW", remark.collection), ("N1", remark.note)) if value)
    if url := _address(paper):
        yield "UR", url


def _any_doi(paper: Paper) -> str:
    """Give arXiv's own DOI where there is no other: RIS has no field for an arXiv id."""
    arxiv = _id(paper, "arxiv")
    return _id(paper, "doi") or (f"10.48550/arXiv.{arxiv}" if arxiv else "")
