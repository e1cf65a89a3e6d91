"""Settling: what a process holds for long is set aside from the garbage collector.

A full collection looks at every object there is, and stops every thread meanwhile. With an index of 100,000 papers in
memory one search in a hundred took 230 ms instead of 50 (benchmarks/search.py).
"""

import gc


def settle() -> None:
    """Collect what is garbage now, what was set aside before included, and set the rest aside."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
