"""Less mail instead of none: weekly, fewer papers, a pause. By the unsubscribe link, so it can only make mail less."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Form, Request
from fastapi.responses import HTMLResponse

from dailypapers import subscriptions
from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import SubscriberState
from dailypapers.store import subscribers
from dailypapers.store.database import writing
from dailypapers.web import unsubscribe
from dailypapers.web.page import Site

_TWO_WEEKS = dt.timedelta(days=14)
_TEN_YEARS = dt.timedelta(days=3650)


def show(site: Site) -> Callable[[Request, str], HTMLResponse]:
    """GET: the page one came from, for whoever goes back or loads it again."""
    return unsubscribe.show(site)


def act(site: Site) -> Callable[..., HTMLResponse]:
    """POST: `wish` is weekly, fewer, two-weeks, until (with a date), or pause."""

    def act_less(
        request: Request, token: str, wish: Annotated[str, Form()] = "", until: Annotated[str, Form()] = ""
    ) -> HTMLResponse:
        now = site.clock()
        subscriber = site.signer.subscriber(Purpose.UNSUBSCRIBE, token, now=now)
        with writing(site.engine) as tx:
            reader = subscribers.by_id(tx, [subscriber]).get(subscriber)
            if reader is None or reader.state not in {SubscriberState.ACTIVE, SubscriberState.PAUSED}:
                return unsubscribe.page(site, request, token, state="gone")
            if wish == "weekly" and subscriptions.weekly(tx, subscriber, now=now):
                return unsubscribe.page(site, request, token, state="weekly")
            if wish == "fewer" and subscriptions.fewer(tx, subscriber):
                return unsubscribe.page(site, request, token, state="fewer")
            try:
                day = _back(wish, until, now.astimezone(ZoneInfo(reader.rhythm.zone)).date())
            except ValueError:
                return unsubscribe.page(site, request, token, state="ready", no_day=True)
            subscriptions.pause(tx, subscriber, until=day, now=now)
        # Only who has just paused can take it back: the link alone must bring nobody mail.
        active = reader.state is SubscriberState.ACTIVE
        undo = site.signer.token(Purpose.UNDO, subscriber, issued=now) if active else ""
        return unsubscribe.page(site, request, token, state="paused", day=day, undo=undo)

    return act_less


def _back(wish: str, until: str, today: dt.date) -> dt.date | None:
    """The day mail comes again, `None` for until they say so. Raises `ValueError` where that is no day to come."""
    if wish == "pause":
        return None
    day = today + _TWO_WEEKS if wish == "two-weeks" else dt.date.fromisoformat(until.strip())
    if not today < day <= today + _TEN_YEARS:
        raise ValueError("not a day to come")
    return day
