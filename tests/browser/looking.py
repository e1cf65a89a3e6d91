"""Looking at a page as a person would: how wide, with scripts or without, light or dark; and what tools say of it."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from playwright.sync_api import Page, Request, Route
from tests.browser.tools import ARGUMENTS, AXE, MODULES, UNTIMED, chromium

Colors = Literal["light", "dark"]


@dataclass(frozen=True)
class Look:
    """How somebody looks at our pages."""

    width: int = 1280
    scripts: bool = True
    colors: Colors = "light"

    def __str__(self) -> str:
        return f"{self.width}px-{'scripts' if self.scripts else 'no-scripts'}-{self.colors}"


@dataclass(frozen=True)
class Scores:
    """What Lighthouse says of a page; scores are of 100."""

    performance: int
    accessibility: int
    best_practices: int
    transferred: int
    """Bytes."""
    first_paint: float
    """Seconds until the first text shows."""
    failed: tuple[str, ...]


def axe(page: Page, *, colors_only: bool = False) -> list[str]:
    """What axe-core finds wrong with what the page shows now, each as a rule and where it is broken.

    axe is a script itself: for a window without scripts, see `still`.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(_RUN, _ABOUT_COLORS if colors_only else None)
    return [f"{one['id']}: {one['help']}: {_places(one)}" for one in found]


#: What is loaded beforehand would be for films and sounds only, of which we have none.
_RUN = """async (runOnly) => (await axe.run(document, {
  resultTypes: ['violations'], preload: false, ...(runOnly ? {runOnly} : {}),
})).violations"""
_ABOUT_COLORS = ["color-contrast", "link-in-text-block"]


def faults(page: Page, looks: Sequence[Look]) -> list[tuple[Look, int, list[str]]]:
    """What is wrong with the open page in each look: pixels it is too wide, and what axe finds.

    In other colours of the same width nothing but colours can be wrong.
    """
    found, widths = [], set[int]()
    for look in looks:
        reshape(page, look)
        found.append((look, overflow(page), axe(page, colors_only=look.width in widths)))
        widths.add(look.width)
    return [fault for fault in found if any(fault[1:])]


def _places(violation: dict[str, Any]) -> str:
    return "; ".join(f"{' '.join(map(str, node['target']))} ({node['failureSummary']})" for node in violation["nodes"])


def reshape(page: Page, look: Look) -> None:
    """Another width and other colours for a page that is open."""
    page.set_viewport_size({"width": look.width, "height": 800})
    page.emulate_media(color_scheme=look.colors)


def still(page: Page, window: Page) -> Page:
    """What a window without scripts shows, in one that has them, where axe can run; the page's own stay outside."""
    html = page.content().replace("<noscript>", "<div>").replace("</noscript>", "</div>")

    def answer(route: Route) -> None:
        if route.request.is_navigation_request():
            route.fulfill(body=html, content_type="text/html; charset=utf-8")
        elif route.request.resource_type == "script":
            route.abort()
        else:
            route.continue_()

    window.route("**/*", answer)
    window.goto(page.url)
    window.unroute("**/*")
    return window


def lighthouse(*addresses: str, timed: bool = False) -> list[Scores]:
    """What Lighthouse says of each address, as a phone on a slow line would load it.

    Only the best practices are scored unless it is `timed`: for performance, bytes and the first paint a trace of the
    load is needed, which gets lost on a machine that is busy, and accessibility is told by axe, as `axe` runs it.
    """
    categories = ",".join((("performance", "accessibility") if timed else ()) + ("best-practices",))
    script = MODULES.parent / "lighthouse.mjs"
    flags = ARGUMENTS if timed else ARGUMENTS + UNTIMED
    words = ["node", str(script), categories, chromium(), *addresses, "--", *flags]
    done = subprocess.run(words, check=True, capture_output=True, text=True, timeout=300)  # noqa: S603 - ours
    return [_scores(json.loads(line)) for line in done.stdout.splitlines()]


def _scores(report: dict[str, Any]) -> Scores:
    if report["error"]:
        raise AssertionError(f"{report['address']}: {report['error']}")
    scores = report["scores"]
    return Scores(
        performance=scores.get("performance", 0),
        accessibility=scores.get("accessibility", 0),
        best_practices=scores["best-practices"],
        transferred=round(report["bytes"]),
        first_paint=report["paint"] / 1000,
        failed=tuple(report["failed"]),
    )


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window; 0 where nobody has to scroll sideways."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return max(0, wider)


#: A narrower window is a phone's.
PHONE = 640
_PRESSED = "button, .button, summary, select, nav a, .links a, label:has([type=checkbox], [type=radio])"
_SMALL = """pressed => pressed
  .filter((one) => one.checkVisibility({visibilityProperty: true}) && one.getBoundingClientRect().height < 43.5)
  .map((one) => `${one.getBoundingClientRect().height} px: ${one.outerHTML.slice(0, 80)}`)"""


def too_small(page: Page) -> list[str]:
    """What somebody presses who has only a thumb, and that is lower than 44 pixels; links within a text may be."""
    return list(page.locator(_PRESSED).evaluate_all(_SMALL))


_CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]"
_NUMBER = """controls => controls
  .filter(one => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({visibilityProperty: true}))
  .map((one, n) => {
    delete one.dataset.stop;
    one.dataset.stop = one.type === "radio" && one.name ? `radios ${one.name}` : `${n} ${one.outerHTML.slice(0, 80)}`;
    return one.dataset.stop;
  })"""
_TO_THE_TOP = "document.body.tabIndex = -1; document.body.focus(); document.body.removeAttribute('tabindex')"
_FOCUSED = """() => {
  const one = document.activeElement, style = getComputedStyle(one);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return [one.dataset.stop ?? "", ring || style.boxShadow !== "none"];
}"""


@dataclass(frozen=True)
class Tabbed:
    """What somebody without a mouse finds on a page."""

    unreached: list[str]
    """Controls that Tab never comes to; of a group of radio buttons one is enough, arrows reach the others."""
    unmarked: list[str]
    """Controls that do not show that they have the focus."""


def tab_through(page: Page) -> Tabbed:
    """Press Tab from the top of the page to its end."""
    stops = list(dict.fromkeys(page.locator(_CONTROLS).evaluate_all(_NUMBER)))
    reached: dict[str, bool] = {}
    page.evaluate(_TO_THE_TOP)
    for _ in range(4 * len(stops) + 4):
        page.keyboard.press("Tab")
        stop, marked = page.evaluate(_FOCUSED)
        if not stop and reached:
            break
        # A date has stops inside, whose rings only the browser sees; the field as a whole must show one.
        reached[stop] = reached.get(stop, False) or marked
    return Tabbed([stop for stop in stops if stop not in reached], [stop for stop in reached if not reached[stop]])


def first_load(page: Page, address: str) -> int:
    """Bytes that a first visit costs, as transferred: heads and bodies of the page and of all it loads."""
    asked: list[Request] = []

    def note(request: Request) -> None:
        asked.append(request)

    page.on("requestfinished", note)
    page.goto(address, wait_until="networkidle")
    sizes = [request.sizes() for request in asked]
    return sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes)
