"""People can have what is kept of them, and have it forgotten; a STOP and an open alert outlive that."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from desk.rights import Rights
from desk.words import words
from flows.versions import Versions
from sms.answering import Answering, Late
from sms.message import Message
from store.refusals import opted_out
from store.tables import alerts, check_ins, handled, jobs, metadata, sends, sessions
from tests.desk.days import DAY, LIMITS, NEW_YORK, Days
from tests.kept import kept_in
from values import PROJECT

WORD = "walrusquilt"
EMERGENCY = "I can't feel between my legs"
ASK, ASK_EXPORT = words("en", "rights.ask_delete"), words("en", "rights.ask_export")
DELETED = words("en", "rights.deleted")


@pytest.fixture
def days(days: Days, versions: Versions) -> Days:
    days.answering = Answering(versions, days.store, "US", LIMITS, rights=Rights(days.store))
    return days


def texts(days: Days, body: str, inbound: str | None = None, person: str = NEW_YORK) -> str:
    return " ".join(days.answering.answer(Message(inbound, person, body, 0, ""), days.now))


def rows(days: Days) -> dict[str, int]:
    """How many rows each table has that has any."""
    with days.store.database.transaction() as connection:
        counts = {
            name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for name, table in metadata.tables.items()
        }
    return {name: count for name, count in counts.items() if count}


@pytest.mark.parametrize("said", ["DELETE MY DATA", "delete my data.", "Borrar mis datos"])
def test_nothing_is_deleted_before_a_yes(days: Days, said: str) -> None:
    days.ends()
    before = rows(days)
    assert "YES DELETE" in texts(days, said) or "SI BORRAR" in texts(days, said)
    assert rows(days) == before | {"requests": 1}
    days.now += 7200
    # Too late: an ordinary text.
    assert texts(days, "YES DELETE") != DELETED
    assert rows(days)["sessions"] >= before["sessions"]


def test_everything_is_gone_after_a_yes(days: Days, database_url: str) -> None:
    days.says(f"my back hurts {WORD}")
    days.ends()
    days.ends(person="+12135550123")
    others = rows(days)
    assert texts(days, "DELETE MY DATA", "SM1") == ASK
    assert texts(days, "yes, delete!", "SM2") == DELETED
    left = rows(days)
    assert {name: 2 * left[name] for name in ("sessions", "check_ins")} == {
        name: others[name] for name in ("sessions", "check_ins")
    }
    with days.store.database.transaction() as connection:
        assert connection.execute(select(sessions.c.id).where(sessions.c.person == NEW_YORK)).first() is None
        assert connection.execute(select(jobs.c.id).where(jobs.c.person == NEW_YORK)).first() is None
    assert days.rows("+12135550123")
    kept = kept_in(database_url)
    assert NEW_YORK[1:].encode() not in kept
    # They are met as somebody new.
    assert days.says("hi") != ""
    assert days.session().turns == 1


def test_a_yes_that_is_brought_twice_is_answered_alike(days: Days) -> None:
    days.ends()
    texts(days, "DELETE MY DATA", "SM1")
    assert texts(days, "YES DELETE", "SM2") == DELETED
    days.says("my back hurts")
    assert texts(days, "YES DELETE", "SM2") == DELETED
    assert days.session().turns == 1
    assert texts(days, "YES DELETE", "SM3") == words("en", "rights.done")
    assert days.session().turns == 1


def test_what_was_handled_is_not_taken_for_new_when_twilio_is_asked(days: Days) -> None:
    days.answering.answer(Message("SM0", NEW_YORK, "my back hurts", 0, ""), days.now)
    texts(days, "DELETE MY DATA", "SM1")
    texts(days, "YES DELETE", "SM2")
    with days.store.database.transaction() as connection:
        assert set(connection.execute(select(handled.c.inbound)).scalars()) == {"SM0", "SM1", "SM2"}


def test_a_yes_to_a_question_of_the_conversation_deletes_nothing(days: Days) -> None:
    days.says("my lower back is stiff")
    texts(days, "DELETE MY DATA")
    for said in ("yes", "yes please", "delete", "I want to delete my data and I can't feel my legs"):
        assert texts(days, said) != DELETED
    assert "sessions" in rows(days)


def test_stop_outlives_it_as_a_hash(days: Days, database_url: str) -> None:
    days.says("my back hurts")
    days.says("STOP")
    texts(days, "DELETE MY DATA")
    texts(days, "YES DELETE")
    assert "sessions" not in rows(days)
    assert rows(days)["refusals"] == 1
    assert NEW_YORK[1:].encode() not in kept_in(database_url)
    with days.store.database.transaction() as connection:
        assert opted_out(connection, NEW_YORK)
    assert texts(days, "my back hurts") == ""
    assert texts(days, "START") != ""
    assert texts(days, "my back hurts") != ""
    with days.store.database.transaction() as connection:
        assert not opted_out(connection, NEW_YORK)


def test_whom_staff_still_look_after_is_not_forgotten_yet(days: Days) -> None:
    days.says(EMERGENCY)
    texts(days, "DELETE MY DATA", "SM1")
    assert texts(days, "YES DELETE", "SM2") == words("en", "rights.in_hand")
    with days.store.database.transaction() as connection:
        assert connection.execute(select(alerts.c.id)).first() is not None
        connection.execute(update(alerts).values(state="closed"))
    assert texts(days, "YES DELETE", "SM3") == DELETED
    assert "alerts" not in rows(days)


def test_people_get_what_they_wrote_and_nobody_elses(days: Days) -> None:
    days.says(f"my back hurts {WORD}")
    days.says("another's words", person="+12135550123")
    assert texts(days, "EXPORT", "SM1") == ASK_EXPORT
    given = texts(days, "YES EXPORT", "SM2")
    assert f"my back hurts {WORD}." in given
    assert "another" not in given
    assert texts(days, "YES EXPORT", "SM2") == given
    assert texts(days, "YES EXPORT", "SM3") == words("en", "rights.done")
    assert texts(days, "yes delete") != DELETED
    assert texts(days, "EXPORT", person="+12065550123") == ASK_EXPORT
    nothing = words("en", "rights.nothing")
    assert texts(days, "YES EXPORT", person="+12065550123") == nothing


def test_a_long_history_is_a_few_texts(days: Days) -> None:
    for number in range(12):
        days.says(f"my back hurts {number}" + " and so on" * 12)
    texts(days, "EXPORT")
    assert 1000 < len(texts(days, "YES EXPORT")) < 1600


def test_a_text_that_comes_late_is_not_obeyed(days: Days) -> None:
    late = Message("SM1", NEW_YORK, "DELETE MY DATA", 0, "")
    days.answering.take(late, days.now, late=Late(days.now - 3600, answer=True))
    assert "requests" not in rows(days)


Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def command(database_url: str, tmp_path: Path) -> Command:
    def run(*words: str) -> "subprocess.CompletedProcess[str]":
        environ = {"DATABASE_URL": database_url, "SPOTTER_DATA_DIR": str(tmp_path)}
        run = [sys.executable, "-m", "desk", *words]
        return subprocess.run(run, env=environ, cwd=PROJECT, capture_output=True, text=True, check=False)

    return run


def test_admins_can_hand_it_out_and_forget_it(days: Days, command: Command) -> None:
    days.ends()
    days.says(f"it hurts {WORD}", person=f"whatsapp:{NEW_YORK}")
    by_text, by_whatsapp = json.loads(command("export", NEW_YORK).stdout)
    (conversation,) = by_text["conversations"]
    assert conversation["level"] == "modify"
    assert conversation["turns"][0]["said"] == "my lower back is stiff"
    assert conversation["turns"][0]["answered"]
    assert len(by_text["check_ins"]) == len(days.rows())
    assert by_whatsapp["conversations"][0]["turns"][0]["said"] == f"it hurts {WORD}"
    assert "2 conversations were forgotten" in command("delete", NEW_YORK).stdout
    assert not {"sessions", "turns", "check_ins"} & set(rows(days))
    days.says(EMERGENCY)
    refused = command("delete", NEW_YORK)
    assert refused.returncode == 1
    assert "DONE" in refused.stderr


def test_every_table_that_hangs_on_a_conversation_is_emptied(days: Days) -> None:
    """Also one that does not exist yet: it is found by its foreign key."""
    named = {table.name for table in metadata.tables.values() for key in table.foreign_keys}
    assert {"turns", "alerts", "sends", "offers", "check_ins", "jobs"} <= named
    days.ends()
    days.passes(2 * DAY)
    days.says(EMERGENCY)
    with days.store.database.transaction() as connection:
        connection.execute(update(alerts).values(state="closed"))
        assert connection.execute(select(sends.c.id)).first() is not None
        assert connection.execute(select(check_ins.c.id)).first() is not None
    texts(days, "DELETE MY DATA")
    assert texts(days, "YES DELETE") == DELETED
    assert set(rows(days)) <= {"secrets", "requests", "handled", "alembic_version", "jobs"}
