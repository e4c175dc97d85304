import os
from pathlib import Path

import pytest

from tests.conftest import fill
from tests.together import run_together
from voice.speech_cache import SpeechCache
from voice.synthesiser import FASTEST, SLOWEST, SynthesisError


class Parrot:
    """Ten lines at the edge: says its own words as bytes and counts how often."""

    name = "parrot"
    rate = 170

    def __init__(self) -> None:
        self.said: list[str] = []

    def at(self, rate: int) -> "Parrot":
        other = Parrot()
        other.name, other.rate, other.said = f"parrot {rate}", rate, self.said
        return other

    def say(self, text: str) -> bytes:
        self.said.append(text)
        if not text:
            raise SynthesisError("there are no words to say")
        return text.encode() * 100


@pytest.fixture
def parrot() -> Parrot:
    return Parrot()


def test_the_same_words_are_spoken_once(parrot: Parrot, tmp_path: Path) -> None:
    cache = SpeechCache(parrot, tmp_path / "speech")
    name = cache.keep("Call 911.")

    assert cache.keep("Call  911.") == name
    assert SpeechCache(parrot, tmp_path / "speech").keep("Call 911.") == name
    assert parrot.said == ["Call, nine one one, nine one one."]
    found = cache.find(name)
    assert found is not None
    assert found.read_bytes() == b"Call, nine one one, nine one one." * 100


def test_another_voice_is_another_sound(parrot: Parrot, tmp_path: Path) -> None:
    other = Parrot()
    other.name = "crow"

    assert SpeechCache(parrot, tmp_path).keep("Stop.") != SpeechCache(other, tmp_path).keep("Stop.")


@pytest.mark.parametrize("name", ["", "x", "../" * 8 + "etc/passwd", "A" * 64, "0" * 64, "0" * 64 + "\n"])
def test_nothing_else_can_be_had(name: str, parrot: Parrot, tmp_path: Path) -> None:
    assert SpeechCache(parrot, tmp_path).find(name) is None


def test_what_was_used_longest_ago_makes_room(parrot: Parrot, tmp_path: Path) -> None:
    cache = SpeechCache(parrot, tmp_path, max_bytes=1000)
    names = [cache.keep(text) for text in ("one", "two", "six")]
    for age, name in zip((30, 10, 20), names, strict=True):
        os.utime(tmp_path / f"{name}.wav", (1e9 - age, 1e9 - age))
    cache.keep("one")

    cache.keep("ten")

    assert [cache.find(name) is not None for name in names] == [True, True, False]


def test_one_sound_larger_than_the_room_is_still_kept(parrot: Parrot, tmp_path: Path) -> None:
    cache = SpeechCache(parrot, tmp_path, max_bytes=10)

    assert cache.find(cache.keep("a long sentence"))


def test_nothing_is_kept_of_words_that_cannot_be_said(parrot: Parrot, tmp_path: Path) -> None:
    with pytest.raises(SynthesisError):
        SpeechCache(parrot, tmp_path).keep("")

    assert list(tmp_path.iterdir()) == []


def test_many_at_once_get_whole_files(parrot: Parrot, tmp_path: Path) -> None:
    cache = SpeechCache(parrot, tmp_path)

    def read(number: int) -> bool:
        path = cache.find(cache.keep(f"number {'abc'[number % 3]}"))
        return path is not None and len(path.read_bytes()) == 800

    assert all(run_together(12, read))
    assert not list(tmp_path.glob("*.part"))


def test_a_full_disk_leaves_no_half_sound_and_is_no_trouble_once_there_is_room(
    parrot: Parrot, small_disk: Path
) -> None:
    cache = SpeechCache(parrot, small_disk / "speech")
    cache.keep("Hello.")
    fill(small_disk)
    with pytest.raises(OSError, match="No space"):
        cache.keep("Call the ambulance now. " * 1000)
    assert len(list((small_disk / "speech").iterdir())) == 1
    (small_disk / "other").unlink()
    assert cache.find(cache.keep("Call the ambulance now. " * 1000))


def test_a_sentence_is_spoken_once_and_had_at_once_from_then_on(parrot: Parrot, tmp_path: Path) -> None:
    cache = SpeechCache(parrot, tmp_path)
    first, second = cache.sentences("Stop. Call 911.")

    assert cache.sound(first) == cache.sound(first) == b"Stop." * 100
    assert cache.sound(second) == b"Call, nine one one, nine one one." * 100
    assert len(parrot.said) == 2


def test_a_sentence_with_a_number_of_the_visitor_is_not_kept(parrot: Parrot, tmp_path: Path) -> None:
    cache = SpeechCache(parrot, tmp_path)
    (sentence,) = cache.sentences("I heard 555 123 4567.", twice=False)

    assert cache.sound(sentence, keep=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("asked", "given"), [(140, 140), (10, SLOWEST), (900, FASTEST)])
def test_a_kiosk_speaks_slower_or_faster_within_what_can_be_followed(
    asked: int, given: int, parrot: Parrot, tmp_path: Path
) -> None:
    usual = SpeechCache(parrot, tmp_path)
    other = usual.at(asked)
    (sentence,) = usual.sentences("Stop.")

    assert (usual.rate, other.rate) == (170, given)
    usual.sound(sentence)
    other.sound(sentence)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_full_disk_costs_no_sound(parrot: Parrot, small_disk: Path) -> None:
    cache = SpeechCache(parrot, small_disk)
    fill(small_disk)
    (sentence,) = cache.sentences("Call the ambulance now.")

    assert cache.sound(sentence)
    assert len(list(small_disk.iterdir())) == 1
