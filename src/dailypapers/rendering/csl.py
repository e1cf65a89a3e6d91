"""Papers as CSL-JSON, which citation processors read (https://docs.citationstyles.org, schema 1.0.2)."""

import json
from collections.abc import Iterable, Mapping

from dailypapers.domain.paper import Paper, PaperId, page_of
from dailypapers.domain.person import is_group, parts
from dailypapers.domain.saved import NO_REMARKS, NOTHING_REMARKED, Remark
from dailypapers.rendering.text import one_line, safe_url


def csl_json(papers: Iterable[Paper], remarks: Mapping[PaperId, Remark] = NO_REMARKS) -> str:
    """Return the papers as a CSL-JSON file, in their order; each has its own id as its key."""
    items = [csl_item(paper, remarks.get(paper.id, NOTHING_REMARKED)) for paper in papers]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def csl_item(paper: Paper, remark: Remark = NOTHING_REMARKED) -> dict[str, object]:
    """Return a paper as an item, with its reader's note and collection; what is not known is left out."""
    names = (paper.id, *paper.also)
    arxiv = next((name.value for name in names if name.scheme == "arxiv"), "")
    doi = next((name.value for name in names if name.scheme == "doi"), "")
    day = paper.published
    item = {
        "id": str(paper.id),
        "type": "article-journal" if paper.id.scheme == "doi" else "article",
        "title": one_line(paper.title),
        "author": [_name(one_line(name)) for name in paper.authors if one_line(name)],
        "issued": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
        "DOI": doi or (f"10.48550/arXiv.{arxiv}" if arxiv else ""),
        "number": f"arXiv:{arxiv}" if arxiv else "",
        "publisher": "arXiv" if paper.id.scheme == "arxiv" else "",
        "URL": safe_url(paper.url) or safe_url(page_of(paper.id)),
        "abstract": one_line(paper.abstract),
        "annote": remark.note,
        "keyword": remark.collection,
    }
    return {field: value for field, value in item.items() if value}


def _name(name: str) -> dict[str, str]:
    family, given, suffix = parts(name)
    if is_group(name) or not given:
        return {"literal": name}
    return {"family": family, "given": given, **({"suffix": suffix} if suffix else {})}
