"""A reply in sentences: together they are what is on the screen, and each is said as the whole would be."""

import pytest

from flows.line import Line
from voice.prompts import prompts
from voice.sentences import sentences


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Stop. Call 911 now.", ["Stop.", "Call 911 now."]),
        ("Gone or better?  Or worse?\n", ["Gone or better?", "Or worse?"]),
        ("From 2.5 kg. 3 sets.", ["From 2.5 kg.", "3 sets."]),
        ('Say: "It hurts." Then wait...', ['Say: "It hurts."', "Then wait..."]),
        ("¿Te duele? ¡Para! Ábrelo.", ["¿Te duele?", "¡Para!", "Ábrelo."]),
        ("Rest, e.g. lie down", ["Rest, e.g. lie down"]),
        ("Good. (It helps.) ...", ["Good.", "(It helps.) ..."]),
        ("... ?!", ["... ?!"]),
        ("", []),
    ],
)
def test_a_reply_is_split_where_sentences_end(text: str, shown: list[str]) -> None:
    assert [sentence.shown for sentence in sentences(text)] == shown


def test_a_number_is_said_twice_only_where_the_whole_reply_names_it_once() -> None:
    text = "Stop. Call 911 now. I repeat: 911. Or text 988."

    assert [sentence.said for sentence in sentences(text)] == [
        "Stop.",
        "Call, nine one one, now.",
        "I repeat: nine one one.",
        "Or text, nine eight eight, nine eight eight.",
    ]
    assert sentences("Call 911.", twice=False)[0].said == "Call, nine one one."


@pytest.mark.parametrize("language", ["en", "es"])
def test_captions_are_the_words_on_the_screen_for_everything_that_is_said(line: Line, language: str) -> None:
    for text in prompts(line.flow, language, "US"):
        pieces = sentences(text, language)
        assert " ".join(piece.shown for piece in pieces) == " ".join(text.split())
        assert max(len(piece.shown) for piece in pieces) < 140, "the first sound would be late"
