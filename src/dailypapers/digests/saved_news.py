"""News of saved papers: what has become of what readers saved, told once, in their next digest.

what they know of each paper | what is known now | the difference in sentences | noted as told with the digest
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import sqlalchemy as sa

from dailypapers.domain.paper import page_of
from dailypapers.domain.saved import SavedNews, news
from dailypapers.store import papers, saved
from dailypapers.store.outbox import NewDelivery

#: A digest tells of no further paper once it has told so much; what is left waits for the next.
ENOUGH = 10


def saved_news(tx: sa.Connection, subscriber_ids: Sequence[int]) -> dict[int, tuple[SavedNews, ...]]:
    """Return what has become of papers these readers saved, since they saved them or were last told, by reader."""
    saved_papers = [one for one in saved.of_readers(tx, subscriber_ids) if one.facts is not None]
    facts = saved.facts_of(tx, {one.paper_id for one in saved_papers})
    changed = [one for one in saved_papers if one.facts != facts[one.paper_id]]
    paper_by_id = papers.by_id(tx, {one.paper_id for one in changed})
    news_by_reader: dict[int, tuple[SavedNews, ...]] = defaultdict(tuple)
    for one in changed:
        paper, after = paper_by_id[one.paper_id], facts[one.paper_id]
        if one.facts is not None and len(news_by_reader[one.subscriber_id]) < ENOUGH:
            url = paper.url or page_of(paper.id)
            news_by_reader[one.subscriber_id] += news(paper.title, one.facts, after, url=url, paper_id=one.paper_id)
    return {subscriber_id: some for subscriber_id, some in news_by_reader.items() if some}


def mark_told(tx: sa.Connection, deliveries: Sequence[NewDelivery]) -> None:
    """Note what these digests tell, so that no later one says it again; those that are skipped tell nothing.

    Of papers that were saved before this was noted, what is known now is where news begin.
    """
    saved_papers = saved.of_readers(tx, [delivery.subscriber for delivery in deliveries])
    unknown = [one for one in saved_papers if one.facts is None or one.facts.talk is None]
    facts = saved.facts_of(tx, {one.paper_id for one in unknown})
    begun = {
        (one.subscriber_id, one.paper_id): replace(one.facts or facts[one.paper_id], talk=facts[one.paper_id].talk)
        for one in unknown
    }
    saved.mark_told(tx, begun)
    saved.mark_told(
        tx,
        {
            (delivery.subscriber, item.paper_id): item.facts
            for delivery in deliveries
            if delivery.content and not delivery.skipped
            for item in delivery.content.saved
        },
    )
