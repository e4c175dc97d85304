"""Seals everything with the newest key, in batches that no turn has to wait for long."""

from collections.abc import Iterator

from sqlalchemy import Column, Table, Text, select, type_coerce, update

from store.database import Database
from store.keys import Keys
from store.sealed import HASH_CHARACTERS, Number, Sealed
from store.tables import metadata, secrets

# So many rows in one transaction.
_BATCH = 200


def rotate(database: Database, keys: Keys) -> int:
    """How many values had been sealed with an older key than the newest of ``keys``, and are not any more.

    Safe to stop at any moment and to begin again: whatever was done is done, and both keys can still be
    read. Raises `WrongKeysError` when something opens with none of them, and one of `TROUBLE`.
    """
    with database.transaction() as connection:
        row = connection.execute(select(secrets)).one()
        renewed = keys.renew(row.sealed)
        connection.execute(update(secrets).where(secrets.c.name == row.name).values(sealed=renewed))
    done = int(renewed != row.sealed)
    for table, columns in _sealed():
        done += sum(_batches(database, keys, table, columns))
    return done


def _sealed() -> Iterator[tuple[Table, list[Column[str]]]]:
    for table in metadata.sorted_tables:
        columns = [column for column in table.c if isinstance(column.type, Sealed | Number)]
        if columns:
            yield table, columns


def _batches(database: Database, keys: Keys, table: Table, columns: list[Column[str]]) -> Iterator[int]:
    """How many values of each batch of rows were renewed, by the order of their keys."""
    (key,) = table.primary_key
    raw = [type_coerce(column, Text).label(column.name) for column in columns]
    some = select(key.label("at"), *raw).order_by(key).limit(_BATCH).with_for_update()
    following = some
    while True:
        with database.transaction() as connection:
            rows = connection.execute(following).mappings().all()
            if not rows:
                return
            done = 0
            for row in rows:
                new = {one: _renewed(keys, one, row[one.name]) for one in columns}
                changed = {one: value for one, value in new.items() if value != row[one.name]}
                if changed:
                    values = {one: type_coerce(value, Text) for one, value in changed.items()}
                    connection.execute(update(table).where(key == row["at"]).values(values))
                done += len(changed)
        following = some.where(key > rows[-1]["at"])
        yield done


def _renewed(keys: Keys, column: Column[str], kept: str | None) -> str | None:
    if not kept:
        return kept
    if isinstance(column.type, Number):
        return kept[:HASH_CHARACTERS] + keys.renew(kept[HASH_CHARACTERS:])
    return keys.renew(kept)
