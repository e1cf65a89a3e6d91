"""What is held for long is set aside from collections, where it is much."""

import gc

from dailypapers.library.gc_freeze import freeze


def test_only_where_many_papers_are_held_is_anything_set_aside() -> None:
    gc.unfreeze()
    freeze(10)
    assert gc.get_freeze_count() == 0
    try:
        freeze(100_000)
        assert gc.get_freeze_count() > 0
    finally:
        gc.unfreeze()
