"""Papers as notes in Markdown, a file each, as Obsidian and Logseq read them: properties in YAML, then the abstract.

All text is foreign: in the properties it is written as JSON strings, which YAML 1.2 reads alike, and in the body no
character of it begins a link, a tag or a heading.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping

from dailypapers.domain.paper import Paper, PaperId, page_of
from dailypapers.domain.saved import NO_REMARKS, NOTHING_REMARKED, Remark
from dailypapers.rendering.text import one_line, safe_url

#: What file systems and links between notes do not take in a name.
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|#^\[\]%\x00-\x1f]+')
#: What Markdown takes for its own, and Obsidian's embeds and comments.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$!%=])")
#: What begins a list or a rule at the beginning of a line.
_BLOCK = re.compile(r"^(\d{0,9})([-+.)])")
_LONGEST_NAME = 100
#: Notes of one archive have this date, so that the same papers give the same bytes.
_EPOCH = (1980, 1, 1, 0, 0, 0)


def note(paper: Paper, remark: Remark = NOTHING_REMARKED) -> str:
    """Return a paper as a note; what its reader wrote comes behind the abstract, line for line."""
    lines = [*_properties(paper), *([("collection", remark.collection)] if remark.collection else [])]
    properties = "".join(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in lines)
    abstract = f"\n{escaped(paper.abstract)}\n" if one_line(paper.abstract) else ""
    written = "".join(f"\n{escaped(line)}\n" for line in remark.note.splitlines() if one_line(line))
    return f"---\n{properties}---\n\n# {escaped(paper.title)}\n{abstract}{written}"


def note_name(paper: Paper) -> str:
    """Return the name of a note's file: its title as far as file systems take it."""
    plain = " ".join(_NOT_IN_NAMES.sub(" ", one_line(paper.title)).split())[:_LONGEST_NAME].strip(" .")
    return f"{plain or _hash(paper)}.md"


def zipped_notes(papers: Iterable[Paper], remarks: Mapping[PaperId, Remark] = NO_REMARKS) -> bytes:
    """Return an archive with a note for each paper; where two would have one name, the later one's has a hash."""
    buffer, names = io.BytesIO(), set[str]()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for paper in papers:
            name = note_name(paper)
            if name.lower() in names:
                name = f"{name.removesuffix('.md')} {_hash(paper)}.md"
            names.add(name.lower())
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, note(paper, remarks.get(paper.id, NOTHING_REMARKED)).encode("utf-8", "replace"))
    return buffer.getvalue()


def _properties(paper: Paper) -> Iterator[tuple[str, object]]:
    yield "title", one_line(paper.title)
    if paper.authors:
        yield "authors", [one_line(name) for name in paper.authors]
    if paper.published:
        yield "date", paper.published.isoformat()
    for scheme in ("arxiv", "doi"):
        if value := next((name.value for name in (paper.id, *paper.also) if name.scheme == scheme), ""):
            yield scheme, value
    if url := safe_url(paper.url) or safe_url(page_of(paper.id)):
        yield "url", url
    if paper.categories:
        yield "categories", [one_line(category) for category in paper.categories]
    yield "tags", ["paper"]


def escaped(text: str) -> str:
    """Return a text on one line whose characters are nothing but themselves in Markdown."""
    return _BLOCK.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", one_line(text)))


def _hash(paper: Paper) -> str:
    return hashlib.sha256(str(paper.id).encode("utf-8", "replace")).hexdigest()[:6]
