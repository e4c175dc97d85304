"""Whom to call depends on the caller's country."""

import pytest

from flows.countries import crisis_line, emergency_number, known_countries


@pytest.mark.parametrize(
    ("country", "emergency", "crisis"),
    [("US", "911", "988"), ("CA", "911", "988"), ("GB", "999", "116 123"), ("IE", "112", "116 123")],
)
def test_the_numbers_of_the_clinical_content(country: str, emergency: str, crisis: str) -> None:
    assert emergency_number(country) == emergency
    assert crisis_line(country) == crisis


def test_small_letters_do_as_well() -> None:
    assert emergency_number("gb") == "999"


@pytest.mark.parametrize("country", ["", "ZZ", "default"])
def test_an_unknown_country_still_gets_numbers(country: str) -> None:
    assert emergency_number(country) == "112 or 911"
    assert crisis_line(country) == "112 or 911"


def test_a_country_without_a_crisis_line_gets_its_emergency_number() -> None:
    assert crisis_line("KR") == emergency_number("KR") == "119"
    assert "KR" in known_countries()
