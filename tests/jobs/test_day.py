"""Whole days: what is announced reaches its readers once, whatever goes wrong in between."""

import datetime as dt
import quopri
import threading
from dataclasses import replace
from email import message_from_string, policy

import sqlalchemy as sa
from tests.world import CELLS, DAY, GRAPHS, MONDAY, World, world

from dailypapers.delivery.deliver import deliver_once, deliver_until_empty
from dailypapers.delivery.tally import SERVER_PAUSE, Stopped
from dailypapers.digests.compose import compose
from dailypapers.domain.delivery import DeliveryState, Outcome, OutcomeKind
from dailypapers.domain.fault import Fault
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.paper import Signals
from dailypapers.domain.source import Announcement, State
from dailypapers.domain.subscriber import Rhythm, Style, SubscriberState
from dailypapers.intake.close import close
from dailypapers.intake.fetch import fetch
from dailypapers.jobs.day import Day, day
from dailypapers.sources.feed import Feed
from dailypapers.store import history, holds, papers, subscribers, suppressions
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle


def run(world: World, now: dt.datetime = MONDAY) -> Day:
    return day(world.dependencies, clock=lambda: now)


def test_each_reader_gets_their_own_and_carol_gets_what_is_trending(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        w.admit("bob", CELLS)
        w.admit("carol")
        done = run(w)
        got = w.got()
    assert done.edition.papers == 3
    assert done.delivered.states == {DeliveryState.ACCEPTED: 3}
    assert "Graph Neural Networks" in got["alice"][0]
    assert "Single-Cell" not in got["alice"][0]
    assert "Single-Cell" in got["bob"][0]
    assert "these are just the newest papers" in got["carol"][0].replace("=\r\n", "")
    assert all(title in got["carol"][0] for title in ("Graph Neural", "Single-Cell", "Weather"))


def test_what_others_talk_about_is_below_and_never_comes_again(engine: sa.Engine) -> None:
    """Bob, who wants nothing to do with the weather, does not get it from outside either."""
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        w.admit("bob", GRAPHS)
        with writing(engine) as tx:
            bob = subscribers.by_address(tx, "bob@example.org")
            assert bob
            no = Interest(InterestKind.PHRASE, "weather", Stance.EXCLUDE)
            subscribers.state_interests(tx, bob.id, [Interest(InterestKind.TOPIC, GRAPHS), no])
        fetch(engine, w.dependencies.sources, make_http=w.dependencies.make_http, now=MONDAY)
        with writing(engine) as tx:
            by_title = {paper.title: key for key, paper in papers.every(tx).items()}
            counted = Signals(upvotes=40)
            weather = Announcement(papers.every(tx)[by_title["Something About the Weather"]], "x", MONDAY.date())
            papers.add(tx, [replace(weather, signals=counted)], now=MONDAY)
        run(w)
        mails = {name: quopri.decodestring(got[0]).decode() for name, got in w.got().items()}
        assert "Something About the Weather" in mails["alice"].partition("TRENDING OUTSIDE YOUR TOPICS")[2]
        assert "One paper for you" in mails["alice"]
        assert "Something About the Weather" not in mails["bob"]
        w.announce("Something About the Weather", "Graph Neural Networks Once More")
        run(w, MONDAY + DAY)
        assert "Once More" in w.got()["alice"][1]
        assert "Weather" not in w.got()["alice"][1]


def test_a_mail_says_where_it_can_be_read_and_how_to_leave(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        run(w)
        mail = message_from_string(w.got()["alice"][0], policy=policy.default)
    home = "https://papers.example.org/"
    assert mail["List-Unsubscribe"].startswith(f"<{home}unsubscribe/")
    assert mail["Archived-At"].startswith(f"<{home}digest/")
    assert (mail["List-Archive"], mail["List-Help"], mail["List-Subscribe"]) == (
        f"<{home}archive>",
        f"<{home}>",
        f"<{home}>",
    )


def test_a_reader_of_text_gets_text_alone(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        with writing(engine) as tx:
            alice = subscribers.by_address(tx, "alice@example.org")
            assert alice
            subscribers.change(tx, alice.id, rhythm=alice.rhythm, amount=alice.amount, style=Style(text_only=True))
        run(w)
        mail = message_from_string(w.got()["alice"][0], policy=policy.default)
    assert mail.get_content_type() == "text/plain"


def test_a_second_run_sends_nothing_and_the_books_balance(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        run(w)
        second = run(w, MONDAY + dt.timedelta(hours=1))
        assert not second.delivered.states
        assert [len(mails) for mails in w.got().values()] == [1]
        assert w.reconciliations() == [
            "1 due = 1 accepted + 0 failed + 0 suppressed + 0 skipped + 0 expired + 0 uncertain"
        ]


def test_no_paper_is_sent_twice_on_later_days(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("carol")
        run(w)
        w.announce("Deeper Graph Neural Networks", "A Wholly New Paper")
        run(w, MONDAY + DAY)
        first, second = w.got()["carol"]
    assert "Wholly New" in second
    assert "Deeper Graph" in first
    assert "Deeper Graph" not in second


def test_who_has_nothing_relevant_gets_no_mail_but_is_counted(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", "medieval trade routes")
        done = run(w)
        assert (done.composed.digests, done.composed.skipped) == (0, 1)
        assert w.got() == {}
        assert "1 skipped" in w.reconciliations()[0]


def test_a_failed_day_is_carried_over_into_the_next(engine: sa.Engine) -> None:
    full = Outcome(OutcomeKind.DEFERRED, 452, text="try later")
    with world(engine, outcomes={"alice@example.org": full}) as w:
        w.admit("alice", GRAPHS)
        w.admit("bob", GRAPHS)
        run(w)
        w.tray.outcomes = {}
        w.announce("Wider Graph Neural Networks")
        run(w, MONDAY + DAY)
        mail = w.got()["alice"][0]
    assert "Deeper Graph" in mail
    assert "Wider Graph" in mail
    assert "1 expired" in w.reconciliations()[1]


def test_a_deferred_mail_goes_out_once_the_server_takes_it(engine: sa.Engine) -> None:
    with world(engine, outcomes={"alice@example.org": Outcome(OutcomeKind.DEFERRED, 451)}) as w:
        w.admit("alice", GRAPHS)
        w.admit("bob", GRAPHS)
        run(w)
        w.tray.outcomes = {}
        assert not deliver_once(w.dependencies.sending, clock=lambda: MONDAY + dt.timedelta(minutes=4)).states
        done = deliver_once(w.dependencies.sending, clock=lambda: MONDAY + dt.timedelta(minutes=6))
    assert done.states == {DeliveryState.ACCEPTED: 1}


def test_a_patient_day_tries_again(engine: sa.Engine) -> None:
    moments = iter(MONDAY + dt.timedelta(seconds=10 * n) for n in range(1000))
    with world(engine, outcomes={"alice@example.org": Outcome(OutcomeKind.DEFERRED, 451)}) as w:
        w.admit("alice", GRAPHS)
        w.admit("bob", GRAPHS)
        run(w)
        w.tray.outcomes = {}

        class Hurried(threading.Event):
            """Waits for nothing; the clock goes on by itself."""

            def wait(self, timeout: float | None = None) -> bool:
                waited.append(timeout or 0)
                return False

        waited: list[float] = []
        still = deliver_until_empty(
            w.dependencies.sending, clock=lambda: MONDAY, patience=dt.timedelta(minutes=30), stop=Hurried()
        )
        assert not still.states
        assert sum(waited) < 1, "a clock that stands still is not waited for"
        waited.clear()
        done = deliver_until_empty(
            w.dependencies.sending, clock=lambda: next(moments), patience=dt.timedelta(minutes=30), stop=Hurried()
        )
        assert done.states == {DeliveryState.ACCEPTED: 1}
        assert sum(waited) > 1


def test_a_dead_address_is_suppressed_after_one_refusal(engine: sa.Engine) -> None:
    dead = Outcome(OutcomeKind.DEAD_ADDRESS, 550, "5.1.1", "no such user")
    with world(engine, outcomes={"alice@example.org": dead}) as w:
        w.admit("alice", GRAPHS)
        run(w)
        with reading(engine) as tx:
            assert suppressions.is_suppressed(tx, "alice@example.org")
            reader = subscribers.by_address(tx, "alice@example.org")
        assert reader is not None
        assert reader.state is SubscriberState.BOUNCED
        with writing(engine) as tx:
            assert lifecycle.lift(tx, "alice@example.org", now=MONDAY)
            assert not lifecycle.lift(tx, "alice@example.org", now=MONDAY)
        w.tray.outcomes = {}
        w.announce("Wider Graph Neural Networks")
        run(w, MONDAY + DAY)
        mail = w.got()["alice"][0]
    assert "Deeper Graph" in mail
    assert "Wider Graph" in mail


def test_our_fault_stops_the_run_and_spares_the_readers(engine: sa.Engine) -> None:
    policy = Outcome(OutcomeKind.OUR_FAULT, 550, "5.7.1", "blocked")
    with world(engine, outcomes={"alice@example.org": policy, "bob@example.org": policy}) as w:
        for name in ("alice", "bob", "charlie", "dora", "erin", "frank"):
            w.admit(name, GRAPHS)
        done = run(w)
        assert done.delivered.stopped
        assert done.delivered.stopped.fault is Fault.US
        with reading(engine) as tx:
            assert not suppressions.is_suppressed(tx, "alice@example.org")
            states = [delivery.state for delivery in history.of_edition(tx, done.edition.id)]
        assert DeliveryState.FAILED not in states
        again = deliver_once(w.dependencies.sending, clock=lambda: MONDAY)
        assert again.stopped
        assert "on hold" in again.stopped.why
        w.tray.outcomes = {}
        with writing(engine) as tx:
            holds.release(tx, now=MONDAY)
        deliver_once(w.dependencies.sending, clock=lambda: MONDAY)
        assert {name: len(mails) for name, mails in w.got().items()} == dict.fromkeys(w.got(), 1)
        assert "6 accepted" in w.reconciliations()[0]


def test_a_mail_server_that_answers_nobody_stops_the_run(engine: sa.Engine) -> None:
    lost = Outcome(OutcomeKind.INTERRUPTED, text="connection refused")
    with world(engine, outcomes={"alice@example.org": lost}) as w:
        w.admit("alice", GRAPHS)
        done = run(w)
    assert done.delivered.stopped == Stopped(
        Fault.CONNECTION, "the mail server takes nothing: connection refused", SERVER_PAUSE
    )
    assert done.delivered.states == {DeliveryState.DEFERRED: 1}


def test_a_source_that_fails_is_named_and_takes_nothing_with_it(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        broken = Feed("broken", "http://127.0.0.1:1/feed")
        dependencies = replace(w.dependencies, sources=[broken, *w.dependencies.sources])
        done = day(dependencies, clock=lambda: MONDAY)
        mail = w.got()["alice"][0]
    assert [report.freshness.state for report in done.fetched] == [State.FAILED, State.FRESH]
    assert "broken could not be reached" in mail


def test_an_hour_that_was_missed_is_made_up(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        run(w)
        w.announce("Wider Graph Neural Networks")
        late = MONDAY + DAY + dt.timedelta(hours=9)
        run(w, late)
        assert len(w.got()["alice"]) == 2
        with reading(engine) as tx:
            reader = subscribers.by_address(tx, "alice@example.org")
    assert reader is not None
    assert reader.next_digest_at == dt.datetime(2026, 4, 22, 7, 0, tzinfo=dt.UTC)


def test_a_weekly_reader_gets_the_whole_week_at_once(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS, rhythm=Rhythm("UTC", 7, frozenset({0})))
        run(w)
        for n in range(1, 8):
            w.announce(f"Graph Neural Networks of Kind {n}{n}")
            run(w, MONDAY + n * DAY)
        mails = w.got()["alice"]
    assert len(mails) == 2
    assert mails[1].count("<h2") == 5


def test_whoever_leaves_between_composing_and_sending_gets_nothing(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        w.tray.outcomes = {"alice@example.org": Outcome(OutcomeKind.DEFERRED, 451)}
        run(w)
        w.tray.outcomes = {}
        with writing(engine) as tx:
            subscribers.transition(tx, 1, to=SubscriberState.UNSUBSCRIBED, now=MONDAY)
        deliver_once(w.dependencies.sending, clock=lambda: MONDAY + DAY / 2)
        assert w.got() == {}
        assert "1 skipped" in w.reconciliations()[0]


def test_a_template_that_breaks_stops_the_run_and_loses_nothing(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        good = w.dependencies.renderer.templates.globals["ngettext"]
        w.dependencies.renderer.templates.globals["ngettext"] = None
        done = run(w)
        assert done.delivered.states == {DeliveryState.DEFERRED: 1}
        assert done.delivered.stopped
        assert done.delivered.stopped.fault is Fault.MESSAGE
        w.dependencies.renderer.templates.globals["ngettext"] = good
        deliver_once(w.dependencies.sending, clock=lambda: MONDAY + dt.timedelta(hours=1))
        assert list(w.got()) == ["alice"]


def test_without_an_edition_nobody_is_composed_for(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS)
        assert compose(engine, w.dependencies.digest_options, now=MONDAY).digests == 0


def test_more_readers_than_a_batch_are_all_served(engine: sa.Engine) -> None:
    readers = 30
    batches: list[int] = []
    with world(engine) as w:
        for n in range(readers):
            w.admit(f"reader{n}", GRAPHS)
        assert compose(engine, w.dependencies.digest_options, now=MONDAY).digests == 0
        fetch(engine, w.dependencies.sources, make_http=w.dependencies.make_http, now=MONDAY)
        close(engine, zone="UTC", now=MONDAY)
        compose(engine, w.dependencies.digest_options, now=MONDAY, batch=12, on_progress=batches.append)
        run(w)
    assert batches == [12, 12, 6]
    assert len(w.tray.sent) == readers
    assert f"{readers} accepted" in w.reconciliations()[0]


def test_a_reader_in_a_zone_this_machine_does_not_know_stops_nobodys_digest(engine: sa.Engine) -> None:
    with world(engine) as w:
        w.admit("alice", GRAPHS, rhythm=Rhythm("Mars/Olympus", 7))
        w.admit("bob", GRAPHS)
        day(w.dependencies, clock=lambda: MONDAY)
        assert set(w.got()) == {"alice", "bob"}
