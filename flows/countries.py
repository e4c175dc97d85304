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


def emergency_number(country: str, language: str = "") -> str:
    """The number for an ambulance in ``country`` (ISO 3166 code); a general one when not listed.

    Where it is said otherwise in ``language`` ("112 or 911"), it is given that way.
    """
    entry = _countries().get(country.upper()) or _countries()["default"]
    return _said(entry, "emergency", language)


def crisis_line(country: str, language: str = "") -> str:
    """The crisis line of ``country``, with how to be helped in ``language`` where it says.

    The emergency number where none is listed.
    """
    entry = _countries().get(country.upper()) or _countries()["default"]
    return _said(entry, "crisis", language) if "crisis" in entry else emergency_number(country, language)


def _said(entry: source.Mapping, name: str, language: str) -> str:
    return str(entry.get(f"{name}_in", {}).get(language) or entry[name])
