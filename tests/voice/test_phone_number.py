"""Telephone numbers as people say them, in both languages, and what makes one that can be texted."""

import pytest

from voice.language import kiosk_language
from voice.phone_number import dialled, in_groups, number_of


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("206-555-0123", "2065550123"),
        ("(206) 555 0123.", "2065550123"),
        ("two oh six, five five five, zero one two three", "2065550123"),
        ("Two-O-Six five five five nought one two three", "2065550123"),
        ("my number is 206 triple five oh one twenty three", "2065550123"),
        ("it's two zero six, double five five, zero one double two", "2065550122"),
        ("uh, 2 0 6 five fifty five zero one two three please", "2065550123"),
        ("eight hundred five five five twelve twelve", "8005551212"),
        ("twenty oh six", "2006"),
        ("plus one 206 555 0123", "+12065550123"),
        ("+44 7911 123456", "+447911123456"),
        ("plus four four seven nine one one one two three four five six", "+447911123456"),
    ],
)
def test_digits_are_heard_however_they_are_said(said: str, digits: str) -> None:
    assert dialled(said, kiosk_language("en").numbers) == digits


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("seis cero cero, uno dos tres, cuatro cinco seis", "600123456"),
        ("seiscientos doce, treinta y cuatro, cincuenta y seis, setenta y ocho", "612345678"),
        ("mi número es el seiscientos cinco, veintidós, dieciséis, noventa", "605221690"),
        ("más treinta y cuatro, seis doble cero, ciento veintitrés, cuatro cinco seis", "+34600123456"),
    ],
)
def test_digits_are_heard_in_spanish(said: str, digits: str) -> None:
    assert dialled(said, kiosk_language("es").numbers) == digits


@pytest.mark.parametrize(
    "said",
    [
        "",
        "yes",
        "my number is",
        "one plus one",
        "my back is a ten",
        "two oh six and my leg is numb",
        "double",
        "double twenty one six banana",
        "I have had it for two days",
    ],
)
def test_what_holds_anything_else_is_no_number(said: str) -> None:
    assert dialled(said, kiosk_language("en").numbers) == ""


@pytest.mark.parametrize(
    ("digits", "country", "number"),
    [
        ("2065550123", "US", "+12065550123"),
        ("12065550123", "US", "+12065550123"),
        ("+12065550123", "GB", "+12065550123"),
        ("07911123456", "GB", "+447911123456"),
        ("600123456", "ES", "+34600123456"),
        ("+34600123456", "US", "+34600123456"),
    ],
)
def test_a_number_is_that_of_the_kiosks_country(digits: str, country: str, number: str) -> None:
    assert number_of(digits, country) == (number, None)


@pytest.mark.parametrize(
    ("digits", "country", "fault"),
    [
        ("911", "US", "short"),
        ("112", "ES", "short"),
        ("5", "US", "short"),
        ("5550123", "US", "short"),
        ("+1206555", "US", "short"),
        ("206555012345", "US", "long"),
        ("2" * 40, "US", "long"),
        ("0065550123", "US", "wrong"),
        ("8005550123", "US", "wrong"),  # nobody has a toll-free number in their pocket
        ("9005550123", "US", "wrong"),  # and texting some numbers costs a fortune
        ("02079460123", "GB", "wrong"),  # a phone on a wall gets no texts
        ("+999123456789", "US", "wrong"),
    ],
)
def test_what_cannot_be_texted_says_why(digits: str, country: str, fault: str) -> None:
    assert number_of(digits, country) == ("", fault)


def test_a_number_is_shown_in_groups() -> None:
    assert in_groups("+12065550123", "US") == "206 555 0123"
    assert in_groups("+12065550123", "GB") == "+1 206 555 0123"
    assert in_groups("+34600123456", "ES") == "600 12 34 56"
    assert in_groups("+0", "US") == "+0"
    assert in_groups("5", "US") == "5"
