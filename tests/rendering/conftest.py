"""The templates that are shipped, and a folder for others."""

from pathlib import Path

import jinja2
import pytest

from dailypapers.rendering.environment import environment

TEMPLATES = Path(__file__).parents[2] / "templates"


@pytest.fixture(scope="session")
def env() -> jinja2.Environment:
    """The environment over the shipped templates."""
    return environment(TEMPLATES)


@pytest.fixture
def override(tmp_path: Path) -> Path:
    """An operator's folder of templates, empty."""
    folder = tmp_path / "own"
    (folder / "email" / "digest").mkdir(parents=True)
    return folder
