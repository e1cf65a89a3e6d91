"""What profiles list, read from services that answer as the real ones do, and from ones that answer nonsense."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.playing_sources import Answer, Asked, Route, playing_sources

from dailypapers.domain.profile import Profile, ProfileKind
from dailypapers.errors import FetchFailed
from dailypapers.profiles.read import Listed, NotOpened, Services, listed
from dailypapers.sources.http.client import Http, Response

WORK = {
    "doi": "https://doi.org/10.48550/arxiv.2604.00001",
    "title": "Deeper Graph Neural Networks",
    "authorships": [{"author": {"display_name": "Ann Lee"}}],
    "publication_date": "2026-04-17",
    "abstract_inverted_index": {"They": [0], "go": [1, 3], "deeper,": [2], "on.": [4]},
}
ORCID_WORK = {
    "external-ids": {"external-id": [{"external-id-type": "doi", "external-id-value": "10.1000/one"}]},
    "work-summary": [{"title": {"title": {"value": "An older one"}}}],
}
LIBRARY = "@article{a, title={Deeper Graph Neural Networks}, eprint={2604.00001}, archiveprefix={arXiv}}"
BIBTEX = "@article{a, title={Deeper Graphs}, doi={10.1000/two}, eprint={2604.00002}, archiveprefix={arXiv}}"
ORCID = Profile(ProfileKind.ORCID, "0000-0002-1825-0097")
ALL = [ORCID, *(Profile(kind, "A1") for kind in ProfileKind if kind is not ProfileKind.ORCID)]


def a_library(key: str, *, user: object = 475425, readable: bool = True) -> dict[str, Route]:
    """A library at Zotero that one key opens."""

    def opened(answer: Answer) -> Callable[[Asked], Answer]:
        is_ours = {"zotero-api-key": key, "zotero-api-version": "3"}.items()
        return lambda asked: answer if is_ours <= dict(asked.headers).items() else Answer("Forbidden", status=403)

    items = Answer(LIBRARY) if readable else Answer("Forbidden", status=403)
    return {
        "/keys/current": opened(Answer(json.dumps({"userID": user, "access": {"user": {"library": readable}}}))),
        "/users/475425/items/top": opened(items),
    }


async def read(profile: Profile, routes: Mapping[str, Route]) -> Listed:
    with playing_sources(routes) as url:
        async with Http(allow_private=True, pace=0, retries=0) as http:
            return await listed(http, Services(url, f"{url}/v3.0", url, url), profile)


#: What OpenAlex knows of works, of what is asked for here; each other name is refused.
_FILTERS, _SORTS = {"author.id", "author.orcid"}, {"publication_date:desc"}
_FIELDS = {"id", "doi", "title", "authorships", "publication_date", "abstract_inverted_index"}
_MOST = 100


def works(*some: object) -> dict[str, Route]:
    """OpenAlex, which refuses what the real one refuses."""

    def answer(asked: Asked) -> Answer:
        query = parse_qs(urlsplit(asked.path).query)
        (name, _, value), fields = query["filter"][0].partition(":"), query["select"][0].split(",")
        is_understood = name in _FILTERS and bool(value) and query["sort"][0] in _SORTS and {*fields} <= _FIELDS
        if not is_understood or not 1 <= int(query["per-page"][0]) <= _MOST:
            return Answer(json.dumps({"error": "Invalid query parameters error."}), status=400)
        return Answer(json.dumps({"meta": {"count": len(some)}, "results": some}))

    return {"/works": answer}


def orcid_works(*groups: object) -> Route:
    """ORCID, which answers in XML whoever does not ask for JSON first."""

    def answer(asked: Asked) -> Answer:
        wanted = [each.strip().partition(";")[::2] for each in dict(asked.headers).get("accept", "").split(",")]
        is_first = ("application/json", "") in wanted and ("application/xml", "") not in wanted
        return Answer(json.dumps({"group": groups}) if is_first else "<activities:works/>")

    return answer


async def test_openalex_lists_papers_with_their_abstracts() -> None:
    for profile in (ORCID, Profile(ProfileKind.OPENALEX, "A5023888391")):
        found = await read(profile, works(WORK, {"title": "Without a DOI"}, None))
        (paper,) = found.papers
        assert (str(paper.id), paper.abstract, paper.authors) == (
            "arxiv:2604.00001", "They go deeper, go on.", ("Ann Lee",),
        )  # fmt: skip
        assert [reference.ids for reference in found.references] == [(paper.id,)]


async def test_openalex_gets_the_services_key_which_no_error_names() -> None:
    asked = []

    class Recording(Http):
        async def get(self, url: str, **options: Any) -> Response:
            asked.append(url)
            return await super().get(url, **options)

    with playing_sources({"/works": Answer("", status=500)}) as url:
        async with Recording(allow_private=True, pace=0, retries=0) as http:
            services = Services(url, f"{url}/v3.0", url, url, openalex_key="se&cret")
            with pytest.raises(FetchFailed) as failed:
                await listed(http, services, ORCID)
    assert asked[0].endswith("&api_key=se%26cret")
    assert "se%26cret" not in str(failed.value)


async def test_orcid_is_asked_itself_where_openalex_knows_nobody() -> None:
    routes = works() | {"/v3.0/0000-0002-1825-0097/works": orcid_works(ORCID_WORK, {})}
    (reference,) = (await read(ORCID, routes)).references
    assert ([str(each) for each in reference.ids], reference.title) == (["doi:10.1000/one"], "An older one")


async def test_dblp_and_zotero_are_read_as_bibtex() -> None:
    dblp = await read(Profile(ProfileKind.DBLP, "65/9612"), {"/pid/65/9612.bib": Answer(BIBTEX)})
    zotero = await read(Profile(ProfileKind.ZOTERO, "2468"), {"/groups/2468/items/top": Answer(BIBTEX)})
    for found in (dblp, zotero):
        (reference,) = found.references
        assert {"doi:10.1000/two", "arxiv:2604.00002"} & {str(each) for each in reference.ids}


@pytest.mark.parametrize("profile", ALL)
async def test_a_profile_that_is_not_there_lists_nothing_and_one_that_is_down_fails(profile: Profile) -> None:
    assert await read(profile, {}) == Listed()
    down = Answer("", status=500)
    paths = ("/works", "/pid/A1.bib", "/groups/A1/items/top", "/users/A1/items/top")
    with pytest.raises(FetchFailed):
        await read(profile, dict.fromkeys(paths, down))


@pytest.mark.parametrize("nonsense", ["", "<html>", "[]", "null", '{"results": {"a": 1}}', "[" * 100_000])
async def test_nonsense_lists_nothing(nonsense: str) -> None:
    answer = Answer(nonsense)
    paths = ("/works", "/v3.0/0000-0002-1825-0097/works", "/pid/A1.bib", "/groups/A1/items/top")
    for profile in ALL:
        if nonsense == "<html>" and profile.kind in {ProfileKind.DBLP, ProfileKind.ZOTERO}:
            with pytest.raises(FetchFailed, match="web page"):
                await read(profile, dict.fromkeys(paths, answer))
        else:
            assert (await read(profile, dict.fromkeys(paths, answer))).references == ()
    odd = {**WORK, "authorships": [1], "abstract_inverted_index": {"a": 1, "b": ["x"]}, "publication_date": 3}
    (paper,) = (await read(ALL[1], works(odd))).references
    assert paper.title == WORK["title"]


async def test_a_user_s_library_is_read_where_it_is_public_and_refused_where_it_is_not() -> None:
    profile = Profile(ProfileKind.ZOTERO_USER, "475425")
    (reference,) = (await read(profile, {"/users/475425/items/top": Answer(BIBTEX)})).references
    assert reference.title == "Deeper Graphs"
    with pytest.raises(NotOpened, match="not public"):
        await read(profile, a_library("somebody's key"))
    with pytest.raises(NotOpened, match="whose key"):
        await read(Profile(ProfileKind.ZOTERO_USER, "key", "x" * 24), {"/keys/current": Answer("<html>")})
