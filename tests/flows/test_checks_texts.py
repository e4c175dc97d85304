"""Texts that are too long to send, to say or to read are found, at the line of the wording."""

import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from flows.checks.reading_grade import easy_to_read
from flows.checks.spoken import answers_can_be_heard, prompts_are_short
from flows.checks.text_messages import text_messages_fit
from flows.checks.words import WORDS
from flows.delivered import delivered
from flows.line import BACK_PAIN, Line, load_line
from flows.loader import load_flow
from flows.source import Finding
from flows.speaking_time import (
    Listener,
    SpeakingTimes,
    mark_of_words,
    read_speaking_times,
    write_speaking_times,
)
from flows.understanding import load_understanding

WORDING = "wording/en.yaml"
SPOKEN = "wording/spoken/en.yaml"
Check = Callable[[Line, Path], Iterable[Finding]]


def found(check: Check, folder: Path, file: str = "", old: str = "", new: str = "") -> list[Finding]:
    """What ``check`` finds after the first ``old`` became ``new``: exactly one mistake was made."""
    if file:
        path = folder / file
        assert old in path.read_text()
        path.write_text(path.read_text().replace(old, new, 1))
    return list(check(Line(load_flow(folder), {}), folder))


def line_of(path: Path, text: str) -> int:
    return path.read_text().split(text)[0].count("\n") + 1


def test_the_shipped_words_are_clean() -> None:
    line = load_line()
    assert [str(finding) for check in WORDS for finding in check(line, BACK_PAIN)] == []


# -- text messages


def test_a_question_over_two_segments_is_named(folder: Path) -> None:
    long = "How bad is it now? " * 17
    (finding,) = found(text_messages_fit, folder, WORDING, "How bad is the pain now, from 0", f"{long}From 0")
    assert re.fullmatch(
        r"the text message `pain_score` takes 3 segments, 2 are allowed \(3\d\d characters .*", finding.what
    )
    assert (finding.severity, finding.file) == ("error", str(folder / WORDING))
    assert finding.line == line_of(folder / WORDING, "pain_score:")


def test_an_advice_may_take_three_segments_and_no_more(folder: Path) -> None:
    old = "You can carry on, lighter, without"
    assert not found(
        text_messages_fit, folder, WORDING, old, "You can carry on, " + "lighter, " * 15 + "without"
    )
    (finding,) = found(text_messages_fit, folder, WORDING, "You can carry on, ", "You can carry on, " * 5)
    assert "`modify` takes 4 segments" in finding.what


def test_a_text_is_judged_with_the_longest_number_in_it(folder: Path) -> None:
    old = 'check_again: "Let me check again, in case something changed."'
    fits_with_911 = "a" * (306 - len("911")) + "{emergency}"
    new = f'check_again: {{sms: "{fits_with_911}", voice: "Let me check again."}}'
    (finding,) = found(text_messages_fit, folder, WORDING, old, new)
    assert "`check_again` takes 3 segments, 2 are allowed (315 characters at its longest)" in finding.what


def test_a_list_is_judged_as_a_whole(folder: Path) -> None:
    old = "Numb or odd feeling around groin"
    (finding,) = found(text_messages_fit, folder, WORDING, old, "Numb or odd feeling " * 6 + "around groin")
    assert "`screen_body` takes 3 segments" in finding.what


def test_what_is_told_to_the_ambulance_counts_in_the_emergency_text(folder: Path) -> None:
    old = "I have pain or pressure in my chest."
    (finding,) = found(text_messages_fit, folder, WORDING, old, "I have pain or pressure in my chest. " * 8)
    assert "`emergency` takes 4 segments" in finding.what


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        (
            "Is the weakness getting",
            "Isn’t the weakness getting",
            "`’` (RIGHT SINGLE QUOTATION MARK) after `Isn`",
        ),
        (
            "Okay. Keep it gentle.",
            "👍 Keep it gentle.",
            "`👍` (THUMBS UP SIGN) at the beginning (character 1)",
        ),
        (
            "Sit down and keep still.",
            "Sit down – keep still.",
            "the text message `aid.chest_pain` holds `–` (EN DASH)",
        ),
        ("Fever, chills, or", "Fever, chills… or", "`screen_cause` holds `…` (HORIZONTAL ELLIPSIS) after"),
    ],
)
def test_a_character_outside_gsm7_is_named_with_its_place(
    folder: Path, old: str, new: str, what: str
) -> None:
    (finding,) = found(text_messages_fit, folder, WORDING, old, new)
    assert what in finding.what
    assert finding.severity == "error"


def test_a_button_may_hold_any_character(folder: Path) -> None:
    assert not found(text_messages_fit, folder, WORDING, 'unsure: "Not sure"', 'unsure: "Not sure…"')


# -- the voice


def test_a_prompt_over_its_seconds_is_named(folder: Path) -> None:
    seconds = re.search(r'"describe": \{.*, seconds: (.*)}', (folder / SPOKEN).read_text())
    assert seconds
    entry = seconds[0]
    assert not found(prompts_are_short, folder, SPOKEN, entry, entry.replace(seconds[1], "12.0"))
    changed = entry.replace(seconds[1], "12.0")
    (finding,) = found(prompts_are_short, folder, SPOKEN, changed, entry.replace(seconds[1], "12.1"))
    assert finding.what == "`describe` takes 12.1 s to say at its longest; 12 s are allowed"
    assert (finding.severity, finding.file) == ("error", str(folder / WORDING))
    assert finding.line == line_of(folder / WORDING, "describe:")


def test_a_number_to_call_may_take_eight_seconds_more(folder: Path) -> None:
    path = folder / SPOKEN
    path.write_text(re.sub(r'("staff": .*seconds: )[\d.]+', r"\g<1>20.1", path.read_text()))
    (finding,) = found(prompts_are_short, folder)
    assert "`staff` takes 20.1 s" in finding.what
    assert "20 s are allowed" in finding.what


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('voice: "What happened, and what', 'voice: "What happened to you, and what'),
        (
            'lost feeling or function down below."',
            'lost feeling or function down there."',
        ),
    ],
)
def test_a_prompt_that_changed_since_it_was_measured_is_named(folder: Path, old: str, new: str) -> None:
    findings = found(prompts_are_short, folder, WORDING, old, new)
    assert findings
    assert all("was not measured since it changed" in finding.what for finding in findings)
    assert all("python -m voice measure" in finding.mend for finding in findings)
    assert {finding.severity for finding in findings} == {"warning"}
    keys = {finding.what.split("`")[1] for finding in findings}
    assert keys in ({"describe"}, {"tell.sexual_function", "emergency"})


def test_a_prompt_that_is_clearly_too_long_need_not_be_measured(folder: Path) -> None:
    old, long = 'voice: "What happened, and', f'voice: "{"So much to say. " * 12}What happened, and'
    (finding,) = found(prompts_are_short, folder, WORDING, old, long)
    assert "`describe`" in finding.what
    assert "12 s are allowed" in finding.what
    assert finding.severity == "error"


def test_without_measurements_every_prompt_is_named(folder: Path) -> None:
    (folder / SPOKEN).unlink()
    prompts = list(delivered(load_flow(folder), "en", "voice"))
    assert len(found(prompts_are_short, folder)) == len(prompts) > 100


def test_measurements_that_cannot_be_read_are_one_finding(folder: Path) -> None:
    (finding,) = found(prompts_are_short, folder, SPOKEN, "voice:", "vioce:")[:1]
    assert "unknown entry `vioce`" in finding.what
    assert (finding.file, finding.line) == (str(folder / SPOKEN), 3)


def listened(folder: Path, words: str, *lacks: str) -> list[Finding]:
    """What is found when a model was asked for ``words`` and lacks ``lacks``."""
    path = folder / SPOKEN
    times = read_speaking_times(path) or SpeakingTimes("a voice", {})
    write_speaking_times(path, SpeakingTimes(times.voice, times.seconds, Listener("a model", words, lacks)))
    ears = {"en": load_understanding(folder, "en", second_ears=False)}
    return list(answers_can_be_heard(Line(load_flow(folder), ears), folder))


def words_of(folder: Path) -> str:
    path = folder / "meaning" / "en" / "answers.yaml"
    text = re.sub(r"^ *\w+: *\|?$|[,!\[\]/]|^#.*$|^answers:$", " ", path.read_text(), flags=re.MULTILINE)
    return mark_of_words(text.lower().split())


def test_an_answer_word_that_the_speech_model_lacks_is_named(folder: Path) -> None:
    (finding,) = listened(folder, words_of(folder), "crampy", "deadlift")
    assert finding.what == "the speech model lacks `crampy`"
    assert finding.line == line_of(folder / "meaning" / "en" / "answers.yaml", "crampy")
    assert not listened(folder, words_of(folder))


def test_answers_that_changed_since_the_model_was_asked_are_named(folder: Path) -> None:
    words = words_of(folder)
    path = folder / "meaning" / "en" / "answers.yaml"
    path.write_text(path.read_text().replace("crampy,", "crampy, gnarly,"))
    (finding,) = listened(folder, words)
    assert finding.what == "the answers changed since a model was asked for their words"


def test_without_a_model_no_answer_word_is_named() -> None:
    ears = {"en": load_understanding(BACK_PAIN, "en", second_ears=False)}
    assert not list(answers_can_be_heard(Line(load_flow(BACK_PAIN), ears), BACK_PAIN))


# -- reading


def test_a_text_that_is_hard_to_read_is_a_warning(folder: Path) -> None:
    hard = "Immediately discontinue your current training activities and consult a medical professional."
    (finding,) = found(
        easy_to_read, folder, WORDING, "Rest it for today. Worse or new signs? Tell me at once.", hard
    )
    assert re.match(r"`after_end.stop_today` \(sms\) reads like school year \d\d\.\d, not 6", finding.what)
    assert (finding.severity, finding.line) == ("warning", line_of(folder / WORDING, f'stop_today: "{hard}'))


def test_a_few_long_words_are_no_text(folder: Path) -> None:
    assert not found(
        easy_to_read, folder, WORDING, '"Okay, from the start."', '"Restarting conversation immediately."'
    )


def test_a_language_without_a_formula_is_not_graded(folder: Path) -> None:
    path = folder / WORDING
    path.write_text(path.read_text().replace("Rest it for today.", "Immediately discontinue everything " * 5))
    path.rename(path.with_name("xx.yaml"))
    (folder / "flow.yaml").write_text(
        (folder / "flow.yaml").read_text().replace("language: en", "language: xx")
    )
    assert not found(easy_to_read, folder)
