"""The job that posts events to webhooks; any number of processes may run it at once."""

from dailypapers.jobs.context import JobContext
from dailypapers.posting.post_due import post_due


def run(context: JobContext) -> bool:
    """Post what is due; it is every process's turn."""
    post_due(context.engine, context.dependencies.posting, clock=context.clock)
    return True
