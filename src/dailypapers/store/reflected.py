"""Tables as they are in a database, whichever version made it."""

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import ReflectedForeignKeyConstraint


def reflected(tx: sa.Connection) -> list[sa.Table]:
    """Return the tables of dailypapers as they are in the database, those that others refer to first.

    They have their columns and what these refer to. Keys, indexes and defaults, which reading and writing rows does not
    need, are left out: to ask for them takes more than twice as long.
    """
    inspector, tables = sa.inspect(tx), sa.MetaData()
    references = inspector.get_multi_foreign_keys()
    for key, columns in inspector.get_multi_columns().items():
        _, name = key
        if name != "alembic_version":
            own = (sa.Column(column["name"], column["type"]) for column in columns)
            sa.Table(name, tables, *own, *map(_reference, references[key]))
    return tables.sorted_tables


def _reference(reference: ReflectedForeignKeyConstraint) -> sa.ForeignKeyConstraint:
    names = (f"{reference['referred_table']}.{column}" for column in reference["referred_columns"])
    return sa.ForeignKeyConstraint(reference["constrained_columns"], [*names])
