"""What is done on the command line stands in the trail before it is done, and the trail can be read there."""

import argparse
from collections.abc import Iterator

import pytest

from desk.__main__ import _rights
from desk.trail import Trail
from desk.user_commands import COMMAND_LINE, add_user_commands, audit, user_command
from desk.users import Role, Users
from store.database import BusyError
from store.store import Store
from tests.desk.days import NEW_YORK, Days
from tests.keys import KEYS

NOW = 1_790_000_000.0
PASSWORD = "four odd words here"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url, KEYS, lambda: NOW)
    Users(store.database).add("Ana", Role.STAFF, PASSWORD, NOW)
    yield store
    store.database.close()


def told(*words: str) -> argparse.Namespace:
    """What the command line makes of ``words``."""
    parser = argparse.ArgumentParser()
    add_user_commands(parser.add_subparsers())
    return parser.parse_args(words)


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be written into the trail."""

    def refuse(*_: object) -> None:
        raise BusyError

    monkeypatch.setattr(Trail, "record", refuse)


@pytest.mark.parametrize(
    "words",
    [
        ("user", "add", "Ben"),
        ("user", "password", "Ana"),
        ("user", "role", "Ana", "--role", "admin"),
        ("user", "totp", "Ana"),
        ("user", "remove", "Ana"),
    ],
)
@pytest.mark.usefixtures("full")
def test_a_user_is_not_changed_when_the_trail_cannot_be_written(
    words: tuple[str, ...], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.user_commands._password", lambda: PASSWORD + "!")
    with pytest.raises(BusyError):
        user_command(told(*words), store)
    users = Users(store.database)
    assert [(user.name, user.role, code) for user, code in users.all()] == [("Ana", Role.STAFF, False)]
    assert users.checked("Ana", PASSWORD, "", NOW)


@pytest.mark.parametrize("delete", [True, False])
@pytest.mark.usefixtures("full")
def test_nobody_is_forgotten_or_handed_out_when_the_trail_cannot_be_written(delete: bool, days: Days) -> None:
    days.ends()
    with pytest.raises(BusyError):
        _rights(NEW_YORK, delete, days.store)
    assert days.rows()


def test_what_is_refused_after_all_stands_there_as_not_done(store: Store, days: Days) -> None:
    with pytest.raises(SystemExit, match="no user Ben"):
        user_command(told("user", "remove", "Ben"), store)
    written = [(one.who, one.action, one.about, one.details) for one in Trail(store.database).newest(9)]
    first = (COMMAND_LINE, "user remove", "Ben")
    assert written == [(*first, "not done"), (*first, "")]
    days.says("I can't feel between my legs")
    with pytest.raises(SystemExit, match="DONE"):
        _rights(NEW_YORK, True, days.store)
    assert [one.details for one in Trail(days.store.database).about("a number")] == ["not done", ""]


def test_the_trail_can_be_read_the_newest_last(store: Store) -> None:
    trail = Trail(store.database)
    trail.record(NOW, "Ana", "view", "conversation 12")
    trail.record(NOW + 1, "Benedict", "view", "conversation 3")
    trail.record(NOW + 62, "Ana", "outcome", "conversation 12", "well again")
    head = "time (UTC)           who       action   about            details"
    lines = (
        "2026-09-21 14:13:20  Ana       view     conversation 12",
        "2026-09-21 14:13:21  Benedict  view     conversation 3",
        "2026-09-21 14:14:22  Ana       outcome  conversation 12  well again",
    )
    assert audit(told("audit", "show"), store).splitlines() == [head, *lines]
    assert audit(told("audit", "show", "--last", "1"), store).splitlines()[1].split()[2:4] == [
        "Ana",
        "outcome",
    ]
    for words, count in (
        (("--who", "Ana"), 2),
        (("--about", "conversation 3"), 1),
        (("--who", "Ana", "--about", "conversation 3"), 0),
    ):
        assert len(audit(told("audit", "show", *words), store).splitlines()) == 1 + count


@pytest.mark.parametrize(
    "words",
    [
        ("audit", "show", "--last", "0"),
        ("audit", "show", "--last", "all"),
        ("user", "add", "A\x1b[2J"),
    ],
)
def test_odd_words_are_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit):
        told(*words)
