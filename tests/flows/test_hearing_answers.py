"""Answers in context: numbers, choices, lists, durations, commands and questions."""

import pytest

from flows.heard import ANYTHING, Expecting
from flows.line import BACK_PAIN
from flows.understanding import load_understanding

EARS = load_understanding(BACK_PAIN)
SCORE = Expecting("number")
LEGS = Expecting("choice", answers="legs_count", options=("one", "both"))
PAUSE = Expecting("choice", answers="after_pause", options=("gone", "better", "same", "worse", "spreading"))
LIST = Expecting(
    "checklist",
    items=(("bladder_bowel",), ("saddle_numbness",), ("leg_weakness",), ("leg_numbness", "radiating")),
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7", 7),
        ("seven out of ten", 7),
        ("like a 6 or 7", 7),
        ("8/10", 8),
        ("about five", 5),
        ("zero", 0),
        ("10!!", 10),
        ("6.5", 7),
        ("3-4", 4),
        ("7/10 been 2 days", 7),
        ("i did 5 sets and its a 6", 6),
        ("it was 3 now 8", None),
        ("11", None),
        ("-3", None),
        ("banana", None),
        ("", None),
    ],
)
def test_a_score(text: str, number: int | None) -> None:
    assert EARS.understand(text, SCORE).number == number


@pytest.mark.parametrize(
    ("expecting", "text", "choice"),
    [
        (LEGS, "2", "both"),
        (LEGS, "the second one", "both"),
        (LEGS, "b", "both"),
        (LEGS, "option 1", "one"),
        (LEGS, "only the left", "one"),
        (LEGS, "both legs", "both"),
        (LEGS, "one or both, hard to say", None),
        (LEGS, "banana", None),
        (PAUSE, "a bit better", "better"),
        (PAUSE, "no better", "same"),
        (PAUSE, "it's gone", "gone"),
        (PAUSE, "not gone", "same"),
        (PAUSE, "spreading down my leg", "spreading"),
        (PAUSE, "3", "same"),
    ],
)
def test_a_choice(expecting: Expecting, text: str, choice: str | None) -> None:
    assert EARS.understand(text, expecting).choice == choice


@pytest.mark.parametrize(
    ("text", "ticked"),
    [
        ("none", ()),
        ("none of those", ()),
        ("no to all", ()),
        ("2", (1,)),
        ("2 and 4", (1, 3)),
        ("2,4", (1, 3)),
        ("the second", (1,)),
        ("first and third", (0, 2)),
        ("2 & 4 but not 1", (1, 3)),
        ("not 1 but 2", (1,)),
        ("1 no 2 yes 3 no 4 no", (1,)),
        ("1: no, 2: yes, 3: no, 4: yes", (1, 3)),
        ("all of them", (0, 1, 2, 3)),
        ("numb between my legs", (1,)),
        ("none but i cant feel my bum", (1,)),
        ("all but 2", (0, 2, 3)),
        ("all except the first", (1, 2, 3)),
        ("none except 2", (1,)),
        ("all four", (0, 1, 2, 3)),
        ("every one", (0, 1, 2, 3)),
        ("1-3", (0, 1, 2)),
        ("1 to 3", (0, 1, 2)),
        ("the last one", (3,)),
        ("last two", (2, 3)),
        ("first one only", (0,)),
        ("no. 2", (1,)),
        ("no, only 2", (1,)),
        ("no no yes no", (2,)),
        ("2 for 3 days", (1,)),
        ("none in the last 2 days", ()),
        ("not 1", None),
        ("no 3", None),
        ("not sure about 2", None),
        ("none that i know of", None),
        ("yes", None),
        ("idk", None),
        ("ok", None),
        ("7", None),
    ],
)
def test_a_numbered_list(text: str, ticked: tuple[int, ...] | None) -> None:
    assert EARS.understand(text, LIST).ticked == ticked


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("since Tuesday", 72),
        ("about 3 weeks", 504),
        ("two and a half weeks", 420),
        ("this morning", 4),
        ("half an hour", 0.5),
        ("an hour ago", 1),
        ("for months", 2190),
        ("hello", None),
    ],
)
def test_how_long(text: str, hours: float | None) -> None:
    assert EARS.understand(text).duration_hours == hours


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("help", "help"),
        ("STOP", "stop"),
        ("stop please", "stop"),
        ("Unsubscribe", "stop"),
        ("START", "start"),
        ("say that again please", "repeat"),
        ("go back", "back"),
        ("start over", "restart"),
        ("can i talk to a human", "staff"),
        ("thanks", "thanks"),
        ("hi", "greeting"),
        ("speak up", "louder"),
        ("en español", "language.es"),
        ("help i cant feel my legs", None),
        ("it won't stop bleeding", None),
        ("my back", None),
        ("no thanks", None),
        ("YES", None),
    ],
)
def test_a_command_is_the_whole_message(text: str, command: str | None) -> None:
    assert EARS.understand(text).command == command


@pytest.mark.parametrize(
    ("text", "topics"),
    [
        ("ice or heat?", ("ice_heat",)),
        ("ice?", ("ice_heat",)),
        ("can i take ibuprofen", ("painkillers",)),
        ("i took ibuprofen", ()),
        ("should i carry on", ("keep_going",)),
        ("when can i train again", ("come_back",)),
        ("how should I brace?", ("bracing",)),
        ("can i keep going and should i ice it", ("keep_going", "ice_heat")),
        ("I was deadlifting when it popped", ()),
        ("is my deadlift form wrong", ("deadlift_form",)),
    ],
)
def test_a_topic_is_a_question(text: str, topics: tuple[str, ...]) -> None:
    assert EARS.understand(text).topics == topics


def test_what_was_not_asked_is_not_answered() -> None:
    heard = EARS.understand("2", ANYTHING)
    assert (heard.number, heard.choice, heard.ticked, heard.yes_no) == (None, None, None, None)


def test_each_finding_says_why() -> None:
    heard = EARS.understand("7, should i ice it?", SCORE)
    why = {name: (span.phrase, span.rule) for name, span in heard.why}
    assert why["number"] == ("7", "number")
    assert why["topics"] == ("should i ice it", "topic: ice_heat")
