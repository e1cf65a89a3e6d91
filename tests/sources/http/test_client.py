import asyncio
import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.playing_clock import PlayingClock
from tests.playing_smtp import make_contexts
from tests.playing_sources import Answer, Asked, Route, playing_sources
from tests.playing_tools import PlayingReadwise, playing

from dailypapers import __version__
from dailypapers.domain.source import Checkpoint
from dailypapers.errors import FetchFailed
from dailypapers.sources.http.client import Http, shown
from dailypapers.sources.http.gate import MAX_WAIT, MemoryGate


def polite(clock: PlayingClock, *, pace: float = 0.0, retries: int = 3, max_bytes: int = 1_000_000) -> Http:
    rng = random.Random(7)  # noqa: S311 - it spreads retries
    return Http(
        contact="mailto:ops@example.org",
        allow_private=True,
        gate=MemoryGate(pace=pace, sleep=clock.sleep, clock=clock),
        retries=retries,
        max_bytes=max_bytes,
        rng=rng,
    )


async def test_we_say_who_we_are_and_what_we_want() -> None:
    asked: list[Asked] = []
    with playing_sources({"/feed": Answer("hello", etag=True)}, asked=asked) as base:
        async with polite(PlayingClock()) as http:
            response = await http.get(f"{base}/feed")
    assert response.content == b"hello"
    assert response.etag.startswith('"')
    assert asked[0].headers["user-agent"] == f"dailypapers/{__version__} (+mailto:ops@example.org)"
    assert asked[0].headers["host"] == base.removeprefix("http://")


async def test_an_unchanged_answer_is_not_sent_again() -> None:
    with playing_sources({"/feed": Answer("hello", etag=True)}) as base:
        async with polite(PlayingClock()) as http:
            first = await http.get(f"{base}/feed")
            again = await http.get(f"{base}/feed", since=Checkpoint(etags=((first.url, first.etag),)))
    assert (again.status, again.content, again.not_modified) == (304, b"", True)


async def test_requests_to_one_host_keep_their_distance_and_one_connection() -> None:
    clock, asked = PlayingClock(), list[Asked]()
    with playing_sources({"/feed": Answer("hello")}, asked=asked) as base:
        async with polite(clock, pace=3.0) as http:
            await asyncio.gather(*(http.get(f"{base}/feed") for _ in range(4)))
    assert clock.slept == [3.0, 3.0, 3.0]
    assert len({request.connection for request in asked}) == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
async def test_not_now_is_tried_again(status: int) -> None:
    clock = PlayingClock()
    with playing_sources({"/feed": [Answer(status=status), Answer(status=status), Answer("at last")]}) as base:
        async with polite(clock) as http:
            assert (await http.get(f"{base}/feed")).content == b"at last"
    assert len(clock.slept) == 2
    assert 0 <= clock.slept[0] <= 2
    assert 0 <= clock.slept[1] <= 4


async def test_retry_after_is_obeyed() -> None:
    clock = PlayingClock()
    with playing_sources({"/feed": [Answer(status=503, headers={"Retry-After": "40"}), Answer("ok")]}) as base:
        async with polite(clock) as http:
            await http.get(f"{base}/feed")
    assert 40 <= clock.slept[0] <= 42


async def test_a_host_that_wants_peace_for_long_is_left_in_peace() -> None:
    clock, asked = PlayingClock(), list[Asked]()
    with playing_sources({"/feed": Answer(status=429, headers={"Retry-After": "3600"})}, asked=asked) as base:
        async with polite(clock) as http:
            with pytest.raises(FetchFailed, match="answered 429; it asks us to wait 3600 s"):
                await http.get(f"{base}/feed")
            with pytest.raises(FetchFailed, match="its host failed a moment ago and is not asked again for 36"):
                await http.get(f"{base}/other")
    assert len(asked) == 1
    assert all(seconds <= MAX_WAIT for seconds in clock.slept)


async def test_a_server_that_stays_down_is_given_up_with_one_sentence() -> None:
    asked: list[Asked] = []
    with playing_sources({"/feed": Answer(status=503)}, asked=asked) as base:
        async with polite(PlayingClock(), retries=2) as http:
            with pytest.raises(FetchFailed, match=r"could not be fetched: it answered 503 \(3 attempts\)\.$"):
                await http.get(f"{base}/feed")
    assert len(asked) == 3


async def test_a_server_in_trouble_gets_its_retries_once_and_then_one_attempt_a_request() -> None:
    asked: list[Asked] = []
    routes = {
        "/a": Answer(status=503),
        "/b": Answer("cut", cut_after=1),
        "/c": Answer("fine"),
        "/d": Answer(status=500),
    }
    with playing_sources(routes, asked=asked) as base:
        async with polite(PlayingClock()) as http:
            for path in ("/a", "/b", "/a"):
                with pytest.raises(FetchFailed):
                    await http.get(f"{base}{path}")
            assert (await http.get(f"{base}/c")).content == b"fine"
            with pytest.raises(FetchFailed):
                await http.get(f"{base}/d")
    assert [request.path for request in asked] == ["/a"] * 4 + ["/b", "/a", "/c"] + ["/d"] * 4


async def test_a_server_that_is_away_is_left_alone_for_a_while() -> None:
    clock, never, asked = PlayingClock(), threading.Event(), list[Asked]()
    gate = MemoryGate(pace=0, sleep=clock.sleep, clock=clock)
    with playing_sources({"/feed": Answer("late", until=never), "/ok": Answer("ok")}, asked=asked) as base:
        async with Http(allow_private=True, gate=gate, retries=0, timeout=0.05) as http:
            with pytest.raises(FetchFailed, match="took too long"):
                await http.get(f"{base}/feed")
            with pytest.raises(FetchFailed, match="is not asked again for"):
                await http.get(f"{base}/ok")
            clock.now += 121
            assert (await http.get(f"{base}/ok")).content == b"ok"
        never.set()
    assert len(asked) == 2


async def test_no_attempt_is_begun_once_patience_has_ended() -> None:
    asked: list[Asked] = []
    with playing_sources({"/feed": Answer(status=503)}, asked=asked) as base:
        async with Http(allow_private=True, pace=0, patience=0) as http:
            with pytest.raises(FetchFailed, match=r"it answered 503\.$"):
                await http.get(f"{base}/feed")
    assert len(asked) == 1


async def test_nobody_at_home_is_a_sentence_too() -> None:
    with playing_sources({}) as base:
        pass
    async with polite(PlayingClock(), retries=1) as http:
        with pytest.raises(FetchFailed, match=r"could not be fetched: its host refuses connections \(2 attempts\)\.$"):
            await http.get(f"{base}/feed")


async def test_what_speaks_no_tls_or_shows_a_strangers_certificate_is_said_in_words(tmp_path: Path) -> None:
    with playing_sources({}) as base:
        async with polite(PlayingClock(), retries=0) as http:
            with pytest.raises(FetchFailed, match="no encrypted connection could be made"):
                await http.get(base.replace("http:", "https:"))
    stranger = await asyncio.start_server(
        lambda _, writer: writer.close(), "127.0.0.1", 0, ssl=make_contexts(tmp_path)[0]
    )
    async with stranger, polite(PlayingClock(), retries=0) as http:
        port = stranger.sockets[0].getsockname()[1]
        with pytest.raises(FetchFailed, match=r"its certificate is not valid \(self.signed certificate\)"):
            await http.get(f"https://127.0.0.1:{port}/")


async def test_a_connection_lost_half_way_is_tried_again() -> None:
    with playing_sources({"/feed": [Answer("hello", cut_after=2), Answer("hello")]}) as base:
        async with polite(PlayingClock()) as http:
            assert (await http.get(f"{base}/feed")).content == b"hello"


@pytest.mark.parametrize(("timeout", "deadline"), [(0.05, 120.0), (30.0, 0.05)])
async def test_a_server_that_never_answers_is_left(timeout: float, deadline: float) -> None:  # noqa: ASYNC109 - a setting
    never = threading.Event()
    with playing_sources({"/feed": Answer("late", until=never)}) as base:
        async with Http(allow_private=True, pace=0, retries=0, timeout=timeout, deadline=deadline) as http:
            with pytest.raises(FetchFailed, match="took too long"):
                await http.get(f"{base}/feed")
        never.set()


async def test_a_missing_page_is_a_failure_unless_it_was_expected() -> None:
    with playing_sources({"/odd": Answer("told you", status=400, etag=True)}) as base:
        async with polite(PlayingClock()) as http:
            with pytest.raises(FetchFailed, match=r"/none answered 404\."):
                await http.get(f"{base}/none")
            with pytest.raises(FetchFailed, match=r"/odd answered 400\."):
                await http.get(f"{base}/odd")
            odd = await http.get(f"{base}/odd", also=(400,))
    assert (odd.status, odd.content, odd.etag) == (400, b"told you", "")


async def test_packed_answers_are_unpacked_and_bombs_are_not() -> None:
    routes = {"/feed": Answer("hello", packed=True), "/bomb": Answer(b"\0" * 20_000_000, packed=True)}
    with playing_sources(routes) as base:
        async with polite(PlayingClock()) as http:
            assert (await http.get(f"{base}/feed")).content == b"hello"
            with pytest.raises(FetchFailed, match=r"/bomb could not be fetched: it is larger than 1 MB\."):
                await http.get(f"{base}/bomb")
            assert (await http.get(f"{base}/feed")).content == b"hello"


async def test_redirects_are_followed_to_an_end() -> None:
    def away(request: Asked) -> Answer:
        number = int(request.path.rpartition("/")[2])
        return Answer("here") if number == 0 else Answer(status=302, headers={"Location": str(number - 1)})

    routes: dict[str, Callable[[Asked], Answer]] = {f"/{number}": away for number in range(8)}
    with playing_sources(routes) as base:
        async with polite(PlayingClock()) as http:
            response = await http.get(f"{base}/5")
            assert (response.url, response.content) == (f"{base}/5", b"here")
            with pytest.raises(FetchFailed, match="redirects more than 5 times"):
                await http.get(f"{base}/6")


@pytest.mark.parametrize(
    "there", ["file:///etc/passwd", "ftp://example.org/x", "", "mailto:a@b.example", "http://[broken"]
)
async def test_redirects_lead_to_web_addresses_only(there: str) -> None:
    with playing_sources({"/feed": Answer(status=301, headers={"Location": there})}) as base:
        async with polite(PlayingClock()) as http:
            with pytest.raises(FetchFailed, match=r"not a web address|redirects without saying where to"):
                await http.get(f"{base}/feed")


async def test_our_own_network_is_not_asked() -> None:
    asked: list[Asked] = []
    with playing_sources({"/feed": Answer("secret")}, asked=asked) as base:
        async with Http(pace=0, retries=0) as http:
            with pytest.raises(FetchFailed, match="private network"):
                await http.get(f"{base}/feed")
    assert asked == []


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "example.org", "", "http://", "http://\x00", "gopher://x", "http://xn--"]
)
async def test_only_web_addresses_are_fetched(url: str) -> None:
    async with polite(PlayingClock()) as http:
        with pytest.raises(FetchFailed, match="not a web address"):
            await http.get(url)


async def test_a_password_in_the_address_is_used_but_not_printed() -> None:
    asked: list[Asked] = []
    with playing_sources({"/feed": Answer("hello")}, asked=asked) as base:
        async with polite(PlayingClock()) as http:
            await http.get(f"{base.replace('//', '//ann:secret@')}/feed")
            with pytest.raises(FetchFailed) as failed:
                await http.get(f"{base.replace('//', '//ann:secret@')}/none")
    assert asked[0].headers["authorization"] == "Basic YW5uOnNlY3JldA=="
    assert "secret" not in str(failed.value)


def test_passwords_are_not_printed() -> None:
    assert shown("https://ann:secret@example.org/feed") == "https://example.org/feed"


async def test_a_contact_cannot_add_headers() -> None:
    asked: list[Asked] = []
    with playing_sources({"/": Answer("x")}, asked=asked) as base:
        async with Http(contact="a\r\nX-Evil: yes", allow_private=True, pace=0) as http:
            await http.get(f"{base}/")
    assert "x-evil" not in asked[0].headers


async def test_two_clients_can_share_one_gate() -> None:
    clock = PlayingClock()
    gate = MemoryGate(pace=3.0, sleep=clock.sleep, clock=clock)
    with playing_sources({"/feed": Answer("hello")}) as base:
        async with Http(allow_private=True, gate=gate) as one, Http(allow_private=True, gate=gate) as other:
            await asyncio.gather(one.get(f"{base}/feed"), other.get(f"{base}/feed"))
    assert clock.slept == [3.0]


async def test_what_breaks_at_a_host_still_counts_as_asking_it() -> None:
    clock = PlayingClock()
    gate = MemoryGate(pace=3.0, sleep=clock.sleep, clock=clock)
    with playing_sources({"/bomb": Answer(b"\0" * 20_000_000, packed=True), "/feed": Answer("hello")}) as base:
        async with Http(allow_private=True, gate=gate, max_bytes=1_000_000) as http:
            with pytest.raises(FetchFailed, match="larger than 1 MB"):
                await http.get(f"{base}/bomb")
            await http.get(f"{base}/feed")
    assert clock.slept == [3.0]


async def test_what_is_sent_is_sent_once_and_a_refusal_is_an_answer() -> None:
    service = PlayingReadwise()
    with playing(service):
        async with Http(allow_private=True, pace=0) as http:
            url = f"{service.url}/api/v3/save/"
            service.before = [(302, {"Location": "/elsewhere"}, ""), (429, {"Retry-After": "7"}, "slow down")]
            moved, busy, refused = [await http.send("POST", url, headers={}, content=b"{}") for _ in range(3)]
        assert (moved.status, busy.status, refused.status) == (302, 429, 401)
        assert (busy.retry_after, busy.headers["retry-after"]) == (7.0, "7")
        assert service.asked == [("POST", "/api/v3/save/")] * 3
        service.loses_answers = True
        async with Http(allow_private=True, pace=0) as http:
            with pytest.raises(FetchFailed, match="could not be reached"):
                await http.send("POST", url, headers={}, content=b"{}")
        assert len(service.asked) == 4
    async with Http(pace=0) as http:
        with pytest.raises(FetchFailed, match="private network"):
            await http.send("POST", url, headers={})


@pytest.mark.parametrize("status", [206, 304])
async def test_an_answer_to_another_question_is_a_failure(status: int) -> None:
    """Half of a feed would pass for all of it, and nothing for nothing new."""
    with playing_sources({"/feed": Answer("hel", status=status)}) as base:
        async with polite(PlayingClock()) as http:
            with pytest.raises(FetchFailed, match=f"answered {status}, which does not fit what it was asked"):
                await http.get(f"{base}/feed")


async def test_what_could_not_be_sent_back_is_not_remembered() -> None:
    headers = {"ETag": '"a\x01b"', "Last-Modified": "j\u00e4mmerlich"}
    with playing_sources({"/feed": Answer("hello", headers=headers)}) as base:
        async with polite(PlayingClock()) as http:
            response = await http.get(f"{base}/feed")
    assert (response.etag, response.last_modified) == ("", "")


async def test_each_step_is_told() -> None:
    clock, steps = PlayingClock(), list[str]()
    routes: dict[str, Route] = {
        "/old": Answer(status=301, headers={"Location": "/new"}),
        "/new": [Answer(status=503), Answer("hello", headers={"Content-Type": "text/plain; charset=utf-8"})],
    }
    with playing_sources(routes) as base:
        async with polite(clock) as http:
            http.on_step = steps.append
            response = await http.get(f"{base}/old")
    assert (response.url, response.final_url) == (f"{base}/old", f"{base}/new")
    assert [step.replace(base, "").partition(" in ")[0] for step in steps] == [
        "/old answered 301",
        "It redirects to /new.",
        "/new: it answered 503; the next try is",
        "/new answered 200",
    ]
    assert steps[-1].endswith("s: 5 bytes, text/plain.")
