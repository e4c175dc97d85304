"""The advice as a text, through the web: the real conversation, store, outbox and limits."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from desk.check_ins import CheckIns
from desk.forgetting import Forgetting
from desk.roster_file import RosterFile
from desk.summary import Summaries
from flows.events import Text
from flows.line import Line
from flows.versions import Versions
from settings import Settings
from sms.limits import Limits
from sms.outbox import Outbox
from store.jobs import Job
from store.refusals import refuse
from store.store import Store
from store.tables import offers, sends, sessions, turns
from tests.voice.conftest import Speak
from tests.voice.test_turn import Clock
from voice.choose import Hearing
from voice.dialogue import Dialogue
from voice.pairing import Pairing
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.recogniser import Recogniser
from voice.speech_cache import SpeechCache
from voice.turn import voice_blueprint
from voice.wav import to_wav
from voice.whisper_recogniser import WhisperRecogniser

TO_MODIFY = ("my lower back got tight during squats", "no", "no", "no", "2", "gone")
TO_URGENT = ("my back hurts and the pain runs down my leg since squats", "no", "no", "one leg", "no")
SPANISH = ("me duele la espalda baja desde las sentadillas", "no", "no", "no", "2", "sordo", "ya no duele")
NUMBER = "+12065550123"


@dataclass
class Kiosk:
    client: FlaskClient
    store: Store
    conversation: str | None = None

    def say(self, *texts: str) -> Any:
        """The answer to the last of ``texts``."""
        for text in texts:
            answer = self._send(text=text)
        return answer

    def hear(self, wav: bytes) -> Any:
        """The answer to something said aloud."""
        query = {"conversation": self.conversation or ""}
        return self.client.post("/voice/turn", query_string=query, data=wav, content_type="audio/wav").json

    def silent(self) -> Any:
        return self._send(event="silence")

    def _send(self, **fields: str) -> Any:
        answer = self.client.post("/voice/turn", json={"conversation": self.conversation} | fields).json
        assert answer
        self.conversation = answer["conversation"]
        return answer

    def sent(self) -> list[tuple[str, str]]:
        """Number and body of every text in the outbox."""
        with self.store.database.transaction() as connection:
            found = select(sends.c.recipient, sends.c.body).where(sends.c.state == "queued")
            return [(row.recipient, row.body) for row in connection.execute(found.order_by(sends.c.id))]

    def phones(self) -> list[str | None]:
        with self.store.database.transaction() as connection:
            return list(connection.execute(select(sessions.c.phone).order_by(sessions.c.id)).scalars())


Make = Callable[..., Kiosk]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def make(
    versions: Versions, store: Store, clock: Clock, synthesiser: Pyttsx3Synthesiser, tmp_path: Path
) -> Make:
    def kiosk(
        country: str = "US", *, ready: bool = True, ears: Recogniser | None = None, **limits: int
    ) -> Kiosk:
        settings = Settings(data_dir=tmp_path, country=country, **limits)  # type: ignore[arg-type]
        allowed = Limits.of(settings)
        check_ins = CheckIns(versions, RosterFile(tmp_path / "roster.yaml"))
        texts = Summaries(versions, Outbox(allowed), allowed, check_ins, ready=ready)
        app = Flask("kiosk")
        speech = {"en": SpeechCache(synthesiser, tmp_path / "speech")}
        dialogue = Dialogue(versions, store, country, texts=texts)
        app.register_blueprint(voice_blueprint(dialogue, Hearing(ears, ""), speech, Pairing(store), clock))
        return Kiosk(app.test_client(), store)

    return kiosk


@pytest.fixture
def kiosk(make: Make) -> Kiosk:
    return make()


def labels(answer: Any) -> list[str]:
    return [button["label"] for button in answer["buttons"]]


def test_the_advice_is_texted_once_its_number_is_confirmed(kiosk: Kiosk) -> None:
    told = kiosk.say(*TO_MODIFY)
    assert (told["level"], told["done"]) == ("modify", True)
    assert labels(told) == ["Text me this"]
    asked = kiosk.say("Text me this")
    assert "What is your mobile number?" in asked["replies"][0]
    assert (asked["aside"], labels(asked)) == ({"stage": "asking", "draft": ""}, ["Cancel"])

    read_back = kiosk.say("two oh six, five five five, oh one two three")
    assert read_back["replies"] == ["You typed 206\u00a0555\u00a00123. Is that right?"]
    assert (read_back["aside"]["stage"], labels(read_back)) == ("confirming", ["Yes", "No", "Cancel"])
    assert kiosk.sent() == []
    assert kiosk.phones() == [None]

    given = kiosk.say("yes that's right")
    assert "the number ending in 23" in given["replies"][0]
    assert (given["aside"]["stage"], labels(given), given["level"]) == ("closed", [], "modify")
    [(to, body)] = kiosk.sent()
    assert to == NUMBER
    assert body.startswith("Spotter, from the kiosk: You can carry on, lighter,")
    assert "call 911, for trouble peeing" in body
    assert body.endswith("Reply STOP to end.")
    assert "squats" not in body
    assert kiosk.phones() == [NUMBER]
    assert "already, to the number ending in 23" in kiosk.say("text it to me")["replies"][0]
    assert len(kiosk.sent()) == 1


@pytest.mark.parametrize("words", ["text me", "Text it to me, please.", "can you send it to my phone"])
def test_it_can_be_asked_for_aloud(words: str, kiosk: Kiosk) -> None:
    kiosk.say(*TO_MODIFY)
    assert kiosk.say(words)["aside"]["stage"] == "asking"


def test_a_number_and_the_yes_are_said_aloud(make: Make, speak: Speak, whisper: WhisperRecogniser) -> None:
    kiosk = make(ears=whisper)
    kiosk.say(*TO_MODIFY, "Text me this")
    heard = kiosk.hear(to_wav(speak("two one two, seven three six, zero nine four five.")))
    assert heard["replies"] == ["I heard 212\u00a0736\u00a00945. Is that right?"]
    assert "ending in 45" in kiosk.hear(to_wav(speak("Yes, that is right.")))["replies"][0]
    assert kiosk.sent()[0][0] == "+12127360945"


def test_urgent_advice_is_texted_as_well(kiosk: Kiosk) -> None:
    assert kiosk.say(*TO_URGENT)["level"] == "urgent"
    kiosk.say("Text me this", "2065550123", "yes")
    assert "Be seen by a doctor or urgent care today" in kiosk.sent()[0][1]


def test_it_is_offered_and_texted_in_the_language_and_country_of_the_conversation(make: Make) -> None:
    kiosk = make("ES")
    assert "Mándamelo" in labels(kiosk.say(*SPANISH))
    asked = kiosk.say("mándamelo")
    assert "número de móvil" in asked["replies"][0]
    kiosk.say("seiscientos doce, treinta y cuatro, cincuenta y seis, setenta y ocho")
    assert "acaba en 78" in kiosk.say("sí")["replies"][0]
    [(to, body)] = kiosk.sent()
    assert to == "+34612345678"
    assert "112" in body
    assert body.endswith("Responde STOP para terminar.")


def test_in_an_emergency_the_screen_belongs_to_the_emergency(kiosk: Kiosk) -> None:
    answer = kiosk.say("both my legs are numb")
    assert (answer["level"], labels(answer)) == ("emergency", [])
    assert kiosk.say("text me this", "2065550123", "yes")["aside"] is None
    assert kiosk.sent() == []


def test_a_sign_of_danger_is_heard_while_a_number_is_asked_for(kiosk: Kiosk) -> None:
    kiosk.say(*TO_MODIFY, "Text me this", "2065550123")
    answer = kiosk.say("yes, and now I cannot feel my groin")
    assert (answer["level"], answer["aside"]) == ("emergency", None)
    assert kiosk.sent() == []
    assert kiosk.phones() == [None]
    with kiosk.store.database.transaction() as connection:
        assert connection.execute(select(func.count()).select_from(offers)).scalar_one() == 0


def test_worse_is_checked_again_and_the_new_advice_can_be_texted_too(kiosk: Kiosk) -> None:
    kiosk.say(*TO_MODIFY, "Text me this", "2065550123", "yes")
    again = kiosk.say("it is worse and the pain runs down my leg")
    assert (again["done"], again["aside"]) == (False, None)
    told = kiosk.say("no", "no", "one leg", "no")
    assert (told["level"], labels(told)) == ("urgent", ["Text me this"])
    kiosk.say("Text me this", "2065550123", "yes")
    assert len(kiosk.sent()) == 2


def test_no_leads_to_typing_with_what_was_heard_to_put_right(kiosk: Kiosk) -> None:
    kiosk.say(*TO_MODIFY, "Text me this", "2065550124")
    wrong = kiosk.say("No")
    assert wrong["aside"] == {"stage": "asking", "draft": "206 555 0124"}
    kiosk.say("206 555 0123", "Yes")
    assert kiosk.sent()[0][0] == NUMBER


def test_silence_is_no_yes(kiosk: Kiosk) -> None:
    kiosk.say(*TO_MODIFY, "Text me this", "2065550123")
    assert kiosk.silent()["aside"]["stage"] == "confirming"
    over = kiosk.silent()
    assert (over["aside"]["stage"], labels(over)) == ("closed", ["Text me this"])
    assert kiosk.sent() == []


@pytest.mark.parametrize("words", ["Cancel", "no thanks", "never mind", "stop"])
@pytest.mark.parametrize("number", ["", "2065550123"])
def test_it_can_be_cancelled(words: str, number: str, kiosk: Kiosk) -> None:
    kiosk.say(*TO_MODIFY, "Text me this", *([number] if number else []))
    assert kiosk.say(words)["aside"]["stage"] == "closed"
    assert "yes" not in str(kiosk.say("yes")["replies"]).lower()
    assert kiosk.sent() == []


@pytest.mark.parametrize(
    ("typed", "says"), [("20655", "too short"), ("2065550123456", "too many"), ("9005550123", "cannot text")]
)
def test_a_wrong_number_is_told_how_to_put_it_right(typed: str, says: str, kiosk: Kiosk) -> None:
    answer = kiosk.say(*TO_MODIFY, "Text me this", typed)
    assert says in answer["replies"][0]
    assert answer["aside"] == {"stage": "asking", "draft": typed}


def test_an_opted_out_number_is_told_how_to_switch_texts_on(kiosk: Kiosk, clock: Clock) -> None:
    with kiosk.store.database.transaction() as connection:
        refuse(connection, NUMBER, "21610", clock.now)
    answer = kiosk.say(*TO_MODIFY, "Text me this", "2065550123", "yes")
    assert "text START" in answer["replies"][0]
    assert kiosk.sent() == []
    assert kiosk.phones() == [None]
    assert labels(answer) == ["Text me this"]


def test_nobody_can_be_pestered_from_a_kiosk(make: Make) -> None:
    for _ in range(5):
        kiosk = make()
        answer = kiosk.say(*TO_MODIFY, "Text me this", "2065550123", "yes")
    assert "cannot text that number any more today" in answer["replies"][0]
    assert len(kiosk.sent()) == 3


def test_the_limit_of_a_number_holds_for_kiosks(make: Make) -> None:
    kiosk = make(texts_per_number=1)
    kiosk.say(*TO_MODIFY, "Text me this", "2065550123", "yes")
    kiosk = make(texts_per_number=1)
    answer = kiosk.say(*TO_MODIFY, "Text me this", "2065550123", "yes")
    assert "any more today" in answer["replies"][0]
    assert len(kiosk.sent()) == 1


def test_nothing_is_offered_while_no_texts_can_go_out(make: Make) -> None:
    kiosk = make(ready=False)
    assert labels(kiosk.say(*TO_MODIFY)) == []
    assert kiosk.say("Text me this", "2065550123", "yes")["aside"] is None


def test_a_number_leaves_no_trace(
    kiosk: Kiosk, clock: Clock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kiosk.say(*TO_MODIFY, "Text me this")
    answer = kiosk.say("two oh six five five five oh one two three")
    assert answer["heard"] is None
    with kiosk.client.get(answer["audio"]) as spoken:
        assert spoken.headers["Cache-Control"] == "no-store"
        assert spoken.data[:4] == b"RIFF"
    before = {path.name for path in (tmp_path / "speech").iterdir()}
    kiosk.say("no", "2065550124", "yes")
    assert {path.name for path in (tmp_path / "speech").iterdir()} == before
    with kiosk.store.database.transaction() as connection:
        history = connection.execute(select(turns.c.said, turns.c.replies, turns.c.trace)).all()
        assert connection.execute(select(func.count()).select_from(offers)).scalar_one() == 0
    assert not any(part in str(history) for part in ("2065", "206 555", "two oh six", "0124"))
    assert "555" not in caplog.text
    clock.now += 121
    assert kiosk.client.get(answer["audio"]).status_code == 404


def test_a_number_that_nobody_confirmed_is_forgotten_though_nobody_comes_after(
    kiosk: Kiosk, clock: Clock
) -> None:
    kiosk.say(*TO_MODIFY, "Text me this", "2065550123")
    forgetting, job = Forgetting(kiosk.store), Job(1, "forget", "forget", None, None, {}, 0.0, 1, "")
    for waits, left in ((119, 1), (2, 0)):
        clock.now += waits
        assert forgetting(job, clock.now) == clock.now + 60
        with kiosk.store.database.transaction() as connection:
            assert connection.execute(select(func.count()).select_from(offers)).scalar_one() == left


@pytest.mark.parametrize("number", ["nine one one", "911", "112", "It's 988."])
@pytest.mark.parametrize("open_number", ["", "2065550123"])
def test_who_names_an_emergency_number_is_told_to_call_it(
    number: str, open_number: str, kiosk: Kiosk
) -> None:
    kiosk.say(*TO_MODIFY, "Text me this", *([open_number] if open_number else []))
    answer = kiosk.say(number)
    assert re.search(r"call (911|112|988) now", answer["replies"][0])
    assert answer["aside"] == {"stage": "confirming" if open_number else "asking", "draft": ""}
    assert kiosk.sent() == []


def test_the_next_visitor_of_a_kiosk_has_no_number_yet(kiosk: Kiosk) -> None:
    kiosk.say(*TO_MODIFY, "Text me this", "2065550123", "yes")
    kiosk.say("start over")
    assert kiosk.phones() == [None]
    told = kiosk.say(*TO_MODIFY)
    assert labels(told) == ["Text me this"]
    assert kiosk.say("Text me this")["aside"]["stage"] == "asking"
    kiosk.say("2065550124", "yes")
    assert [to for to, _ in kiosk.sent()] == [NUMBER, "+12065550124"]


@pytest.mark.parametrize("state", ["failed", "undelivered"])
def test_a_text_that_did_not_arrive_can_be_asked_for_again(state: str, kiosk: Kiosk) -> None:
    kiosk.say(*TO_MODIFY, "Text me this", "2065550123", "yes")
    with kiosk.store.database.transaction() as connection:
        connection.execute(update(sends).values(state=state))
    assert kiosk.say("text it to me")["aside"]["stage"] == "asking"
    kiosk.say("2065550123", "yes")
    assert [to for to, _ in kiosk.sent()] == [NUMBER]


def test_it_goes_on_where_it_was_after_a_restart(make: Make) -> None:
    first = make()
    first.say(*TO_MODIFY, "Text me this", "2065550123")
    second = make()
    second.conversation = first.conversation
    second.say("yes")
    assert [to for to, _ in second.sent()] == [NUMBER]


def test_a_session_that_texted_stop_is_opted_out(kiosk: Kiosk, versions: Versions, clock: Clock) -> None:
    line = versions.newest
    assert line
    kiosk.say(*TO_MODIFY, "Text me this", "2065550123")
    stopped = line.step(line.open("sms", "US"), _text(line, "stop"), clock.now)
    kiosk.store.take_turn(NUMBER, "SM1", clock.now, lambda _: stopped, "stop")
    assert "are off" in kiosk.say("yes")["replies"][0]
    with kiosk.store.database.transaction() as connection:
        connection.execute(update(sessions).where(sessions.c.person == NUMBER).values(state="{"))
    assert "ending in 23" in kiosk.say("Text me this", "2065550123", "yes")["replies"][0]


def _text(line: Line, words: str) -> Text:
    return Text(line.hear(line.open("sms", "US"), words))
