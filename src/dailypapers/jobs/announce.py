"""The job that fetches and closes."""

from dailypapers.intake.announce import announce_due
from dailypapers.jobs.context import JobContext
from dailypapers.jobs.lease import lease


def run(context: JobContext) -> bool:
    """Fetch and close what is due; returns whether it was this process's turn.

    It is decided under the lease, so that what another scheduler has just done is seen.
    """
    with lease(context.engine, "announce", context.holder, clock=context.clock) as is_ours:
        if is_ours:
            announce_due(
                context.engine,
                context.dependencies.sources,
                context.timetable,
                make_http=context.dependencies.make_http,
                now=context.clock(),
            )
    return is_ours
