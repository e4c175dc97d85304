"""A broken flow is refused with everything that is wrong in it, by file and line."""

from pathlib import Path

import pytest

from flows.line import load_line
from flows.loader import load_flow
from flows.source import Finding, FlowError


def findings_after(folder: Path, file: str, old: str, new: str) -> list[Finding]:
    path = folder / file
    text = path.read_text()
    assert text.count(old) >= 1
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(FlowError) as caught:
        load_flow(folder)
    return caught.value.findings


def line_of(path: Path, text: str) -> int:
    return path.read_text().split(text)[0].count("\n") + 1


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("flow.yaml", "next: describe", "next: descibe", "there is no step `descibe`"),
        ("flow.yaml", "{flag: both_legs, to: screen_cause}", "{flag: leg, to: x}", "no flag `leg`"),
        ("flow.yaml", "    ask: number\n", "    ask: figure\n", "`pain_score` is no kind of question"),
        ("flow.yaml", '{"yes": about_legs, "no": not_eased}', '{"yes": about_legs}', "no next step for: no"),
        (
            "flow.yaml",
            "{else: pain_score}",
            "{level: info, to: pain_score}",
            "does not cover every case",
        ),
        ("flow.yaml", "crisis: {end: emergency}", "crisis: {end: very_bad}", "`end` is not a level"),
        ("flow.yaml", "turn_limit: 60", "turn_limt: 60", "unknown entry `turn_limt`"),
        ("flow.yaml", "  modify: modify\n", "", "no end for level `modify`"),
        ("flow.yaml", "self_harm: crisis", "self_harm: opening", "`opening` is not an end step"),
        ("flow.yaml", "turn_limit: 60", "turn_limit: many", "`turn_limit` is not a whole number"),
        ("flow.yaml", "after: 180", "after: [180]", "`after` is not a number"),
        ("flow.yaml", "question: pause", "question: opening", "`opening` is not a question"),
        ("flow.yaml", "question: check_in", "question: look_again", "`look_again` is not a question"),
        ("flow.yaml", "question: check_in", "question: pain_score", "`pain_score` is no choice that can be"),
        ("flow.yaml", "question: check_in", "question: pause", "`pause` is no choice that can be asked at"),
        (
            "flow.yaml",
            "levels: [stop_today, modify]",
            "levels: [info]",
            "`info` gives no advice to ask about",
        ),
        ("flow.yaml", "days: [1, 3]", "days: [3, 1]", "the days are not in order"),
        ("flow.yaml", "days: [1, 3]", "days: [1, 1]", "the days are not in order"),
        ("flow.yaml", "days: [1, 3]", "days: [0.5]", "`days` is not a list of days"),
        ("flow.yaml", ", days: [1, 3]}", "}", "`days` is missing"),
        ("flow.yaml", "answers: [worse, spreading]", "answers: [wurse]", "`pause` has no answer `wurse`"),
        ("flow.yaml", "means: {both: [both_legs]}", "means: {all: [both_legs]}", "has no answer `all`"),
        ("flow.yaml", "{leg_weakness: worsening}", "{leg_weakness: worse}", "`worse` does not raise"),
        ("flow.yaml", "    answers: legs_count\n", "", "`answers` is missing"),
        ("flow.yaml", "answer: duration_hours", "answer: duration", "`duration` is not asked anywhere"),
        ("flow.yaml", "  opening:\n    say: opening", "  opening: 5\n  x:\n    say: opening", "of no kind"),
        ("flags.yaml", "[article, nhs_back_pain, ces_card]", "[]", "`source` is not a list of names"),
        ("flags.yaml", "{level: urgent, source: [article]}", "urgent", "`radiating` is not a mapping"),
        ("flags.yaml", "[nhs_self_harm, lifeline_988]", "[nhs_self]", "no such source: nhs_self"),
        ("flags.yaml", "flags:\n", "flag:\n", "unknown entry `flag`"),
        ("flags.yaml", "collapse: {level: emergency", "collapse: {level: dire", "`level` is not a level"),
        ("wording/en.yaml", "Say: {tell}", "Say: {tel}", "holds {tel}, which nothing fills in"),
        ("wording/en.yaml", "Sit up and loosen", "Call {emergency} and", "`aid.breathing` holds {emergency}"),
        ("wording/en.yaml", "or chest pain: call {emergency}", "{crisis}", "`broken` holds {crisis}"),
        ("wording/en.yaml", "list_end:", "list_stop:", "no wording `list_end`"),
        ("wording/en.yaml", "narrow:\n  sms:", "narrow:\n  xms:", "unknown entry `xms`"),
    ],
)
def test_a_mistake_is_named(folder: Path, file: str, old: str, new: str, what: str) -> None:
    findings = findings_after(folder, file, old, new)
    matching = [finding for finding in findings if what in finding.what]
    assert matching, findings
    assert matching[0].file == str(folder / file)
    assert matching[0].mend


def test_the_line_is_the_mistakes_own(folder: Path) -> None:
    findings = findings_after(folder, "flow.yaml", "unclear: too_bad_to_move", "unclear: too_bad")
    assert findings[0].line == line_of(folder / "flow.yaml", "unclear: too_bad")


@pytest.mark.parametrize(
    ("old", "new", "what", "why"),
    [
        (
            "{else: pain_score}",
            "{flag: deformity, to: pain_score}",
            "its last line is no `else`",
            "stuck here",
        ),
        ("{level: urgent, to: urgent}", "{else: urgent}", "an `else` before its last line", "nobody ever"),
    ],
)
def test_a_route_covers_every_case_and_no_line_in_vain(
    folder: Path, old: str, new: str, what: str, why: str
) -> None:
    (finding,) = findings_after(folder, "flow.yaml", old, new)
    assert (finding.file, finding.line) == (str(folder / "flow.yaml"), line_of(folder / "flow.yaml", new))
    assert what in finding.what
    assert why in finding.why
    assert "`else`" in finding.mend or "else: <step>" in finding.mend


def test_mistakes_in_several_files_come_together(folder: Path) -> None:
    (folder / "wording" / "en.yaml").write_text("opening: no\n")
    findings = findings_after(folder, "flow.yaml", "next: describe", "next: nowhere")
    assert {Path(finding.file).name for finding in findings} == {"flow.yaml", "en.yaml"}


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("meaning/en/answers.yaml", "    both: |", "    all_of_them: |", "`legs_count.both` without phrases"),
        ("meaning/en/topics.yaml", "  bracing:", "  braces:", "the topic `bracing` is not in topics.yaml"),
        ("meaning/en/symptoms/mind.yaml", "  self_harm:", "  self_arm:", "unknown flag `self_arm`"),
    ],
)
def test_what_cannot_be_heard_is_named(folder: Path, file: str, old: str, new: str, what: str) -> None:
    path = folder / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(FlowError) as caught:
        load_line(folder)
    assert what in str(caught.value)


def test_an_unused_wording_is_named(folder: Path) -> None:
    path = folder / "wording" / "en.yaml"
    path.write_text(path.read_text() + 'left_over: "words"\n')
    with pytest.raises(FlowError, match="nothing uses the wording `left_over`"):
        load_flow(folder)
