"""The tables of Dagster's SQLite files, without Alembic where it has nothing to decide.

What belongs here: whether a file has its tables, and making those of an empty one. What does not: what is in them
(`run_storage.py`), migrations, which stay Alembic's.

Dagster asks Alembic for the state of each of its files: five times a run 89 scripts are imported to learn which is the last, and
for a new file once more to note it there. A file that notes a revision is left as it is, whatever that is; a new one gets the
tables of today and the last revision.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from importlib.resources import files

import sqlalchemy as sa
from dagster._core.storage.runs.sqlite import SqliteRunStorage
from dagster._core.storage.schedules.sqlite.sqlite_schedule_storage import SqliteScheduleStorage
from dagster._core.storage.sql import ALEMBIC_SCRIPTS_LOCATION
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

_REVISION = re.compile(r"^(down_)?revision\s*(?::[^=]*)?=\s*[\"'](\w+)[\"']", re.MULTILINE)
# As Alembic makes it.
_NOTED = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)


def has_layout(connection: Connection, *tables: str) -> bool:
    """Whether a file notes a revision, and has some tables beside it."""
    there = _tables(connection)
    return {*tables, _NOTED.name} <= there and connection.execute(sa.select(_NOTED.c.version_num)).first() is not None


def lay_out(engine: Engine, metadata: sa.MetaData) -> bool:
    """Make the tables of a file that has none.

    Args:
        engine: of the file.
        metadata: the tables.

    Returns:
        Whether it had none; otherwise nothing was done.
    """
    with engine.connect() as connection:
        if _tables(connection):
            return False
        connection.exec_driver_sql("pragma journal_mode = wal")
        metadata.create_all(connection)
        _NOTED.create(connection)
        connection.execute(_NOTED.insert().values(version_num=last_revision()))
        connection.commit()
    return True


def is_prepared(storage: SqliteRunStorage | SqliteScheduleStorage, address: str, metadata: sa.MetaData) -> bool:
    """Whether the file of a storage has its tables, now at least; if not, it is for Dagster to say what to do about it.

    Args:
        storage: of the file.
        address: the file.
        metadata: the tables.
    """
    engine, is_new = sa.create_engine(address, poolclass=NullPool), False
    with suppress(DBAPIError):  # such as another process that makes them at the same time
        with engine.connect() as connection:
            if has_layout(connection, *metadata.tables):
                return True
        is_new = lay_out(engine, metadata)
    if is_new:
        storage.migrate()  # which notes in the file that there is nothing to migrate
        storage.optimize()
    return is_new


@cache
def last_revision() -> str:
    """The revision of Dagster's tables that no other goes on from.

    Raises:
        RuntimeError: there is none, or several.
    """
    package, _, folder = ALEMBIC_SCRIPTS_LOCATION.partition(":")
    found: dict[str, set[str]] = {"": set(), "down_": set()}
    for script in files(package).joinpath(folder, "versions").iterdir():
        if script.name.endswith(".py"):
            for kind, revision in _REVISION.findall(script.read_text(encoding="utf-8")):
                found[kind].add(revision)
    last = found[""] - found["down_"]
    if len(last) != 1:
        raise RuntimeError(f"the last revision of Dagster's tables is one of {sorted(last)}")
    return last.pop()


def _tables(connection: Connection) -> set[str]:
    rows = connection.exec_driver_sql("select name from sqlite_master where type = 'table'")
    return {name for (name,) in rows}
