"""What nobody sends by mistake, on every way in: it is refused or answered, and the next person is served."""

import json
import re
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from desk.roster_file import load_roster
from desk.users import Role, Users
from flows.source import FlowError, parse
from flows.versions import Versions
from server import Parts, create_app
from settings import Settings
from tests.sms.phone import PUBLIC_URL, TOKEN, Phone
from voice.choose import Hearing
from voice.requests import RequestError, request_of
from voice.wav import MAX_BYTES, RATE, WavError, any_pcm, strict_pcm, to_wav

# The application is the same for all examples: what one of them broke, the next would meet.
hostile = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
NUMBERS = st.sampled_from(["+12025550123", "whatsapp:+12025550123", "40404", "", "+", "x" * 300, "+1\x00"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)
# A header cannot carry these.
_NO_BREAKS = dict.fromkeys(range(32))
TURN = st.fixed_dictionaries(
    {},
    optional={
        name: JSON | st.sampled_from(["started", "silence", "en", "racks", "my back hurts"])
        for name in ("conversation", "language", "kiosk", "text", "event")
    },
)


@pytest.fixture
def app(versions: Versions, tmp_path: Path) -> Iterator[Flask]:
    given = Settings(data_dir=tmp_path, public_url=PUBLIC_URL, twilio_auth_token=TOKEN, worker=False)
    app = create_app(given, Parts(versions, Hearing(None, "nobody speaks here")))
    store = app.extensions["spotter"].store
    Users(store.database).add("kay", Role.STAFF, "four odd words here", store.now())
    yield app
    app.extensions["spotter"].close()


@hostile
@given(fields=st.dictionaries(TEXTS, TEXTS, max_size=8), sender=NUMBERS, body=TEXTS)
def test_any_signed_fields_are_answered(app: Flask, fields: dict[str, str], sender: str, body: str) -> None:
    phone = Phone(app.test_client())
    sent = MultiDict(fields | {"From": sender, "Body": body})
    assert phone.post(sent).status == 200
    assert phone.post(sent).texts is not None
    assert phone.post(sent, "/sms/status?send=x").status in (200, 204)
    assert phone.post(sent, "/desk/call/7/nobody").status == 404


@hostile
@given(body=st.binary(max_size=500), query=st.binary(max_size=50), signed=TEXTS)
def test_any_unsigned_bytes_are_refused(app: Flask, body: bytes, query: bytes, signed: str) -> None:
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/xml", ""):
        answer = app.test_client().post(
            "/sms",
            data=body,
            query_string=query.decode("latin-1"),
            content_type=kind,
            headers={"X-Twilio-Signature": signed.encode("ascii", "ignore").decode().translate(_NO_BREAKS)},
        )
        assert answer.status_code in (400, 403)


@hostile
@given(fields=JSON | TURN)
def test_any_json_gets_an_answer_or_a_refusal(app: Flask, fields: Any) -> None:
    answer = app.test_client().post("/voice/turn", data=json.dumps(fields), content_type="application/json")
    assert answer.status_code in (200, 400, 413)
    assert "911" in answer.get_data(as_text=True)


@hostile
@given(body=st.binary(max_size=300), place=st.dictionaries(TEXTS, TEXTS, max_size=3))
def test_any_sound_or_form_gets_an_answer_or_a_refusal(
    app: Flask, body: bytes, place: dict[str, str]
) -> None:
    client = app.test_client()
    for kind in ("audio/wav", "multipart/form-data; boundary=x", "multipart/form-data", "application/json"):
        url = f"/voice/turn?{urlencode(place)}"
        assert client.post(url, data=body, content_type=kind).status_code in (200, 400, 413, 415)


FORM = st.fixed_dictionaries({}, optional=dict.fromkeys(("name", "password", "code", "next"), TEXTS))


@settings(hostile, max_examples=20)
@given(form=FORM, extra=st.dictionaries(TEXTS, TEXTS, max_size=3), cookie=TEXTS, name=st.booleans())
def test_any_sign_in_form_lets_nobody_in(
    app: Flask, form: dict[str, str], extra: dict[str, str], cookie: str, name: bool
) -> None:
    made_up = cookie.encode("ascii", "ignore").decode().translate(_NO_BREAKS)
    client = app.test_client()
    assert client.get("/desk/", headers={"Cookie": f"spotter_desk={made_up}"}).status_code == 302
    assert client.post("/desk/sign-in", data=extra | form).status_code == 400
    secure = {"base_url": PUBLIC_URL, "headers": {"Referer": f"{PUBLIC_URL}/desk/sign-in"}}
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/desk/sign-in", **secure).text)
    assert found
    filled = extra | form | {"csrf_token": found[1]} | ({"name": "kay"} if name else {})
    assert client.post("/desk/sign-in", data=filled, **secure).status_code == 401
    assert client.get("/desk/", **secure).status_code == 302


@settings(max_examples=300, deadline=None)
@given(
    changes=st.dictionaries(st.integers(0, 59), st.integers(0, 255), max_size=8),
    cut=st.integers(0, 700),
    sizes=st.tuples(*[st.sampled_from([0, 1, 2, 16, 2**16 - 1, 2**31, 2**32 - 1])] * 2),
)
def test_a_damaged_wav_is_refused_or_read_within_bounds(
    changes: dict[int, int], cut: int, sizes: tuple[int, int]
) -> None:
    wav = bytearray(to_wav(bytes(600)))
    wav[4:8] = struct.pack("<I", sizes[0])
    for at, byte in changes.items():
        wav[at] = byte
    for sent in (bytes(wav[:cut]), bytes(wav), bytes(wav[:40]) + struct.pack("<I", sizes[1]) + bytes(600)):
        with suppress(WavError):
            assert len(strict_pcm(sent)) <= len(sent)
        with suppress(WavError):
            # At the lowest rate there is, 8 bit: so much longer at ours.
            assert len(any_pcm(sent)) <= len(sent) * 2 * RATE // 1000


def test_too_much_sound_is_refused_before_it_is_read() -> None:
    with pytest.raises(WavError) as refused:
        strict_pcm(bytes(MAX_BYTES + 1))
    assert refused.value.status == 413


@settings(max_examples=300, deadline=None)
@given(text=st.text() | JSON.map(json.dumps) | TURN.map(lambda fields: json.dumps({"type": "say"} | fields)))
def test_any_message_of_the_stream_is_read_or_refused(text: str) -> None:
    with suppress(RequestError):
        assert request_of(text)


@pytest.mark.parametrize("text", ["[" * 200_000, '{"type":' * 50_000, "9" * 100_000, '{"type": "\\ud800"}'])
def test_messages_made_to_break_a_reader_are_refused(app: Flask, text: str) -> None:
    with pytest.raises(RequestError):
        request_of(text)
    answer = app.test_client().post("/voice/turn", data=text, content_type="application/json")
    assert answer.status_code in (400, 413)


YAML = st.text(st.sampled_from("ab:-[]{}&*<>|!'\"#,?% \n\t0."), max_size=80)


@settings(max_examples=300, deadline=None)
@given(text=YAML | st.text(max_size=80))
def test_any_yaml_is_read_or_refused(text: str) -> None:
    with suppress(FlowError):
        parse(text, "flow.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100_000,
        "a: " + "[" * 100_000 + "]" * 100_000,
        "- " * 100_000,
        "a: &a [x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n",
        "a: !!python/object/apply:os.system [id]\n",
        "a: " + "9" * 10_000,
        "a: \x00\n",
        "a: !!int x\n",
    ],
)
def test_yaml_made_to_break_a_reader_is_refused(text: str, tmp_path: Path) -> None:
    with pytest.raises(FlowError):
        parse(text, "flow.yaml")
    (tmp_path / "roster.yaml").write_text(text)
    with pytest.raises(FlowError):
        load_roster(tmp_path / "roster.yaml")
