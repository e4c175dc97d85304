"""Whatever breaks inside, the person is told whom to call."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from flows.line import BACK_PAIN, Line
from flows.published import Published
from flows.versions import Versions
from server import Parts, create_app
from settings import Settings
from sms.answering import Answering
from sms.limits import Limits
from sms.message import Message
from store.store import Store
from tests.keys import KEYS
from tests.sms.conftest import START
from tests.sms.phone import Phone

LIMITS = Limits.of(Settings())
EMERGENCY = "I can't feel between my legs and I wet myself"
BRITISH = "+447400123456"


@pytest.fixture(params=["directory", "not a database", "no place"])
def broken(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A place where no database can be opened."""
    place = tmp_path / "spotter.db"
    if request.param == "directory":
        place.mkdir()
    elif request.param == "not a database":
        place.write_bytes(b"This is no database. " * 100)
    else:
        (tmp_path / "file").write_text("")
        place = tmp_path / "file" / "spotter.db"
    return place


@pytest.fixture
def without_database(settings: Settings, parts: Parts, broken: Path) -> Iterator[Flask]:
    app = create_app(replace(settings, database_url=f"sqlite:///{broken}"), parts)
    yield app
    app.extensions["spotter"].close()


def test_without_a_database_an_emergency_is_still_an_emergency(
    without_database: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    answer = Phone(without_database.test_client(), BRITISH).text(EMERGENCY)
    assert answer.status == 200
    assert answer.text.startswith("Call 999") or "999" in answer.text[:70]
    assert "could not be handled" in caplog.text


def test_without_a_database_everybody_else_is_told_whom_to_call(without_database: Flask, line: Line) -> None:
    for body in ("my back is a bit stiff", "no", "", "😭"):
        answer = Phone(without_database.test_client(), BRITISH).text(body)
        assert (answer.status, answer.texts) == (200, [line.safety_words("sms", "GB")])
        assert "999" in answer.text


def test_without_a_database_what_twilio_answered_is_not_answered_again(without_database: Flask) -> None:
    assert Phone(without_database.test_client()).text("STOP", OptOutType="STOP").texts == []


def test_a_database_that_comes_back_is_used_again(
    app: Flask, settings: Settings, phone: Phone, tmp_path: Path
) -> None:
    first = phone.text("hi")
    database, away = tmp_path / "spotter.db", tmp_path / "away"
    database.rename(away)
    database.mkdir()
    assert phone.text("my back hurts").text != first.text
    database.rmdir()
    away.rename(database)
    phone.text("my back hurts")
    assert app.extensions["spotter"].replay.look()
    store = Store(settings.database_url, settings.open_keys())
    session = store.session(phone.number, START)
    store.database.close()
    assert session is not None
    assert session.turns == 3


def test_a_fault_in_the_conversation_is_answered_and_the_message_can_come_again(
    line: Line, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(f"sqlite:///{tmp_path / 'spotter.db'}", KEYS)
    copies = Published(tmp_path / "flows")
    deaf = Versions(BACK_PAIN, copies, Line(line.flow, {}))
    well = Versions(BACK_PAIN, copies, line)
    message = Message("SM1", BRITISH, EMERGENCY, 0, "")
    assert Answering(deaf, store, "US", LIMITS).answer(message, START) == [line.safety_words("sms", "GB")]
    assert "ValueError" in caplog.text
    assert EMERGENCY not in caplog.text
    assert "999" in Answering(well, store, "US", LIMITS).answer(message, START)[0]
    store.database.close()


def test_without_a_usable_conversation_the_server_still_says_whom_to_call(
    settings: Settings, parts: Parts
) -> None:
    app = create_app(settings, replace(parts, versions=Versions(BACK_PAIN, Published(settings.data_dir))))
    answer = Phone(app.test_client(), BRITISH).text("hi")
    assert answer.status == 200
    assert "call 999" in answer.text
    app.extensions["spotter"].close()
