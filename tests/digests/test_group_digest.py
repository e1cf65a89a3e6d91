"""Group digests: reasons of shared topics, and nobody named who did not agree or to whom a paper is not relevant."""

import datetime as dt
import json
import quopri
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from tests.a_group import NOW, a_group, a_reader
from tests.digests.playing_model import Said, playing_model, says
from tests.digests.test_preview import announce, close
from tests.digests.test_window import HOW

from dailypapers.digests.enrich import enrich
from dailypapers.digests.group_digest import compose_groups
from dailypapers.digests.layout import MailRenderer, mail
from dailypapers.digests.render_input import load_inputs
from dailypapers.digests.summarise import SummaryOptions
from dailypapers.domain.delivery import Delivery, DeliveryState, MailKind, Outcome, OutcomeKind, after
from dailypapers.domain.group import GroupLook, Terms
from dailypapers.domain.message import Sender
from dailypapers.domain.paper import Paper, PaperId
from dailypapers.domain.source import Announcement
from dailypapers.domain.subscriber import Abstracts, Amount, Rhythm, Style
from dailypapers.domain.summary import Spent
from dailypapers.domain.vote import Vote
from dailypapers.rendering.environment import environment
from dailypapers.settings import shipped
from dailypapers.store import group_comments, groups, history, outbox, papers, subscribers, summaries, votes
from dailypapers.store.database import reading, writing
from dailypapers.store.ledger import ledgers, recipients
from dailypapers.subscriptions.erase import erase
from dailypapers.tokens import Signer

GRAPHS, CELLS = "Deeper graph neural networks", "Faster single-cell genomics"
ADA, KIM, EVE = (Terms(name, shows_name=True) for name in ("Ada", "Kim", "Eve"))
#: A paper of which only the title is known at first.
LATE = Paper(PaperId("arxiv", "2604.99999"), "Graph neural networks, proven")
#: What a version stored that settled nothing of a group.
AS_STORED_BEFORE = {"text_only": False, "abstracts": "summary", "notes": [], "papers": {}}
SIGNER = Signer("https://pages", b"secret")
RENDERER = MailRenderer(
    environment(shipped("templates")),
    SIGNER,
    Sender("Daily Papers", "papers@example.org", "bounce@example.org", "papers.example.org"),
    "https://pages/",
    b"secret",
)


def an_edition(engine: sa.Engine) -> None:
    announce(engine, [GRAPHS, CELLS, *(f"Notes on the weather in valley {n}" for n in range(6))])
    close(engine)


def mails_of(engine: sa.Engine, reader: int) -> list[Delivery]:
    with reading(engine) as tx:
        return [each for each in history.of_subscriber(tx, reader) if each.kind is MailKind.GROUP]


def bytes_of(engine: sa.Engine, delivery: Delivery) -> str:
    with reading(engine) as tx:
        (rendered,) = load_inputs(tx, [delivery])
    return mail(RENDERER, rendered)[1].content.decode().replace("=\r\n", "").replace("=3D", "=")


def test_each_member_gets_one_and_reads_to_whom_it_is_relevant_of_those_who_agreed(engine: sa.Engine) -> None:
    ada = a_reader(engine, "ada", "graph neural networks")
    bob = a_reader(engine, "bob", "graph neural networks")
    kim = a_reader(engine, "kim", "graph neural networks")
    eve = a_reader(engine, "eve", "single-cell genomics")
    group = a_group(engine, (ada, ADA), (bob, Terms("Bob")), (kim, KIM), (eve, EVE))
    an_edition(engine)
    assert compose_groups(engine, HOW, now=NOW) == 4
    assert compose_groups(engine, HOW, now=NOW) == 0
    assert compose_groups(engine, HOW, now=NOW + dt.timedelta(days=1)) == 0
    (mine,) = mails_of(engine, eve)
    sent = bytes_of(engine, mine)
    assert GRAPHS in sent
    assert CELLS not in sent
    assert "Relevant to: Ada, Kim" in sent
    assert "Bob" not in sent
    assert "Eve" not in sent
    assert "Matches the group’s topic".encode() in quopri.decodestring(sent)
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in sent
    assert "List-Unsubscribe: <https://pages/leave/" in sent.replace("\r\n ", " ")
    assert "/unsubscribe/" not in sent
    with reading(engine) as tx:
        (books,) = ledgers(tx)
        assert (books.due, books.open, books.residue) == (4, 4, 0)
        assert len(groups.picks_of(tx, group, 1)) == 1


def test_who_reads_text_gets_no_html_and_a_server_that_takes_little_gets_less(engine: sa.Engine) -> None:
    ada = a_reader(engine, "ada", "graph neural networks")
    group = a_group(engine, (ada, ADA))
    with writing(engine) as tx:
        group_comments.add(tx, group, ada, [(None, "word " * 190)] * 9, now=NOW)
        subscribers.change(tx, ada, rhythm=Rhythm(), amount=Amount(5), style=Style(text_only=True))
    an_edition(engine)
    compose_groups(engine, HOW, now=NOW)
    (mine,) = mails_of(engine, ada)
    whole = bytes_of(engine, mine)
    assert "text/html" not in whole
    small = bytes_of(engine, mine._replace(max_bytes=10_000))
    assert whole.count("word word") > small.count("word word")
    assert len(small) <= 10_000
    assert GRAPHS in small
    assert "more comments on the group" in small


def test_a_name_goes_with_the_consent_and_a_former_member_sees_nothing(engine: sa.Engine) -> None:
    ada, kim = a_reader(engine, "ada", "graph neural networks"), a_reader(engine, "kim")
    group = a_group(engine, (kim, KIM), (ada, ADA))
    an_edition(engine)
    compose_groups(engine, HOW, now=NOW)
    (delivery,) = mails_of(engine, kim)
    assert "Relevant to: Ada" in bytes_of(engine, delivery)
    with writing(engine) as tx:
        groups.agree(tx, group, ada, Terms("Ada"))
    assert "Relevant" not in bytes_of(engine, delivery)
    with writing(engine) as tx:
        groups.leave(tx, group, kim)
        (rendered,) = load_inputs(tx, [delivery])
    assert rendered.group is None


def test_votes_count_by_consent_alone_and_no_paper_comes_twice(engine: sa.Engine) -> None:
    ada, bob = a_reader(engine, "ada"), a_reader(engine, "bob")
    closed = a_group(engine, (ada, Terms()), topics=("knitting",))
    shared = a_group(engine, (bob, Terms(pools_votes=True)), topics=("knitting",))
    announce(engine, ["Graph neural networks for proteins"], NOW - dt.timedelta(days=3))
    close(engine, NOW - dt.timedelta(days=3))
    with writing(engine) as tx:
        (liked,) = papers.in_editions(tx, after=0, upto=1)
        for reader in (ada, bob):
            votes.cast(tx, reader, liked.paper_id, Vote.LIKE, now=NOW)
    announce(engine, ["Graph neural networks for proteins and more", *(f"Weather {n}" for n in range(6))])
    close(engine)
    compose_groups(engine, HOW, now=NOW)
    with reading(engine) as tx:
        assert groups.newest_picks(tx, closed, limit=9) == []
        picked = [pick.paper_id for pick in groups.newest_picks(tx, shared, limit=9)]
        assert len(picked) == 1
        assert groups.already_picked(tx, shared, picked) == set(picked)
    (told,) = [bytes_of(engine, each) for each in mails_of(engine, bob)]
    # Nobody sees who voted for what: the other members would know whose vote it was.
    assert "Similar to papers that members like" in told
    assert "Graph neural networks for proteins”" not in told
    assert mails_of(engine, ada) == []


def test_who_pauses_gets_none_and_is_still_a_member(engine: sa.Engine) -> None:
    ada = a_reader(engine, "ada", "graph neural networks")
    group = a_group(engine, (ada, ADA))
    an_edition(engine)
    with writing(engine) as tx:
        subscribers.pause(tx, ada, until=None, back_at=None)
    assert compose_groups(engine, HOW, now=NOW) == 0
    with reading(engine) as tx:
        assert len(groups.members(tx, group)) == 1


def test_what_became_of_a_groups_mails_is_in_the_ledger_until_it_is_folded_and_erased(engine: sa.Engine) -> None:
    ada, bob, kim = (a_reader(engine, name) for name in ("ada", "bob", "kim"))
    a_group(engine, (ada, ADA), (bob, Terms("Bob")), (kim, KIM))
    an_edition(engine)
    compose_groups(engine, HOW, now=NOW)
    with writing(engine) as tx:
        first, *_ = outbox.claim(tx, "w", 1, now=NOW)
        outbox.record(tx, [after(first, Outcome(OutcomeKind.ACCEPTED, 250), NOW)])
        erase(tx, kim, now=NOW)
        groups.leave(tx, 1, bob)
        (books,) = ledgers(tx)
        assert books.reconciliation() == (
            "2 due = 1 accepted + 0 failed + 0 suppressed + 1 skipped + 0 expired + 0 uncertain"
        )
        assert books.balanced
        assert [each.address for each in recipients(tx, [DeliveryState.ACCEPTED], limit=9)] == ["ada@example.org"]


def test_a_digest_that_reached_nobody_comes_with_the_next_one_and_one_that_reached_somebody_does_not(
    engine: sa.Engine,
) -> None:
    ada, bob = a_reader(engine, "ada", "graph neural networks"), a_reader(engine, "bob")
    group = a_group(engine, (ada, ADA), (bob, Terms("Bob")))
    an_edition(engine)
    with writing(engine) as tx:
        group_comments.add(tx, group, ada, [(None, "Hi")], now=NOW)
    assert compose_groups(engine, HOW, now=NOW) == 2
    tomorrow, later = NOW + dt.timedelta(days=1), NOW + dt.timedelta(days=2)
    assert compose_groups(engine, HOW, now=tomorrow) == 0
    with writing(engine) as tx:
        outbox.expire(tx, now=tomorrow)
    assert compose_groups(engine, HOW, now=tomorrow) == 2
    again = bytes_of(engine, mails_of(engine, bob)[-1])
    assert GRAPHS in again
    assert "Ada: Hi" in " ".join(again.split())
    with writing(engine) as tx:
        (claimed,) = outbox.claim(tx, "w", 1, now=tomorrow)
        outbox.record(tx, [after(claimed, Outcome(OutcomeKind.ACCEPTED, 250), tomorrow)])
        outbox.expire(tx, now=later)
        (books,) = ledgers(tx)
        assert (books.due, books.balanced, books.count(DeliveryState.EXPIRED)) == (4, True, 3)
    assert compose_groups(engine, HOW, now=later) == 0


def test_a_group_s_mails_look_as_it_has_chosen_and_otherwise_as_each_reader_has(engine: sa.Engine) -> None:
    ada, bob = (a_reader(engine, name, "graph neural networks") for name in ("ada", "bob"))
    group = a_group(engine, (ada, ADA), (bob, Terms("Bob")))
    with writing(engine) as tx:
        for reader, style in ((ada, Style(language="de")), (bob, Style(abstracts=Abstracts.NONE))):
            subscribers.change(tx, reader, rhythm=Rhythm(), amount=Amount(5), style=style)
    an_edition(engine)
    asked: list[str] = []

    def sums_up(body: dict[str, Any]) -> Said:
        asked.append(body["messages"][0]["content"].partition("“")[2].partition("”")[0])
        return says("Tiefe Netze auf Graphen.")

    def looks() -> list[tuple[str, Abstracts, str]]:
        with reading(engine) as tx:
            inputs = load_inputs(tx, [*mails_of(engine, ada), *mails_of(engine, bob)])
        assert all(each.group for each in inputs)
        said = [each.group.entries[0].summary for each in inputs if each.group]
        return [
            (each.style.language, each.style.abstracts, one.text if one else "")
            for each, one in zip(inputs, said, strict=True)
        ]

    with playing_model(sums_up) as model:
        options = SummaryOptions(model.url, "m", follows_readers=True)
        with_model = replace(HOW, summaries=options)
        enrich(engine, with_model, zone="UTC", now=NOW)
        assert compose_groups(engine, with_model, now=NOW) == 2
    assert asked == ["de"], "nobody else reads a sentence"
    (ada_s, bob_s) = looks()
    assert ada_s == ("de", Abstracts.SUMMARY, "Tiefe Netze auf Graphen.")
    assert bob_s == ("", Abstracts.NONE, "")
    assert "AI summary, m, 20 Apr" in bytes_of(engine, mails_of(engine, ada)[0])
    with writing(engine) as tx:
        one = groups.one(tx, group)
        assert one
        look = GroupLook("zh", Abstracts.WHOLE)
        groups.change(tx, one, one.name, one.topics, one.rhythm, look=look, now=NOW)
    assert looks() == [ada_s, bob_s], "what is composed looks as it did then"
    announce(engine, [f"{GRAPHS} once more", *(f"Rain in valley {n}" for n in range(6))], NOW + dt.timedelta(days=1))
    close(engine, NOW + dt.timedelta(days=1))
    assert compose_groups(engine, HOW, now=NOW + dt.timedelta(days=1)) == 2
    assert [each[:2] for each in looks()][1::2] == [("zh", Abstracts.WHOLE)] * 2


def test_a_mail_made_again_says_the_same_whatever_has_become_known_and_changed_since(engine: sa.Engine) -> None:
    ada = a_reader(engine, "ada", "graph neural networks")
    group = a_group(engine, (ada, ADA))
    with writing(engine) as tx:
        one = groups.one(tx, group)
        assert one
        groups.change(tx, one, one.name, one.topics, one.rhythm, ballot_day=4, now=NOW)
        papers.add(tx, [Announcement(LATE, "arxiv", NOW.date())], now=NOW)
    an_edition(engine)
    with writing(engine) as tx:
        (paper_id,) = papers.ids_by_name(tx, [str(LATE.id)]).values()
        group_comments.add(tx, group, ada, [(paper_id, "Look at this.")], now=NOW)
    assert compose_groups(engine, HOW, now=NOW) == 1
    (delivery,) = mails_of(engine, ada)
    before = bytes_of(engine, delivery)
    assert LATE.title in before
    tells_more = replace(LATE, abstract="We prove it. We show that graphs are deep.", authors=("Bo Chen",))
    with writing(engine) as tx:
        papers.add(tx, [Announcement(tells_more, "huggingface", NOW.date())], now=NOW)
        summaries.put(tx, paper_id, "en", "Graphs are deep.", model="m", day=NOW.date(), spent=Spent(1, 1.0))
        one = groups.one(tx, group)
        assert one
        rhythm = Rhythm("Pacific/Auckland", 3)
        groups.change(tx, one, "Another name", ("cells",), rhythm, ballot_day=1, look=GroupLook("zh"), now=NOW)
        subscribers.change(tx, ada, rhythm=Rhythm(), amount=Amount(5), style=Style(language="de"))
    assert bytes_of(engine, delivery) == before
    with writing(engine) as tx:
        tx.execute(
            sa.text("UPDATE outbox SET content = :without"),
            {"without": json.dumps(AS_STORED_BEFORE | {"group": [group, 1]})},
        )
    assert "Another name" in bytes_of(engine, delivery)
