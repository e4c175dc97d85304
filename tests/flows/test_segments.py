"""Counting text messages as carriers do."""

import pytest

from flows.segments import Segments, outside_gsm7, segments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a" * 160, Segments("GSM-7", 1)),
        ("a" * 161, Segments("GSM-7", 2)),
        ("a" * 306, Segments("GSM-7", 2)),
        ("a" * 307, Segments("GSM-7", 3)),
        ("é" * 160, Segments("GSM-7", 1)),
        ("€" * 80, Segments("GSM-7", 1)),
        ("€" * 81, Segments("GSM-7", 2)),
        ("’" + "a" * 69, Segments("UCS-2", 1)),
        ("’" + "a" * 70, Segments("UCS-2", 2)),
        ("🦵" * 35, Segments("UCS-2", 1)),
        ("🦵" * 36, Segments("UCS-2", 2)),
    ],
)
def test_segments_are_counted_as_carriers_bill_them(text: str, expected: Segments) -> None:
    assert segments(text) == expected


def test_characters_outside_gsm7_are_named_once_with_their_place() -> None:
    assert outside_gsm7("Don’t lift. Don’t drive — {[^]}") == [(3, "’"), (24, "—")]
    assert outside_gsm7("@£$é € ~\n") == []
