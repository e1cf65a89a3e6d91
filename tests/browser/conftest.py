"""What the browser tests share: the running service, Chromium, and pages that tell when something foreign is loaded."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.browser import tools
from tests.browser.a_reader import Reader, a_reader
from tests.browser.living import Living, living
from tests.browser.looking import Look, axe, reshape, still

from dailypapers.store.database import close

HERE = Path(__file__).parent
Visit = Callable[[Look], Page]


@pytest.fixture(scope="session")
def equipment() -> None:
    """Everything the browser tests need; without it they are skipped, but never in CI."""
    if lacks := tools.missing():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(lacks)


class Kept:
    """A browser that stays for the next module: to start one takes seconds of the processor.

    It is stopped before tests of other folders: while Playwright is started its event loop runs in this thread, and
    asynchronous tests could not begin theirs.
    """

    def __init__(self) -> None:
        self._open = ExitStack()
        self._browser: Browser | None = None

    def browser(self) -> Browser:
        """Return the browser, started if it is not."""
        if self._browser is None:
            play = self._open.enter_context(sync_playwright())
            flags = [*tools.ARGUMENTS, *tools.UNTIMED]
            self._browser = play.chromium.launch(executable_path=tools.chromium(), args=flags)
            self._open.callback(self._browser.close)
        return self._browser

    def stop(self) -> None:
        """Stop it if it is started."""
        self._browser = None
        self._open.close()


KEPT = Kept()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(nextitem: pytest.Item | None) -> Iterator[None]:
    """Stop the browser behind the last test of this folder."""
    try:
        return (yield)
    finally:
        if nextitem is None or HERE not in nextitem.path.parents:
            KEPT.stop()


@pytest.fixture(scope="module")
def browser(equipment: None) -> Browser:
    """The system's Chromium."""
    return KEPT.browser()


@pytest.fixture(scope="session")
def begun(equipment: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of a service that has closed its first edition."""
    folder = tmp_path_factory.mktemp("begun")
    with living(folder) as made:
        close(made.app.engine)
    return folder / "papers.db"


@pytest.fixture(scope="session")
def read_by_alice(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Reader]:
    """The database of a service whose reader Alice has got a digest, and who she is there."""
    folder = tmp_path_factory.mktemp("read")
    with going_on(begun, folder) as made:
        reader = a_reader(made)
        close(made.app.engine)
    return folder / "papers.db", reader


@contextmanager
def going_on(
    database: Path, folder: Path, *, searched: bool = False, oidc: Mapping[str, object] | None = None
) -> Iterator[Living]:
    """A service that goes on with a copy of a database."""
    shutil.copyfile(database, folder / "papers.db")
    with living(folder, begun=False, searched=searched, oidc=oidc) as made:
        yield made


@pytest.fixture
def service(begun: Path, tmp_path: Path) -> Iterator[Living]:
    """A service of one's own, for a test that changes something."""
    with going_on(begun, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shown(begun: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    """A service that a module's tests share, because they only look at it."""
    with going_on(begun, tmp_path_factory.mktemp("shown"), searched=True) as made:
        yield made


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    """Opens a window with a look; in the end nothing foreign may have been loaded, and no script have broken."""
    windows: list[tuple[BrowserContext, Watch]] = []

    def open_window(look: Look) -> Page:
        context = new_context(browser, look)
        windows.append((context, Watch(context)))
        return context.new_page()

    yield open_window
    for context, watch in windows:
        context.close()
        assert watch.complaints == []


def new_context(browser: Browser, look: Look) -> BrowserContext:
    """A browser as good as new, for windows with a look."""
    context = browser.new_context(
        viewport={"width": look.width, "height": 800},
        java_script_enabled=look.scripts,
        color_scheme=look.colors,
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    return context


@dataclass
class Windows:
    """Windows that stay open while a module's tests look through them: a new one takes longer than a page."""

    browser: Browser
    _opened: dict[tuple[bool, int], tuple[Page, "Watch"]] = field(default_factory=dict)

    def show(self, look: Look, number: int) -> Page:
        """Give a window a look, and return it."""
        key = (look.scripts, number)
        if key not in self._opened:
            context = new_context(self.browser, look)
            watch = Watch(context)
            self._opened[key] = (context.new_page(), watch)
        page, _ = self._opened[key]
        reshape(page, look)
        return page

    def close(self) -> None:
        """Close them all."""
        for page, _ in self._opened.values():
            page.context.close()

    def complaints(self) -> list[str]:
        """What was complained of since the last time."""
        complaints = [complaint for _, watch in self._opened.values() for complaint in watch.complaints]
        for _, watch in self._opened.values():
            watch.complaints.clear()
        return complaints


@pytest.fixture(scope="module")
def windows(browser: Browser) -> Iterator[Windows]:
    """The windows of a module's tests that only look."""
    opened = Windows(browser)
    yield opened
    opened.close()


@pytest.fixture
def window(windows: Windows) -> Iterator[Visit]:
    """Opens a window as `visit` does, for a test that only looks: others have looked through it before."""
    used = Counter[bool]()

    def show(look: Look) -> Page:
        used[look.scripts] += 1
        return windows.show(look, used[look.scripts])

    yield show
    assert windows.complaints() == []


Audit = Callable[[Page, Look], list[str]]


@pytest.fixture
def audit(windows: Windows) -> Audit:
    """What axe finds wrong with a page, whether its window has scripts or not."""
    return lambda page, look: axe(page if look.scripts else still(page, windows.show(replace(look, scripts=True), 0)))


class Watch:
    """Notes what a window loads from elsewhere, which scripts break, and what the security policy stops."""

    def __init__(self, context: BrowserContext) -> None:
        self.complaints: list[str] = []
        context.on("request", lambda request: self._asked(request.url))
        context.on("weberror", lambda error: self.complaints.append(f"script broke: {error.error}"))
        context.on("console", lambda said: self._said(said.text))

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.hostname != "127.0.0.1":
            self.complaints.append(f"asked elsewhere: {url}")

    def _said(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.complaints.append(text)


@pytest.fixture
def alice(read_by_alice: tuple[Path, Reader], tmp_path: Path) -> Iterator[Reader]:
    """A reader of a service that is this test's alone."""
    database, reader = read_by_alice
    with going_on(database, tmp_path) as service:
        yield replace(reader, service=service)


@pytest.fixture(scope="module")
def seen(read_by_alice: tuple[Path, Reader], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A reader of a service that a module's tests share."""
    database, reader = read_by_alice
    with going_on(database, tmp_path_factory.mktemp("seen")) as service:
        yield replace(reader, service=service)
