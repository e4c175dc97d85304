"""The sender's number decides which emergency number is told."""

import pytest

from sms.country import country_of


@pytest.mark.parametrize(
    ("address", "country"),
    [
        ("+12025550123", "US"),
        ("+14165550123", "CA"),
        ("+18005550123", "US"),
        ("+447400123456", "GB"),
        ("+353851234567", "IE"),
        ("+61491570156", "AU"),
        ("whatsapp:+34612345678", "ES"),
        ("whatsapp:+12025550123", "US"),
    ],
)
def test_a_number_names_its_country(address: str, country: str) -> None:
    assert country_of(address, "DE") == country


def test_a_number_range_that_is_not_listed_counts_by_its_calling_code() -> None:
    assert country_of("+447700900123", "DE") == "GB"


@pytest.mark.parametrize(
    "address", ["", "911", "+911", "40404", "whatsapp:", "GymAlerts", "+8835100012345", "+"]
)
def test_what_names_no_country_gets_the_one_of_the_gym(address: str) -> None:
    assert country_of(address, "DE") == "DE"
