"""The job that reads readers' profiles, in one process at a time."""

from dailypapers.jobs.context import JobContext
from dailypapers.jobs.lease import lease
from dailypapers.profiles.take import take


def run(context: JobContext) -> bool:
    """Read what was added; returns whether it was this process's turn."""
    dependencies = context.dependencies
    with lease(context.engine, "profiles", context.holder, clock=context.clock) as is_ours:
        if is_ours:
            take(context.engine, dependencies.profiles, make_http=dependencies.make_http, clock=context.clock)
    return is_ours
