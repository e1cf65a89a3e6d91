"""The job that has summaries and figures at hand before digests are due, in one process at a time."""

from dailypapers.digests.enrich import enrich, seen
from dailypapers.jobs.context import JobContext
from dailypapers.jobs.lease import lease


def run(context: JobContext) -> bool:
    """Enrich what has come since the last time, until something else comes; returns whether it was this one's turn."""
    options = context.dependencies.digest_options
    if not options.enriches:
        return True
    with lease(context.engine, "enrich", context.holder, clock=context.clock) as is_ours:
        come = seen(context.engine)
        if is_ours and context.remembered.get("enriched") != come:
            context.remembered["enriched"] = come
            zone, now = context.timetable.zone, context.clock()
            enrich(context.engine, options, zone=zone, now=now, is_over=lambda: _is_over(context, come))
    return is_ours


def _is_over(context: JobContext, come: object) -> bool:
    return context.stop.is_set() or seen(context.engine) != come
