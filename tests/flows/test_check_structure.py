"""Each mistake of structure in the shipped flow is found where it stands, with why and mend."""

from pathlib import Path

import pytest

from flows.checks import ends, names, questions, routes, screening, ways
from flows.line import BACK_PAIN
from tests.flows.mistakes import STRUCTURE, Mistake, change, findings_of, is_named, line_of


def test_the_shipped_flow_has_no_mistake() -> None:
    assert findings_of(BACK_PAIN, *STRUCTURE) == []


MISTAKES = {
    "a step that nothing leads to": Mistake(
        ways.unreached,
        "  emergency: {end: emergency}",
        "  left_over: {say: left_over, next: describe}\n  emergency: {end: emergency}",
        at="  left_over: {say",
        what="no way leads to the step `left_over`",
        why="Nobody will ever be asked",
        mend="name `left_over` as the next step",
    ),
    "a loop without a question": Mistake(
        ways.circles,
        "    say: opening\n    next: describe",
        "    say: opening\n    next: hello\n  hello: {say: hello, next: opening}",
        at="  opening:\n",
        what="`opening` and `hello` is a loop that nobody can leave",
        why="It has no question",
        mend="lead one of these steps on",
        also=(ways.endless, ways.unreached),
    ),
    "a question that leads to itself": Mistake(
        ways.circles,
        "same: not_eased, worse",
        "same: pause, worse",
        at="  pause:\n",
        what="`pause` is a loop that nobody can leave",
        why="A question that was answered is not asked again",
        mend="lead one of these steps on",
    ),
    "a step with no way to an end": Mistake(
        ways.endless,
        "      - {else: pain_score}",
        "      - {else: sinking}\n  sinking:\n    route:\n      - {level: urgent, to: sinking}\n"
        "      - {else: sinking}",
        at="  sinking:\n",
        what="no way leads from the step `sinking` to an end",
        why="never be told what to do",
        mend="on to a step with `end:`",
        also=(ways.circles, routes.never_reached),
    ),
    "a line after one that always holds": Mistake(
        routes.never_reached,
        "{flag: leg_numbness, to: which_legs}",
        "{level: info, to: which_legs}",
        at="      - {else: screen_cause}",
        what="nobody comes to the line `else: screen_cause` of route `about_legs`",
        why="`level: info` above it holds for everybody",
        mend="remove it, or move it up",
    ),
    "a flag after the level that it means": Mistake(
        routes.never_reached,
        "      - {flag: sharp_pain, to: stop_today}",
        "      - {flag: radiating, to: stop_today}",
        at="      - {flag: radiating, to: stop_today}",
        what="nobody comes to the line `flag: radiating` of route `eased`",
        why="The line `level: urgent` above it holds",
        mend="remove it, or move it up",
    ),
    "an answer that there is not": Mistake(
        routes.never_true,
        "{answer: duration_hours, at_least: 72, to: improving}",
        "{answer: describe, equals: fine, to: improving}",
        at="      - {answer: describe",
        what="the line `answer: describe, equals: fine` of route `how_urgent` can never hold",
        why="`describe` has no answer `fine`.",
        mend="compare it with an answer that the question has",
        also=(routes.not_yet_answered,),
    ),
    "an answer that becomes a flag": Mistake(
        routes.never_true,
        "{answer: duration_hours, at_least: 72, to: improving}",
        "{answer: screen_body, equals: one, to: improving}",
        at="      - {answer: screen_body",
        what="the line `answer: screen_body, equals: one` of route `how_urgent` can never hold",
        why="what is said there becomes a flag",
        mend="compare it with an answer",
        also=(routes.not_yet_answered,),
    ),
    "an answer not given on every way": Mistake(
        routes.not_yet_answered,
        "      - {flag: dull_ache, to: modify}",
        "      - {answer: onset_kind, equals: dull, to: modify}",
        at="      - {answer: onset_kind",
        what="route `eased` compares the answer to `onset_kind`, which is not given on every way there",
        why="Without an answer the line never holds",
        mend="ask `onset_kind` on every way to `eased`",
    ),
    "no way for a description": Mistake(
        questions.unanswerable,
        'then: {not_hurting: not_hurting, "*": screen_body}',
        "then: {not_hurting: not_hurting}",
        at="  describe:\n",
        what="`describe` has no next step for a description in own words",
        why="would be stuck here",
        mend='add "*"',
    ),
    "a number that is no answer": Mistake(
        questions.unanswerable,
        "severe_from: {severe_pain: 8}",
        "severe_from: {severe_pain: 80}",
        at="  pain_score:\n",
        what="`pain_score` takes `severe_pain` from 80 on",
        why="never say anything about `severe_pain`",
        mend="use a number that can be answered",
    ),
    "a question that is never asked": Mistake(
        questions.never_asked,
        "      - {else: pain_score}",
        "      - {else: fever_again}\n  fever_again:\n    ask: yes_no\n    flags: [fever_unwell]\n"
        '    then: {"*": pain_score}',
        at="  fever_again:\n",
        what="`fever_again` is never asked",
        why="taken past it as if they had answered",
        mend="ask about something else",
    ),
    "an emergency that is left for a lower level": Mistake(
        ends.of_another_level,
        "  emergency: emergency\n",
        "  emergency: stop_today\n",
        at="  emergency: stop_today",
        what="`emergency` stands for `emergency`, but its end `stop_today` gives the advice of `stop_today`",
        why="left with the advice of a lower level",
        mend="name an end step with `end: emergency`",
        also=(ways.unreached,),
    ),
    "a flag's own end of a lower level": Mistake(
        ends.of_another_level,
        "self_harm: crisis",
        "self_harm: urgent",
        at="  self_harm: urgent",
        what="`self_harm` stands for `emergency`, but its end `urgent` gives the advice of `urgent`",
        why="left with the advice of a lower level",
        mend="name an end step with `end: emergency`",
        also=(ways.unreached,),
    ),
    "a step called like a group of wordings": Mistake(
        names.reserved,
        "      - {else: pain_score}",
        "      - {else: topic}\n  topic: {say: topic, next: pain_score}",
        at="  topic: {say",
        what="the step is called `topic`, which is a name of the line's own",
        why="taken for something else",
        mend="use another name",
    ),
    "an answer called like a command": Mistake(
        names.reserved,
        "options: [one, both]",
        "options: [back, both]",
        at="  which_legs:\n",
        what="the answer of `which_legs` is called `back`",
        why="taken for something else",
        mend="use another name",
    ),
    "a topic with other signs": Mistake(
        names.reserved,
        "  - core\n",
        "  - The-Core\n",
        at="topics:\n",
        what="the topic is called `The-Core`, which is no plain name",
        why="where other signs mean something",
        mend="small letters, figures and _",
    ),
    "an option twice": Mistake(
        names.twice,
        "options: [one, both]",
        "options: [one, both, one]",
        at="  which_legs:\n",
        what="`one` stands twice in the options of `which_legs`",
        why="never get to the second",
        mend="remove or rename one",
    ),
    "an item twice": Mistake(
        names.twice,
        "      - [cancer_history]\n",
        "      - [cancer_history]\n      - [cancer_history]\n",
        at="  screen_cause:\n",
        what="`cancer_history` stands twice in the items of `screen_cause`",
        why="offered the same thing twice",
        mend="remove or rename one",
        also=(screening.late,),
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=list(MISTAKES))
def test_a_mistake_is_named(folder: Path, mistake: Mistake) -> None:
    is_named(folder, mistake)


def test_a_flag_called_like_a_level(folder: Path) -> None:
    change(folder / "flags.yaml", "  deformity:", "  urgent:")
    (finding,) = findings_of(folder, names.reserved)
    assert (finding.file, finding.line) == (
        str(folder / "flags.yaml"),
        line_of(folder / "flags.yaml", "  urgent: {"),
    )
    assert "the flag is called `urgent`" in finding.what


def test_a_wrong_name_brings_no_findings_that_only_follow_from_it(folder: Path) -> None:
    change(folder / "flow.yaml", "next: describe", "next: descibe")
    change(folder / "flow.yaml", "then: {better: pain_score,", "then: {better: pain_scor,")
    assert findings_of(folder, *STRUCTURE) == []
