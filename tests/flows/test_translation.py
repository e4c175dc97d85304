"""A translation that no longer says what the source says is noticed, and stamping is safe to repeat."""

import re
import shutil
from pathlib import Path

import pytest

from flows.checks.translations import outdated_translations
from flows.commands.stamp import run
from flows.line import BACK_PAIN, Line
from flows.loader import load_flow
from flows.source import Finding

STAMPS = "wording/translated/es.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped flow with every text in a second language, stamped."""
    folder = Path(shutil.copytree(BACK_PAIN, tmp_path / "flow"))
    english = (folder / "wording" / "en.yaml").read_text()
    (folder / "wording" / "es.yaml").write_text(re.sub(r'(: +)"(?=[^"]*.*")', r'\1"Ya: ', english))
    for stale in (folder / "wording").glob("translated/*"):
        stale.unlink()
    assert run(["es", "--flow", str(folder)]) == 0
    return folder


def change(folder: Path, language: str, old: str, new: str) -> None:
    path = folder / "wording" / f"{language}.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))


def found(folder: Path) -> list[Finding]:
    return list(outdated_translations(Line(load_flow(folder), {}), folder))


def line_of(path: Path, text: str) -> int:
    return path.read_text().split(text)[0].count("\n") + 1


def test_a_stamped_translation_is_clean(folder: Path) -> None:
    assert found(folder) == []


def test_the_source_language_needs_no_stamps() -> None:
    flow = load_flow(BACK_PAIN)
    english = Line(flow, {})
    assert all(Path(one.file).stem != "en" for one in outdated_translations(english, BACK_PAIN))


@pytest.mark.parametrize(
    ("old", "new"),
    [('sms: "Let me ask it', 'sms: "I will ask it'), ('voice: "Let me ask it', 'voice: "I will ask it')],
)
def test_a_source_that_changed_on_either_channel_outdates_its_translation(
    folder: Path, old: str, new: str
) -> None:
    change(folder, "en", old, new)
    (finding,) = found(folder)
    source_line = line_of(folder / "wording" / "en.yaml", "narrow:")
    assert finding.what == f"`narrow` was translated from an older text than en.yaml line {source_line}"
    assert finding.file == str(folder / "wording" / "es.yaml")
    assert finding.line == line_of(folder / "wording" / "es.yaml", "narrow:")
    assert "python -m flows stamp es" in finding.mend


def test_a_text_that_was_not_translated_is_named(folder: Path) -> None:
    change(folder, "es", 'narrow:\n  sms: "Ya: Let me', 'narrow:\n  sms: "Let me')
    (finding,) = found(folder)
    assert finding.what == "`narrow` is the same text as in en.yaml"


def test_a_short_text_may_be_the_same_in_both_languages(folder: Path) -> None:
    change(folder, "es", '"Ya: No"', '"No"')
    assert found(folder) == []


def test_without_stamps_every_text_is_named(folder: Path) -> None:
    (folder / STAMPS).unlink()
    assert len(found(folder)) == len(load_flow(folder).wording["es"].words)


def test_stamps_that_cannot_be_read_are_a_finding(folder: Path) -> None:
    path = folder / STAMPS
    path.write_text(path.read_text().replace("from:", "form:", 1))
    assert {finding.what for finding in found(folder)} == {"unknown entry `form`", "`from` is missing"}


def test_stamping_after_translating_again_is_enough(folder: Path) -> None:
    change(folder, "en", 'sms: "Let me ask it', 'sms: "I will ask it')
    change(folder, "es", 'sms: "Ya: Let me ask it', 'sms: "Ya: I will ask it')
    assert run(["es", "--flow", str(folder)]) == 0
    assert found(folder) == []


def test_stamping_leaves_what_nobody_translated_again(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    change(folder, "en", 'sms: "Let me ask it', 'sms: "I will ask it')
    change(folder, "en", "Okay, from the start.", "Okay, once more from the start.")
    change(folder, "es", "Ya: Okay, from the start.", "Ya: Okay, once more from the start.")
    assert run(["es", "--flow", str(folder)]) == 1
    shown = capsys.readouterr().out
    assert "`narrow` was left as it was" in shown
    assert "I will ask it another way." in shown
    assert "restarted" not in shown
    assert [finding.what.split("`")[1] for finding in found(folder)] == ["narrow"]

    assert run(["es", "narrow", "--flow", str(folder)]) == 0
    assert found(folder) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["de"], "`de` is no translation of this flow. It has: es."), (["es", "nothing"], "has no nothing")],
)
def test_what_cannot_be_stamped_is_said(
    folder: Path, arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (folder / STAMPS).read_text()
    assert run([*arguments, "--flow", str(folder)]) == 1
    assert says in capsys.readouterr().err
    assert (folder / STAMPS).read_text() == before
