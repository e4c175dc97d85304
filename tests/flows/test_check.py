"""The command that checks a flow: everything at once, in order and counted; and checks of further files."""

from pathlib import Path

import phonenumbers
import pytest
from phonenumbers import shortnumberinfo

from flows.checks import numbers, untested
from flows.checks.names import COMMANDS
from flows.commands.check import run
from flows.countries import FILE, emergency_number, known_countries
from flows.heard import Heard
from flows.line import BACK_PAIN, Line
from flows.loader import load_flow
from flows.source import read
from flows.transcript import load_transcripts
from tests.flows.mistakes import STRUCTURE, change, findings_of, line_of

TRANSCRIPTS = Path(__file__).with_name("transcripts")
# Countries whose number the library does not list, and why it stands here all the same.
UNLISTED = {
    "GN": "the library knows no number",
    "GQ": "the library knows no number",
    "HN": "911 replaced 199",
    "IO": "the library knows no number",
    "SX": "the library knows the police only",
    "TA": "the library knows no number",
    "TK": "the library knows no number",
}


def test_mistakes_of_every_kind_come_at_once_errors_first_and_are_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder / "flow.yaml", "to: weakness_worse}", "to: weakness_wors}")
    change(folder / "flow.yaml", "  modify: {end: modify}", "  modify: {end: modify}\n  lost: {end: info}")
    change(folder / "flags.yaml", "[nhs_self_harm, lifeline_988]", "[nhs_self_ham]")
    change(folder / "wording" / "en.yaml", "Say: {tell}", "Say: {tel}")
    assert run([str(folder)]) == 1
    *found, counts = capsys.readouterr().out.splitlines()
    for what in ("no step `weakness_wors`", "`lost`", "no such source: nhs_self_ham", "holds {tel}"):
        assert [line for line in found if what in line], what
    places = [(line.split(": ")[1], line.split(":")[0], int(line.split(":")[1])) for line in found]
    assert places == sorted(places)
    assert all(line.count(" Mend: ") == 1 for line in found)
    errors = sum(": error: " in line for line in found)
    assert counts.endswith(f"{errors} errors, {len(found) - errors} warnings.")


def test_the_shipped_flow_can_be_served(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 0
    assert ": 0 errors, " in capsys.readouterr().out


def test_a_flow_that_is_not_even_readable(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "flow.yaml").write_text("steps: [")
    assert run([str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert f"{tmp_path / 'flow.yaml'}:" in out
    assert "not readable as YAML" in out
    assert "More can be checked once flow.yaml can be read." in out


def test_no_line_that_is_missing_breaks_a_check(folder: Path) -> None:
    whole = (folder / "flow.yaml").read_text().splitlines(keepends=True)
    steps = whole.index("steps:\n")
    for place in range(steps + 1, len(whole)):
        (folder / "flow.yaml").write_text("".join(whole[:place] + whole[place + 1 :]))
        try:
            findings_of(folder, *STRUCTURE)
        except AssertionError:
            continue  # nothing of it can be read


def test_a_question_that_no_transcript_asks_is_a_warning(tmp_path: Path) -> None:
    line = Line(load_flow(BACK_PAIN), {})
    file = tmp_path / "one.yaml"
    file.write_text("transcripts:\n  - {name: opens, turns: [{opens: true}]}\n")
    findings = list(untested.untested(line, BACK_PAIN, load_transcripts(file)))
    assert "`describe`" not in str(findings)
    (finding,) = [one for one in findings if one.what == "no transcript asks `pain_score`"]
    flow = BACK_PAIN / "flow.yaml"
    assert (finding.file, finding.line) == (str(flow), line_of(flow, "  pain_score:\n"))
    assert finding.severity == "warning"
    assert "no test would say so" in finding.why
    assert "step: pain_score" in finding.mend


def test_transcripts_are_found_beside_the_flow_or_in_the_project(tmp_path: Path) -> None:
    assert untested.transcripts_of(BACK_PAIN) == TRANSCRIPTS
    assert untested.transcripts_of(tmp_path) is None
    (tmp_path / "transcripts").mkdir()
    assert untested.transcripts_of(tmp_path) == tmp_path / "transcripts"


def test_every_country_that_a_sender_can_be_in_has_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(load_flow(BACK_PAIN), {})
    assert list(numbers.missing(line, BACK_PAIN)) == []
    monkeypatch.setattr(phonenumbers, "SUPPORTED_REGIONS", {"US", "ZZ"})
    (finding,) = numbers.missing(line, BACK_PAIN)
    assert (finding.file, finding.line) == (str(FILE), 1)
    assert finding.what == "no emergency number for ZZ"
    assert "may not reach anybody" in finding.why
    assert "brings an ambulance" in finding.mend


@pytest.mark.parametrize("country", sorted(known_countries() - set(UNLISTED)))
def test_a_listed_number_is_one_that_is_known_there(country: str) -> None:
    numbers = emergency_number(country).split(" or ")
    assert any(shortnumberinfo.is_emergency_number(number, country) for number in numbers)


def test_the_commands_are_those_that_can_be_heard() -> None:
    language = BACK_PAIN.parent / "language" / "en" / "commands.yaml"
    assert {name for name in read(language) if "." not in name} - {"polite", "later"} == COMMANDS
    assert Heard.__doc__
    assert all(name in Heard.__doc__ for name in COMMANDS)
