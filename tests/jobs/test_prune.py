"""What is kept no longer is forgotten, and nothing else."""

import datetime as dt

import sqlalchemy as sa
from tests.delivery.chaos import MAILS, fill
from tests.web.conftest import NOW, SIGNER
from tests.web.test_pages import everything

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.retention import Retention
from dailypapers.domain.signup import Limits
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.jobs.prune import Pruned, prune
from dailypapers.ranking.embeddings.encoder import kept_as
from dailypapers.ranking.embeddings.models import Lazy
from dailypapers.store import models as knowledge
from dailypapers.store import papers, subscribers
from dailypapers.store.database import reading, writing
from dailypapers.store.schema import asks
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.sign_up import sign_up_request

DAY = dt.timedelta(days=1)


def ask(engine: sa.Engine, name: str, now: dt.datetime) -> None:
    address = f"{name}@example.org"
    preferences = Preferences(Rhythm(), Amount(5), (Interest(InterestKind.TOPIC, "RNA"),))
    request = sign_up_request(SIGNER, address, "192.0.2.0/24")
    with writing(engine) as tx:
        sign_up.ask(tx, address, preferences, consent=Consent("web"), request=request, limits=Limits(), now=now)


def states(engine: sa.Engine) -> dict[str, SubscriberState]:
    with reading(engine) as tx:
        return {reader.address.partition("@")[0]: reader.state for reader in subscribers.every(tx)}


def leaves(engine: sa.Engine, name: str, now: dt.datetime) -> None:
    with writing(engine) as tx:
        reader = subscribers.by_address(tx, f"{name}@example.org")
        assert reader is not None
        lifecycle.confirm(tx, reader.id, now=now)
        lifecycle.unsubscribe(tx, reader.id, now=now)


def test_who_does_not_confirm_is_erased_after_a_week(engine: sa.Engine) -> None:
    for name, days in (("old", 8), ("again", 8), ("new", 6)):
        ask(engine, name, NOW - days * DAY)
    ask(engine, "again", NOW - 2 * DAY)
    assert prune(engine, now=NOW).unconfirmed == 1
    assert states(engine) == {"again": SubscriberState.PENDING, "new": SubscriberState.PENDING}
    before = everything(engine)
    assert prune(engine, now=NOW) == Pruned(0, 0, 0)
    assert everything(engine) == before
    assert prune(engine, now=NOW + 9 * DAY) == Pruned(2, 0, 1)
    assert "example.org" not in str(everything(engine))


def test_who_had_left_and_does_not_confirm_stays_unsubscribed(engine: sa.Engine) -> None:
    ask(engine, "bob", NOW - 30 * DAY)
    leaves(engine, "bob", NOW - 29 * DAY)
    ask(engine, "bob", NOW - 8 * DAY)
    assert states(engine) == {"bob": SubscriberState.PENDING}
    assert prune(engine, now=NOW).unsubscribed_again == 1
    assert states(engine) == {"bob": SubscriberState.UNSUBSCRIBED}


def test_readers_and_who_has_left_are_kept(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        preferences = Preferences(Rhythm(), Amount(5))
        sign_up.admit(tx, "carol@example.org", preferences, consent=Consent("operator"), now=NOW - 300 * DAY)
    ask(engine, "bob", NOW - 300 * DAY)
    leaves(engine, "bob", NOW - 299 * DAY)
    assert prune(engine, now=NOW) == Pruned(0, 0, 1)
    assert states(engine) == {"bob": SubscriberState.UNSUBSCRIBED, "carol": SubscriberState.ACTIVE}


def test_who_asked_is_forgotten_after_three_days(engine: sa.Engine) -> None:
    for days in (1, 2, 4, 5):
        ask(engine, f"a{days}", NOW - days * DAY)
    assert prune(engine, now=NOW).sign_up_requests == 2
    with reading(engine) as tx:
        assert tx.execute(sa.select(sa.func.count()).select_from(asks)).scalar_one() == 2


def test_what_other_models_made_of_papers_is_forgotten_where_one_is_used(engine: sa.Engine) -> None:
    ours, earlier = Lazy("a-model"), Lazy("an-earlier-one")
    with writing(engine) as tx:
        kept = [Paper(PaperId("arxiv", f"2611.0000{n}"), f"Paper {n}", "Abstract.") for n in range(3)]
        papers.keep(tx, kept, now=NOW)
        ids = papers.ids_by_name(tx, [str(paper.id) for paper in kept]).values()
        for model in (ours, earlier):
            knowledge.keep_vectors(tx, kept_as(model), dict.fromkeys(ids, model.name.encode()))
    assert prune(engine, now=NOW).vectors == 0
    assert prune(engine, encoder=ours, now=NOW) == Pruned(0, 0, 0, 3)
    assert prune(engine, encoder=ours, now=NOW) == Pruned(0, 0, 0)
    with reading(engine) as tx:
        assert knowledge.vectors_of(tx, kept_as(ours), ids) == dict.fromkeys(ids, b"a-model")


def test_what_the_settings_keep_no_longer_goes_in_batches(sqlite: sa.Engine) -> None:
    fill(sqlite)
    with writing(sqlite) as tx:
        tx.execute(sa.text("UPDATE outbox SET state = 'accepted'"))
    later = dt.datetime.now(dt.UTC) + 2 * DAY
    assert prune(sqlite, now=later).deliveries == 0
    assert prune(sqlite, retention=Retention(deliveries=DAY), now=later).deliveries == MAILS
    assert prune(sqlite, retention=Retention(DAY, DAY, DAY), now=later).deliveries == 0
