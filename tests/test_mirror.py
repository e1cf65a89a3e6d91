"""The tree of tests is that of the source: every module of floors 0 to 3 that does something has its test file."""

import ast
from pathlib import Path

from tests.test_layers import FLOORS, SOURCE

TESTS = Path(__file__).parent


def lacking() -> set[str]:
    modules = {path.relative_to(SOURCE) for path in SOURCE.rglob("*.py") if not path.name.startswith("__")}
    return {
        module.as_posix()
        for module in modules
        if FLOORS[module.parts[0].removesuffix(".py")] <= FLOORS["jobs"]
        and "migrations" not in module.parts
        and _does_something(SOURCE / module)
        and not (TESTS / module.parent / f"test_{module.name}").exists()
    }


def _does_something(path: Path) -> bool:
    """Tell whether a module has a function; one of plain values is tested wherever they are used."""
    tree = ast.parse(path.read_text("utf-8"))
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) for node in ast.walk(tree))


def test_every_module_has_its_test_file() -> None:
    assert lacking() == set()


def test_no_test_file_is_left_over_from_a_module_that_moved() -> None:
    folders = {path.relative_to(SOURCE).parent for path in SOURCE.rglob("*.py")}
    tests = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py") if "node_modules" not in path.parts}
    assert tests - folders == {Path("browser")}
