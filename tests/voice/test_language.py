"""What the kiosk needs for a language: one file, of which everything that is missing is named."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from flows.line import Line
from flows.source import FlowError
from voice import language
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.speech_cache import SpeechCache
from voice.vosk_recogniser import _LANGUAGE


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The kiosk's languages, with a third one `xx`."""
    folder = Path(shutil.copytree(language._FOLDER, tmp_path / "languages"))
    shutil.copy(folder / "en.yaml", folder / "xx.yaml")
    monkeypatch.setattr(language, "_FOLDER", folder)
    language.kiosk_language.cache_clear()
    yield folder
    language.kiosk_language.cache_clear()


def test_the_kiosk_has_every_language_of_the_conversation(line: Line) -> None:
    for code in line.flow.wording:
        assert language.kiosk_language(code).page["talk"]["asleep"]


@pytest.mark.usefixtures("folder")
def test_a_third_language_is_one_more_file() -> None:
    assert language.kiosk_language("xx").code == "xx"
    with pytest.raises(FlowError, match=r"yy\.yaml:1: error: the file is missing"):
        language.kiosk_language("yy")


def test_everything_that_a_language_lacks_is_named_at_once(folder: Path) -> None:
    path = folder / "xx.yaml"
    text = path.read_text()
    for old, new in (
        ('    asleep: "Tap to talk"\n', ""),
        ("  call: ", "  cal: "),
        ("voice: en-us\n", "voice: 5\n"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)
    with pytest.raises(FlowError) as caught:
        language.kiosk_language("xx")
    assert sorted(one.what for one in caught.value.findings) == [
        "`page.call` is missing", "`page.talk.asleep` is missing", "`voice` is not text",
        "unknown entry `page.cal`",
    ]  # fmt: skip


@pytest.mark.usefixtures("synthesiser")
def test_each_language_is_spoken_by_its_own_voice(tmp_path: Path) -> None:
    names = set()
    for code in ("en", "es"):
        voice = Pyttsx3Synthesiser(language.kiosk_language(code).voice, patience=60.0)
        cache = SpeechCache(voice, tmp_path, language=code)
        name = cache.keep("No. Para. Animal.")
        assert cache.find(name)
        names.add(name)
    assert len(names) == 2


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("vosk-model-small-es-0.42", "es"),
        ("vosk-model-en-us-0.22", "en"),
        ("vosk-model-small-en-us-0.15", "en"),
    ],
)
def test_a_vosk_model_tells_its_language_by_its_name(name: str, code: str) -> None:
    found = _LANGUAGE.search(name)
    assert found
    assert found[1] == code
