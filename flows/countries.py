"""Whom to call in an emergency, by the caller's country."""

from functools import cache
from pathlib import Path

from flows import source

FILE = Path(__file__).with_name("countries.yaml")


@cache
def _countries() -> source.Mapping:
    return source.read(FILE)


def known_countries() -> frozenset[str]:
    """ISO 3166 codes of the countries whose numbers are listed."""
    return frozenset(_countries()) - {"default"}


def emergency_number(country: str) -> str:
    """The number for an ambulance in ``country`` (ISO 3166 code); a general one when not listed."""
    entry = _countries().get(country.upper()) or _countries()["default"]
    return str(entry["emergency"])


def crisis_line(country: str) -> str:
    """The crisis line of ``country``; the emergency number where none is listed."""
    entry = _countries().get(country.upper()) or {}
    return str(entry.get("crisis") or emergency_number(country))
