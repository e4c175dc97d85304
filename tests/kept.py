"""All that is kept, as whoever stole it would read it: the database's files or its tables, without keys."""

from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy import make_url


def kept_in(database_url: str) -> bytes:
    """Every byte of an SQLite database and its log, or every row of a PostgreSQL one."""
    if database_url.startswith("sqlite"):
        file = Path(make_url(database_url).database or "")
        return b"".join(one.read_bytes() for one in sorted(file.parent.glob(f"{file.name}*")))
    rows: list[str] = []
    with psycopg.connect(database_url) as connection:
        names = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
        for (name,) in names:
            found = connection.execute(sql.SQL("select t::text from {} t").format(sql.Identifier(name)))
            rows += [str(one) for (one,) in found]
    return "\n".join(rows).encode()
