"""Somebody who reads."""

import pytest
import sqlalchemy as sa
from tests.web.conftest import NOW
from tests.web.readers.leaving import ZONE

from dailypapers.domain.interest import Interest, InterestKind
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import Amount, Consent, Rhythm
from dailypapers.store import subscribers
from dailypapers.store.database import writing
from dailypapers.subscriptions import sign_up


@pytest.fixture
def bob(engine: sa.Engine) -> int:
    """Somebody who reads."""
    preferences = Preferences(Rhythm(ZONE), Amount(10, about=8), (Interest(InterestKind.TOPIC, "RNA"),))
    with writing(engine) as tx:
        sign_up.admit(tx, "bob@example.org", preferences, consent=Consent("operator"), now=NOW)
        reader = subscribers.by_address(tx, "bob@example.org")
    assert reader is not None
    return reader.id
