"""The job that asks what was published about saved papers, in one process at a time."""

from dailypapers.intake.notices import is_due, look_up
from dailypapers.jobs.context import JobContext
from dailypapers.jobs.lease import lease


def run(context: JobContext) -> bool:
    """Look up notices where somebody is to be asked, once a day; returns whether it was this process's turn."""
    dependencies = context.dependencies
    with lease(context.engine, "notices", context.holder, clock=context.clock) as is_ours:
        asks = is_ours and dependencies.crossref_url
        if asks and is_due(context.engine, context.holder, now=context.clock()):
            url, make_http = dependencies.crossref_url, dependencies.make_http
            look_up(context.engine, base_url=url, make_http=make_http, clock=context.clock)
    return is_ours
