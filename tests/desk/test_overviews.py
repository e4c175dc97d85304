"""The console's look back: what is found, today's numbers, the ways people went, how many pages may look."""

import threading
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from desk import charts
from desk.history import Results, found
from desk.live import Live
from desk.today import HOURS, Today, midnight, today
from desk.ways import people_since, ways
from flows.draw.svg import draw
from flows.events import Event, Started, Text
from flows.levels import Level
from flows.session import Session
from flows.turn import Turn
from store.tables import alerts
from tests.desk.gym import MONDAY, PERSON, Desk

NEW_YORK = ZoneInfo("America/New_York")
OTHER = "+12025550177"


def text(desk: Desk, person: str, said: str) -> None:
    """Somebody texts the real conversation."""

    def decide(before: Session | None) -> Turn:
        session = before or desk.line.open("sms", "US", "en")
        event: Event = Text(desk.line.hear(session, said)) if said else Started()
        return desk.line.step(session, event, desk.now)

    desk.store.take_turn(person, None, desk.now, decide, said)
    desk.work()


def close(desk: Desk, outcome: str) -> None:
    with desk.store.database.transaction() as connection:
        connection.execute(update(alerts).values(state="closed", outcome=outcome))


def search(desk: Desk, wanted: str, level: Level | None = None) -> Results:
    with desk.store.database.reading() as connection:
        return found(connection, wanted, level)


def test_conversations_are_found_by_what_either_side_said(desk: Desk) -> None:
    text(desk, PERSON, "I tweaked my lower back deadlifting")
    text(desk, OTHER, "I cannot control my bladder and my back hurts")
    assert [one.person for one in search(desk, "")] == [OTHER, PERSON]
    assert [one.first for one in search(desk, "DEADLIFT")] == ["I tweaked my lower back deadlifting"]
    assert [one.person for one in search(desk, "do not drive")] == [OTHER]
    assert not search(desk, "shoulder")


def test_whether_more_could_be_found_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    text(desk, PERSON, "my back hurts")
    text(desk, OTHER, "my back hurts")
    assert not search(desk, "").cut
    assert not search(desk, "back").cut
    monkeypatch.setattr("desk.history.MOST_READ", 1)
    found = search(desk, "hurts")
    assert ([one.person for one in found], found.cut) == ([OTHER], True)
    assert search(desk, "nothing like it").cut
    monkeypatch.setattr("desk.history.MOST_FOUND", 1)
    found = search(desk, "")
    assert ([one.person for one in found], found.cut) == ([OTHER], True)
    monkeypatch.setattr("desk.history.MOST_FOUND", 2)
    assert not search(desk, "").cut


def test_a_number_is_found_whole_and_however_it_is_written(desk: Desk) -> None:
    text(desk, PERSON, "my back hurts")
    text(desk, f"whatsapp:{OTHER}", "my back hurts")
    assert [one.person for one in search(desk, "+1 202-555-0123")] == [PERSON]
    assert [one.person for one in search(desk, OTHER)] == [f"whatsapp:{OTHER}"]
    assert not search(desk, PERSON[:-1])


def test_each_conversation_shows_its_own_first_words_and_its_last_outcome(desk: Desk) -> None:
    text(desk, PERSON, "my back hurts")
    desk.alert(person=OTHER, said="cant feel my legs")
    close(desk, "went home")
    assert [(one.first, one.outcome) for one in search(desk, "")] == [
        ("cant feel my legs", "went home"),
        ("my back hurts", ""),
    ]
    assert [one.person for one in search(desk, "", Level.EMERGENCY)] == []
    text(desk, OTHER, "I cannot control my bladder")
    assert [one.person for one in search(desk, "", Level.EMERGENCY)] == [OTHER]


def numbers(desk: Desk) -> Today:
    with desk.store.database.reading() as connection:
        return today(connection, desk.now, NEW_YORK)


def test_todays_numbers_begin_at_midnight_where_the_gym_is(desk: Desk) -> None:
    desk.now = midnight(MONDAY, NEW_YORK) - 60
    text(desk, PERSON, "my back hurts")
    desk.now = midnight(MONDAY, NEW_YORK) + 60
    text(desk, OTHER, "I cannot control my bladder")
    day = numbers(desk)
    assert (day.conversations, day.hours[0], len(day.hours)) == (1, 1, HOURS)
    assert (day.levels, day.channels) == ({Level.EMERGENCY: 1}, {"sms": 1})
    assert (day.alerts, day.open, day.taken_after) == (1, 1, None)


def test_an_alert_of_yesterday_that_nobody_took_is_still_open(desk: Desk) -> None:
    desk.now = midnight(MONDAY, NEW_YORK) - 60
    text(desk, PERSON, "cant feel my legs")
    desk.now = midnight(MONDAY, NEW_YORK) + 60
    text(desk, OTHER, "I cannot control my bladder")
    assert (numbers(desk).alerts, numbers(desk).open) == (1, 2)


def test_a_day_is_as_long_as_the_clocks_make_it() -> None:
    # In New York the clocks go back at 2:00 on 1 November 2026.
    before = datetime(2026, 11, 1, 23, 30, tzinfo=NEW_YORK).timestamp()
    assert before - midnight(before, NEW_YORK) == pytest.approx(24.5 * 3600)


def test_which_way_people_went_counts_each_of_them_once(desk: Desk) -> None:
    for person in (PERSON, OTHER):
        for said in ("", "my lower back hurts", "no"):
            text(desk, person, said)
    with desk.store.database.reading() as connection:
        went = ways(connection, desk.now - 1)
        assert people_since(connection, desk.now - 1) == 2
        assert people_since(connection, desk.now + 1) == 0
        assert ways(connection, desk.now + 1).steps == {}
    assert set(went.steps.values()) == {2}
    assert {step for arrow in went.arrows for step in arrow} <= set(went.steps)
    drawn = draw(desk.line.flow, went)
    assert f"{desk.line.flow.start}: 2 people" in drawn
    assert "→ screen_body: 2 people" in drawn


def test_charts_say_in_words_what_they_show() -> None:
    hours = [0] * HOURS
    hours[7], hours[18] = 3, 1
    assert 'aria-label="Conversations by the hour: 3 at 7:00, 1 at 18:00"' in charts.hours(hours, 18)
    assert 'aria-label="Conversations by the hour: none yet"' in charts.hours([0] * HOURS, 0)
    shown = charts.levels({Level.EMERGENCY: 2})
    assert "Emergency 2" in shown
    assert shown.index('data-level="emergency"') < shown.index('data-level="info"')


def test_so_many_pages_may_look_on_and_one_that_goes_frees_its_place(desk: Desk) -> None:
    live = Live(desk.store, threading.Event(), pages=2)
    first, second = live.stream(), live.stream()
    assert live.stream().status_code == 503
    first.close()
    third = live.stream()
    assert (second.status_code, third.status_code) == (200, 200)
    events = iter(third.response)
    assert "retry" in str(next(events))
    assert "data: 0" in str(next(events))
    text(desk, PERSON, "I cannot control my bladder")
    assert "data: 1" in str(next(events))


def test_the_pages_end_when_the_server_does(desk: Desk) -> None:
    leaving = threading.Event()
    events = iter(Live(desk.store, leaving).stream().response)
    next(events)
    leaving.set()
    assert list(events) == []
