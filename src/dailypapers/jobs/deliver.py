"""The job that delivers."""

from dailypapers.delivery.deliver import deliver_due
from dailypapers.jobs.context import JobContext


def run(context: JobContext) -> bool:
    """Send what is due. Claims keep workers apart, so no lease is needed, and it is always this process's turn."""
    deliver_due(context.dependencies.sending, clock=context.clock, stop=context.stop)
    return True
