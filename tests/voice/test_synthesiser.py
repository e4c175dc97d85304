import io
import wave

import pytest

from tests.together import run_together
from tests.voice.conftest import Speak
from tests.voice.words import overlap
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.spoken import spoken
from voice.synthesiser import SynthesisError
from voice.whisper_recogniser import WhisperRecogniser

TEXTS = [
    "Stop now.",
    "Is it getting worse?",
    "Walk gently for a few minutes.",
    "Put the weight down, please.",
]


def seconds(wav: bytes) -> float:
    with wave.open(io.BytesIO(wav)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 22_050)
        return float(file.getnframes() / 22_050)


def test_a_longer_text_is_a_longer_sound(synthesiser: Pyttsx3Synthesiser) -> None:
    short, long = seconds(synthesiser.say("Stop.")), seconds(synthesiser.say("Stop. " * 10))

    assert 0.3 < short < 2
    assert long > 5 * short


def test_the_voice_is_unhurried(synthesiser: Pyttsx3Synthesiser) -> None:
    text = "Walk gently for a few minutes, and I will ask you again how your back feels after that"

    assert 140 < len(text.split()) / seconds(synthesiser.say(text)) * 60 < 185


def test_what_is_said_is_heard_again(speak: Speak, whisper: WhisperRecogniser) -> None:
    text = "Stop now. Sit or lie down. Call 911 now, or ask someone to."

    assert (
        overlap(
            "stop now sit or lie down call now or ask someone to",
            whisper.transcribe(speak(spoken(text))).text,
        )
        > 0.6
    )


def test_four_threads_get_twenty_good_sounds(synthesiser: Pyttsx3Synthesiser) -> None:
    """Now and then the engine gives a bad file; then it is asked again, and nobody gets that one."""
    expected = {text: seconds(synthesiser.say(text)) for text in TEXTS}

    def five(thread: int) -> list[tuple[str, float]]:
        texts = [TEXTS[(thread + turn) % len(TEXTS)] for turn in range(5)]
        return [(text, seconds(synthesiser.say(text))) for text in texts]

    made = [one for thread in run_together(4, five) for one in thread]
    assert len(made) == 20
    for text, length in made:
        assert length == pytest.approx(expected[text], rel=0.05)


def test_several_synthesisers_share_the_one_engine(synthesiser: Pyttsx3Synthesiser) -> None:
    slow = Pyttsx3Synthesiser(rate=100)
    usual = seconds(synthesiser.say(TEXTS[2]))

    assert seconds(slow.say(TEXTS[2])) > 1.3 * usual
    assert seconds(synthesiser.say(TEXTS[2])) == pytest.approx(usual, rel=0.05)


@pytest.mark.parametrize("text", ["", "  \n", "...", "?!"])
def test_no_words_are_an_error(text: str, synthesiser: Pyttsx3Synthesiser) -> None:
    with pytest.raises(SynthesisError, match="no words"):
        synthesiser.say(text)


def test_a_book_is_an_error(synthesiser: Pyttsx3Synthesiser) -> None:
    with pytest.raises(SynthesisError, match="4000"):
        synthesiser.say("word " * 1000)


@pytest.mark.usefixtures("synthesiser")
def test_a_voice_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(SynthesisError, match="xx-nobody"):
        Pyttsx3Synthesiser("xx-nobody").say("Hello")


def test_nothing_is_printed(synthesiser: Pyttsx3Synthesiser, capfd: pytest.CaptureFixture[str]) -> None:
    synthesiser.say("Nothing hurts.")

    assert capfd.readouterr().out == ""
