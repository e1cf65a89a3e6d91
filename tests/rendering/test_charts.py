"""Charts: pictures without scripts, with a gap where nothing is known, in light and dark."""

from base64 import b64decode
from xml.etree.ElementTree import fromstring

from dailypapers.rendering.charts import Line, line_chart

SVG = "{http://www.w3.org/2000/svg}"


def drawn(days: int, *lines: Line) -> str:
    address = line_chart([f"{n:02}" for n in range(days)], lines)
    kind, _, content = address.partition(",")
    assert kind == "data:image/svg+xml;base64"
    return b64decode(content).decode()


def test_a_chart_is_a_picture_that_runs_nothing_and_loads_nothing() -> None:
    svg = drawn(3, Line("new <papers>", [1, None, 3]), Line("usual", [2, 2, 2]))
    root = fromstring(svg)  # noqa: S314 - our own
    assert root.find(f".//{SVG}script") is None
    assert "http://www.w3.org" in svg
    assert not [part for part in ("href=", "url(", "@import", "onload") if part in svg]
    assert "prefers-color-scheme:dark" in svg.replace(" ", "")
    assert "new &lt;papers&gt;" in svg


def test_the_digits_of_large_numbers_are_grouped() -> None:
    svg = drawn(3, Line("readers", [0, 12_000, 20_000]))
    assert ">20,000<" in svg
    assert ">20000<" not in svg


def test_whatever_is_known_can_be_drawn() -> None:
    for lines in ([Line("one", [5])], [Line("none", [None])], [Line("zero", [0])], [Line("large", [10**7])]):
        assert fromstring(drawn(1, *lines)).tag == f"{SVG}svg"  # noqa: S314 - our own
    assert fromstring(drawn(90, Line("long", list(range(90))))).tag == f"{SVG}svg"  # noqa: S314 - our own
