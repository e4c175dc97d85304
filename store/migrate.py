"""Brings the tables of a database up to date."""

from pathlib import Path

from sqlalchemy import Connection, Text, column, inspect, select, table
from sqlalchemy.exc import SQLAlchemyError

MIGRATIONS = Path(__file__).parent / "migrations"
# The newest migration, named here so that a start with nothing to do need not load Alembic, which takes as
# long as everything else. A test says when it is another.
NEWEST = "0008"

_KEPT = select(column("version_num", Text)).select_from(table("alembic_version"))


class TooNewError(SQLAlchemyError):
    """The database was changed by a newer Spotter, and this one would not understand it."""


def migrate(connection: Connection) -> bool:
    """Makes or changes the tables as the migrations say, in the transaction of ``connection``.

    The caller sees to it that nobody else does so at the same time. A database from before there were
    migrations is taken over with all that is in it. True when something was changed. Raises `TooNewError`
    for a newer one.
    """
    kept = ""
    if inspect(connection).has_table("alembic_version"):
        kept = str(connection.execute(_KEPT).scalar_one_or_none() or "")
    if kept > NEWEST:
        raise TooNewError(f"the database is of version {kept}, and this Spotter knows only {NEWEST}")
    if kept == NEWEST:
        return False
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, "head")
    return True
