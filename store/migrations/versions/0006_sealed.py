"""What people said and their numbers are sealed, what is there already too; people can be forgotten."""

from collections.abc import Callable, Iterator, Mapping

import sqlalchemy as sa
from alembic import op

from store.sealed import HASH_CHARACTERS, Seal, seal_of

revision = "0006"
down_revision = "0005"

_NUMBERS = {
    "sessions": ("person", "phone"),
    "sends": ("recipient",),
    "check_ins": ("person",),
    "jobs": ("person",),
}
_TEXTS = {
    "sessions": ("state",),
    "turns": ("said", "replies", "trace"),
    "sends": ("body",),
    "offers": ("number",),
    "jobs": ("payload",),
}
_INDEXES = {
    "sessions_of_person": ("sessions", "person", "id"),
    "sends_to": ("sends", "recipient", "created_at"),
    "check_ins_of_person": ("check_ins", "person", "state"),
    "jobs_of_person": ("jobs", "person"),
}
_AT_ONCE = 500

_Change = Callable[[str], str]


def upgrade() -> None:
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("sealed", sa.Text, nullable=False),
    )
    op.create_table(
        "handled",
        sa.Column("inbound", sa.Text, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_index("handled_by_time", "handled", ["at"])
    op.create_table(
        "requests",
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("inbound", sa.Text),
    )
    op.create_index("sessions_by_level", "sessions", ["level", "last_at"])
    # Whether a robot's answers were cut off was read from the trace, which cannot be searched any more.
    op.add_column("turns", sa.Column("cut_off", sa.Boolean, nullable=False, server_default=sa.false()))
    op.execute("UPDATE turns SET cut_off = true WHERE trace LIKE '%\"cut off\"%'")
    for index, (table, *_) in _INDEXES.items():
        op.drop_index(index, table)
    connection = op.get_bind()
    seal = seal_of(connection.dialect)
    seal.begin(connection)
    _seal(connection, seal)
    for index, (table, number, *more) in _INDEXES.items():
        found_by = sa.text(f"substr({number}, 1, {HASH_CHARACTERS})")
        op.create_index(index, table, [found_by, *more])


def _seal(connection: sa.Connection, seal: Seal) -> None:
    for table in ("sessions", "turns", "sends", "offers", "check_ins", "jobs"):
        changes: dict[str, _Change] = dict.fromkeys(_NUMBERS.get(table, ()), seal.number)
        changes |= dict.fromkeys(_TEXTS.get(table, ()), seal.text)
        _change(connection, table, "session" if table == "offers" else "id", changes)
    # Nobody reads whom not to text: that is only looked up.
    _change(connection, "refusals", "person", {"person": seal.hashed})


def _change(connection: sa.Connection, name: str, key: str, changes: Mapping[str, _Change]) -> None:
    table = sa.table(name, *(sa.column(one) for one in {key, *changes}))
    changed = sa.update(table).where(table.c[key] == sa.bindparam("at"))
    changed = changed.values({one: sa.bindparam(f"new_{one}") for one in changes})
    for rows in _batches(connection, table, key):
        values = [
            {
                f"new_{one}": row[one] if row[one] is None else change(row[one])
                for one, change in changes.items()
            }
            | {"at": row[key]}
            for row in rows
        ]
        connection.execute(changed, values)


def _batches(connection: sa.Connection, table: sa.TableClause, key: str) -> Iterator[list[sa.RowMapping]]:
    keys = list(connection.execute(sa.select(table.c[key])).scalars())
    for first in range(0, len(keys), _AT_ONCE):
        some = sa.select(table).where(table.c[key].in_(keys[first : first + _AT_ONCE]))
        yield list(connection.execute(some).mappings())
