"""Set aside from the garbage collector what a process holds for long.

A full collection looks at every object there is, and stops every thread meanwhile. With an index of 100,000 papers in
memory one search in a hundred took 230 ms instead of 50 (benchmarks/search.py).
"""

import gc

#: With fewer papers no collection takes long.
_MANY = 1000


def freeze(papers: int) -> None:
    """Collect what is garbage now and set the rest aside, if this many papers are worth it."""
    if papers < _MANY:
        return
    gc.unfreeze()
    gc.collect()
    gc.freeze()
