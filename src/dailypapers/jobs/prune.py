"""The job that prunes: what is stored no longer than needed is deleted. Running it twice deletes nothing more.

Numbers of the last days are counted first, for plots that reach back further.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, astuple, dataclass

import sqlalchemy as sa
import structlog

from dailypapers.domain.bounce import FORGOTTEN_AFTER
from dailypapers.domain.link import Purpose
from dailypapers.domain.retention import FOR_EVER, Retention
from dailypapers.jobs.context import JobContext
from dailypapers.jobs.lease import lease
from dailypapers.library.vectors import forget_other_vectors
from dailypapers.ranking.embeddings.encoder import Encoder
from dailypapers.store import (
    accounts,
    api_answers,
    bounces,
    figures,
    forwarded,
    groups,
    paces,
    posts,
    strangers,
    thumbnails,
    webhook_calls,
    workers,
)
from dailypapers.store.database import writing
from dailypapers.store.retention import fold_deliveries, prune_attempts, prune_fetches
from dailypapers.subscriptions.prune import prune_sign_up_requests, prune_unconfirmed
from dailypapers.tokens import LIFETIME

log = structlog.get_logger()

#: How long the ledger can say that delivery stopped, and why.
WORKERS_KEPT = dt.timedelta(days=90)
#: Older bounces count for nothing, and say nothing that their mail does not.
BOUNCES_KEPT = FORGOTTEN_AFTER
#: What is signed for longer ago than a day is refused.
WEBHOOK_CALLS_KEPT = dt.timedelta(days=3)
#: How long it can be looked up what webhooks and channels were told.
POSTS_KEPT = dt.timedelta(days=30)


#: Sessions have ended long before, and attempts to sign in count for minutes.
SIGN_INS_KEPT = dt.timedelta(days=2)
#: How long emails show their figures: nobody looks at one of a year ago, and a thousand papers a day take 25 MB.
FIGURES_KEPT, FIGURES_AT_ONCE = dt.timedelta(days=120), 5000
#: How long it is remembered that a domain refused us.
DOMAINS_KEPT = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pruned:
    """How much was deleted."""

    #: Who asked to subscribe and did not confirm, and had never been a subscriber.
    unconfirmed: int
    #: Who had left, asked again, and did not confirm: they are unsubscribed as before.
    unsubscribed_again: int
    sign_up_requests: int
    #: Vectors of papers by models that are used no longer.
    vectors: int = 0
    #: Emails that came to an end as long ago as the settings say, tries of emails, and fetches.
    deliveries: int = 0
    attempts: int = 0
    fetches: int = 0


def prune(
    engine: sa.Engine, *, retention: Retention = FOR_EVER, encoder: Encoder | None = None, now: dt.datetime
) -> Pruned:
    """Erase whoever did not confirm in time; delete what is kept no longer, and the vectors of other models.

    Without an encoder all vectors stay: it may be back tomorrow, and to make them again takes long.
    """
    sign_up_requests = prune_sign_up_requests(engine, now=now)
    _prune_small(engine, now)
    pruned = Pruned(
        *prune_unconfirmed(engine, now=now),
        sign_up_requests,
        forget_other_vectors(engine, encoder),
        deliveries=_until_none(engine, fold_deliveries, retention.deliveries, now),
        attempts=_until_none(engine, prune_attempts, retention.attempts, now),
        fetches=_prune_fetches(engine, retention.sources, now),
    )
    if any(astuple(pruned)):
        log.info("pruned", **asdict(pruned))
    return pruned


def _prune_small(engine: sa.Engine, now: dt.datetime) -> None:
    """Delete what is little each day, after the numbers of the last days are counted."""
    with writing(engine) as tx:
        figures.record(tx, now=now)
        accounts.prune(tx, before=now - SIGN_INS_KEPT)
        workers.prune(tx, before=now - WORKERS_KEPT)
        paces.prune(tx, before=now - DOMAINS_KEPT)
        bounces.prune(tx, before=now - BOUNCES_KEPT)
        webhook_calls.prune(tx, before=now - WEBHOOK_CALLS_KEPT)
        groups.prune(tx, before=now - LIFETIME[Purpose.INVITATION])
        strangers.prune(tx, before=now - strangers.KEPT)
        posts.prune(tx, before=now - POSTS_KEPT)
        forwarded.prune(tx, before=now - forwarded.KEPT)
        api_answers.prune(tx, before=now - api_answers.KEPT)
        thumbnails.prune(tx, before=(now - FIGURES_KEPT).date(), limit=FIGURES_AT_ONCE)


def _until_none(engine: sa.Engine, delete_some: Callable[..., int], age: dt.timedelta | None, now: dt.datetime) -> int:
    """Delete a bounded number in each transaction until nothing is left that is so old; returns how many in all."""
    if age is None:
        return 0
    deleted, more = 0, 1
    while more:
        with writing(engine) as tx:
            more = delete_some(tx, before=(now - age).date())
        deleted += more
    return deleted


def _prune_fetches(engine: sa.Engine, age: dt.timedelta | None, now: dt.datetime) -> int:
    if age is None:
        return 0
    with writing(engine) as tx:
        return prune_fetches(tx, before=now - age)


def run(context: JobContext) -> bool:
    """Prune in one process at a time; returns whether it was this one's turn."""
    with lease(context.engine, "prune", context.holder, clock=context.clock) as is_ours:
        if is_ours:
            dependencies = context.dependencies
            encoder, retention = dependencies.digest_options.encoder, dependencies.retention
            prune(context.engine, retention=retention, encoder=encoder, now=context.clock())
    return is_ours
