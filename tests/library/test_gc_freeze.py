"""What is held for long is set aside from collections, where it is much."""

import gc
import weakref

from dailypapers.library.gc_freeze import collect_less_often, freeze


def test_only_where_many_papers_are_held_is_anything_set_aside() -> None:
    gc.unfreeze()
    freeze(10)
    assert gc.get_freeze_count() == 0
    try:
        freeze(100_000)
        assert gc.get_freeze_count() > 0
    finally:
        gc.freeze()  # As tests/conftest.py has it.


def test_what_was_set_aside_and_is_garbage_by_now_is_collected_the_next_time() -> None:
    class Held:
        itself: object = None

    gc.unfreeze()
    try:
        held = Held()
        held.itself, watched = held, weakref.ref(held)
        freeze(100_000)
        del held
        assert watched() is not None
        freeze(100_000)
        assert watched() is None
    finally:
        gc.freeze()  # As tests/conftest.py has it.


def test_garbage_is_collected_still_and_less_often() -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 10, 10)
        collect_less_often()
        assert 700 < gc.get_threshold()[0] < 100_000
        assert gc.isenabled()
    finally:
        gc.set_threshold(*before)
