"""Whom to call in an emergency, by the caller's country."""

from functools import cache
from pathlib import Path

from flows import source
from flows.shapes import TEXT, Text, by_name, entries, sifted
from flows.source import Finding, FlowError

FILE = Path(__file__).with_name("countries.yaml")
_IN = by_name(TEXT, '{es: "988 y marca 2"}').about("How it is said in another language, by its code.")
COUNTRIES_FILE = by_name(
    entries(
        {
            "emergency": TEXT.about("The number that reaches an ambulance."),
            "crisis": TEXT.about("A free line for people who think of harming themselves."),
            "emergency_in": _IN,
            "crisis_in": _IN,
        },
        optional=frozenset({"crisis", "emergency_in", "crisis_in"}),
        like='{emergency: "112", crisis: "116 123"}',
    ),
    'US: {emergency: "911"}',
    Text(means="a country's two capitals, or default", like="US", pattern="^([A-Z]{2}|default)$"),
).about("countries.yaml: whom to call, by country (ISO 3166 code).")


@cache
def _countries() -> source.Mapping:
    findings: list[Finding] = []
    countries: source.Mapping = sifted(source.read(FILE), COUNTRIES_FILE, findings)
    if findings:
        raise FlowError(findings)
    return countries


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
