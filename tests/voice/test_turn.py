"""Turns through the web: the real conversation, store, ears and voice, with a clock that can be moved."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from flows.line import Line
from flows.versions import Versions
from store.store import Store
from tests.keys import KEYS
from tests.voice.conftest import Speak
from tests.voice.words import overlap
from voice.choose import Hearing
from voice.dialogue import Dialogue
from voice.pairing import Pairing
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.speech_cache import SpeechCache
from voice.turn import voice_blueprint
from voice.wav import RATE, any_pcm, to_wav
from voice.whisper_recogniser import WhisperRecogniser

FIELDS = {"conversation", "heard", "replies", "step", "asks", "level", "done", "buttons", "ask_again_in"}
FIELDS |= {"audio", "emergency_number", "language", "held", "aside", "anything", "progress"}
SILENCE = to_wav(bytes(RATE * 2))


@dataclass
class Clock:
    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Kiosk:
    """What the page does, without the page."""

    client: FlaskClient
    conversation: str | None = None

    def post(self, **request: Any) -> TestResponse:
        return self.client.post("/voice/turn", **request)

    def send(self, **fields: str) -> Any:
        return self._answer(self.post(json={"conversation": self.conversation} | fields))

    def sound(self, wav: bytes) -> Any:
        query = {"conversation": self.conversation or ""}
        return self._answer(self.post(query_string=query, data=wav, content_type="audio/wav"))

    def _answer(self, response: TestResponse) -> Any:
        assert response.status_code == 200, response.text
        answer = response.json
        assert answer is not None
        assert set(answer) - {"audio_error"} == FIELDS
        self.conversation = answer["conversation"]
        return answer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(f"sqlite:///{tmp_path / 'kiosk.db'}", KEYS)


Make = Callable[..., Kiosk]


@pytest.fixture
def make(
    versions: Versions, store: Store, clock: Clock, synthesiser: Pyttsx3Synthesiser, tmp_path: Path
) -> Make:
    def kiosk(
        line: Line | None = versions.newest, hearing: Hearing | None = None, country: str = "US"
    ) -> Kiosk:
        app = Flask("kiosk")
        versions.newest = line
        ears = hearing or Hearing(None, "nobody listens in this test")
        speech = {"en": SpeechCache(synthesiser, tmp_path / "speech")}
        dialogue = Dialogue(versions, store, country)
        app.register_blueprint(voice_blueprint(dialogue, ears, speech, Pairing(store), clock))
        return Kiosk(app.test_client())

    return kiosk


@pytest.fixture
def kiosk(make: Make) -> Kiosk:
    return make()


@pytest.fixture
def hearing_kiosk(make: Make, whisper: WhisperRecogniser) -> Kiosk:
    return make(hearing=Hearing(whisper, "Whisper listens"))


def test_a_spoken_conversation_ends_with_whom_to_call(
    hearing_kiosk: Kiosk, speak: Speak, whisper: WhisperRecogniser
) -> None:
    opening = hearing_kiosk.send(event="started")
    assert opening["conversation"]
    assert opening["heard"] is None
    assert opening["level"] == "info"

    said = hearing_kiosk.sound(to_wav(speak("I hurt my lower back.")))
    assert overlap("hurt my lower back", said["heard"]["text"]) >= 0.5
    assert said["conversation"] == opening["conversation"]
    assert said["asks"]
    assert {"label": "No", "say": "No"} in said["buttons"]

    tapped = hearing_kiosk.send(text="Yes, both legs are numb")
    assert tapped["heard"] == {"text": "Yes, both legs are numb"}
    assert tapped["level"] == "emergency"
    assert tapped["done"] is True
    assert "911" in tapped["replies"][0]

    with hearing_kiosk.client.get(tapped["audio"]) as spoken:
        assert spoken.mimetype == "audio/wav"
        heard = whisper.transcribe(any_pcm(spoken.data)).text
    assert overlap(tapped["replies"][0].replace("911", ""), heard) > 0.5


def test_a_form_is_understood_as_well(hearing_kiosk: Kiosk, speak: Speak) -> None:
    begun = hearing_kiosk.send(event="started")
    wav = io.BytesIO(to_wav(speak("Yes, both legs are weak.")))
    form = {"conversation": begun["conversation"], "audio": (wav, "speech.wav")}
    answer = hearing_kiosk.post(data=form, content_type="multipart/form-data").json

    assert answer
    assert answer["conversation"] == begun["conversation"]
    assert answer["level"] == "emergency"


def test_silence_is_no_answer(hearing_kiosk: Kiosk) -> None:
    hearing_kiosk.send(event="started")
    asked = hearing_kiosk.send(text="my lower back hurts since my last set of squats")
    quiet = hearing_kiosk.sound(SILENCE)

    assert quiet["heard"] is None
    assert quiet["replies"]
    assert (quiet["step"], quiet["asks"]) == (asked["step"], asked["asks"])
    assert hearing_kiosk.send(event="silence")["step"] == asked["step"]


def test_a_wait_is_counted_down_and_ends_with_a_question(kiosk: Kiosk, clock: Clock) -> None:
    kiosk.send(event="started")
    answer = kiosk.send(text="my lower back got tight during squats")
    for _ in range(12):
        if answer["ask_again_in"] is not None:
            break
        answer = kiosk.send(text="3" if "zero to ten" in " ".join(answer["replies"]) else "No")
    waited = answer["ask_again_in"]
    assert waited
    assert waited > 60

    clock.now += 30
    assert kiosk.send(event="silence")["ask_again_in"] == waited - 30
    clock.now += waited - 30
    after = kiosk.send(event="timed_out")
    assert after["conversation"] == answer["conversation"]
    assert after["replies"]
    assert after["ask_again_in"] is None


def test_the_screening_tells_how_far_it_is(kiosk: Kiosk) -> None:
    begun = kiosk.send(event="started")
    assert begun["anything"] is True
    assert begun["progress"] == {"settled": 0, "of": 9}
    answers = [kiosk.send(text="my lower back got tight during squats, pain in my left leg")]
    answers += [kiosk.send(text="No") for _ in range(3)]
    settled = [answer["progress"]["settled"] for answer in answers]
    assert settled == sorted(settled)
    assert 0 < settled[0] < settled[-1]
    assert not any(answer["anything"] for answer in answers)
    assert kiosk.send(text="I cannot control my bladder")["progress"] == {"settled": 9, "of": 9}


def test_a_time_out_that_nobody_waits_for_says_nothing(kiosk: Kiosk) -> None:
    begun = kiosk.send(event="started")
    late = kiosk.send(event="timed_out")

    assert late["replies"] == []
    assert late["audio"] is None
    assert late["step"] == begun["step"]


def test_an_old_conversation_is_never_gone_on_with(kiosk: Kiosk, clock: Clock) -> None:
    begun = kiosk.send(event="started")
    kiosk.send(text="my lower back is tight")
    clock.now += 121
    fresh = kiosk.send(text="hello")

    assert fresh["conversation"] != begun["conversation"]
    assert fresh["level"] == "info"
    assert fresh["step"] == begun["step"]


@pytest.mark.parametrize("planted", ["abc", "x" * 65, "kiosk:1", "+15551234567"])
def test_an_id_that_was_not_given_out_is_replaced(planted: str, kiosk: Kiosk) -> None:
    first = kiosk.post(json={"conversation": planted, "event": "silence"}).json
    second = kiosk.post(json={"conversation": planted, "text": "hello"}).json

    assert first
    assert second
    assert len({planted, first["conversation"], second["conversation"]}) == 3
    assert first["replies"]


def test_an_emergency_in_the_first_words_is_not_lost(kiosk: Kiosk) -> None:
    assert kiosk.send(text="I cannot feel my legs and I wet myself")["level"] == "emergency"


def test_the_number_is_that_of_the_country(make: Make) -> None:
    answer = make(country="GB").send(text="both my legs are numb")

    assert answer["emergency_number"] == "999"
    assert "999" in answer["replies"][0]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("", "not valid JSON"),
        ("{", "not valid JSON"),
        ("\udcff", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ("null", "an object"),
        ("[1]", "an object"),
        ('"started"', "an object"),
        ("{}", "either text or event"),
        ('{"text": "hi", "event": "started"}', "either text or event"),
        ('{"text": 1}', "text must be words"),
        ('{"text": null}', "text must be words"),
        ('{"text": ["hi"]}', "text must be words"),
        ('{"text": "  "}', "text must be words"),
        ('{"text": "\\ud800"}', "text must be words"),
        ('{"event": "ended"}', "started, silence, timed_out"),
        ('{"event": ["started"]}', "started, silence, timed_out"),
        ('{"event": null}', "started, silence, timed_out"),
        ('{"conversation": 1, "text": "hi"}', "conversation must be"),
        ('{"conversation": {}, "text": "hi"}', "conversation must be"),
        ('{"conversation": "\\ud800", "text": "hi"}', "conversation must be"),
        ('{"text": "hi", "colour": "blue"}', "colour"),
    ],
    ids=range(21),
)
def test_json_that_cannot_be_used_is_refused(body: str, says: str, kiosk: Kiosk) -> None:
    data = body.encode(errors="surrogateescape")
    response = kiosk.post(data=data, content_type="application/json")

    assert response.status_code == 400
    assert response.json
    assert says in response.json["error"]
    assert response.json["emergency_number"] == "911"


@pytest.mark.parametrize(
    ("data", "kind", "status", "says"),
    [
        (b"hello", "audio/wav", 415, "not a WAV"),
        (b"", "audio/wav", 415, "nothing was sent"),
        (to_wav(b""), "audio/x-wav", 415, "no sound"),
        (to_wav(bytes(16000), rate=8000), "audio/wave", 415, "8000 Hz"),
        (SILENCE[:-100], "application/octet-stream", 415, "cut short"),
        (to_wav(bytes(RATE * 2 * 61)), "audio/wav", 413, "60 seconds"),
        (to_wav(bytes(RATE * 2 * 600)), "audio/wav", 413, "60 seconds"),
        (b"text=hi", "application/x-www-form-urlencoded", 415, "send a WAV as audio/wav"),
        (b"OggS", "audio/ogg", 415, "send a WAV as audio/wav"),
        (b"hi", "", 415, "send a WAV as audio/wav"),
        (json.dumps({"text": "a" * 1601}).encode(), "application/json", 413, "1600"),
        (json.dumps({"text": "a" * 3_000_000}).encode(), "application/json", 413, "too much"),
    ],
    ids=range(12),
)
def test_sound_that_cannot_be_used_is_refused(
    data: bytes, kind: str, status: int, says: str, kiosk: Kiosk
) -> None:
    response = kiosk.post(data=data, content_type=kind)

    assert response.status_code == status
    assert response.json
    assert says in response.json["error"]


def test_a_form_that_cannot_be_used_is_refused(kiosk: Kiosk) -> None:
    empty = kiosk.post(data={"conversation": "x"}, content_type="multipart/form-data")
    wrong = kiosk.post(data={"audio": (io.BytesIO(b"hi"), "a.wav")}, content_type="multipart/form-data")
    large = kiosk.post(data=bytes(3_000_000), content_type="multipart/form-data; boundary=x")

    assert (empty.status_code, wrong.status_code, large.status_code) == (400, 415, 413)


def test_get_is_not_a_turn(kiosk: Kiosk) -> None:
    assert kiosk.client.get("/voice/turn").status_code == 405


@pytest.mark.parametrize("name", ["x", "0" * 64, "..%2f..%2fkiosk", "%00"])
def test_only_spoken_replies_can_be_had(name: str, kiosk: Kiosk) -> None:
    assert kiosk.client.get(f"/voice/audio/{name}.wav").status_code == 404


class Deaf:
    """A recogniser that breaks; its message quotes what was said, as some libraries' do."""

    name = "deaf"
    language = "en"

    def transcribe(self, pcm: bytes, phrases: Any = ()) -> Any:  # noqa: ARG002
        raise RuntimeError("cannot decode 'my secret'")


@pytest.mark.parametrize("hearing", [Hearing(Deaf(), "broken"), Hearing(None, "nothing listens")])
def test_a_broken_recogniser_says_whom_to_call_and_keeps_the_emergency(
    hearing: Hearing, make: Make, caplog: pytest.LogCaptureFixture
) -> None:
    kiosk = make(hearing=hearing)
    begun = kiosk.send(text="both my legs are numb")
    answer = kiosk.sound(SILENCE)

    assert "911" in answer["replies"][0]
    assert answer["audio"]
    assert answer["conversation"] == begun["conversation"]
    assert answer["level"] == "emergency"
    assert "secret" not in caplog.text
    assert "the recogniser failed" in caplog.text


@pytest.fixture
def broken_store(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("INSERT", {"said": "my secret"}, OSError("disk full"))

    monkeypatch.setattr(store, "take_turn", fail)
    monkeypatch.setattr(store, "session", fail)


@pytest.mark.usefixtures("broken_store")
def test_without_a_database_an_emergency_is_still_answered_as_one(
    kiosk: Kiosk, caplog: pytest.LogCaptureFixture
) -> None:
    emergency = kiosk.send(text="both my legs are numb, my secret")
    other = kiosk.send(text="my back is a bit stiff")

    assert emergency["level"] == "emergency"
    assert "911" in emergency["replies"][0]
    assert other["level"] == "info"
    assert "911" in other["replies"][0]
    assert "secret" not in caplog.text


def test_without_a_conversation_the_last_words_are_said(make: Make) -> None:
    answer = make(None, country="GB").send(text="hello")

    assert "999" in answer["replies"][0]
    assert answer["audio"]


def test_without_a_voice_the_words_still_go_out(kiosk: Kiosk, tmp_path: Path) -> None:
    (tmp_path / "speech").write_text("a file where the directory should be")
    answer = kiosk.send(event="started")

    assert answer["replies"]
    assert answer["audio"] is None
    assert "read the words" in answer["audio_error"]
