"""The jobs that compose: one scheduler does, and where thousands of readers wait, every worker joins in."""

from dailypapers.digests.book import compose_books
from dailypapers.digests.candidates import CandidateCache
from dailypapers.digests.compose import compose, needs_help
from dailypapers.digests.enrich import has_head_start
from dailypapers.digests.group_digest import compose_groups
from dailypapers.jobs.context import JobContext
from dailypapers.jobs.lease import lease


def run(context: JobContext) -> bool:
    """Compose for every reader, every group and every e-reader due; returns whether it was this process's turn."""
    with lease(context.engine, "compose", context.holder, clock=context.clock) as is_ours:
        if is_ours and not _is_early(context):
            options = context.dependencies.digest_options
            # Groups are composed for from the papers that were read for readers.
            cache = options.cache(context.engine)
            _compose(context, cache)
            compose_groups(context.engine, options, now=context.clock(), cache=cache)
            compose_books(context.engine, now=context.clock())
    return is_ours


def join(context: JobContext) -> bool:
    """Compose beside the scheduler where that is worth it. Claims keep composers apart, so no lease is needed."""
    if needs_help(context.engine, now=context.clock()) and not _is_early(context):
        _compose(context)
    return True


def _is_early(context: JobContext) -> bool:
    return has_head_start(context.engine, context.dependencies.digest_options, now=context.clock())


def _compose(context: JobContext, cache: CandidateCache | None = None) -> None:
    options = context.dependencies.digest_options
    compose(context.engine, options, now=context.clock(), clock=context.clock, cache=cache, stop=context.stop)
