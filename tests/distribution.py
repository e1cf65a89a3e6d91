"""Which process of a run takes which tests: a file's stay together, and the browser's files do too.

What a file's tests share is made once, and the processes are told of 600 files instead of 9,500 tests, which took the
one that hands them out a fiftieth of the time of a whole run.
"""

from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

TESTS = Path(__file__).parent
_BROWSER = "tests/browser/"
#: Files that share what takes seconds to make in each process: one that commands are forked from, and all sentences of
#: the source.
_TOGETHER = (
    ("test_serve.py", "test_running.py", "catcher/test_serve.py", "delivery/test_plug.py"),
    (
        "web/test_every_word.py",
        "web/admin/test_every_word.py",
        "web/http/test_language.py",
        "rendering/test_catalogs.py",
        "rendering/test_i18n.py",
        "inbound/test_commands.py",
    ),
)
_UNITS = {f"tests/{name}": files[0] for files in _TOGETHER for name in files}

#: What takes longest begins first, so that no process comes to it when the others have nothing left; the rest takes
#: less than five seconds a file.
FIRST = (
    "browser",
    "store/test_migrations.py",
    "store/test_backup.py",
    "cli/test_commands.py",
    "library/test_learn.py",
    "web/readers/test_preferences.py",
    "web/test_every_word.py",
    "delivery/test_companions.py",
    "rendering/test_digest.py",
    "test_layers.py",
    "jobs/test_day.py",
    "rendering/test_two_passes.py",
    "cli/test_backup.py",
    "web/public/test_subscribe.py",
    "library/test_search.py",
    "ranking/test_rank.py",
    "store/test_outbox.py",
    "ranking/test_explain.py",
    "web/public/test_search.py",
    "cli/test_sources.py",
    "web/test_routes.py",
    "subscriptions/test_changing.py",
)
_TURNS = {TESTS / name: turn for turn, name in enumerate(FIRST)}


class ByFile(LoadFileScheduling):  # type: ignore[misc]  # xdist carries no types
    """Hands out the tests of one file after the other, in the order in which they stand."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return _BROWSER if file.startswith(_BROWSER) else _UNITS.get(file, file)


def longest_first(items: list[pytest.Item]) -> None:
    """Put what takes longest at the beginning, and leave the order as it is otherwise."""
    items.sort(key=lambda item: min(_turn(item.path), _turn(item.path.parent)))


def _turn(path: Path) -> int:
    return _TURNS.get(path, len(FIRST))
