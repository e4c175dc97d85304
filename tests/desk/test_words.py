"""What the desk says is there in every language, for every flag, and fits into a text."""

import re

import pytest

from desk.ladder import Told
from desk.words import FOLDER, has_words, languages, words
from flows import source
from flows.line import Line
from flows.segments import segments
from sms.segments import plain

_BRACES = re.compile(r"\{(\w+)\}")


def flat(data: source.Mapping, prefix: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in data.items():
        nested = isinstance(value, source.Mapping)
        found |= flat(value, f"{prefix}{key}.") if nested else {prefix + key: value}
    return found


def test_every_language_has_the_same_texts_with_the_same_names() -> None:
    texts = {language: flat(source.read(FOLDER / f"{language}.yaml")) for language in languages()}
    assert set(texts) == {"en", "es"}
    named = {
        language: {key: set(_BRACES.findall(text)) for key, text in one.items()}
        for language, one in texts.items()
    }
    assert named["en"] == named["es"]


def test_every_flag_has_plain_words(line: Line) -> None:
    assert [flag for flag in line.flow.flags if not has_words(f"flag.{flag}")] == []


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("told", ["staff", "seen", "nobody.emergency", "nobody.urgent", "nobody.crisis"])
def test_what_the_person_is_told_is_short_and_promises_nothing(language: str, told: Told) -> None:
    text = words(language, f"person.{told}", name="Sam", emergency="911", crisis="988")
    cost = segments(plain(text))
    assert cost.encoding == "GSM-7"
    assert cost.count <= 2
    assert not re.search(r"on (the|their) way|coming|help is|en camino|vienen|viene", text)
    if told.startswith("nobody"):
        assert "911" in text


def test_who_speaks_another_language_is_told_in_english() -> None:
    assert words("fr", "staff.none_open") == words("en", "staff.none_open")


def test_plain_text_is_gsm_7_whatever_came_in() -> None:
    said = "can’t feel — my legs… 😭 “numb”\nsí, ñ, \x00\x1b\u200b €5"
    assert plain(said) == 'can\'t feel - my legs... "numb" si, ñ, €5'
    assert segments(plain(said)).encoding == "GSM-7"
