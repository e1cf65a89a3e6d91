"""Spare the garbage collector what a process holds for long.

A full collection looks at every object there is, and stops every thread meanwhile. With an index of 100,000 papers in
memory one search in a hundred took 230 ms instead of 50 (benchmarks/search.py); to make a mail took a tenth longer.
"""

import gc

#: With fewer papers, or for fewer mails, it is not worth a collection.
_MANY = 1000
#: Objects that may come to be before the young ones are looked at, of which Python allows 700. Garbage that
#: waits so long takes a few megabytes.
_YOUNG = 20_000


def collect_less_often() -> None:
    """Have garbage collected after more objects than usual: what a day makes is hardly ever garbage in a cycle.

    Collections took 7 % of the processor's time while a command was loaded, and 6 % of a day's.
    """
    gc.set_threshold(_YOUNG)


def freeze(many: int) -> None:
    """Set aside what there is now, if it is worth it for this many papers or mails.

    The second time in a process, what has become garbage since is collected first. A full collection takes 85 ms where
    libraries are loaded, as much as some sixty mails, and at first it finds next to nothing.
    """
    if many < _MANY:
        return
    if gc.get_freeze_count():
        gc.unfreeze()
        gc.collect()
    gc.freeze()
