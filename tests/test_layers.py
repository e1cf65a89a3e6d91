"""Arrows point one way, a library has one home, and every wall is seen to fail when it is broken.

FLOORS, WALLS and HOMES say what holds; `complaints` says what does not; the tests at the end break every wall once.
"""

import ast
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "dailypapers"

#: The floor of each place, bottom up; an arrow may skip a floor, never turn round, and places of one number do not know
#: each other. Within the floor where things are done (20 to 29) the order is that of the day.
FLOORS = {
    "errors": 0, "__init__": 0, "stopping": 0, "listening": 1,
    "domain": 1, "tokens": 2, "encryption": 2,
    "sources": 10, "ranking": 10, "rendering": 10, "mail": 10, "store": 10, "references": 11,
    "intake": 20, "library": 20, "subscriptions": 20, "accounts": 20, "tools": 20, "profiles": 20,
    "digests": 21, "delivery": 22, "inbound": 23, "posting": 23, "reporting": 24, "mcp": 24,
    "jobs": 30, "web": 30, "evaluation": 30,
    "setting_errors": 1,
    "setting_text": 1, "settings": 40, "assembly": 41, "app": 42, "scheduler": 43, "http_server": 31, "catcher": 43,
    "serve": 44, "companion": 44,
    "demo": 45, "doctor": 45,
    "cli": 50, "__main__": 51,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wall:
    """What a place must not import although its floor is lower, and the doors in that wall."""

    place: str
    forbidden: tuple[str, ...]
    doors: tuple[str, ...] = ()


JOBS_NAME = ("sources.base.Source", "sources.http.client.Http", "ranking.embeddings.encoder.Encoder")
#: What floor 2 comes into the ranking by; its package says what each is for.
RANKING = (
    "rank", "profile", "hints", "trending", "interleaving", "calibration", "features", "text.keyphrases",
    "index.search", "index.inverted", "index.query",
    "corpus.background", "corpus.serialization", "embeddings.encoder", "embeddings.models",
)  # fmt: skip
WALLS = (
    # A page asks floor 2; it neither fetches, ranks nor sends. Whether a domain takes mail is asked at sign-up.
    Wall("web", ("sources", "ranking", "mail"), doors=("mail.dns",)),
    # A job calls floor 2. What it is handed to pass on, it may name.
    Wall("jobs", ("sources", "ranking", "rendering", "mail", "references"), doors=JOBS_NAME),
    # A study reads files and the store, and calls nothing that writes or sends.
    Wall(
        "evaluation",
        ("sources", "rendering", "mail", "references", "intake", "library", "subscriptions", "digests", "delivery"),
        doors=("sources.file", "sources.huggingface"),
    ),
    *(
        Wall(place, ("ranking",), doors=tuple(f"ranking.{door}" for door in RANKING))
        for place in ("intake", "library", "subscriptions", "digests", "delivery", "inbound")
    ),
    *(Wall(place, ("evaluation",)) for place in FLOORS if place not in {"cli", "evaluation"}),
    *(Wall(place, ("settings",)) for place, floor in FLOORS.items() if floor < 40),
)
#: The places in which a library may be imported.
HOMES = {
    "feedparser": {"sources"}, "PIL": {"sources"}, "httpx": {"sources"}, "pylatexenc": {"sources"},
    "bibtexparser": {"references"},
    "numpy": {"ranking", "evaluation"}, "scipy": {"ranking", "evaluation"}, "sklearn": {"evaluation"},
    "mmh3": {"ranking"},
    "tokenizers": {"ranking"}, "safetensors": {"ranking"}, "huggingface_hub": {"ranking"},
    "onnxruntime": {"ranking"}, "onnx": {"ranking"}, "sentence_transformers": {"ranking"},
    "jinja2": {"rendering"}, "css_inline": {"rendering"}, "babel": {"rendering"},
    "cryptography": {"mail", "encryption"}, "idna": {"mail"},
    "aiosmtplib": {"mail"}, "aiosmtpd": {"mail", "catcher"}, "dns": {"mail"}, "disposable_email_domains": {"mail"},
    "flufl": {"mail"}, "prometheus_client": {"web"},
    "alembic": {"store"},
    "fastapi": {"web", "catcher", "http_server"}, "starlette": {"web", "catcher"}, "uvicorn": {"http_server"},
    "itsdangerous": {"tokens"},
    "argon2": {"accounts"}, "pyotp": {"accounts"}, "segno": {"accounts"}, "authlib": {"accounts"},
    "joserfc": {"accounts"}, "httpx2": {"accounts"}, "pygal": {"rendering"},
    "pydantic": {"settings", "mcp"}, "pydantic_settings": {"settings"},
    "mcp": {"mcp", "web"}, "typer": {"cli"}, "rich": {"cli"},
}  # fmt: skip
#: What takes seconds to import and most commands can do without: they get it within functions. A study waits anyway.
SLOW = ("sklearn", "scipy.optimize", "scipy.stats", "alembic.command", "alembic.config", "alembic.script")
SLOW_FOR_APP = ("fastapi", "starlette", "dailypapers.web")
#: What the domain may import beside itself: of the standard library, what does no I/O.
PURE = {
    "collections", "dataclasses", "datetime", "difflib", "enum", "functools", "hashlib", "importlib", "itertools",
    "json", "math", "re", "statistics", "tomllib", "typing", "unicodedata", "urllib", "zoneinfo",
}  # fmt: skip
SQL = ("sa.select", "sa.insert", "sa.update", "sa.delete", "sa.text")
CLOCKS = ("datetime.now", "time.time", "date.today")
#: The last words of both: to spell out every attribute would take longer than all the rest.
_LAST_WORDS = {name.rpartition(".")[2] for name in (*SQL, *CLOCKS)}
#: Where the clock is read: by commands, by what serves, and by migrations, which stamp what they change.
READS_CLOCK = {"cli", "serve"}
LONGEST_JOB = 20


def complaints(source: Path) -> list[str]:
    """Say, a sentence each, which imports and calls below `source` break the rules above."""
    return [
        complaint
        for path in sorted(source.rglob("*.py"))
        if "migrations" not in path.parts
        for complaint in _complaints_of(path.relative_to(source), path.read_text("utf-8"))
    ]


@cache
def _complaints_of(path: Path, code: str) -> tuple[str, ...]:
    place = path.parts[0].removesuffix(".py")
    tree = ast.parse(code)
    rules = (rule(place, tree) for rule in (_arrows, _homes, _slow, _pure, _calls, _jobs))
    return tuple(f"{path}: {complaint}" for rule in rules for complaint in rule)


def _arrows(place: str, tree: ast.AST) -> Iterator[str]:
    for name in _imports(tree):
        module = name.removeprefix("dailypapers.")
        there = module.partition(".")[0]
        if module == name or there == place:
            continue
        if place not in FLOORS or there not in FLOORS:
            yield f"{place} or {there} has no floor"
        elif FLOORS[there] >= FLOORS[place]:
            yield f"{place} must not import {name}: arrows point down"
        for wall in WALLS:
            if wall.place == place and _below(module, wall.forbidden) and not _below(module, wall.doors):
                yield f"{place} must not import {name}: there is a wall"


def _homes(place: str, tree: ast.AST) -> Iterator[str]:
    for name in _imports(tree):
        library = name.partition(".")[0]
        if place not in HOMES.get(library, {place}):
            yield f"{library} is imported outside its home"


def _slow(place: str, tree: ast.Module) -> Iterator[str]:
    slow = () if place == "evaluation" else (*SLOW, *SLOW_FOR_APP) if place == "app" else SLOW
    at_once: list[ast.stmt] = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    for name in _imports(ast.Module(at_once, [])):
        if _below(name, slow):
            yield f"{name} takes seconds to import: import it where it is used"


def _pure(place: str, tree: ast.AST) -> Iterator[str]:
    if place == "domain":
        yield from (
            f"the domain imports {name}"
            for name in _imports(tree)
            if name.partition(".")[0] not in PURE | {"dailypapers"}
        )


def _calls(place: str, tree: ast.AST) -> Iterator[str]:
    """SQL is spoken only in the store, and `now` is an argument."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in _LAST_WORDS:
            name = ast.unparse(node)
            if place != "store" and name in SQL:
                yield f"{name} outside the store"
            if place not in READS_CLOCK and name.endswith(CLOCKS):
                yield f"{name} where the clock is an argument"


def _jobs(place: str, tree: ast.AST) -> Iterator[str]:
    if place == "jobs":
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and _lines(node) > LONGEST_JOB:
                yield f"{node.name} is {_lines(node)} lines long; a job is at most {LONGEST_JOB}"


def _lines(function: ast.FunctionDef) -> int:
    """Count the lines of a function's body without its docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def _below(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def _imports(tree: ast.AST) -> Iterator[str]:
    """List the modules that a module imports; a name imported from a package counts as its module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            inside = module.startswith("dailypapers")
            yield from (
                f"{module}.{alias.name}" if inside else module for alias in node.names if alias.name != "__version__"
            )


def test_no_wall_is_broken() -> None:
    assert complaints(SOURCE) == []


def test_every_place_has_a_floor() -> None:
    assert {path.relative_to(SOURCE).parts[0].removesuffix(".py") for path in SOURCE.rglob("*.py")} == set(FLOORS)


BREAKS = {
    "a floor up": ("domain/paper.py", "from dailypapers.store import papers"),
    "one floor, another engine": ("ranking/rank.py", "import dailypapers.store.papers"),
    "rendering to ranking": ("rendering/digest.py", "from dailypapers.ranking.profile import profile"),
    "store to mail": ("store/outbox.py", "from dailypapers.mail.transport import Transport"),
    "web to the SMTP transport": ("web/routes.py", "from dailypapers.mail.smtp import transport"),
    "web to sources": ("web/routes.py", "from dailypapers.sources.http.client import Http"),
    "web to ranking": ("web/routes.py", "from dailypapers import ranking"),
    "around the ranking's doors": ("digests/choose.py", "from dailypapers.ranking.scoring import Scorer"),
    "web to evaluation": ("serve.py", "from dailypapers.evaluation import files"),
    "jobs to ranking": ("jobs/day.py", "from dailypapers.ranking.rank import rank"),
    "evaluation to digests": ("evaluation/files.py", "from dailypapers.digests import compose"),
    "settings below floor 4": ("delivery/send.py", "from dailypapers.settings import Settings"),
    "a library away from home": ("web/routes.py", "import numpy.linalg"),
    "a slow library": ("ranking/rank.py", "from scipy.optimize import minimize"),
    "a slow framework": ("app.py", "from dailypapers.web.http.page import WebContext"),
    "a library in a function": ("domain/paper.py", "def load():\n    import httpx"),
    "the domain opens a file": ("domain/paper.py", "import pathlib"),
    "an import relative to the file": ("domain/paper.py", "from ..store import papers"),
    "SQL in a page": ("web/routes.py", "import sqlalchemy as sa\nsa.select()"),
    "a clock in a rule": ("digests/compose.py", "now = dt.datetime.now(dt.UTC)"),
    "a long job": ("jobs/day.py", "def long():\n" + "    pass\n" * (LONGEST_JOB + 1)),
    "a place without a floor": ("helpers.py", "from dailypapers.domain import paper"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree once more, to break walls in."""
    return shutil.copytree(SOURCE, tmp_path_factory.mktemp("house") / "dailypapers", ignore=_only_code)


def _only_code(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if not name.endswith(".py") and not (Path(folder) / name).is_dir()]


@pytest.mark.parametrize(("file", "code"), BREAKS.values(), ids=BREAKS)
def test_every_wall_fails_when_it_is_broken(copy: Path, file: str, code: str) -> None:
    path = copy / file
    before = path.read_text("utf-8") if path.exists() else ""
    path.write_text(f"{before}\n{code}\n", "utf-8")
    broken = complaints(copy)
    path.write_text(before, "utf-8")
    assert any(complaint.startswith(f"{file}:") for complaint in broken), f"{code!r} in {file} went unseen"
