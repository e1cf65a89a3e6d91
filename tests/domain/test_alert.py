"""An operator is told at most once an hour of a kind, and of what is as before once a day."""

import datetime as dt

from dailypapers.domain.alert import Alert, AlertKind, Told, is_alert_due, is_report_due

NOW = dt.datetime(2026, 4, 20, 8, 0, tzinfo=dt.UTC)
MINUTE, HOUR = dt.timedelta(minutes=1), dt.timedelta(hours=1)
ALERT = Alert(AlertKind.SOURCE, ("arXiv is out.", "So is bioRxiv."))


def test_a_kind_is_told_at_most_once_an_hour_and_what_is_as_before_once_a_day() -> None:
    assert is_alert_due(ALERT, None, now=NOW)
    same, other = (Told(NOW, NOW, text) for text in (ALERT.text, "arXiv is out."))
    assert [is_alert_due(ALERT, other, now=NOW + wait) for wait in (59 * MINUTE, HOUR)] == [False, True]
    assert [is_alert_due(ALERT, same, now=NOW + wait) for wait in (HOUR, 24 * HOUR)] == [False, True]


def test_what_did_not_arrive_is_tried_again_after_an_hour() -> None:
    failed = Told(NOW, None, ALERT.text)
    assert [is_alert_due(ALERT, failed, now=NOW + wait) for wait in (59 * MINUTE, HOUR)] == [False, True]


def test_a_report_is_sent_once_a_day_from_its_hour_on_in_its_zone() -> None:
    berlin = {"hour": 9, "zone": "Europe/Berlin"}
    assert not is_report_due(None, **berlin, now=NOW - 2 * HOUR)  # type: ignore[arg-type]
    assert is_report_due(None, **berlin, now=NOW)  # type: ignore[arg-type]
    told = Told(NOW, NOW, "")
    later = [is_report_due(told, **berlin, now=NOW + hours * HOUR) for hours in (2, 15, 24)]  # type: ignore[arg-type]
    assert later == [False, False, True]
    failed = Told(NOW, NOW - 24 * HOUR, "")
    tried = [is_report_due(failed, **berlin, now=NOW + wait) for wait in (30 * MINUTE, HOUR)]  # type: ignore[arg-type]
    assert tried == [False, True]
