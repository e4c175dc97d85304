"""What the kiosk says is spoken ahead, sentence by sentence, so that the first sound is there at once."""

import time
from pathlib import Path

import pytest

from flows.events import Started, Text
from flows.line import Line
from tests.voice.test_speech_cache import Parrot
from voice.language import kiosk_language
from voice.prompts import Prompts, prompts
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.speech_cache import SpeechCache
from voice.synthesiser import SynthesisError

LABELS = ("button.", "option.", "item.", "tell.", "aid.")


class Mute(Parrot):
    def say(self, text: str) -> bytes:
        super().say(text)
        raise SynthesisError("the voice is gone")


def spoken_ahead(cache: SpeechCache, texts: list[str]) -> None:
    ahead = Prompts({"en": cache}, {"en": texts})
    ahead.start()
    ahead.join()


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_word_that_is_the_same_for_everybody_is_among_them(line: Line, language: str) -> None:
    texts = set(prompts(line.flow, language, "GB"))

    assert not [text for text in texts if "{" in text]
    wording = line.flow.wording[language].words
    fixed = {words.voice for key, words in wording.items() if not key.startswith(LABELS)}
    assert {text for text in fixed if "{" not in text} <= texts
    assert any("999" in text for text in texts)
    kiosk = kiosk_language(language)
    assert set(kiosk.offer.say.values()) & texts
    assert {text for text in kiosk.talk.values() if "{" not in text} <= texts


@pytest.mark.parametrize(
    ("said", "level"),
    [
        (("I hurt my back", "I am numb between my legs", "yes"), "emergency"),
        (("my back is tight after deadlifts", *["no"] * 12), "stop_today"),
    ],
)
def test_a_conversation_is_spoken_without_the_engine(
    said: tuple[str, ...], level: str, line: Line, tmp_path: Path
) -> None:
    spoken_ahead(SpeechCache(Parrot(), tmp_path), list(prompts(line.flow, "en", "US")))
    mute = Mute()
    cache = SpeechCache(mute, tmp_path)

    turn = line.step(line.open("voice", "US", "en"), Started(), 0.0)
    for words in said:
        for sentence in cache.sentences(" ".join(reply.text for reply in turn.replies)):
            assert cache.sound(sentence)
        turn = line.step(turn.session, Text(line.hear(turn.session, words)), 0.0)
    assert turn.session.level.id == level
    assert mute.said == []


def test_the_first_sound_is_there_within_50_ms(
    line: Line, synthesiser: Pyttsx3Synthesiser, tmp_path: Path
) -> None:
    texts = list(prompts(line.flow, "en", "US"))[:30]
    cache = SpeechCache(synthesiser, tmp_path)
    spoken_ahead(cache, texts)

    took = []
    for text in texts:
        began = time.perf_counter()
        assert cache.sound(cache.sentences(text)[0])[:4] == b"RIFF"
        took.append(time.perf_counter() - began)
    assert sorted(took)[len(took) // 2] < 0.005
    assert max(took) < 0.05


def test_what_was_spoken_before_costs_nothing_at_the_next_start(tmp_path: Path) -> None:
    parrot = Parrot()
    for _ in range(2):
        spoken_ahead(SpeechCache(parrot, tmp_path), ["Stop. Call 911.", "Stop. Walk."])

    assert sorted(parrot.said) == [
        "Call, nine one one, nine one one.",
        "Call, nine one one.",
        "Stop.",
        "Walk.",
    ]


def test_a_voice_that_is_gone_is_asked_once_and_told_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mute = Mute()
    spoken_ahead(SpeechCache(mute, tmp_path), ["Stop. Walk."])

    assert mute.said == ["Stop."]
    assert "nothing more is spoken ahead: the voice is gone" in caplog.text


def test_it_ends_when_told(tmp_path: Path) -> None:
    ahead = Prompts({"en": SpeechCache(Parrot(), tmp_path)}, {"en": ["Walk on."] * 3})
    ahead.stop()
    ahead.start()
    ahead.join()

    assert not list(tmp_path.iterdir())
