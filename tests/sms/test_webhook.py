"""Signed messages through the whole application."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from flows.segments import segments
from flows.session import Session
from server import Parts, create_app
from settings import Settings
from store.store import Store
from store.tables import alerts, jobs, sessions, turns
from tests.sms.conftest import Clock
from tests.sms.phone import PUBLIC_URL, Phone, signature
from tests.together import run_together

EMERGENCY = "my back went and now I can't feel between my legs, I wet myself"


def count(store: Store, table: object) -> int:
    with store.database.transaction() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())  # type: ignore[arg-type]


def session_of(store: Store, phone: Phone, now: float) -> Session:
    session = store.session(phone.number, now)
    assert session is not None
    return session


def test_a_whole_conversation(phone: Phone, kept: Store, clock: Clock) -> None:
    hello = phone.text("hi")
    assert hello.status == 200
    assert "911" in hello.text
    assert "What happened" in hello.text
    sharp = phone.text("my lower back hurts, sharp pain when I deadlifted")
    assert "peeing" in sharp.text
    step_before = session_of(kept, phone, clock.now).step
    again = phone.text("none")
    assert session_of(kept, phone, clock.now).step != step_before
    assert again.text
    for _ in range(12):
        session = session_of(kept, phone, clock.now)
        if session.done or session.waiting:
            break
        clock.now += 20
        answer = phone.text("none" if "Reply with the numbers" in last_answer(kept) else "no")
        assert answer.texts
    assert session_of(kept, phone, clock.now).level.id in ("stop_today", "modify")


def last_answer(kept: Store) -> str:
    """What the person was sent last."""
    with kept.database.transaction() as connection:
        stored = connection.execute(select(turns.c.replies).order_by(turns.c.id.desc()).limit(1)).scalar_one()
    return " ".join(one["text"] for one in json.loads(stored))


def test_an_emergency_is_answered_at_once_and_staff_are_told(phone: Phone, kept: Store) -> None:
    answer = phone.text(EMERGENCY)
    assert "911" in answer.text
    assert count(kept, alerts) == 1


@pytest.mark.parametrize(
    ("number", "emergency"),
    [("+447400123456", "999"), ("+61491570156", "000"), ("+34612345678", "112"), ("40404", "911")],
)
def test_the_emergency_number_is_that_of_the_caller(app: Flask, number: str, emergency: str) -> None:
    assert emergency in Phone(app.test_client(), number).text(EMERGENCY).text


def test_a_replay_gets_the_same_reply_and_moves_nothing(phone: Phone, kept: Store, clock: Clock) -> None:
    phone.text("my back hurts")
    fields = phone.fields("none of those")
    first = phone.post(fields)
    before = session_of(kept, phone, clock.now)
    clock.now += 5
    assert phone.post(fields) == first
    assert session_of(kept, phone, clock.now) == before
    assert count(kept, turns) == 2


@pytest.mark.parametrize("signed", ["", "wrong", "MDEyMzQ1Njc4OTAxMjM0NTY3ODk="])
def test_a_bad_signature_is_refused_and_leaves_no_trace(phone: Phone, kept: Store, signed: str) -> None:
    fields = phone.fields(EMERGENCY)
    assert phone.post(fields, signed=signed).status == 403
    assert phone.post(fields, "/sms/status", signed=signed).status == 403
    assert count(kept, turns) == 0


def test_a_signature_covers_every_field_the_query_and_the_public_address(phone: Phone) -> None:
    fields = phone.fields("hi")
    good = signature(f"{PUBLIC_URL}/sms", fields)
    more = MultiDict(fields)
    more["Body"] = "hello"
    assert phone.post(more, signed=good).status == 403
    assert phone.post(fields, "/sms?gym=2", signed=good).status == 403
    assert phone.post(fields, signed=signature("http://localhost/sms", fields)).status == 403
    assert phone.post(fields, signed=signature(f"{PUBLIC_URL}/sms", fields, "another token")).status == 403
    assert phone.post(fields, "/sms?gym=2&x=%20a").status == 200
    assert phone.post(fields, signed=good).status == 200


def test_unknown_blank_and_repeated_fields_are_signed_too(phone: Phone) -> None:
    fields = phone.fields("hi", ChannelPrefix="", NewFieldOfNextYear="x y&z=ü")
    fields.add("Tag", "b")
    fields.add("Tag", "a")
    fields.add("Tag", "b")
    assert phone.post(fields).status == 200
    assert "What happened" in phone.post(fields).text


@pytest.mark.parametrize("path", ["/sms", "/sms/status"])
def test_only_post_is_allowed(app: Flask, path: str) -> None:
    assert app.test_client().get(path).status_code == 405


def test_a_status_callback_is_taken(phone: Phone, caplog: pytest.LogCaptureFixture) -> None:
    fields = phone.fields("", MessageStatus="undelivered", ErrorCode="30003", To=phone.number)
    assert phone.post(fields, "/sms/status").status == 204
    assert "30003" in caplog.text
    assert phone.number not in caplog.text


@pytest.mark.parametrize("missing", ["public_url", "twilio_auth_token"])
def test_without_credentials_it_answers_503_and_says_why_in_the_log(
    settings: Settings, parts: Parts, missing: str, caplog: pytest.LogCaptureFixture
) -> None:
    changed = replace(settings, **{missing: ""})  # type: ignore[arg-type]
    phone = Phone(create_app(changed, parts).test_client())
    answer = phone.text("hi")
    assert (answer.status, answer.texts) == (503, [])
    assert missing.upper() in caplog.text


@pytest.mark.parametrize(
    "body",
    ["", "   ", "😭", "🦵🔥🔥", "x" * 1600, "back " * 320, "me duele la espalda", "\x00\u202e", "<b>&amp;"],
)
def test_odd_messages_get_a_sensible_answer(phone: Phone, body: str) -> None:
    for _ in range(3):
        answer = phone.text(body)
        assert answer.status == 200
        assert answer.texts
        assert all(segments(text).encoding == "GSM-7" for text in answer.texts)


def test_a_picture_is_not_looked_at_and_the_person_is_told(phone: Phone) -> None:
    phone.text("hi")
    media = {"NumMedia": "1", "MediaUrl0": "https://api.example.com/x", "MediaContentType0": "image/jpeg"}
    assert "picture" in phone.text("", **media).text
    assert phone.text("", NumMedia="many").status == 200


def test_whatsapp_is_a_person_of_its_own(app: Flask, kept: Store, clock: Clock) -> None:
    phone = Phone(app.test_client(), "+447400123456")
    whatsapp = Phone(
        app.test_client(), "whatsapp:+447400123456", {"ProfileName": "Sam", "WaId": "447400123456"}
    )
    phone.text("my back hurts")
    assert "999" in whatsapp.text(EMERGENCY).text
    assert session_of(kept, whatsapp, clock.now).country == "GB"
    assert session_of(kept, phone, clock.now).level < session_of(kept, whatsapp, clock.now).level
    assert count(kept, sessions) == 2


def test_a_message_without_a_sender_is_answered_with_nothing(phone: Phone) -> None:
    assert phone.text("hi", From="").texts == []


def test_a_message_without_an_id_is_answered(phone: Phone) -> None:
    fields = phone.fields("hi")
    for name in ("MessageSid", "SmsSid", "SmsMessageSid"):
        del fields[name]
    assert "What happened" in phone.post(fields).text


def test_a_request_far_larger_than_twilios_is_refused(phone: Phone) -> None:
    assert phone.text("x" * 70_000).status == 413


def test_stop_is_confirmed_once_and_then_nothing_is_sent(phone: Phone, kept: Store, clock: Clock) -> None:
    phone.text("my back hurts")
    assert len(phone.text("STOP").texts) == 1
    assert session_of(kept, phone, clock.now).opted_out
    assert count(kept, jobs) == 0
    for body in ("STOP", "hello?", "is ice good?"):
        assert phone.text(body).texts == []
    clock.now += 40 * 24 * 3600
    assert phone.text("hello?").texts == []
    assert count(kept, alerts) == 0


@pytest.mark.parametrize("word", ["STOPALL", "unsubscribe", "Cancel", "END", "quit"])
def test_every_opt_out_word_of_the_carriers_works(phone: Phone, kept: Store, clock: Clock, word: str) -> None:
    phone.text("hi")
    assert len(phone.text(word).texts) == 1
    assert session_of(kept, phone, clock.now).opted_out


def test_a_red_flag_after_stop_still_reaches_staff(phone: Phone, kept: Store) -> None:
    phone.text("STOP")
    assert phone.text(EMERGENCY).texts == []
    assert count(kept, alerts) == 1


@pytest.mark.parametrize("word", ["START", "unstop", "Yes"])
def test_start_opts_in_again(phone: Phone, kept: Store, clock: Clock, word: str) -> None:
    phone.text("STOP")
    assert phone.text(word).texts
    assert not session_of(kept, phone, clock.now).opted_out
    assert phone.text("my back hurts").texts


def test_help_says_whom_to_call_and_how_to_stop(phone: Phone) -> None:
    answer = phone.text("HELP")
    assert "911" in answer.text
    assert "STOP" in answer.text


def test_what_twilio_answered_itself_is_noted_and_not_answered_again(
    phone: Phone, kept: Store, clock: Clock
) -> None:
    phone.text("my back hurts")
    assert phone.text("STOP", OptOutType="STOP").texts == []
    assert session_of(kept, phone, clock.now).opted_out
    assert phone.text("hello?").texts == []
    assert phone.text("START", OptOutType="START").texts == []
    assert not session_of(kept, phone, clock.now).opted_out
    assert phone.text("HELP", OptOutType="HELP").texts == []
    assert phone.text("hello?").texts


def test_a_first_stop_through_twilio_is_remembered(phone: Phone, clock: Clock) -> None:
    assert phone.text("STOP", OptOutType="STOP").texts == []
    clock.now += 90 * 24 * 3600
    assert phone.text("hi").texts == []


def test_after_a_day_of_silence_a_stale_answer_does_not_count(
    phone: Phone, kept: Store, clock: Clock
) -> None:
    first = phone.text("hi")
    phone.text("my back hurts")
    clock.now += 24 * 3600 + 1
    assert phone.text("hi").texts == first.texts
    assert count(kept, sessions) == 2


def test_the_same_message_from_eight_threads_is_answered_once(app: Flask, kept: Store) -> None:
    phone = Phone(app.test_client())
    fields = phone.fields("my back hurts")
    answers = run_together(8, lambda _: Phone(app.test_client()).post(fields))
    assert len({answer.body for answer in answers}) == 1
    assert count(kept, turns) == 1


def test_eight_messages_of_one_person_at_once_make_one_history(app: Flask, kept: Store, clock: Clock) -> None:
    bodies = ["my back hurts", "none", "no", "sharp", "5", "help", "is ice good?", "none"]
    answers = run_together(8, lambda number: Phone(app.test_client()).text(bodies[number]))
    assert all(answer.status == 200 and answer.texts for answer in answers)
    assert count(kept, sessions) == 1
    assert session_of(kept, Phone(app.test_client()), clock.now).turns == 8


def test_no_text_and_no_number_is_ever_logged(
    phone: Phone, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    phone.text("xylophone hurts")
    (tmp_path / "spotter.db").rename(tmp_path / "away")
    (tmp_path / "spotter.db").mkdir()
    phone.text("xylophone hurts")
    phone.post(phone.fields("xylophone"), signed="x")
    assert "could not be handled" in caplog.text
    assert "xylophone" not in caplog.text
    assert phone.number.lstrip("+") not in caplog.text
