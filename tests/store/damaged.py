"""A SQLite file of which one table is damaged, as by a disk that fails."""

from pathlib import Path

import sqlalchemy as sa

from dailypapers.store.database import close, reading


def damage(engine: sa.Engine, table: str) -> None:
    """Overwrite the pages that a table and its indexes begin on; the rest of the file stays readable."""
    with reading(engine) as tx:
        roots = tx.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE tbl_name = ?", (table,)).scalars().all()
        size = tx.exec_driver_sql("PRAGMA page_size").scalar_one()
    close(engine)
    with Path(str(engine.url.database)).open("r+b") as file:
        for page in roots:
            file.seek((page - 1) * size)
            file.write(b"\xff" * size)
