"""A text that could not be kept is answered at once and kept later: once, whoever brings it first."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Select, func, select

from flows.line import Line
from store.tables import alerts, jobs, sessions, turns
from tests.conftest import Outage
from tests.twilio.conftest import HOURS, LINE, PERSON, House

EMERGENCY = "I can't feel between my legs and I wet myself"


@pytest.fixture
def safety(line: Line) -> str:
    return line.safety_words("sms", "US")


def _one(house: House, query: "Select[tuple[object]]") -> object:
    with house.store.database.transaction() as connection:
        return connection.execute(query).scalar_one()


def _count(house: House, table: object) -> int:
    return int(str(_one(house, select(func.count()).select_from(table))))  # type: ignore[arg-type]


def _texted(house: House) -> list[str]:
    house.work(60)
    return [one.body for one in house.twilio.sent(PERSON)]


def test_an_emergency_is_answered_at_once_and_staff_are_told_later(house: House, outage: Outage) -> None:
    with outage():
        answer = house.phone.text(EMERGENCY)
        assert "911" in answer.text[:70]
        # Nobody can have told them yet.
        assert "staff" not in answer.text.lower()
        assert not house.replay.look()
    came, house.now = house.now, house.now + 60
    assert house.journal.count() == 1
    assert house.replay.look()
    assert house.journal.count() == 0
    assert _one(house, select(alerts.c.level)) == "emergency"
    assert _one(house, select(alerts.c.state)) == "open"
    assert _one(house, select(turns.c.said)) == EMERGENCY
    with house.store.database.transaction() as connection:
        assert "escalate" in connection.execute(select(jobs.c.kind)).scalars().all()
    assert house.now - came == 60
    # The person has had the answer.
    assert _texted(house) == []


def test_everybody_else_is_told_whom_to_call_and_answered_once_it_works_again(
    house: House, outage: Outage, safety: str
) -> None:
    with outage():
        assert house.phone.text("my back hurts").texts == [safety]
    house.now += 60
    house.replay.look()
    texted = _texted(house)
    assert "Spotter here" in " ".join(texted)
    session = house.store.session(PERSON, house.now)
    assert session is not None
    assert session.turns == 1
    house.reconcile()
    assert _texted(house) == texted


def test_an_answer_to_a_question_counts_in_its_conversation(
    house: House, outage: Outage, safety: str
) -> None:
    house.phone.text("my leg is weak")
    with outage():
        assert house.phone.text("1").texts == [safety]
    house.now += 60
    house.replay.look()
    assert _one(house, select(alerts.c.level)) == "emergency"
    assert "911" in _texted(house)[0][:70]


def test_several_in_a_row_are_one_history_and_no_word_answers_a_later_question(
    house: House, outage: Outage
) -> None:
    house.phone.text("my leg is weak")
    before = house.store.session(PERSON, house.now)
    with outage():
        for body in ("wait", "no", "none"):
            house.now += 1
            house.phone.text(body)
    house.now += 60
    house.replay.look()
    after = house.store.session(PERSON, house.now)
    assert before is not None
    assert after is not None
    assert (after.flags, after.step) == (before.flags, before.step)
    assert _count(house, turns) == 4
    assert _texted(house)[-1].endswith("Yes or no?")
    assert len(_texted(house)) == 2


def test_what_was_said_before_what_is_known_already_is_overtaken_unless_it_alarms(
    house: House, outage: Outage
) -> None:
    with outage():
        house.phone.text("no")
        house.phone.text(EMERGENCY)
    house.now += 10
    house.phone.text("my back hurts")
    house.now += 10
    house.replay.look()
    assert _one(house, select(alerts.c.level)) == "emergency"
    assert _count(house, sessions) == 1
    assert _texted(house) == []


@pytest.mark.parametrize("opt_out", ["", "STOP"])
def test_a_stop_is_obeyed_later(opt_out: str, house: House, outage: Outage, safety: str) -> None:
    house.phone.text("my back hurts")
    more = {"OptOutType": opt_out} if opt_out else {}
    with outage():
        assert house.phone.text("STOP", **more).texts == ([] if opt_out else [safety])
    house.now += 60
    house.replay.look()
    session = house.store.session(PERSON, house.now)
    assert session is not None
    assert session.opted_out
    assert ["no more texts" in one for one in _texted(house)] == ([] if opt_out else [True])


def test_a_start_is_obeyed_later(house: House, outage: Outage) -> None:
    house.phone.text("STOP")
    house.now += 60
    with outage():
        house.phone.text("START")
    house.now += 60
    house.replay.look()
    session = house.store.session(PERSON, house.now)
    assert session is not None
    assert not session.opted_out


def test_twilio_fetched_and_redelivered_it_is_one_message(house: House, outage: Outage) -> None:
    for first in ("replay", "reconcile", "redelivery"):
        row = house.twilio.text_in(PERSON, f"my back hurts, {first}", LINE)
        with outage():
            for _ in range(2):
                house.phone.text(row.body, MessageSid=row.sid)
        house.now += 120
        turns_before, texts_before = _count(house, turns), len(_texted(house))
        if first == "redelivery":
            house.phone.text(row.body, MessageSid=row.sid)
        if first == "reconcile":
            house.reconcile()
        assert house.replay.look()
        house.reconcile()
        assert _count(house, turns) == turns_before + 1
        # The answer to a webhook is no text of the outbox.
        assert (len(_texted(house)) > texts_before) == (first != "redelivery")
        house.now += 1


def test_an_emergency_that_twilio_brings_first_raises_one_alert(house: House, outage: Outage) -> None:
    row = house.twilio.text_in(PERSON, EMERGENCY, LINE)
    with outage():
        house.phone.text(EMERGENCY, MessageSid=row.sid)
    house.now += 120
    house.reconcile()
    assert house.replay.look()
    assert (_count(house, alerts), _count(house, turns)) == (1, 1)
    # It cannot be known there that the person was answered: better twice than not at all.
    assert "911" in " ".join(_texted(house))


def test_after_hours_only_what_alarms_is_acted_on_and_its_question_counts_as_not_put(
    house: House, outage: Outage
) -> None:
    with outage():
        house.phone.text("my leg is weak")
    house.now += HOURS + 60
    house.replay.look()
    assert _one(house, select(alerts.c.level)) == "urgent"
    assert _texted(house) == []
    # Nobody has asked anything, so this denies nothing.
    answer = house.phone.text("no").text
    session = house.store.session(PERSON, house.now)
    assert session is not None
    assert "denied" not in session.flags.values()
    assert "1." in answer


def test_without_an_id_it_is_kept_once_all_the_same(house: House, outage: Outage) -> None:
    fields = house.phone.fields(EMERGENCY)
    for name in ("MessageSid", "SmsSid", "SmsMessageSid"):
        del fields[name]
    with outage():
        house.phone.post(fields)
    [name] = house.journal.waiting()
    house.late.from_journal(house.journal.read(name), house.now)
    assert house.replay.look()
    assert (_count(house, turns), _count(house, alerts)) == (1, 1)


def test_without_a_conversation_it_waits_for_one(house: House) -> None:
    newest, house.versions.newest = house.versions.newest, None
    assert "911" in house.phone.text(EMERGENCY).text
    for _ in range(10):
        assert not house.replay.look()
    house.versions.newest = newest
    assert house.replay.look()
    assert _count(house, alerts) == 1


def test_a_fault_in_the_conversation_is_set_aside_and_holds_up_nobody(house: House, outage: Outage) -> None:
    line = house.versions.newest
    assert line is not None
    house.versions.newest = replace(line, ears={})
    house.phone.text(EMERGENCY)
    for _ in range(5):
        assert house.replay.look()
    assert (house.journal.count(), house.journal.aside()) == (0, 1)
    house.versions.newest = line
    with outage():
        house.phone.text(EMERGENCY)
    assert house.replay.look()
    assert _count(house, alerts) == 1


def test_no_text_and_no_number_is_ever_logged(
    house: House, outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="store")
    caplog.set_level("DEBUG", logger="sms")
    with outage():
        house.phone.text(f"{EMERGENCY}, my secret")
        house.replay.look()
    house.replay.look()
    assert "secret" not in caplog.text
    assert PERSON not in caplog.text


# One file, one writer: only SQLite is locked as a whole.
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_another_process_that_holds_the_lock_too_long(
    house: House, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.close()
    monkeypatch.setattr("store.sqlite.PROCESS_SECONDS", 0.2)
    house.start(house.twilio)
    house.phone.text("hello", From="+12025550177")
    other = sqlite3.connect(Path(database_url.removeprefix("sqlite:///")), isolation_level=None)
    other.execute("begin immediate")
    assert "911" in house.phone.text(EMERGENCY).text[:70]
    assert not house.replay.look()
    other.execute("rollback")
    other.close()
    assert house.replay.look()
    assert _one(house, select(alerts.c.level)) == "emergency"


def test_the_entry_holds_all_that_twilio_said(house: House, outage: Outage) -> None:
    with outage():
        house.phone.text("hi", MessageSid="SM7", NumMedia="2")
    [name] = house.journal.waiting()
    fields = dict(house.journal.read(name).fields)
    assert json.loads(json.dumps(fields)) == {
        "id": "SM7",
        "sender": PERSON,
        "body": "hi",
        "pictures": 2,
        "opt_out": "",
        "recipient": LINE,
        "answered": False,
    }


def test_a_late_start_does_not_undo_a_newer_stop(house: House, outage: Outage) -> None:
    house.phone.text("my back hurts")
    with outage():
        house.phone.text("START", OptOutType="START")
    house.now += 60
    house.phone.text("STOP", OptOutType="STOP")
    house.now += 60
    house.replay.look()
    session = house.store.session(PERSON, house.now)
    assert session is not None
    assert session.opted_out


def test_a_late_answer_that_still_waits_does_not_go_out_after_a_stop(house: House, outage: Outage) -> None:
    with outage():
        house.phone.text("my back hurts")
    house.now += 60
    house.replay.look()
    assert house.phone.text("STOP").texts != []
    house.work(60)
    assert house.twilio.sent(PERSON) == []
