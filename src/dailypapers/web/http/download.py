"""Papers as files for a reference manager, or as notes."""

from collections.abc import Iterable, Mapping

from fastapi.responses import Response
from starlette.exceptions import HTTPException

from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.saved import Remark
from dailypapers.rendering.citations import bibtex, ris
from dailypapers.rendering.csl import csl_json
from dailypapers.rendering.markdown import zipped_notes

_WRITERS = {
    "bib": (bibtex, "application/x-bibtex"),
    "ris": (ris, "application/x-research-info-systems"),
    "json": (csl_json, "application/vnd.citationstyles.csl+json"),
}
_ZIP = "zip"


def require_kind(kind: str) -> str:
    """Return the kind of file. Raises 404 where it is not one we write."""
    if kind not in _WRITERS and kind != _ZIP:
        raise HTTPException(404)
    return kind


def as_file(papers: Iterable[Paper], name: str, kind: str, remarks: Mapping[PaperId, Remark] | None = None) -> Response:
    """Return the papers as a file to be kept under this name: `bib`, `ris`, `json` (CSL), or `zip`, a note for each.

    It holds what a reader remarked on them.
    """
    if kind == _ZIP:
        headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
        return Response(zipped_notes(papers, remarks or {}), media_type="application/zip", headers=headers)
    write, type_ = _WRITERS[require_kind(kind)]
    return attachment(write(papers, remarks or {}), f"{name}.{kind}", type_)


def attachment(text: str, name: str, type_: str) -> Response:
    """Return a text as a file to be kept; `name` is ASCII of our own making."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.encode("utf-8", "replace"), media_type=f"{type_}; charset=utf-8", headers=headers)
