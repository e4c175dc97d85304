"""What staff look at and do is kept, and whoever changes it is found out."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from desk.trail import Trail
from store.store import Store
from tests.together import run_together

NOW = 1_790_000_000.0


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url, lambda: NOW)
    yield store
    store.database.close()


@pytest.fixture
def trail(store: Store) -> Trail:
    trail = Trail(store.database)
    for number in range(4):
        trail.record(NOW + number, "Ana", "view", f"conversation {number % 2}")
    return trail


def test_it_is_whole_and_can_be_read(trail: Trail) -> None:
    assert (trail.verify().entries, trail.verify().broken) == (4, None)
    assert [entry.id for entry in trail.about("conversation 1")] == [4, 2]
    assert trail.holds(trail.verify().head)
    assert not trail.holds("0" * 64)


@pytest.mark.parametrize("change", ["UPDATE trail SET who = 'Ben'", "DELETE FROM trail WHERE id = 4"])
def test_the_database_refuses_to_change_it(change: str, trail: Trail, store: Store) -> None:
    with (
        pytest.raises(SQLAlchemyError, match="only ever added to"),
        store.database.transaction() as connection,
    ):
        connection.execute(text(change))
    assert trail.verify().entries == 4


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE trail SET who = 'Ben' WHERE id = 2", 2),
        ("UPDATE trail SET details = 'x' WHERE id = 1", 1),
        ("DELETE FROM trail WHERE id = 3", 4),
        ("UPDATE trail SET hash = 'x' WHERE id = 4", 4),
    ],
)
def test_who_owns_the_file_and_changes_it_is_found_out(
    change: str, broken: int, trail: Trail, store: Store
) -> None:
    head = trail.verify().head
    with store.database.transaction() as connection:
        if connection.dialect.name == "sqlite":
            for event in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER trail_is_kept_{event}"))
        else:
            connection.execute(text("DROP TRIGGER trail_is_kept ON trail"))
        connection.execute(text(change))
    assert trail.verify().broken == broken
    with store.database.transaction() as connection:
        connection.execute(text("DELETE FROM trail WHERE id > 1"))
    # An end that was cut off breaks nothing, and the seal that was written down is gone.
    assert not trail.holds(head)


def test_many_at_once_make_one_chain(trail: Trail) -> None:
    run_together(6, lambda number: trail.record(NOW, f"user {number}", "view"))
    assert trail.verify().entries == 10
    assert trail.verify().broken is None
