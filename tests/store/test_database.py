"""Both databases behave alike: what is written together is kept together, and what is there already stays."""

import datetime as dt
import resource
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from dailypapers.errors import BadSettings, DatabaseUnreachable
from dailypapers.store.database import (
    KeptWriter,
    clock_difference,
    clock_of,
    close,
    connect,
    groups,
    insert_new,
    insert_new_rows,
    reading,
    replace_rows,
    require_migrated,
    writing,
)
from dailypapers.store.schema import checkpoints


def rows(engine: sa.Engine) -> list[tuple[str, object]]:
    with reading(engine) as tx:
        query = sa.select(checkpoints.c.source, checkpoints.c.value).order_by(checkpoints.c.source)
        return [(row.source, row.value) for row in tx.execute(query)]


def test_what_fails_half_way_leaves_nothing(engine: sa.Engine) -> None:
    def write_and_fail() -> None:
        with writing(engine) as tx:
            insert_new(tx, checkpoints, [{"source": "a", "value": {}}])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert rows(engine) == []


def test_new_rows_are_inserted_and_others_left_alone(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        insert_new(tx, checkpoints, [{"source": "a", "value": {"n": 1}}])
        new = insert_new(
            tx,
            checkpoints,
            [{"source": "a", "value": {"n": 2}}, {"source": "b", "value": {"n": 2}}],
            checkpoints.c.source,
        )
        assert [row.source for row in new] == ["b"]
        assert insert_new(tx, checkpoints, []) == []
    assert rows(engine) == [("a", {"n": 1}), ("b", {"n": 2})]


def test_many_rows_are_inserted_as_few_are(engine: sa.Engine) -> None:
    values = [(f"source {n}", {"n": n}) for n in range(300)]
    with writing(engine) as tx:
        insert_new(tx, checkpoints, [{"source": "source 7", "value": {"n": -7}}])
        new = insert_new_rows(tx, checkpoints, ("source", "value"), values, checkpoints.c.source)
        assert sorted(row.source for row in new) == sorted(source for source, _ in values if source != "source 7")
        assert insert_new_rows(tx, checkpoints, ("source", "value"), values, checkpoints.c.source) == []
        assert insert_new_rows(tx, checkpoints, ("source", "value"), []) == []
    assert dict(rows(engine)) == {**dict(values), "source 7": {"n": -7}}


def test_replaced_rows_take_the_new_values(engine: sa.Engine) -> None:
    with writing(engine) as tx:
        replace_rows(tx, checkpoints, [{"source": "a", "value": {"n": 1}}])
        replace_rows(tx, checkpoints, [{"source": "a", "value": {"n": 2}}, {"source": "b", "value": {}}])
        replace_rows(tx, checkpoints, [])
    assert rows(engine) == [("a", {"n": 2}), ("b", {})]


def test_a_migrated_database_is_fit_for_use(engine: sa.Engine) -> None:
    require_migrated(engine)


def test_a_database_without_tables_says_what_to_do() -> None:
    with pytest.raises(DatabaseUnreachable, match="run `dailypapers migrate`"):
        require_migrated(connect("sqlite://"))


@pytest.mark.parametrize("url", ["mysql://host/papers", "papers.db", ""])
def test_an_address_of_no_database_we_know_is_refused(url: str) -> None:
    with pytest.raises(BadSettings, match=r"sqlite:///papers\.db"):
        connect(url)


def test_groups_hold_everything_once() -> None:
    assert list(groups(range(5), size=2)) == [[0, 1], [2, 3], [4]]
    assert list(groups([])) == []


def test_a_durable_write_is_on_the_disk_and_the_next_one_need_not_be(sqlite: sa.Engine) -> None:
    full, normal = 2, 1
    for durable, synchronous in ((True, full), (False, normal), (True, full)):
        with writing(sqlite, durable=durable) as tx:
            assert tx.exec_driver_sql("PRAGMA synchronous").scalar_one() == synchronous


def writer_on(engine: sa.Engine) -> KeptWriter:
    kept = KeptWriter.on(engine)
    assert kept
    return kept


def add(source: str) -> Callable[[sa.Connection], int]:
    return lambda tx: len(insert_new(tx, checkpoints, [{"source": source, "value": {}}], checkpoints.c.source))


def test_what_a_kept_connection_writes_is_there_once_it_is_committed_and_it_is_durable(sqlite: sa.Engine) -> None:
    kept, full = writer_on(sqlite), 2
    for count, source in enumerate(("a", "b")):
        added, commit = kept.write(add(source))
        assert (added, len(rows(sqlite))) == (1, count)
        commit()
        assert len(rows(sqlite)) == count + 1
    assert kept.write(lambda tx: tx.exec_driver_sql("PRAGMA synchronous").scalar_one())[0] == full
    kept.let_go()()


def test_a_kept_connection_does_not_wait_for_others_and_is_not_the_worse_for_it(sqlite: sa.Engine) -> None:
    kept = writer_on(sqlite)
    kept.write(lambda _: None)[1]()
    with writing(sqlite) as tx:
        add("other")(tx)
        with pytest.raises(DatabaseUnreachable, match="locked"):
            kept.write(add("a"))
    _, commit = kept.write(add("a"))
    commit()
    kept.let_go()()
    assert [name for name, _ in rows(sqlite)] == ["a", "other"]


def test_what_goes_wrong_on_a_kept_connection_leaves_nothing(sqlite: sa.Engine) -> None:
    kept = writer_on(sqlite)

    def write_and_fail(tx: sa.Connection) -> None:
        add("a")(tx)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        kept.write(write_and_fail)
    _, commit = kept.write(add("b"))
    commit()
    kept.let_go()()
    assert [name for name, _ in rows(sqlite)] == ["b"]


def test_a_connection_that_was_let_go_of_can_be_committed_still(sqlite: sa.Engine) -> None:
    kept = writer_on(sqlite)
    _, commit = kept.write(add("a"))
    close_first = kept.let_go()
    commit()
    close_first()
    kept.write(add("b"))
    kept.let_go()()
    assert [name for name, _ in rows(sqlite)] == ["a"]


def test_only_a_file_is_written_to_over_a_kept_connection(postgres: sa.Engine) -> None:
    assert KeptWriter.on(postgres) is None
    assert KeptWriter.on(connect("sqlite://")) is None


def test_a_clock_that_differs_from_the_servers_is_known_to(postgres: sa.Engine, sqlite: sa.Engine) -> None:
    ahead = dt.timedelta(minutes=2)

    def clock() -> dt.datetime:
        return dt.datetime.now(dt.UTC) + ahead

    assert abs(clock_difference(postgres, clock) - ahead) < dt.timedelta(seconds=5)
    assert clock_difference(sqlite, clock) == dt.timedelta()


def test_a_disk_that_is_full_keeps_nobody_from_closing(sqlite: sa.Engine) -> None:
    with writing(sqlite) as tx:
        insert_new(tx, checkpoints, [{"source": "a", "value": {}}])
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        close(sqlite)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert rows(sqlite) == [("a", {})]


def test_only_a_server_has_a_clock(engine: sa.Engine) -> None:
    with reading(engine) as tx:
        moment = clock_of(tx)
    if engine.dialect.name == "sqlite":
        assert moment is None
    else:
        assert moment is not None
        assert abs(dt.datetime.now(dt.UTC) - moment) < dt.timedelta(minutes=1)


def test_a_server_that_is_cut_off_is_noticed_and_the_url_may_say_when(postgres: sa.Engine) -> None:
    def parameters(url: sa.URL) -> dict[str, str]:
        engine = connect(url.render_as_string(hide_password=False))
        with reading(engine) as tx:
            driver = tx.connection.driver_connection
            assert driver is not None
            said: dict[str, str] = driver.info.get_parameters()
        engine.dispose()
        return said

    plain = parameters(postgres.url.set(drivername="postgresql"))
    assert (plain["connect_timeout"], plain["keepalives_idle"], plain["tcp_user_timeout"]) == ("10", "10", "25000")
    chosen = parameters(postgres.url.set(drivername="postgresql").update_query_dict({"connect_timeout": "3"}))
    assert (chosen["connect_timeout"], chosen["keepalives_idle"]) == ("3", "10")


def test_a_server_that_has_become_a_standby_is_waited_for(postgres: sa.Engine) -> None:
    name = postgres.url.database
    change, back = (f"ALTER DATABASE {name} SET default_transaction_read_only = {value}" for value in ("on", "off"))
    with writing(postgres) as tx:
        tx.exec_driver_sql(change)
    postgres.dispose()
    try:
        with pytest.raises(DatabaseUnreachable, match="takes no changes: it is a standby"), writing(postgres) as tx:
            tx.exec_driver_sql("CREATE TABLE of_a_test (id INTEGER)")
        with reading(postgres) as tx:
            assert tx.exec_driver_sql("SELECT 1").scalar_one() == 1
    finally:
        with postgres.connect() as tx, tx.begin():
            tx.exec_driver_sql("SET TRANSACTION READ WRITE")
            tx.exec_driver_sql(back)
        postgres.dispose()
    with writing(postgres) as tx:
        tx.exec_driver_sql("CREATE TABLE of_a_test (id INTEGER)")
        tx.exec_driver_sql("DROP TABLE of_a_test")
