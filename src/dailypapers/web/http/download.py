"""Papers as files for a reference manager, as notes, or as a book."""

from collections.abc import Mapping, Sequence

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from dailypapers.domain.digest import Entry
from dailypapers.domain.paper import PaperId
from dailypapers.domain.saved import NO_REMARKS, Remark
from dailypapers.rendering.citations import bibtex, ris
from dailypapers.rendering.csl import csl_json
from dailypapers.rendering.environment import Templates
from dailypapers.rendering.epub import epub
from dailypapers.rendering.markdown import zipped_notes

_WRITERS = {
    "bib": (bibtex, "application/x-bibtex"),
    "ris": (ris, "application/x-research-info-systems"),
    "json": (csl_json, "application/vnd.citationstyles.csl+json"),
}
_ARCHIVES = {"zip": "application/zip", "epub": "application/epub+zip"}


def require_kind(kind: str) -> str:
    """Return the kind of file. Raises 404 where it is not one we write."""
    if kind not in _WRITERS and kind not in _ARCHIVES:
        raise HTTPException(404)
    return kind


def as_file(
    templates: Templates,
    entries: Sequence[Entry],
    name: str,
    kind: str,
    remarks: Mapping[PaperId, Remark] = NO_REMARKS,
) -> Response:
    """Return the papers as a file to be kept under this name, with what a reader remarked on them.

    Its kind is `bib`, `ris`, `json` (CSL), `zip` (a note for each) or `epub`, which is in the language of `templates`.
    """
    papers = [entry.paper for entry in entries]
    if kind in _ARCHIVES:
        title = name.replace("-", " ")
        content = (
            epub(entries, templates=templates, title=title, remarks=remarks)
            if kind == "epub"
            else zipped_notes(papers, remarks)
        )
        headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
        return Response(content, media_type=_ARCHIVES[kind], headers=headers)
    write, type_ = _WRITERS[require_kind(kind)]
    return attachment(write(papers, remarks), f"{name}.{kind}", type_)


def attachment(text: str, name: str, type_: str) -> Response:
    """Return a text as a file to be kept; `name` is ASCII of our own making."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode("utf-8", "replace"), media_type=f"{type_}; charset=utf-8", headers=headers)
