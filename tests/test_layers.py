"""Arrows point one way, and a library has one home."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "dailypapers"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "migrations" not in path.parts)

#: The floor of each place, bottom up; an arrow may skip a floor, never turn round, and places of one number do not know
#: each other. Within the floor where things are done (20 to 29) the order is that of the day.
FLOORS = {
    "errors": 0, "__init__": 0, "stopping": 0, "listening": 1,
    "domain": 1, "tokens": 2,
    "sources": 10, "ranking": 10, "rendering": 10, "mail": 10, "store": 10, "references": 11,
    "intake": 20, "library": 20, "subscriptions": 20, "digests": 21, "delivery": 22, "inbound": 23,
    "jobs": 30, "web": 30, "evaluation": 30,
    "settings": 40, "app": 41, "scheduler": 42, "http_server": 31, "catcher": 42, "serve": 43,
    "demo": 44,
    "cli": 50, "__main__": 51,
}  # fmt: skip
HOMES = {
    "feedparser": {"sources"}, "httpx": {"sources"}, "nh3": {"sources", "rendering"}, "pylatexenc": {"sources"},
    "bibtexparser": {"references"},
    "numpy": {"ranking", "evaluation"}, "scipy": {"ranking", "evaluation"}, "sklearn": {"ranking", "evaluation"},
    "tokenizers": {"ranking"}, "safetensors": {"ranking"}, "huggingface_hub": {"ranking"},
    "onnxruntime": {"ranking"}, "sentence_transformers": {"ranking"},
    "css_inline": {"rendering"},
    "aiosmtplib": {"mail"}, "aiosmtpd": {"mail", "catcher"}, "dns": {"mail"}, "disposable_email_domains": {"mail"},
    "alembic": {"store"},
    "fastapi": {"web", "catcher", "http_server"}, "starlette": {"web", "catcher"}, "uvicorn": {"http_server"},
    "apscheduler": {"scheduler"},
    "itsdangerous": {"tokens"},
    "pydantic": {"settings"}, "pydantic_settings": {"settings"},
    "typer": {"cli"}, "rich": {"cli"},
}  # fmt: skip


def place(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} imports relatively"
            names = [node.module or ""]
            if node.module == "dailypapers":
                names = [f"dailypapers.{alias.name}" for alias in node.names if alias.name != "__version__"]
            yield from names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_point_down_and_libraries_stay_at_home(path: Path) -> None:
    here = place(path)
    for name in imported(path):
        top, _, rest = name.partition(".")
        if top == "dailypapers" and rest:
            there = rest.partition(".")[0]
            assert there == here or FLOORS[there] < FLOORS[here], f"{here} must not import {name}"
        else:
            assert here in HOMES.get(top, {here}), f"{top} has no business in {here}"


def test_the_domain_needs_the_standard_library_alone() -> None:
    standard = {"collections", "dataclasses", "datetime", "enum", "hashlib", "re", "typing", "unicodedata", "zoneinfo"}
    for path in (SOURCE / "domain").glob("*.py"):
        assert {name.partition(".")[0] for name in imported(path)} <= standard | {"dailypapers"}


def test_sql_is_spoken_only_in_the_store() -> None:
    """Others may hold an engine or a transaction and pass it on, but build no statement."""
    for path in MODULES:
        if place(path) != "store":
            text = path.read_text("utf-8")
            assert not any(word in text for word in ("sa.select", "sa.insert", "sa.update", "sa.delete", "sa.text")), (
                path
            )


def test_the_clock_is_an_argument() -> None:
    outside = {"cli", "serve"}
    for path in MODULES:
        if place(path) not in outside:
            calls = {
                ast.unparse(n.func) for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)
            }
            assert not {c for c in calls if c.endswith(("datetime.now", "time.time", "date.today"))}, path
