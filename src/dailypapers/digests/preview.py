"""Preview: the digest somebody would get next, without sending or keeping anything."""

import datetime as dt
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from dailypapers.digests.choose import Composing, Pool, choose
from dailypapers.digests.learn import features, newest
from dailypapers.digests.render import Press, Sheet, digest_of, message, notes
from dailypapers.domain.delivery import Delivery, DeliveryState, MailKind
from dailypapers.domain.edition import Edition
from dailypapers.domain.message import Message
from dailypapers.domain.subscriber import Subscriber
from dailypapers.ranking.matches import Matcher
from dailypapers.store import editions, papers
from dailypapers.store.database import reading


def preview(
    engine: sa.Engine, press: Press, how: Composing, reader: Subscriber, *, zone: str, now: dt.datetime
) -> Message | None:
    """The message this reader would get next, from the closed editions and what waits; `None` where there is none."""
    today = now.astimezone(ZoneInfo(zone)).date()
    with reading(engine) as tx:
        start = max(reader.accepted_edition or 0, editions.newest_before(tx, today, days=how.window_days))
        listed = papers.in_editions(tx, after=start, upto=None)
        edition = Edition(0, today, now, len(listed), editions.statuses(tx, None))
    learned = newest(engine, encoder=how.encoder)
    made = features(engine, [item.paper for item in listed], (), learned)
    picks = choose(engine, Pool(listed, Matcher(made, how.encoder), learned), [reader], how, now=now)[0]
    if len(picks) < reader.amount.least:
        return None
    by_key = {str(item.paper.id): item for item in listed}
    with reading(engine) as tx:
        said = notes(tx, [reader.id])[reader.id]
    digest = digest_of([(by_key[pick.paper], pick.reason) for pick in picks], edition, notes=said)
    draft = Delivery(
        id=0,
        subscriber=reader.id,
        address=reader.address,
        kind=MailKind.DIGEST,
        state=DeliveryState.QUEUED,
        created_at=now,
        deadline=now,
        edition=0,
    )
    return message(press, Sheet(draft, edition, digest))
