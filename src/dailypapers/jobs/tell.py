"""The job that tells the operator how things are, in one process at a time."""

from dailypapers.jobs.context import JobContext
from dailypapers.jobs.lease import lease
from dailypapers.reporting.tell import tell


def run(context: JobContext) -> bool:
    """Tell what is due, nothing where no operator is named; returns whether it was this process's turn."""
    operator = context.dependencies.operator
    if operator is None:
        return True
    with lease(context.engine, "tell", context.holder, clock=context.clock) as is_ours:
        if is_ours:
            tell(context.engine, operator, now=context.clock())
    return is_ours
