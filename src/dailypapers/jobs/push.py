"""The job that sends saved papers to readers' tools, in one process at a time."""

from dailypapers.jobs.context import JobContext
from dailypapers.jobs.lease import lease
from dailypapers.tools.push import push


def run(context: JobContext) -> bool:
    """Send what was saved, nothing where no tools are offered; returns whether it was this process's turn."""
    dependencies = context.dependencies
    if dependencies.tools is None:
        return True
    with lease(context.engine, "push", context.holder, clock=context.clock) as is_ours:
        if is_ours:
            push(context.engine, dependencies.tools, make_http=dependencies.make_http, clock=context.clock)
    return is_ours
