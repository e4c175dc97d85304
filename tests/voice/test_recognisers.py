"""Real sound through the real recognisers."""

from pathlib import Path

import numpy as np
import pytest

from tests.together import run_together
from tests.voice.conftest import Speak
from tests.voice.words import overlap
from voice.choose import choose_recogniser
from voice.fetch import model_directory
from voice.language import kiosk_language
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.recogniser import RecogniserError, Transcript
from voice.vosk_recogniser import VoskRecogniser
from voice.wav import RATE, any_pcm, to_pcm
from voice.whisper_recogniser import SHA256, WhisperRecogniser, packaged_model, verify

NOISE = np.random.default_rng(7).normal(0, 1, RATE * 3)
SILENCES = {
    "no samples": b"",
    "digital silence": bytes(RATE * 2 * 3),
    "a quiet room": to_pcm(NOISE * 0.0005),
    "a fan": to_pcm(NOISE * 0.01),
    "a loud fan": to_pcm(NOISE * 0.1),
    "mains hum": to_pcm(0.02 * np.sin(2 * np.pi * 50 * np.arange(RATE * 3) / RATE)),
}


@pytest.mark.parametrize(
    "text",
    [
        "Yes.",
        "No.",
        "Yes, both legs are weak.",
        "I hurt my lower back.",
        "My back feels tight and stiff after squats.",
        "Is it getting worse?",
    ],
)
def test_whisper_hears_what_was_said(text: str, whisper: WhisperRecogniser, speak: Speak) -> None:
    # eSpeak NG says a text a little differently each time, and of a single word little is left.
    assert any(overlap(text, whisper.transcribe(speak(text)).text) >= 0.6 for _ in range(3))


@pytest.mark.parametrize("name", SILENCES)
def test_whisper_makes_nothing_up_when_nobody_speaks(name: str, whisper: WhisperRecogniser) -> None:
    assert whisper.transcribe(SILENCES[name]) == Transcript("")


def test_of_short_answers_the_one_that_it_may_be_is_an_alternative_and_noise_is_none(
    whisper: WhisperRecogniser, speak: Speak
) -> None:
    answers = kiosk_language("en").answers["number"]
    heard = {word: whisper.transcribe(speak(word), answers) for word in answers}
    told = {
        word: found.alternatives for word, found in heard.items() if not found.text and found.alternatives
    }
    # Which ones are hardly heard depends on the voice; of those, none is taken for another.
    assert all(alternatives == (word,) for word, alternatives in told.items()), told
    for sound in SILENCES.values():
        assert whisper.transcribe(sound, answers) == Transcript("")


def test_whisper_hears_a_quiet_voice(whisper: WhisperRecogniser, speak: Speak) -> None:
    quiet = to_pcm(np.frombuffer(speak("Yes, both legs are weak."), "<i2") / 32768 * 0.03)

    assert overlap("Yes, both legs are weak.", whisper.transcribe(quiet).text) >= 0.6


def test_whisper_serves_four_threads(whisper: WhisperRecogniser, speak: Speak) -> None:
    sounds = [speak("Yes."), speak("No.")]
    heard = run_together(4, lambda number: whisper.transcribe(sounds[number % 2]).text.strip("."))

    assert heard == ["Yes", "No", "Yes", "No"]


def test_whisper_refuses_weights_that_were_not_checked(whisper: WhisperRecogniser, tmp_path: Path) -> None:
    assert whisper.name
    for name in SHA256:
        (tmp_path / name).symlink_to(packaged_model() / name)
    verify(tmp_path)
    (tmp_path / "config.json").unlink()
    with pytest.raises(RecogniserError, match=r"lacks config\.json"):
        WhisperRecogniser(tmp_path)
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(RecogniserError, match="not the file that was checked"):
        WhisperRecogniser(tmp_path)


@pytest.fixture(scope="module")
def vosk(korean_model: Path) -> VoskRecogniser:
    return VoskRecogniser(korean_model)


@pytest.fixture(scope="module")
def korean() -> Speak:
    voice = Pyttsx3Synthesiser("ko")
    return lambda text: any_pcm(voice.say(text))


@pytest.mark.usefixtures("synthesiser")
@pytest.mark.parametrize("word", ["네", "아니요"])
def test_vosk_hears_one_of_the_phrases(word: str, vosk: VoskRecogniser, korean: Speak) -> None:
    assert vosk.transcribe(korean(word), ["네", "아니요"]).text == word


@pytest.mark.usefixtures("synthesiser")
def test_vosk_says_which_phrases_it_cannot_hear(
    vosk: VoskRecogniser, korean: Speak, caplog: pytest.LogCaptureFixture
) -> None:
    assert vosk.transcribe(korean("네"), ["네", "아니요", "Romanian deadlift"]).text == "네"

    assert "'romanian deadlift'" in caplog.text
    assert "'네'" not in caplog.text


@pytest.mark.usefixtures("synthesiser")
def test_vosk_hears_freely_without_phrases(vosk: VoskRecogniser, korean: Speak) -> None:
    heard = vosk.transcribe(korean("아니요"))

    assert heard.text
    assert heard.text not in heard.alternatives


@pytest.mark.parametrize("name", ["no samples", "digital silence", "a quiet room"])
def test_vosk_hears_nothing_in_silence(name: str, vosk: VoskRecogniser) -> None:
    assert vosk.transcribe(SILENCES[name], ["네", "아니요"]) == Transcript("")


def test_a_vosk_directory_that_is_none_is_refused_with_its_name(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    with pytest.raises(RecogniserError, match=f"no directory {missing}"):
        VoskRecogniser(missing)
    with pytest.raises(RecogniserError, match="not an unpacked Vosk model"):
        VoskRecogniser(tmp_path)
    (tmp_path / "am").mkdir()
    (tmp_path / "am" / "final.mdl").write_bytes(b"nonsense")
    with pytest.raises(RecogniserError, match="unpack the model again"):
        VoskRecogniser(tmp_path)


def test_without_a_vosk_model_whisper_listens(whisper: WhisperRecogniser, tmp_path: Path) -> None:
    hearing = choose_recogniser(None, tmp_path)

    assert hearing.recogniser
    assert hearing.recogniser.name == whisper.name
    assert "fetch-model" in hearing.sentence


def test_a_fetched_model_listens(korean_model: Path, tmp_path: Path) -> None:
    model_directory(tmp_path).symlink_to(korean_model)
    hearing = choose_recogniser(None, tmp_path)

    assert isinstance(hearing.recogniser, VoskRecogniser)
    assert str(model_directory(tmp_path)) in hearing.sentence


def test_a_vosk_model_that_cannot_be_used_is_named_and_whisper_listens(
    whisper: WhisperRecogniser, tmp_path: Path
) -> None:
    hearing = choose_recogniser(tmp_path, tmp_path)

    assert hearing.recogniser
    assert hearing.recogniser.name == whisper.name
    assert "not an unpacked Vosk model" in hearing.sentence


def test_without_any_model_the_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voice.whisper_recogniser.find_spec", lambda _name: None)
    hearing = choose_recogniser(None, tmp_path)

    assert hearing.recogniser is None
    assert "typing and touch still work" in hearing.sentence
