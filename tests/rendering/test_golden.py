"""Mails that somebody looked at, byte for byte.

After a wanted change: DAILYPAPERS_UPDATE_GOLDEN=1 pytest tests/rendering, then look at the difference.
"""

import os
from pathlib import Path

import jinja2
import pytest
from tests.rendering.samples import DAY, FOR_SOMEBODY, INSTEAD, LINKS, QUIET, STATUS, TRENDING, WITH_OUTSIDE

from dailypapers.domain.digest import Digest
from dailypapers.domain.message import Message
from dailypapers.rendering.digest import render_digest

GOLDEN = Path(__file__).parent / "golden"


def assert_golden(name: str, message: Message) -> None:
    """The message is the one that was committed, or becomes it where an update is asked for."""
    parts = {f"{name}.txt": f"Subject: {message.subject}\n\n{message.text}", f"{name}.html": message.html}
    for file, content in parts.items():
        if os.environ.get("DAILYPAPERS_UPDATE_GOLDEN"):
            (GOLDEN / file).write_bytes(content.encode())
        assert (GOLDEN / file).read_bytes().decode() == content


@pytest.mark.parametrize(
    ("name", "digest", "status"),
    [
        ("digest", FOR_SOMEBODY, STATUS),
        ("trending", TRENDING, ""),
        ("outside", WITH_OUTSIDE, ""),
        ("quiet", QUIET, ""),
        ("instead", INSTEAD, ""),
    ],
)
def test_a_digest_is_the_one_we_looked_at(env: jinja2.Environment, name: str, digest: Digest, status: str) -> None:
    assert_golden(name, render_digest(env, digest, day=DAY, links=LINKS, status=status))
