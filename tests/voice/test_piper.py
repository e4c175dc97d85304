"""Piper, for who has installed it, and what speaks for who has not."""

import io
import logging
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.voice.words import overlap
from voice import voices
from voice.piper_synthesiser import ENGINE, PiperSynthesiser, is_installed
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.speaking_process import SpeakingProcess
from voice.spoken import spoken
from voice.voices import voices_for
from voice.wav import any_pcm
from voice.whisper_recogniser import WhisperRecogniser


@pytest.fixture(scope="module")
def piper() -> Iterator[PiperSynthesiser]:
    if not is_installed():
        pytest.skip("NOT TESTED, Piper is missing: make piper")
    process = SpeakingProcess(ENGINE)
    yield PiperSynthesiser(process)
    process.close()


def seconds(wav: bytes) -> float:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        return float(file.getnframes() / 22_050)


def test_what_piper_says_is_heard_again(piper: PiperSynthesiser, whisper: WhisperRecogniser) -> None:
    text = "Stop now. Sit or lie down. Call 911 now, or ask someone to."
    heard = whisper.transcribe(any_pcm(piper.say(spoken(text)))).text
    assert overlap("stop now sit or lie down call now or ask someone to", heard) > 0.8


def test_piper_speaks_as_fast_as_it_is_told(piper: PiperSynthesiser) -> None:
    text = "Walk gently for a few minutes, and I will ask you again how your back feels after that"
    slow, usual, quick = (seconds(piper.at(rate).say(text)) for rate in (110, 170, 240))
    assert 140 < len(text.split()) / usual * 60 < 200
    assert slow > 1.3 * usual > 1.6 * quick


def test_piper_speaks_english_and_espeak_the_rest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(voices, "is_installed", lambda: True)
    speaking = voices_for(["en", "es"], tmp_path, "piper", 150)
    assert [speaking.speech[code].name for code in ("en", "es")] == ["Piper joe 150", "eSpeak NG es-419 150"]
    assert speaking.ahead["en"].name == "Piper joe 150"
    speaking.close()


def test_without_piper_espeak_speaks_and_the_log_says_why(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(voices, "is_installed", lambda: False)
    with caplog.at_level(logging.WARNING):
        speaking = voices_for(["en"], tmp_path, "piper")
    assert "make piper" in caplog.text
    assert speaking.speech["en"].name == Pyttsx3Synthesiser().name
    speaking.close()
