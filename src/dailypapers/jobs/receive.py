"""The job that takes mail from a mailbox, in one process at a time."""

from dailypapers.jobs.context import JobContext
from dailypapers.jobs.lease import lease


def run(context: JobContext) -> bool:
    """Deal with what has come, nothing where no mailbox is set; returns whether it was this process's turn."""
    if context.receive is None:
        return True
    with lease(context.engine, "receive", context.holder, clock=context.clock) as is_ours:
        if is_ours:
            context.receive()
    return is_ours
