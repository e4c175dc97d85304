"""Turns are kept whole or not at all, once, and in the right conversation."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from flows.levels import Level
from flows.session import Session
from flows.turn import Alert, Cancel, Effect, Reply, Schedule, Trace, Turn
from store.store import Store
from store.tables import alerts, jobs, sessions, turns
from tests.keys import KEYS
from tests.together import run_together

NOW = 1_790_000_000.0
DAY = 24 * 3600.0
PERSON = "+15550100001"


def counted(session: Session | None, *effects: Effect, at: float = NOW, **changes: object) -> Turn:
    """A turn that says how many there have been in this conversation."""
    base = session or Session("back_pain", "1", "sms")
    after = replace(base, turns=base.turns + 1, last_at=at, **changes)  # type: ignore[arg-type]
    return Turn(after, (Reply(f"turn {after.turns}", "count"),), effects, (Trace("event", "Text"),))


def rows(store: Store, table: object) -> list[dict[str, object]]:
    with store.database.transaction() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]  # type: ignore[call-overload]


def test_a_turn_is_kept_with_everything_that_belongs_to_it(store: Store) -> None:
    alert = Alert(Level.URGENT, ("leg_weakness",))
    kept = store.take_turn(
        PERSON,
        "SM1",
        NOW,
        lambda s: counted(s, alert, Schedule("recheck", 180), level=Level.URGENT),
        "my leg",
    )
    assert [reply.text for reply in kept.replies] == ["turn 1"]
    assert kept.turn is not None
    assert not kept.repeated
    [session] = rows(store, sessions)
    assert Session.from_json(str(session["state"])) == kept.turn.session
    assert (session["person"], session["channel"], session["level"]) == (PERSON, "sms", "urgent")
    [turn] = rows(store, turns)
    assert (turn["inbound"], turn["said"], turn["session"]) == ("SM1", "my leg", session["id"])
    assert json.loads(str(turn["replies"])) == [{"text": "turn 1", "key": "count"}]
    assert json.loads(str(turn["trace"]))[0]["name"] == "Text"
    [told] = rows(store, alerts)
    assert (told["turn"], told["level"], told["flags"]) == (turn["id"], "urgent", '["leg_weakness"]')
    paging, job = sorted(rows(store, jobs), key=lambda one: str(one["due"]))
    assert (paging["kind"], paging["due"], paging["session"]) == ("escalate", NOW, None)
    assert (job["kind"], job["person"], job["due"]) == ("time_out:recheck", PERSON, NOW + 180)


def test_a_repeated_message_gets_the_same_reply_and_moves_nothing(store: Store) -> None:
    store.take_turn(PERSON, "SM1", NOW, counted)
    store.take_turn(PERSON, "SM2", NOW + 1, counted)
    before = rows(store, sessions), rows(store, turns)
    kept = store.take_turn(PERSON, "SM1", NOW + 2, counted)
    assert kept.repeated
    assert kept.turn is None
    assert [reply.text for reply in kept.replies] == ["turn 1"]
    assert (rows(store, sessions), rows(store, turns)) == before


def test_messages_without_an_id_are_all_taken(store: Store) -> None:
    replies = [store.take_turn("kiosk", None, NOW, counted).replies[0].text for _ in range(3)]
    assert replies == ["turn 1", "turn 2", "turn 3"]


@pytest.mark.parametrize("error", [ValueError("a bug in the flow"), KeyError("x")])
def test_nothing_is_kept_when_deciding_fails_and_the_message_can_come_again(
    store: Store, error: Exception
) -> None:
    def fails(_: Session | None) -> Turn:
        raise error

    store.take_turn(PERSON, "SM1", NOW, counted)
    with pytest.raises(type(error)):
        store.take_turn(PERSON, "SM2", NOW, fails)
    assert len(rows(store, turns)) == 1
    assert store.take_turn(PERSON, "SM2", NOW, counted).replies[0].text == "turn 2"


def test_deciding_nothing_leaves_everything_as_it_is(store: Store) -> None:
    store.take_turn(PERSON, "SM1", NOW, counted)
    before = rows(store, sessions), rows(store, turns)
    kept = store.take_turn(PERSON, "SM2", NOW + 1, lambda _: None)
    assert (kept.replies, kept.turn, kept.repeated) == ((), None, False)
    assert (rows(store, sessions), rows(store, turns)) == before


def test_after_a_day_of_silence_a_fresh_conversation_begins(store: Store) -> None:
    store.take_turn(PERSON, "SM1", NOW, lambda s: counted(s, Schedule("recheck", 60)))
    assert store.session(PERSON, NOW + DAY) is not None
    assert store.session(PERSON, NOW + DAY + 1) is None
    kept = store.take_turn(PERSON, "SM2", NOW + DAY + 1, lambda s: counted(s, at=NOW + DAY + 1))
    assert kept.replies[0].text == "turn 1"
    assert len(rows(store, sessions)) == 2
    assert rows(store, jobs) == []
    assert store.take_turn(PERSON, "SM3", NOW + DAY + 2, counted).replies[0].text == "turn 2"


@pytest.mark.parametrize("jump", [2 * DAY, -2 * DAY])
def test_a_clock_that_jumps_lets_no_stale_answer_count(store: Store, jump: float) -> None:
    store.take_turn(PERSON, "SM1", NOW, counted)
    kept = store.take_turn(PERSON, "SM2", NOW + jump, lambda s: counted(s, at=NOW + jump))
    assert kept.replies[0].text == "turn 1"
    assert store.take_turn(PERSON, "SM3", NOW + jump + 1, counted).replies[0].text == "turn 2"


def test_an_opt_out_outlives_the_conversation_but_its_answers_do_not(store: Store) -> None:
    store.take_turn(
        PERSON, "SM1", NOW, lambda s: counted(s, opted_out=True, answers={"pain": 7}, step="pain")
    )
    session = store.session(PERSON, NOW + 30 * DAY)
    assert session == Session("back_pain", "1", "sms", opted_out=True)
    kept = store.take_turn(PERSON, "SM2", NOW + 30 * DAY, lambda s: counted(s, at=NOW + 30 * DAY))
    assert kept.turn is not None
    assert kept.turn.session.opted_out
    assert len(rows(store, sessions)) == 2


def test_a_session_that_cannot_be_read_begins_afresh(store: Store) -> None:
    store.take_turn(PERSON, "SM1", NOW, counted)
    with store.database.transaction() as connection:
        connection.execute(sessions.update().values(state='{"flow": 1'))
    assert store.take_turn(PERSON, "SM2", NOW, counted).replies[0].text == "turn 1"


def test_one_waiting_job_of_a_kind_and_cancel_forgets(store: Store) -> None:
    store.take_turn(PERSON, "SM1", NOW, lambda s: counted(s, Schedule("recheck", 60), Schedule("other", 60)))
    store.take_turn(PERSON, "SM2", NOW, lambda s: counted(s, Schedule("recheck", 500)))
    assert sorted((str(job["kind"]), job["due"]) for job in rows(store, jobs)) == [
        ("time_out:other", NOW + 60),
        ("time_out:recheck", NOW + 500),
    ]
    store.take_turn(PERSON, "SM3", NOW, lambda s: counted(s, Cancel("other")))
    assert [job["kind"] for job in rows(store, jobs)] == ["time_out:recheck"]
    store.take_turn("+15550100002", "SM4", NOW, lambda s: counted(s, Cancel("*")))
    assert len(rows(store, jobs)) == 1
    store.take_turn(PERSON, "SM5", NOW, lambda s: counted(s, Cancel("*")))
    assert rows(store, jobs) == []


def test_the_kiosk_asks_for_its_own_time_outs(store: Store) -> None:
    spoken = Session("back_pain", "1", "voice")
    store.take_turn("kiosk", None, NOW, lambda s: counted(s or spoken, Schedule("recheck", 60)))
    assert rows(store, jobs) == []


def test_the_same_message_from_eight_threads_is_answered_once(store: Store) -> None:
    kept = run_together(8, lambda _: store.take_turn(PERSON, "SM1", NOW, counted))
    assert {one.replies[0].text for one in kept} == {"turn 1"}
    assert sum(one.repeated for one in kept) == 7
    assert len(rows(store, turns)) == 1


def test_eight_messages_of_one_person_are_answered_one_after_the_other(store: Store) -> None:
    kept = run_together(8, lambda number: store.take_turn(PERSON, f"SM{number}", NOW, counted))
    assert sorted(one.replies[0].text for one in kept) == [f"turn {n}" for n in range(1, 9)]
    assert len(rows(store, sessions)) == 1


def test_two_processes_share_the_database(store: Store, database_url: str) -> None:
    """A second `Store` has its own locks and connections, as another process would."""
    other = Store(database_url, KEYS)
    stores = [store, other]
    kept = run_together(8, lambda number: stores[number % 2].take_turn(PERSON, f"SM{number}", NOW, counted))
    assert sorted(one.replies[0].text for one in kept) == [f"turn {n}" for n in range(1, 9)]
    other.database.close()


def test_errors_carry_no_texts_and_no_numbers(store: Store) -> None:
    store.take_turn(PERSON, "SM1", NOW, counted)
    with store.database.transaction() as connection:
        connection.exec_driver_sql("alter table sessions rename to gone")
    with pytest.raises(SQLAlchemyError) as caught:
        store.take_turn(PERSON, "SM2", NOW, counted, said="secret words")
    assert PERSON not in str(caught.value)
    assert "secret" not in str(caught.value)
