"""The catcher's web application serves the files of its folder, and leads nobody elsewhere."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from dailypapers.catcher.web import caught_app

INDEX = "<p>Emails</p>"


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    folder = tmp_path / "caught"
    (folder / "inner").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret", "utf-8")
    for file in (folder / "index.html", folder / "inner" / "index.html"):
        file.write_text(INDEX, "utf-8")
    transport = httpx.ASGITransport(caught_app(folder))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.mark.parametrize("path", ["/", "//", "/index.html", "/inner/index.html"])
async def test_the_index_is_the_first_page(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(f"http://localhost{path}")
    assert (answer.status_code, answer.text) == (200, INDEX)
    assert (await browser.head(f"http://localhost{path}")).status_code == 200


@pytest.mark.parametrize("path", ["/inner", "/inner/", "/none", "/none/", "//evil.example/inner", "/index.html/"])
async def test_nobody_is_led_to_the_host_that_a_request_names(browser: httpx.AsyncClient, path: str) -> None:
    answer = await browser.get(f"http://localhost{path}", headers={"Host": "evil.example"})
    assert "location" not in answer.headers
    assert "evil.example" not in answer.text
    assert answer.status_code in {200, 404}


@pytest.mark.parametrize("path", ["/../secret.txt", "/%2e%2e/secret.txt", "/inner/..%2f..%2fsecret.txt"])
async def test_nothing_beside_the_folder_is_served(browser: httpx.AsyncClient, path: str) -> None:
    assert (await browser.get(f"http://localhost{path}")).status_code == 404
