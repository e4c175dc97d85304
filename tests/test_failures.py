"""Every test that docs/failures.md and SECURITY.md name is there, and every line of them names one."""

import re

import pytest

from tests.named import files_named, missing, page
from values import PROJECT

_PAGE = page("failures.md")
_THREATS = (PROJECT / "SECURITY.md").read_text(encoding="utf-8")
_ROWS = re.findall(r"^\| \*\*.*$", _PAGE, re.MULTILINE)
_TRIED = re.findall(r"^\| \*\*.*$", _THREATS, re.MULTILINE)


@pytest.mark.parametrize("file", files_named(_PAGE + _THREATS))
def test_every_test_that_is_named_is_there(file: str) -> None:
    assert missing(_PAGE + _THREATS, file) == set()


@pytest.mark.parametrize("row", _ROWS)
def test_every_line_says_all_and_names_a_test(row: str) -> None:
    what, _person, _staff, _lost, _operator, shown = (cell.strip() for cell in row.strip("|").split("|"))
    assert what.startswith("**")
    assert "::test_" in shown


def test_what_must_be_there_is_there() -> None:
    told = " ".join(re.findall(r"\*\*(.+?)\*\*", _PAGE))
    for word in ("locked", "gone", "full", "worker is dead", "down", "clock", "power cut"):
        assert word in told


@pytest.mark.parametrize("row", _TRIED)
def test_every_threat_says_what_stops_it_and_names_a_test(row: str) -> None:
    what, stops, _remains, shown = (cell.strip() for cell in row.strip("|").split("|"))
    assert what.startswith("**")
    assert stops
    assert "::test_" in shown


def test_everybody_who_might_do_harm_is_there() -> None:
    for who in ("who texts", "at the kiosk", "on the network", "with the database file", "of staff"):
        assert re.search(f"^## Somebody .*{who}", _THREATS, re.MULTILINE)
