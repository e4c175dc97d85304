"""Whom to call: every country that a phone number can come from needs its emergency number."""

from collections.abc import Iterator
from pathlib import Path

import phonenumbers

from flows.countries import FILE, known_countries
from flows.line import Line
from flows.source import Finding


def missing(line: Line, folder: Path) -> Iterator[Finding]:
    """Countries that a sender or the kiosk can be in, and for which no emergency number is listed."""
    unlisted = sorted(set(phonenumbers.SUPPORTED_REGIONS) - known_countries())
    if unlisted:
        yield Finding(
            str(FILE),
            1,
            f"no emergency number for {', '.join(unlisted)}",
            'add a line such as `XX: {emergency: "112"}` for each, with the number that brings an ambulance',
            "People there would be told a number that may not reach anybody.",
        )
