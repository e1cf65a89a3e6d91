"""Reduce frequency: weekly, fewer papers or a pause instead of leaving. The unsubscribe link can only reduce it."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Annotated

from fastapi import Form, Request
from fastapi.responses import HTMLResponse

from dailypapers.domain.link import Purpose
from dailypapers.domain.subscriber import READING, Subscriber, SubscriberState
from dailypapers.store.database import writing
from dailypapers.subscriptions import lifecycle
from dailypapers.subscriptions.links import bearer_of
from dailypapers.web.http.page import WebContext
from dailypapers.web.readers import unsubscribe

_TWO_WEEKS = dt.timedelta(days=14)


def show(context: WebContext) -> Callable[[Request, str], HTMLResponse]:
    """Answer GET: the unsubscribe page, for whoever goes back or reloads."""
    return unsubscribe.show(context)


def act(context: WebContext) -> Callable[..., HTMLResponse]:
    """Answer POST: `choice` is weekly, fewer (`than` the page said), two-weeks, until (with a date), or pause."""

    def act_reduce_frequency(
        request: Request,
        token: str,
        choice: Annotated[str, Form()] = "",
        than: Annotated[str, Form()] = "",
        until: Annotated[str, Form()] = "",
    ) -> HTMLResponse:
        now = context.clock()
        claim = context.signer.claim(Purpose.UNSUBSCRIBE, token, now=now)
        with writing(context.engine) as tx:
            reader = bearer_of(tx, context.signer, claim)
            if reader is None or reader.state not in READING:
                return unsubscribe.page(context, request, token, state="gone")
            if choice == "weekly" and lifecycle.weekly(tx, reader.id, now=now):
                paused = reader.state is SubscriberState.PAUSED
                return unsubscribe.page(context, request, token, state="weekly", paused=paused)
            if choice == "fewer" and lifecycle.fewer(tx, reader.id, than=_number(than) or reader.amount.max_papers):
                return unsubscribe.page(context, request, token, state="fewer")
            try:
                day = _resume_day(reader, choice, until, now)
            except ValueError:
                return unsubscribe.ready(context, request, token, reader, no_day=True)
            lifecycle.pause(tx, reader.id, until=day, now=now)
        # Only whoever has just paused can resume: the link alone must bring nobody mail.
        active = reader.state is SubscriberState.ACTIVE
        resubscribe = context.signer.token(Purpose.RESUBSCRIBE, reader.bearer, issued=now) if active else ""
        return unsubscribe.page(context, request, token, state="paused", day=day, resubscribe=resubscribe)

    return act_reduce_frequency


def _number(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,4}", text) else 0


def _resume_day(reader: Subscriber, choice: str, until: str, now: dt.datetime) -> dt.date | None:
    """Return the day digests resume, `None` for an indefinite pause. Raises `ValueError` for a past day."""
    if choice == "pause":
        return None
    two_weeks = reader.rhythm.day_of(now) + _TWO_WEEKS
    day = two_weeks if choice == "two-weeks" else dt.date.fromisoformat(until.strip())
    if not lifecycle.may_pause_until(reader, day, now=now):
        raise ValueError("not a future day")
    return day
