"""One alert for each conversation, which pages again when things get worse."""

import json
from collections.abc import Callable

import pytest
from sqlalchemy import update

from flows.levels import Level
from flows.session import Session
from flows.turn import Alert, Turn
from store.store import Entry, Store
from store.tables import alerts, jobs
from tests.keys import KEYS
from tests.store.test_store import NOW, PERSON, counted, rows

Raise = Callable[..., None]


@pytest.fixture
def raised(store: Store) -> Raise:
    """Raises an alert in the conversation of ``person``, ``after`` seconds."""

    def by(level: Level, *flags: str, after: float = 0.0, person: str = PERSON) -> None:
        def decide(session: Session | None) -> Turn:
            return counted(session, Alert(level, flags), at=NOW + after)

        store.take_turn(person, None, NOW + after, decide)

    return by


def change(store: Store, **values: object) -> None:
    with store.database.transaction() as connection:
        connection.execute(update(alerts).values(**values))


def paging(store: Store) -> list[tuple[object, float]]:
    """Which alerts were brought to the foot of the ladder, and when."""
    found = [one for one in rows(store, jobs) if one["kind"] == "escalate" and one["urgent"]]
    return sorted((json.loads(str(one["payload"]))["alert"], float(str(one["due"]))) for one in found)


def test_an_alert_is_open_has_a_code_and_is_at_the_foot_of_the_ladder(store: Store, raised: Raise) -> None:
    raised(Level.URGENT, "leg_weakness")
    [alert] = rows(store, alerts)
    assert (alert["state"], alert["level"], alert["round"], alert["rung"]) == ("open", "urgent", 0, 0)
    assert (alert["at"], alert["raised_at"], alert["updated"]) == (NOW, NOW, NOW)
    assert len(str(alert["code"])) == 4
    assert paging(store) == [(alert["id"], NOW)]


def test_more_of_the_same_level_merges_without_paging(store: Store, raised: Raise) -> None:
    raised(Level.URGENT, "leg_weakness")
    raised(Level.URGENT, "fever", "leg_weakness", after=5)
    [alert] = rows(store, alerts)
    assert json.loads(str(alert["flags"])) == ["leg_weakness", "fever"]
    assert (alert["raised_at"], alert["updated"]) == (NOW, NOW + 5)
    assert len(paging(store)) == 1


def test_a_rise_of_level_pages_again_even_if_somebody_had_seen_it(store: Store, raised: Raise) -> None:
    raised(Level.URGENT, "leg_weakness")
    [before] = rows(store, alerts)
    change(
        store, state="acknowledged", acknowledged_by="Sam", acknowledged_at=NOW, round=1, rung=2, told="seen"
    )
    raised(Level.EMERGENCY, "saddle_numbness", after=5)
    [alert] = rows(store, alerts)
    assert (alert["id"], alert["code"], alert["level"]) == (before["id"], before["code"], "emergency")
    assert (alert["state"], alert["acknowledged_by"], alert["round"], alert["rung"]) == ("open", None, 0, 0)
    assert (alert["raised_at"], alert["told"]) == (NOW + 5, "")
    assert alert["turn"] != before["turn"]
    assert paging(store) == [(alert["id"], NOW), (alert["id"], NOW + 5)]


def test_something_new_after_it_was_seen_pages_again_and_the_same_does_not(
    store: Store, raised: Raise
) -> None:
    raised(Level.EMERGENCY, "saddle_numbness")
    change(store, state="acknowledged", acknowledged_by="Sam")
    raised(Level.EMERGENCY, "saddle_numbness", after=5)
    assert len(paging(store)) == 1
    raised(Level.URGENT, "fever", after=6)
    [alert] = rows(store, alerts)
    assert (alert["state"], alert["level"]) == ("open", "emergency")
    assert len(paging(store)) == 2


def test_after_it_was_closed_another_begins(store: Store, raised: Raise) -> None:
    raised(Level.URGENT, "leg_weakness")
    change(store, state="closed")
    raised(Level.URGENT, "leg_weakness", after=5)
    assert [alert["state"] for alert in rows(store, alerts)] == ["closed", "open"]


def test_codes_in_use_are_not_given_again_and_grow_when_there_are_too_many(
    store: Store, raised: Raise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.alerts.secrets.randbelow", lambda _: 821)
    for number in range(3):
        raised(Level.URGENT, "fever", person=f"+1555010000{number}")
    assert [alert["code"] for alert in rows(store, alerts)] == ["1821", "10821", "100821"]
    change(store, state="closed")
    raised(Level.URGENT, "fever", person="+15550100009")
    assert rows(store, alerts)[-1]["code"] == "1821"


def test_what_else_is_to_be_done_with_a_turn_is_kept_with_it_or_not_at_all(
    store: Store, database_url: str
) -> None:
    seen: list[Entry] = []

    def then(_connection: object, entry: Entry) -> None:
        seen.append(entry)
        if entry.said == "fails":
            raise ValueError("a bug")

    other = Store(database_url, KEYS, then=[then])
    other.take_turn(PERSON, "SM1", NOW, counted, "my leg")
    with pytest.raises(ValueError, match="a bug"):
        other.take_turn(PERSON, "SM2", NOW, counted, "fails")
    entry = seen[0]
    assert (entry.person, entry.said, entry.now) == (PERSON, "my leg", NOW)
    assert entry.turn.replies[0].text == "turn 1"
    assert store.take_turn(PERSON, "SM2", NOW, counted).replies[0].text == "turn 2"
    other.database.close()
