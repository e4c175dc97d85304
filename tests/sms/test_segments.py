"""Cutting a long text where a reader would."""

from hypothesis import given
from hypothesis import strategies as st

from sms.segments import BODY_LIMIT, bodies


def test_a_text_that_fits_is_left_alone() -> None:
    assert bodies("Stop now. Sit down.") == ["Stop now. Sit down."]
    assert bodies("a" * BODY_LIMIT) == ["a" * BODY_LIMIT]
    assert bodies("  ") == []


def test_a_long_text_is_cut_after_a_sentence() -> None:
    assert bodies("Stop now. Sit down. Call 911.", limit=22) == ["Stop now. Sit down.", "Call 911."]
    assert bodies("Stop now.\nSit down", limit=12) == ["Stop now.", "Sit down"]


def test_without_a_sentence_end_it_is_cut_between_words_and_else_anywhere() -> None:
    assert bodies("stop and sit down", limit=10) == ["stop and", "sit down"]
    assert bodies("a" * 25, limit=10) == ["a" * 10, "a" * 10, "a" * 5]


@given(st.text(alphabet="ab .?\n", max_size=200), st.integers(min_value=1, max_value=30))
def test_nothing_but_white_space_is_lost_and_no_body_is_too_long(text: str, limit: int) -> None:
    cut = bodies(text, limit)
    assert all(0 < len(body) <= limit for body in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())
