"""The migrations add up to the declared schema, and run on a database with data in it."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from dailypapers.domain.link import Bearer, Purpose
from dailypapers.domain.paper import work_keys
from dailypapers.domain.source import State
from dailypapers.domain.subscriber import Amount, Consent, Rhythm, SubscriberState
from dailypapers.errors import DatabaseUnreachable
from dailypapers.store import source_days
from dailypapers.store import subscribers as stored
from dailypapers.store.database import MIGRATIONS, connect, migrate, reading, require_migrated, revisions, writing
from dailypapers.store.reflected import reflected
from dailypapers.store.schema import metadata, names, papers
from dailypapers.subscriptions.links import bearer_of
from dailypapers.tokens import Signer

REVISIONS = [script.revision for script in reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions()))]


#: What holds nothing of its own: the search index and what is learned are made of the papers, and a migration may have
#: them made anew.
MADE_ANEW = {"alembic_version", "counted", "features", "knowledge"}

NEW_YEAR = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
#: How many rows a migration adds that it makes of others.
DERIVED: dict[str, Callable[[Mapping[str, int]], int]] = {"0017": lambda rows: rows["fetches"]}


def test_the_names_of_the_files_are_the_revisions_in_their_order() -> None:
    assert revisions() == tuple(REVISIONS)


def test_migrated_schema_equals_the_declared_one(engine: sa.Engine) -> None:
    with reading(engine) as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    """A database without any table."""
    if request.param == "sqlite":
        made = connect(f"sqlite:///{tmp_path / 'empty.db'}")
        yield made
    else:
        url = request.getfixturevalue("postgres_url")
        name = f"{sa.make_url(url).database}_migrated"
        made = connect(url)
        with made.execution_options(isolation_level="AUTOCOMMIT").connect() as admin:
            admin.execute(sa.text(f"DROP DATABASE IF EXISTS {name}"))
            admin.execute(sa.text(f"CREATE DATABASE {name}"))
        made.dispose()
        made = connect(sa.make_url(url).set(database=name).render_as_string(hide_password=False))
        yield made
    made.dispose()


def test_every_migration_runs_on_a_database_with_data_in_it(empty: sa.Engine) -> None:
    rows, known = 0, dict[str, sa.Table]()
    for revision in REVISIONS:
        migrate(empty, revision)
        with writing(empty) as tx:
            tables = [_as_before(table, known) for table in reflected(tx) if table.name not in MADE_ANEW]
            kept = _counts(tx, tables)
            derived = DERIVED[revision](kept) if revision in DERIVED else 0
            assert sum(kept.values()) == rows + derived, f"rows were lost on the way to {revision}"
            for table in tables:
                _fill(tx, table, kept[table.name] + 1)
            rows = sum(kept.values()) + len(tables)
    assert rows >= len(metadata.tables) - len(MADE_ANEW)


def _as_before(table: sa.Table, known: dict[str, sa.Table]) -> sa.Table:
    """Return the table as it was read before where it is the same: what is asked of that is compiled already."""
    before = known.get(table.name)
    if before is None or _columns(before) != _columns(table):
        known[table.name] = table
    return known[table.name]


def _columns(table: sa.Table) -> list[tuple[str, str, bool]]:
    return [(column.name, repr(column.type), bool(column.foreign_keys)) for column in table.columns]


def _counts(tx: sa.Connection, tables: Sequence[sa.Table]) -> dict[str, int]:
    counts = (sa.select(sa.func.count()).select_from(table).scalar_subquery().label(table.name) for table in tables)
    return dict(tx.execute(sa.select(*counts)).mappings().one())


def _fill(tx: sa.Connection, table: sa.Table, number: int = 1) -> None:
    """Put one more row into a table that has one less than `number`, with a value of each column's type."""
    row = {column.name: _value(column, number) for column in table.columns}
    if table.name == "subscribers":
        row |= {"state": "active", "zone": "UTC", "hour": 7, "days": "daily", "abstracts": None, "link_key": None}
        row = {name: value for name, value in row.items() if name in table.columns}
    tx.execute(sa.insert(table).values(row))


def _value(column: sa.Column[Any], number: int) -> object:
    if column.foreign_keys:
        return number  # Tables are filled in the order of their keys, a row at a time.
    examples: dict[type, object] = {
        bytes: b"bytes",
        str: f"text {number}",
        int: number,
        float: 0.5,
        bool: True,
        object: {},
        dt.date: dt.date(2026, 1, 1) + dt.timedelta(days=number),
        dt.datetime: dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=number),
    }
    return examples[column.type.python_type]


def test_who_subscribed_before_links_had_random_values_keeps_their_id_and_links(empty: sa.Engine) -> None:
    migrate(empty, "0005")
    with writing(empty) as tx:
        for table in reflected(tx):
            _fill(tx, table)
    migrate(empty)
    signer = Signer("https://papers.example.org", b"secret")
    with writing(empty) as tx:
        before = stored.one(tx, 1)
        assert before is not None
        assert before.bearer == Bearer(1)
        token = signer.token(Purpose.PREFERENCES, Bearer(1), issued=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        claim = signer.claim(Purpose.PREFERENCES, token, now=dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
        assert bearer_of(tx, signer, claim) == before
        for name in ("picks", "attempts", "outbox", "interests", "votes", "subscribers"):
            tx.execute(sa.delete(metadata.tables[name]))
    now = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)
    if empty.dialect.name == "sqlite":  # This test wrote ids by hand, which PostgreSQL's sequences do not see.
        with writing(empty) as tx:
            state, consent = SubscriberState.ACTIVE, Consent("test")
            added = stored.add(
                tx, "next@example.org", state=state, rhythm=Rhythm(), amount=Amount(), consent=consent, now=now
            )
            assert added == 2
    with pytest.raises(sa.exc.IntegrityError), writing(empty) as tx:
        tx.execute(sa.insert(metadata.tables["interests"]).values(subscriber_id=99, kind="x", stance="x", text="x"))


def test_migrating_twice_changes_nothing(engine: sa.Engine) -> None:
    before = sa.inspect(engine).get_table_names()
    migrate(engine)
    assert sa.inspect(engine).get_table_names() == before


def test_a_database_without_tables_is_refused_with_what_to_do(empty: sa.Engine) -> None:
    with pytest.raises(DatabaseUnreachable, match="run `dailypapers migrate`"):
        require_migrated(empty)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite:////no/such/folder/papers.db", "does not answer"),
        (
            "postgresql://nobody:secret@127.0.0.1:1/none",
            r"^The database postgresql://nobody:\*\*\*@127\.0\.0\.1:1/none does not answer: .*: Connection refused\.$",
        ),
    ],
)
def test_an_unreachable_database_is_named_in_a_sentence(url: str, says: str) -> None:
    with pytest.raises(DatabaseUnreachable, match=says), reading(connect(url)):
        pytest.fail("nothing should have answered")


def test_deliveries_on_hold_stay_so_under_their_new_name(empty: sa.Engine) -> None:
    migrate(empty, "0004")
    with writing(empty) as tx:
        tables = {table.name: table for table in reflected(tx)}
        for name in ("editions", "subscribers", "outbox"):
            _fill(tx, tables[name])
        tx.execute(sa.text("UPDATE outbox SET state = 'held', lane = 'bulk'"))
    migrate(empty)
    with reading(empty) as tx:
        kept = tx.execute(sa.text("SELECT state, priority, content FROM outbox")).one()
    assert tuple(kept) == ("on_hold", "bulk", None)


def test_papers_kept_before_are_met_however_the_next_source_writes_their_author(empty: sa.Engine) -> None:
    migrate(empty, "0008")
    title = "Imaging of the deep cerebellar nuclei in vivo"
    row = {
        "title": title,
        "abstract": "",
        "authors": ["Rianne van den Berg"],
        "categories": [],
        "url": "",
        "code_url": "",
    }
    with writing(empty) as tx:
        for number in (1, 2):
            first_seen = {"first_seen_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}
            tx.execute(sa.insert(papers).values(**row, **first_seen, id=number, key=f"arxiv:2604.0000{number}"))
        # The second turned out to be the first: its name leads there.
        tx.execute(sa.insert(names), [{"name": f"arxiv:2604.0000{number}", "paper_id": 1} for number in (1, 2)])
    migrate(empty)
    with reading(empty) as tx:
        found = {
            tx.scalar(sa.select(names.c.paper_id).where(names.c.name == key))
            for key in work_keys(title, ("Berg, R. van den",))
        }
        assert found == {1}
        assert tx.scalar(sa.select(sa.func.count()).select_from(papers)) == 2


def test_the_days_of_sources_are_those_of_their_fetches(empty: sa.Engine) -> None:
    migrate(empty, "0016")
    fetches = [
        ("a", 8, "fresh", 5, 9, "came"), ("a", 9, "quiet", 0, 11, "no more"), ("a", 32, "waiting", 0, 2, "late"),
        ("b", 8, "failed", 0, 0, "no answer"),
    ]  # fmt: skip
    with writing(empty) as tx:
        tables = {table.name: table for table in reflected(tx)}
        rows = [
            {
                "source": source,
                "fetched_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + hours * dt.timedelta(hours=1),
                "state": state,
            }
            | {"new": new, "items": items, "skipped": 0, "note": note}
            for source, hours, state, new, items, note in fetches
        ]
        tx.execute(sa.insert(tables["fetches"]), rows)
    migrate(empty)
    with reading(empty) as tx:
        days = {source: source_days.since(tx, source, dt.date(2026, 1, 1))[""] for source in "ab"}
    assert [(day.state, day.new, day.items, day.note) for day in days["a"]] == [
        (State.FRESH, 5, 11, "no more"),
        (State.WAITING, 0, 2, "late"),
    ]
    assert days["a"][0].new_at
    assert [day.state for day in days["b"]] == [State.FAILED]
