"""The job that composes."""

from dailypapers.digests.compose import compose
from dailypapers.jobs.context import JobContext
from dailypapers.jobs.lease import lease


def run(context: JobContext) -> None:
    """Compose for every reader who is due."""
    with lease(context.engine, "compose", context.holder, clock=context.clock) as is_ours:
        if is_ours:
            compose(context.engine, context.dependencies.digest_options, now=context.clock(), clock=context.clock)
