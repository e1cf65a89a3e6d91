"""What the documentation says of the code and of figures is so."""

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text("utf-8")
STEP = re.compile(r"^\d+\. `([\w.]+)`", re.MULTILINE)


def resolved(name: str) -> object:
    """Find what a dotted name below dailypapers means: a function of a module, or of a class in it."""
    parts = name.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        try:
            thing: object = importlib.import_module(".".join(["dailypapers", *parts[:cut]]))
        except ModuleNotFoundError:
            continue
        for part in parts[cut:]:
            thing = getattr(thing, part)
        return thing
    raise AssertionError(f"{name} is in no module")


@pytest.mark.parametrize("name", STEP.findall(ARCHITECTURE))
def test_every_step_of_a_walk_is_a_function(name: str) -> None:
    assert callable(resolved(name))


def test_all_walks_are_there() -> None:
    walks = [STEP.findall(part) for part in ARCHITECTURE.split("\n## ") if part.startswith("From ")]
    assert [len(walk) > 5 for walk in walks] == [True, True, True]


def test_every_folder_is_on_a_floor() -> None:
    floors = ARCHITECTURE.partition("| floor |")[2].partition("\n\n")[0]
    folders = {path.parent.name for path in (ROOT / "src" / "dailypapers").glob("[a-z]*/__init__.py")}
    assert folders - set(re.findall(r"`(\w+)`", floors)) == set()


def test_every_setting_has_a_reason_on_its_page() -> None:
    pytest.importorskip("mkdocs")
    page = importlib.import_module("docs.reference").settings_page()
    rows = [row.split(" | ") for row in page.splitlines() if row.startswith("| `")]
    assert len(rows) > 40
    silent = [row[0].strip("|` ") for row in rows if not row[-1].strip(" |")]
    assert set(silent) <= {"host", "port", "kind", "name", "categories", "url", "path", "max_papers", "zone"}


def test_every_command_is_on_its_page() -> None:
    pytest.importorskip("mkdocs")
    page = importlib.import_module("docs.reference").commands_page()
    assert {"## dailypapers serve", "## dailypapers subscribers import", "## dailypapers evaluate interleaved"} <= set(
        page.splitlines()
    )


def test_every_operation_of_the_api_is_on_its_page() -> None:
    pytest.importorskip("mkdocs")
    page = importlib.import_module("docs.reference").api_page()
    table = importlib.import_module("dailypapers.web.api.table")
    assert {f"## {operation.summary}" for operation in table.OPERATIONS} <= set(page.splitlines())


def test_every_figure_of_the_readme_is_a_measured_one() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    measured = (ROOT / "docs" / "benchmarks.md").read_text("utf-8")
    table = readme.partition("<!-- figures")[2].partition("-->")[2].partition("<!-- end of figures -->")[0]
    figures = re.findall(r"(?<![\w.])(?<![A-Za-z]-)\.?\d+(?:,\d{3})*(?:\.\d+)?(?!\w)", table)
    assert len(figures) > 20
    assert [figure for figure in figures if not re.search(rf"(?<![\d.,]){re.escape(figure)}(?![\d,])", measured)] == []


def test_links_between_documents_lead_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text("utf-8")):
            assert target.startswith("https://") or (ROOT / target).exists(), f"{page.name}: {target}"
