"""Answers that would be misheard are found, each by the flow's own ears."""

import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from flows.answer_phrases import AnswerPhrase, answer_phrases
from flows.checks.answers import answers_told_apart
from flows.checks.carriers import answers_kept_by_carriers
from flows.checks.homophones import answers_that_sound_alike
from flows.checks.languages import files_missing, flags_unheard
from flows.checks.replies import yes_and_no_told_apart
from flows.content import languages_of
from flows.line import Line
from flows.loader import load_flow
from flows.source import Finding
from flows.understanding import load_understanding

ANSWERS = "meaning/en/answers.yaml"
Check = Callable[[Line, Path], Iterable[Finding]]


def found(check: Check, folder: Path, file: str = "", old: str = "", new: str = "") -> list[Finding]:
    """What ``check`` finds after ``old`` was replaced by ``new``: exactly one mistake was made."""
    if file:
        path = folder / file
        assert path.read_text().count(old) == 1
        path.write_text(path.read_text().replace(old, new))
    # The second ears never change an answer, and take seconds to load.
    ears = {"en": load_understanding(folder, "en", second_ears=False)}
    return list(check(Line(load_flow(folder), ears), folder))


def line_of(path: Path, text: str) -> int:
    return path.read_text().split(text)[0].count("\n") + 1


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "stronger, much worse,",
            "stronger, no different, much worse,",
            "`no different`, which answers `pause` with `worse`, can also mean `same`",
        ),
        (
            "easing, eased, easier,",
            "easing, go back, eased, easier,",
            "`go back`, which answers `pause` with `better`, is taken for the command `back`",
        ),
        (
            "travelling,\n",
            "travelling, i wet myself,\n",
            "`i wet myself`, which answers `pause` with `spreading`, tells of `bladder_bowel`",
        ),
        (
            "single, one side,",
            "single, my foot drags, one side,",
            "`my foot drags`, which answers `which_legs` with `one`, tells of `leg_weakness`",
        ),
        (
            "single, one side,",
            "single, meh. meh, one side,",
            "`meh. meh`, which answers `which_legs` with `one`, is not heard as an answer",
        ),
    ],
)
def test_a_phrase_that_is_misheard_is_named(folder: Path, old: str, new: str, what: str) -> None:
    phrase = what.split("`")[1]
    findings = {finding.what: finding for finding in found(answers_told_apart, folder, ANSWERS, old, new)}
    finding = findings[what]
    assert all(f"`{phrase}`" in one for one in findings)
    assert (finding.severity, finding.file) == ("error", str(folder / ANSWERS))
    assert finding.line == line_of(folder / ANSWERS, new)
    assert finding.why
    assert finding.mend


def test_a_phrase_that_would_sign_the_person_off_says_so(folder: Path) -> None:
    (finding,) = found(
        answers_told_apart, folder, ANSWERS, "cleared up, none,", "cleared up, leave me alone,"
    )
    assert "the person would get no more texts" in finding.why


def test_a_button_that_is_heard_as_another_answer_is_named(folder: Path) -> None:
    wording = "wording/en.yaml"
    (finding,) = found(
        answers_told_apart, folder, wording, 'same: "The same"', 'same: "No worse, even better"'
    )
    assert "`No worse, even better`" in finding.what
    assert finding.line == line_of(folder / wording, "No worse, even better")


def test_a_flag_that_the_answer_means_does_not_shadow_it(folder: Path) -> None:
    assert not found(answers_told_apart, folder, ANSWERS, "both, both legs,", "both, both legs are numb,")


def test_answers_that_sound_alike_are_a_warning(folder: Path) -> None:
    old, new = "just one, just the one,", "just one, just the one, to legs,"
    (finding,) = found(answers_that_sound_alike, folder, ANSWERS, old, new)
    assert finding.what.startswith("`two legs` (both) sounds like `to legs` (one, line ")
    assert finding.severity == "warning"


def test_phrases_that_sound_alike_within_one_answer_are_welcome(folder: Path) -> None:
    old = "just one, just the one,"
    assert not found(answers_that_sound_alike, folder, ANSWERS, old, "just one, just won,")


def test_a_carrier_word_as_the_only_answer_word_is_a_warning(folder: Path) -> None:
    path = folder / ANSWERS
    before, _, after = path.read_text().partition(
        "    better: |\n      better, bit better, much better, getting"
    )
    path.write_text(f"{before}    better: yes!, end\n{after[after.index('    not_better') :]}")
    (finding,) = found(answers_kept_by_carriers, folder)
    assert finding.what == "`improving.better` can be said with YES, END only"
    assert (finding.severity, finding.line) == ("warning", line_of(path, "better: yes!, end"))


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            '"yes": |\n',
            '"yes": |\n  go back,\n',
            "`go back`, which means yes, is taken for the command `back`",
        ),
        ('"no": |\n', '"no": |\n  uh huh,\n', "`uh huh`, which means no, also stands under yes"),
    ],
)
def test_a_yes_that_is_heard_as_something_else_is_named(folder: Path, old: str, new: str, what: str) -> None:
    languages = Path(shutil.copytree(languages_of(folder), folder / "language"))
    path = languages / "en" / "replies.yaml"
    assert path.read_text().count(old) == 1
    path.write_text(path.read_text().replace(old, new))
    (finding,) = found(yes_and_no_told_apart, folder)
    assert (finding.what, finding.severity) == (what, "error")
    assert (finding.file, finding.line) == (str(path), line_of(path, new.split("\n")[1]))


def test_a_flag_that_nobody_can_tell_of_is_named(folder: Path) -> None:
    file = "meaning/en/symptoms/mind.yaml"
    path = folder / file
    path.write_text(re.sub(r"(?ms)^flags:.*", "", path.read_text()))
    (finding,) = found(flags_unheard, folder)
    assert finding.what == "nothing that is said in `en` is heard as `self_harm`"
    assert finding.line == line_of(folder / "flags.yaml", "self_harm: {")


def test_files_that_a_language_lacks_are_all_named(folder: Path) -> None:
    shutil.copy(folder / "wording" / "en.yaml", folder / "wording" / "xx.yaml")
    shutil.copytree(folder / "meaning" / "en", folder / "meaning" / "xx")
    (folder / "meaning" / "xx" / "topics.yaml").unlink()
    findings = list(files_missing(Line(load_flow(folder), {}), folder))
    missing = {Path(finding.file).name for finding in findings}
    assert missing == {"commands.yaml", "grammar.yaml", "negation.yaml", "numbers.yaml", "replies.yaml",
                       "time.yaml", "topics.yaml", "words.yaml"}  # fmt: skip


def test_phrases_are_written_out_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "meaning" / "en" / "answers.yaml"
    path.parent.mkdir(parents=True)
    path.write_text(
        "answers:\n  how:\n    good: fine/ok [now], gone!\n    bad: |\n      so\n      bad, sore\n"
    )

    def phrase(option: str, text: str, line: int) -> AnswerPhrase:
        return AnswerPhrase("how", option, text, str(path), line)

    assert answer_phrases(tmp_path, "en") == [
        phrase("good", "fine now", 3),
        phrase("good", "fine", 3),
        phrase("good", "ok now", 3),
        phrase("good", "ok", 3),
        phrase("good", "gone", 3),
        phrase("bad", "so bad", 5),
        phrase("bad", "sore", 6),
    ]
