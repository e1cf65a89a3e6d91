"""Style sheet and scripts: told apart by their content's hash, packed where the browser takes it so."""

import gzip

import pytest
from fastapi import Request
from starlette.exceptions import HTTPException
from tests.conftest import ROOT

from dailypapers.rendering.environment import environment
from dailypapers.web.http.static import load, show

FILES = load(environment(ROOT / "templates"))


def request(encoding: str = "") -> Request:
    return Request({"type": "http", "headers": [(b"accept-encoding", encoding.encode())]})


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_the_same_packed_or_not(name: str) -> None:
    plain, packed = show(FILES)(request(), name), show(FILES)(request("gzip, br"), name)
    assert gzip.decompress(bytes(packed.body)) == plain.body == FILES[name].content
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert "immutable" in plain.headers["cache-control"]
    assert "content-encoding" not in plain.headers


def test_there_are_a_style_sheet_and_scripts() -> None:
    assert {name.rpartition(".")[2] for name in FILES} >= {"css", "js"}


def test_what_there_is_not_is_not_found() -> None:
    with pytest.raises(HTTPException):
        show(FILES)(request(), "none.css")
