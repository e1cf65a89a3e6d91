"""What a record states is taken, what it does not state stays, and what export writes is read back."""

import datetime as dt
import json
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import NOW

from dailypapers.domain.category import unknown_category
from dailypapers.domain.interest import Interest, InterestKind, Stance
from dailypapers.domain.preferences import Preferences
from dailypapers.domain.subscriber import (
    Abstracts,
    Amount,
    Consent,
    OnEmpty,
    Rhythm,
    Style,
    Subscriber,
    SubscriberState,
)
from dailypapers.errors import BadInput
from dailypapers.store import subscribers
from dailypapers.store.database import reading, writing
from dailypapers.subscriptions import lifecycle, sign_up
from dailypapers.subscriptions.erase import erase
from dailypapers.subscriptions.export import record
from dailypapers.subscriptions.import_ import read, take_in

ALICE = "alice@example.org"
DEFAULTS = Preferences(Rhythm("UTC", 7), Amount(10))
UNUSUAL = Preferences(
    Rhythm("Asia/Tokyo", 21, frozenset({1, 3})),
    Amount(7, 5, 2, 0.25, explore=True, on_empty=OnEmpty.TRENDING),
    (
        Interest(InterestKind.TOPIC, "graphs; and more"),
        Interest(InterestKind.PHRASE, "deep sets", Stance.AVOID),
        Interest(InterestKind.CATEGORY, "cs.CY", Stance.EXCLUDE),
        Interest(InterestKind.PAPER, "arxiv:2408.01234"),
    ),
    Style(text_only=True, abstracts=Abstracts.WHOLE),
)


def known(engine: sa.Engine, address: str = ALICE) -> tuple[Subscriber, tuple[Interest, ...]]:
    with reading(engine) as tx:
        reader = subscribers.by_address(tx, address)
        assert reader is not None
        return reader, subscribers.interests_of(tx, [reader.id])[reader.id]


def admit(engine: sa.Engine, preferences: Preferences = UNUSUAL) -> None:
    with writing(engine) as tx:
        sign_up.admit(tx, ALICE, preferences, consent=Consent("web"), now=NOW)


def import_text(engine: sa.Engine, folder: Path, text: str) -> list[str]:
    """Take in a file of JSON Lines; returns why lines were skipped."""
    file = folder / "people.jsonl"
    file.write_bytes(text.encode())
    lines, skipped = read(file)
    with writing(engine) as tx:
        for line in lines:
            take_in(tx, line, defaults=DEFAULTS, consent=Consent("import"), now=NOW)
    return [f"{item.where}: {item.why}" for item in skipped]


@pytest.mark.parametrize("start", ["", "email,topics\n"])
def test_topics_of_a_file_are_composed_whatever_way_they_were_typed(tmp_path: Path, start: str) -> None:
    file = tmp_path / ("people.csv" if start else "people.jsonl")
    row = f"{ALICE},Scho\u0308n\n" if start else json.dumps({"address": ALICE, "topics": ["Scho\u0308n"]})
    file.write_text(start + row, "utf-8")
    ((line,), skipped) = read(file)
    assert skipped == []
    assert line.changes.interests[InterestKind.TOPIC, Stance.WANT] == (Interest(InterestKind.TOPIC, "Sch\u00f6n"),)


def test_what_a_record_does_not_state_stays_as_it_was(engine: sa.Engine, tmp_path: Path) -> None:
    admit(engine)
    before, interests = known(engine)
    assert import_text(engine, tmp_path, json.dumps({"address": ALICE})) == []
    assert known(engine) == (before, interests)
    assert import_text(engine, tmp_path, json.dumps({"address": ALICE, "max_papers": 3, "avoid": ["surveys"]})) == []
    reader, stated = known(engine)
    assert reader == replace(before, amount=replace(before.amount, max_papers=3))
    assert set(stated) == {
        *(i for i in interests if i.stance is not Stance.AVOID),
        Interest(InterestKind.PHRASE, "surveys", Stance.AVOID),
    }


def test_an_export_taken_in_again_restores_what_was_changed_since(engine: sa.Engine, tmp_path: Path) -> None:
    admit(engine)
    before, interests = known(engine)
    written = json.dumps(record(before, interests))
    with writing(engine) as tx:
        changed = replace(DEFAULTS, interests=(Interest(InterestKind.AUTHOR, "Ann Lee"),))
        lifecycle.change(tx, before.id, changed, now=NOW)
    assert import_text(engine, tmp_path, written) == []
    reader, stated = known(engine)
    assert (reader.rhythm, reader.amount, reader.style) == (before.rhythm, before.amount, before.style)
    assert stated == interests


def test_what_comes_on_an_empty_day_is_stated_in_a_word(engine: sa.Engine, tmp_path: Path) -> None:
    line = json.dumps({"address": ALICE, "on_empty": "Trending"})
    assert import_text(engine, tmp_path, line) == []
    assert known(engine)[0].amount.on_empty is OnEmpty.TRENDING
    # What is not stated stays, and what cannot be is said.
    assert import_text(engine, tmp_path, json.dumps({"address": ALICE})) == []
    (why,) = import_text(engine, tmp_path, json.dumps({"address": ALICE, "on_empty": "cats"}))
    assert why == "people.jsonl line 1: on_empty “cats” must be one of silent, trending"
    assert known(engine)[0].amount.on_empty is OnEmpty.TRENDING


@pytest.mark.parametrize(
    "stated",
    [
        {"categories": ["cs.LG", "cs.CX"]},
        {"other_interests": [{"kind": "category", "stance": "avoid", "text": "cs.LG − cs.CX"}]},
    ],
)
def test_a_category_that_does_not_exist_is_refused(
    engine: sa.Engine, tmp_path: Path, stated: dict[str, object]
) -> None:
    (why,) = import_text(engine, tmp_path, json.dumps({"address": ALICE, **stated}))
    assert why == "people.jsonl line 1: there is no category cs.CX; did you mean cs.SC?"


_LETTERS = st.text(st.characters(categories=("L", "N", "P", "S", "M")), min_size=1, max_size=12)
#: As every door leaves them.
_WORDS = _LETTERS.map(lambda word: unicodedata.normalize("NFC", word))
_TEXTS = st.lists(_WORDS, min_size=1, max_size=3).map(" ".join)
_IDS = st.integers(1, 99999).map(lambda number: f"arxiv:2408.{number:05}")
_KINDS = st.sampled_from([kind for kind in InterestKind if kind is not InterestKind.PAPER])
_STANCES = st.sampled_from(Stance)
_INTERESTS = st.builds(Interest, _KINDS, _TEXTS, _STANCES).filter(
    lambda stated: stated.kind is not InterestKind.CATEGORY or not unknown_category(stated.text)
) | st.builds(Interest, st.just(InterestKind.PAPER), _IDS, _STANCES)
_DAYS = st.frozensets(st.integers(0, 6), min_size=1)
_MOST = st.integers(1, 50)
_AMOUNTS = st.builds(
    Amount,
    _MOST,
    st.none() | _MOST,
    st.just(1),
    st.none() | st.floats(0.01, 0.99),
    explore=st.booleans(),
    on_empty=st.sampled_from(OnEmpty),
)
_PREFERENCES = st.builds(
    Preferences,
    st.builds(Rhythm, st.sampled_from(["UTC", "Asia/Tokyo"]), st.integers(0, 23), _DAYS),
    _AMOUNTS,
    st.lists(_INTERESTS, max_size=6).map(tuple),
    st.builds(Style, st.booleans(), st.sampled_from(Abstracts)),
)
_NOT_PAUSED = dt.date.min
_PAUSES = st.just(_NOT_PAUSED) | st.none() | st.dates(dt.date(2026, 4, 22), dt.date(2030, 1, 1))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(preferences=_PREFERENCES, pause=_PAUSES)
def test_export_and_import_change_nothing_whether_known_or_new(
    engine: sa.Engine, tmp_path: Path, preferences: Preferences, pause: dt.date | None
) -> None:
    with writing(engine) as tx:
        for reader in list(subscribers.every(tx)):
            erase(tx, reader.id)
    admit(engine, preferences)
    if pause != _NOT_PAUSED:
        with writing(engine) as tx:
            lifecycle.pause(tx, known(engine)[0].id, until=pause, now=NOW)
    before, interests = known(engine)
    written = json.dumps(record(before, interests))
    assert import_text(engine, tmp_path, written) == []
    assert known(engine) == (before, interests)
    with writing(engine) as tx:
        erase(tx, before.id)
    assert import_text(engine, tmp_path, written) == []
    after, same = known(engine)
    assert same == interests
    assert after == replace(before, id=after.id, link_key=after.link_key, consent=after.consent)


def test_an_old_export_ends_nobodys_pause(engine: sa.Engine, tmp_path: Path) -> None:
    admit(engine)
    written = json.dumps(record(*known(engine)))
    with writing(engine) as tx:
        lifecycle.pause(tx, known(engine)[0].id, until=None, now=NOW)
    import_text(engine, tmp_path, written)
    assert known(engine)[0].state is SubscriberState.PAUSED


@pytest.mark.parametrize("column", ["address", "email", "Email", "E-Mail", "e-mail", "Email Address", " mail "])
@pytest.mark.parametrize("start", ["", "\ufeff"])
def test_a_table_is_read_whatever_it_calls_its_addresses(tmp_path: Path, column: str, start: str) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(f"{start}Topics,{column}\r\ngraphs; cells,{ALICE}\r\n".encode())
    lines, skipped = read(file)
    assert ([line.address for line in lines], skipped) == ([ALICE], [])
    assert len(lines[0].changes.interests[InterestKind.TOPIC, Stance.WANT]) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("people.csv", f"E-Mail;Topics\n{ALICE};graphs\n".encode("utf-16")),
        ("people.TSV", f"email\ttopics\n{ALICE}\tgraphs\n".encode()),
        ("people.csv", f"email,topics\nAlice Lee <{ALICE}>,graphs\n".encode()),
        ("people.jsonl", json.dumps({"email": ALICE, "topics": ["graphs"]}).encode()),
    ],
)
def test_people_come_as_programs_save_them(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    (line,), skipped = read(tmp_path / name)
    assert (line.address, skipped) == (ALICE, [])
    assert [each.text for each in line.changes.interests[InterestKind.TOPIC, Stance.WANT]] == ["graphs"]


def test_a_list_of_addresses_is_a_file_of_subscribers(tmp_path: Path) -> None:
    (tmp_path / "people.txt").write_text(f"{ALICE}\nnobody\nBob <bob@example.org>\n", "utf-8")
    lines, skipped = read(tmp_path / "people.txt")
    assert [(line.number, line.address) for line in lines] == [(1, ALICE), (3, "bob@example.org")]
    assert [item.where for item in skipped] == ["people.txt line 2"]


def test_a_workbook_is_told_from_a_table(tmp_path: Path) -> None:
    (tmp_path / "people.xlsx").write_bytes(b"PK\x03\x04rest")
    with pytest.raises(BadInput, match=r"people\.xlsx is a workbook or an archive\. Save the sheet as CSV"):
        read(tmp_path / "people.xlsx")


@pytest.mark.parametrize(
    ("table", "addresses", "why"),
    [
        ('email,topics\na@x.org,"graphs\nb@x.org,cells\nc@x.org,"x;y"\n', ["b@x.org", "c@x.org"], {2: "quote"}),
        ('email,topics\na@x.org,"graphs\n', [], {2: "quote"}),
        ('email\n"a@x.org\nb@x.org\n', ["b@x.org"], {2: "quote"}),
        ('email,topics\na@x.org,"graphs\nand cells"\nb@x.org,"with ""quotes"""\n', ["a@x.org", "b@x.org"], {}),
        ("email,topics\n\na@x.org,graphs,more\n , \nb@x.org\n", ["b@x.org"], {3: "3 cells", 4: "no address"}),
        ('email,topics\rb@x.org,5" screens\r', ["b@x.org"], {}),
    ],
)
def test_a_table_with_a_mistake_is_read_on_behind_it(
    tmp_path: Path, table: str, addresses: list[str], why: dict[int, str]
) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(table.encode())
    lines, skipped = read(file)
    assert [line.address for line in lines] == addresses
    assert [item.where for item in skipped] == [f"people.csv line {number}" for number in why]
    assert all(words in item.why for item, words in zip(skipped, why.values(), strict=True))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ("email,topics,Topics", "two columns for topics: “topics” and “Topics”"),
        ("email,Address", "two columns for address: “email” and “Address”"),
        ("name,topics", r"no column “address” \(or “email”\)"),
        ("", "no column"),
    ],
)
def test_a_column_that_is_there_twice_or_missing_is_named(tmp_path: Path, columns: str, says: str) -> None:
    file = tmp_path / "people.csv"
    file.write_text(f"{columns}\na@example.org,x,y\n", "utf-8")
    with pytest.raises(BadInput, match=says):
        read(file)


def test_the_language_of_a_record_is_a_language_tag(engine: sa.Engine, tmp_path: Path) -> None:
    assert import_text(engine, tmp_path, json.dumps({"address": ALICE, "language": "pt-BR"})) == []
    assert known(engine)[0].style.language == "pt-BR"
    (why,) = import_text(engine, tmp_path, json.dumps({"address": ALICE, "language": "Klingon!"}))
    assert why == "people.jsonl line 1: language “Klingon!” is not a language tag such as en or pt-BR"
    assert known(engine)[0].style.language == "pt-BR"
    assert import_text(engine, tmp_path, json.dumps({"address": ALICE, "language": ""})) == []
    assert known(engine)[0].style.language == ""
