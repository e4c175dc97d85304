"""Of the safety file every control names tests that are there, and every risk is counted as it says."""

import re

import pytest

from tests.named import files_named, missing, page

_PAGE = page("safety.md")
_HAZARDS = dict(re.findall(r"^### (H\d+ .+?)\n(.*?)(?=^##)", _PAGE, re.MULTILINE | re.DOTALL))
_SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
_ACCEPTED = 3


@pytest.mark.parametrize("file", files_named(_PAGE))
def test_every_test_that_is_named_is_there(file: str) -> None:
    assert missing(_PAGE, file) == set()


@pytest.mark.parametrize("hazard", _HAZARDS)
def test_every_hazard_says_all_and_every_control_names_a_test(hazard: str) -> None:
    text = _HAZARDS[hazard]
    assert re.findall(r"^- \*\*(.+?)\*\*: \S", text, re.MULTILINE) == [
        "Cause",
        "Effect",
        "Risk before",
        "Risk left",
    ]
    controls = re.findall(r"^\| (?!control|---)(.+) \|$", text, re.MULTILINE)
    assert len(controls) >= 2
    for control in controls:
        assert re.search(r" \| `tests/\S+::test_\w+`", control), control


@pytest.mark.parametrize("hazard", _HAZARDS)
def test_a_risk_is_what_its_severity_and_likelihood_amount_to(hazard: str) -> None:
    rows = re.findall(r"^\| \*\*(.+?)\*\* \| (.+) \|$", _PAGE, re.MULTILINE)
    matrix = {likelihood: dict(zip(_SEVERITIES, row.split(" | "), strict=True)) for likelihood, row in rows}
    risks = re.findall(r"\*\*Risk (?:before|left)\*\*: (\w+), ([\w ]+): (\d)", _HAZARDS[hazard])
    (before, left) = [int(number) for _, _, number in risks]
    assert [matrix[likelihood][severity] for severity, likelihood, _ in risks] == [str(before), str(left)]
    assert left <= _ACCEPTED
    assert left <= before


def test_what_must_be_there_is_there() -> None:
    assert [one.split()[0] for one in _HAZARDS] == [f"H{number}" for number in range(1, len(_HAZARDS) + 1)]
    told = " ".join(_HAZARDS).lower()
    for word in (
        "missed",
        '"no"',
        "staff",
        "another",
        "old answers",
        "out of date",
        "not there",
        "not made for",
    ):
        assert word in told
