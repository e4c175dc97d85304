"""What staff do at the console reaches the kiosk: a real stream, the real store, and staff in between."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from desk.taking_over import TakingOver
from flows.versions import Versions
from settings import Settings
from sms.outbox import Outbox
from store.store import Store
from store.tables import sessions
from tests.voice.conftest import Speak
from tests.voice.stream_client import PIECE, Program, serving
from tests.voice.test_stream import app_of, hands, hearing, store  # noqa: F401
from voice.hands import Hands
from voice.wav import RATE

# What is promised, with what a busy machine takes on top.
SOON = 2.0 + 1.0
WORDS = "I am coming over. Please sit down."
SAID = f"From the staff: {WORDS}"
MEANWHILE = "The staff are answering you now."
ESPERA = "Ahora te contesta el personal."


@dataclass
class Console:
    """Somebody of the staff, with the newest conversation before them."""

    taking: TakingOver
    store: Store

    def say(self, words: str) -> None:
        self.taking.say(self._conversation, "Sam", words, f"{time.monotonic()}")

    def hand_back(self) -> None:
        self.taking.hand_back(self._conversation, "Sam")

    @property
    def _conversation(self) -> int:
        with self.store.database.reading() as connection:
            return int(connection.execute(select(func.max(sessions.c.id))).scalar_one())


@pytest.fixture
def console(versions: Versions, store: Store) -> Console:  # noqa: F811
    return Console(TakingOver(store, versions, Outbox.of(Settings())), store)


@contextmanager
def talking(hands: Hands, *texts: str, language: str = "") -> Iterator[Program]:  # noqa: F811
    """A kiosk where somebody typed ``texts`` and was answered."""
    with serving(app_of(hands)) as url, Program.connect(url) as program:
        program.send("hello", mode="wake", language=language)
        for text in texts:
            program.send("say", text=text)
            listened(program)
        yield program


def listened(program: Program) -> dict[str, Any]:
    """The next answer, heard to its end."""
    answer: dict[str, Any] = program.until("answer")
    program.send("spoken", id=answer["id"])
    program.until("state", state="listening")
    return answer


def soon(program: Program, act: Callable[[], None]) -> dict[str, Any]:
    """The answer that comes of what staff do."""
    act()
    began = time.monotonic()
    answer: dict[str, Any] = program.until("answer")
    assert time.monotonic() - began < SOON
    return answer


def test_of_what_staff_write_no_sound_is_kept(hands: Hands, console: Console, tmp_path: Path) -> None:  # noqa: F811
    with serving(app_of(hands)) as url, Program.connect(url) as program:
        program.send("say", text="my lower back is stiff")
        asked = program.until("sound", last=True)["id"]
        program.send("spoken", id=asked)
        program.until("state", state="listening")
        before = sorted((tmp_path / "speech").rglob("*"))
        answer = soon(program, lambda: console.say(WORDS))
        program.until("sound", id=answer["id"], last=True)
        assert before
        assert sorted((tmp_path / "speech").rglob("*")) == before


def test_what_staff_write_is_shown_and_spoken(hands: Hands, console: Console) -> None:  # noqa: F811
    with talking(hands, "my lower back is stiff") as program:
        answer = soon(program, lambda: console.say(WORDS))
        assert answer["replies"] == [SAID]
        assert (answer["held"], answer["buttons"], answer["asks"], answer["beside"]) == (True, [], [], False)
        program.until("sound", id=answer["id"])
        assert len(program.next()) > 10_000
        # Said once, and the next words as well, though they are the same.
        program.send("spoken", id=answer["id"])
        program.until("state", state="listening")
        assert soon(program, lambda: console.say(WORDS))["replies"] == [SAID]


def test_a_question_that_is_being_spoken_makes_way(hands: Hands, console: Console) -> None:  # noqa: F811
    with serving(app_of(hands)) as url, Program.connect(url) as program:
        program.send("say", text="my lower back is stiff")
        asked = program.until("answer")
        assert soon(program, lambda: console.say(WORDS))["replies"] == [SAID]
        assert {"type": "hush", "id": asked["id"]} in program.got


def test_the_advice_in_an_emergency_is_spoken_to_its_end_first(hands: Hands, console: Console) -> None:  # noqa: F811
    with serving(app_of(hands)) as url, Program.connect(url) as program:
        program.send("say", text="both my legs are numb and I wet myself")
        advice = program.until("answer")
        console.say(WORDS)
        program.until("sound", id=advice["id"], last=True)
        program.send("spoken", id=advice["id"])
        assert program.until("answer")["replies"] == [SAID]
        assert "hush" not in program.kinds()


def test_a_kiosk_that_sleeps_speaks_up(hands: Hands, console: Console) -> None:  # noqa: F811
    with talking(hands, "my lower back is stiff") as program:
        program.send("sleep")
        program.until("state", state="asleep")
        assert soon(program, lambda: console.say(WORDS))["replies"] == [SAID]
        assert program.until("sound")["sentence"] == 0


def test_who_speaks_meanwhile_hears_that_staff_answer(hands: Hands, console: Console) -> None:  # noqa: F811
    with talking(hands, "my lower back is stiff") as program:
        assert MEANWHILE in soon(program, lambda: console.say(""))["replies"][0]
        program.send("say", text="when are you here")
        assert MEANWHILE in program.until("answer")["replies"][0]


def test_so_they_do_in_spanish(hands: Hands, console: Console) -> None:  # noqa: F811
    with talking(hands, "me duele la espalda baja", language="es") as program:
        assert ESPERA in soon(program, lambda: console.say(""))["replies"][0]


def test_a_sign_of_an_emergency_is_answered_as_one_all_the_same(hands: Hands, console: Console) -> None:  # noqa: F811
    with talking(hands, "my lower back is stiff") as program:
        soon(program, lambda: console.say(WORDS))
        program.send("say", text="now both my legs are numb and I wet myself")
        answer = program.until("answer")
        assert (answer["level"], answer["beside"], answer["held"]) == ("emergency", False, True)
        assert "911" in " ".join(answer["replies"])


def test_in_an_emergency_the_advice_stays_on_the_screen(hands: Hands, console: Console) -> None:  # noqa: F811
    with talking(hands, "both my legs are numb and I wet myself") as program:
        answer = soon(program, lambda: console.say(WORDS))
        assert (answer["replies"], answer["level"], answer["beside"]) == ([SAID], "emergency", True)


def test_handed_back_the_question_comes_again(hands: Hands, console: Console) -> None:  # noqa: F811
    with talking(hands, "my lower back is stiff") as program:
        asked = next(one for one in program.got if isinstance(one, dict) and one["type"] == "answer")
        soon(program, lambda: console.say(""))
        program.send("hush")
        program.until("state", state="listening")
        answer = soon(program, console.hand_back)
        assert answer["replies"][0] in asked["replies"][-1]
        assert (answer["held"], answer["asks"]) == (False, asked["asks"])


def test_nobody_is_interrupted(hearing: Hands, console: Console, speak: Speak) -> None:  # noqa: F811
    """Whoever is speaking is heard to the end, and then told."""
    with talking(hearing, "my lower back is stiff") as program:
        pcm = speak("I cannot feel my legs and I wet myself.")
        for at in range(0, len(pcm), PIECE):
            # As it is spoken: staff write in the middle of it, and more than one look falls into the rest.
            program.ws.send(pcm[at : at + PIECE])
            time.sleep(PIECE / 2 / RATE)
            if at == 8 * PIECE:
                console.say(WORDS)
        program.push(b"")
        assert program.until("heard")["by"] == "speech"
        assert program.until("answer")["level"] == "emergency"
        assert program.until("answer")["replies"] == [SAID]


def test_in_an_emergency_what_staff_write_minutes_later_still_arrives(hands: Hands, console: Console) -> None:  # noqa: F811
    ahead = [0.0]
    later = replace(hands, now=lambda: hands.now() + ahead[0], clock=lambda: time.monotonic() + ahead[0])
    with talking(later, "both my legs are numb and I wet myself") as program:
        program.send("sleep")
        program.until("state", state="asleep")
        ahead[0] = 400.0
        time.sleep(1.0)
        assert soon(program, lambda: console.say(WORDS))["replies"] == [SAID]
