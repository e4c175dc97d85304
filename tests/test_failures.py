"""Every test that docs/failures.md names is there, and every line of it names one."""

import re

import pytest

from tests.named import files_named, missing, page

_PAGE = page("failures.md")
_ROWS = re.findall(r"^\| \*\*.*$", _PAGE, re.MULTILINE)


@pytest.mark.parametrize("file", files_named(_PAGE))
def test_every_test_that_is_named_is_there(file: str) -> None:
    assert missing(_PAGE, file) == set()


@pytest.mark.parametrize("row", _ROWS)
def test_every_line_says_all_and_names_a_test(row: str) -> None:
    what, _person, _staff, _lost, _operator, shown = (cell.strip() for cell in row.strip("|").split("|"))
    assert what.startswith("**")
    assert "::test_" in shown


def test_what_must_be_there_is_there() -> None:
    told = " ".join(re.findall(r"\*\*(.+?)\*\*", _PAGE))
    for word in ("locked", "gone", "full", "worker is dead", "down", "clock", "power cut"):
        assert word in told
