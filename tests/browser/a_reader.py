"""A reader who has got a digest and saved a paper of it."""

import datetime as dt
from dataclasses import dataclass

from tests.browser.living import Living

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.link import Bearer, Purpose
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.domain.vote import Vote
from dailypapers.store import history, subscribers, votes
from dailypapers.store.database import reading, writing
from dailypapers.store.picks import of_deliveries
from dailypapers.subscriptions import sign_up


@dataclass(frozen=True)
class Reader:
    """Somebody who has got a digest."""

    service: Living
    id: int
    delivery: int
    papers: tuple[int, ...]

    def link(self, purpose: Purpose, about: int = 0, *, ago: dt.timedelta = dt.timedelta()) -> str:
        """Where they can act, by a link signed so long ago."""
        app = self.service.app
        with reading(app.engine) as tx:
            reader = subscribers.one(tx, self.id)
        bearer = reader.bearer if reader else Bearer(self.id)
        return app.signer.url(purpose, bearer, issued=self.service.clock.now - ago, about=about)

    def vote(self, vote: str = "like") -> str:
        """Where they vote on the first paper."""
        return f"{self.link(Purpose.FEEDBACK, self.papers[0])}/{vote}"

    def kept(self) -> set[str]:
        """Their votes on the first paper."""
        with reading(self.service.app.engine) as tx:
            return {vote.value for vote in votes.of_paper(tx, self.id, self.papers[0])}


def a_reader(service: Living, name: str = "alice") -> Reader:
    """Let somebody read, get their first digest, and save its last paper."""
    address, now = f"{name}@example.org", service.clock.now
    preferences = Preferences(Rhythm(), Amount(5), (Interest(InterestKind.TOPIC, "language models"),))
    with writing(service.app.engine) as tx:
        sign_up.admit(tx, address, preferences, consent=Consent("test"), now=now)
    service.run_day()
    with writing(service.app.engine) as tx:
        reader = subscribers.by_address(tx, address)
        assert reader is not None
        delivery = next(one.id for one in history.of_subscriber(tx, reader.id) if one.edition is not None)
        papers = tuple(pick.paper_id for pick in of_deliveries(tx, [delivery])[delivery])
        votes.cast(tx, reader.id, papers[-1], Vote.SAVE, now=now)
    return Reader(service, reader.id, delivery, papers)
