"""Nobody gets an advice below emergency without the screening: each hole in the shipped flow is found."""

from pathlib import Path

import pytest

from flows.checks import ends, screening
from tests.flows.mistakes import Mistake, change, findings_of, is_named, line_of

WHY = "sent home without having been asked"


MISTAKES = {
    "legs that nobody counts": Mistake(
        screening.unasked,
        "- {flag: radiating, to: which_legs}",
        "- {flag: radiating, to: screen_cause}",
        at="  urgent: {end: urgent}",
        what="`urgent` can be reached without a question about `both_legs`, such as by check_in >",
        why=WHY,
        mend="before the end",
    ),
    "unclear answers that skip the screening": Mistake(
        screening.unasked,
        "    unclear: screen_body",
        "    unclear: stop_today",
        at="  stop_today: {end",
        what="`stop_today` can be reached without a question about `bladder_bowel`",
        why=WHY,
        mend="leading it to the screening",
    ),
    "an option that skips the screening": Mistake(
        screening.unasked,
        "options: [not_hurting]\n    then: {not_hurting: not_hurting,",
        "options: [not_hurting, old_news]\n    then: {not_hurting: not_hurting, old_news: modify,",
        at="  modify: {end",
        what="`modify` can be reached without a question about `bladder_bowel`",
        why=WHY,
        mend="before the end",
    ),
    "somebody whom nothing hurts, unsaid": Mistake(
        screening.unasked,
        "{end: info, without_screening: nothing_hurts}",
        "{end: info}",
        at="  not_hurting: {end",
        what="`not_hurting` can be reached without a question about `bladder_bowel`",
        why=WHY,
        mend="before the end",
    ),
    "a way for others to the end for somebody whom nothing hurts": Mistake(
        screening.unasked,
        "    unclear: screen_body",
        "    unclear: not_hurting",
        at="  not_hurting: {end",
        what="people also come there by opening > describe > not_hurting",
        why=WHY,
        mend="lead that way to an end of its own",
    ),
    "nothing hurts, said by somebody who told of something": Mistake(
        screening.unasked,
        'not_hurting, "*": screen_body}',
        'not_hurting, "*": further}\n  further:\n    ask: anything\n    answers: hurts_now\n'
        '    options: [not_hurting]\n    then: {not_hurting: not_hurting, "*": screen_body}',
        at="  not_hurting: {end",
        what="people also come there by opening > describe > further > not_hurting",
        why=WHY,
        mend="lead that way to an end of its own",
    ),
    "nothing hurts, and yet an advice": Mistake(
        screening.unasked,
        "{end: info, without_screening: nothing_hurts}",
        "{end: modify, without_screening: nothing_hurts}",
        at="  not_hurting: {end",
        what="but its level is `modify`",
        why=WHY,
        mend="make it `end: info`",
        also=(ends.of_another_level,),
    ),
    "the same, from somebody who told of something": Mistake(
        screening.unasked,
        "      - {level: modify, to: look_again}\n"
        "      - {answer: check_in, equals: same, to: check_in_same}\n",
        "      - {answer: check_in, equals: same, to: check_in_same}\n"
        "      - {level: modify, to: look_again}\n",
        at="  check_in_same: {end",
        what="people also come there by check_in > since_then > check_in_same",
        why=WHY,
        mend="lead that way to an end of its own",
    ),
    "worse, and yet no screening": Mistake(
        screening.unasked,
        "spreading: look_again}",
        "spreading: check_in_better}",
        at="  check_in_better: {end",
        what="people also come there by check_in > check_in_better",
        why=WHY,
        mend="lead that way to an end of its own",
    ),
    "how it is some days later, and yet an advice": Mistake(
        screening.unasked,
        "check_in_same: {end: info,",
        "check_in_same: {end: see_provider,",
        at="  check_in_same: {end",
        what="`check_in_same` says `without_screening: checked_in`, but its level is `see_provider`",
        why=WHY,
        mend="make it `end: info`",
    ),
    "unclear answers, and yet no clinician": Mistake(
        screening.unasked,
        "{end: urgent, without_screening: answers_unclear}",
        "{end: see_provider, without_screening: answers_unclear}",
        at="  unclear: {end",
        what="`unclear` says `without_screening: answers_unclear`, but its level is `see_provider`",
        why=WHY,
        mend="make it `end: urgent` or `end: emergency`",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=list(MISTAKES))
def test_a_hole_is_named(folder: Path, mistake: Mistake) -> None:
    is_named(folder, mistake)


@pytest.mark.parametrize(
    "flag",
    ["bladder_bowel", "saddle_numbness", "leg_weakness", "major_trauma", "fever_unwell", "cancer_history"],
)
def test_a_question_that_was_taken_out_is_missed_at_every_end_that_it_matters_for(
    folder: Path, flag: str
) -> None:
    change(folder / "flow.yaml", f"      - [{flag}]\n", "")
    missing = {finding.what.split("`")[1] for finding in findings_of(folder, screening.unasked)}
    matters_when_urgent = flag not in ("fever_unwell", "cancer_history")
    assert missing >= {"see_provider", "stop_today", "modify"}
    assert ("urgent" in missing) == matters_when_urgent


def test_somebody_who_comes_back_after_the_end_is_screened_again(folder: Path) -> None:
    change(folder / "flow.yaml", "screening: screen_body", "screening: screen_cause")
    findings = findings_of(folder, screening.unasked)
    assert [finding.what.split("`")[1] for finding in findings] == [
        "urgent",
        "see_provider",
        "stop_today",
        "modify",
    ]
    assert all("`bladder_bowel`" in finding.what for finding in findings)


def test_a_question_asked_late_is_found_for_each_channel(folder: Path) -> None:
    chats = "".join(
        f"  chat_{number}:\n    ask: choice\n    answers: improving\n    options: [better, not_better]\n"
        f'    then: {{"*": {target}}}\n'
        for number, target in ((1, "chat_2"), (2, "screen_body"))
    )
    change(folder / "flow.yaml", '"*": screen_body}\n', '"*": chat_1}\n')
    change(folder / "flow.yaml", "  # Nobody is told to carry on", chats + "  # Nobody is told to carry on")
    file = folder / "flow.yaml"
    texts, voice = findings_of(folder, screening.late)
    assert (texts.file, texts.line) == (str(file), line_of(file, "  screen_cause:\n"))
    assert texts.what == "`screen_cause` asks about `major_trauma` after more than 5 answers (sms)"
    assert "`major_trauma`, `cancer_history` after more than 8 answers (voice)" in voice.what
    assert "may have given up" in voice.why
    assert "ask it earlier" in voice.mend


def test_an_end_without_screening_names_whom_to_call(folder: Path) -> None:
    wording = folder / "wording" / "en.yaml"
    change(wording, "If it hurts, tell me. Trouble peeing, numbness or a weak leg: call {emergency}.", "Bye.")
    (finding,) = findings_of(folder, screening.unasked)
    assert (finding.file, finding.line) == (str(wording), line_of(wording, "not_hurting:\n  sms"))
    assert "names no emergency number (voice)" in finding.what
    assert "{emergency}" in finding.mend


def test_a_flow_that_names_no_screening(folder: Path) -> None:
    text = (folder / "flow.yaml").read_text()
    before, _, rest = text.partition("must_ask:")
    (folder / "flow.yaml").write_text(before + rest[rest.index("\n\n") :])
    (finding,) = findings_of(folder, screening.unasked)
    assert finding.what == "no screening is named"
    assert "must_ask" in finding.mend
