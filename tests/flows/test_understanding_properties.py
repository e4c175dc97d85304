"""What holds for every text: a result, always the same one, and no flag lost among other words."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flows
from flows.heard import ANYTHING, Expecting, Heard
from flows.line import BACK_PAIN
from flows.understanding import load_understanding

EARS = load_understanding(BACK_PAIN)
# One plain way to say each of the flags that nobody may miss.
PLAIN = {
    "bladder_bowel": "I wet myself",
    "saddle_numbness": "I am numb between my legs",
    "both_legs": "both my legs are tingling",
    "leg_weakness": "I cannot lift my foot",
    "radiating": "pain shoots down my left leg",
    "major_trauma": "I fell off a ladder",
    "chest_pain": "I have pressure in my chest",
    "breathing": "I can't breathe",
    "collapse": "I passed out",
    "stroke_signs": "my face is drooping",
    "self_harm": "I want to kill myself",
    "fever_unwell": "I have a fever",
}
HARMLESS = [
    "I was on my third set of the day",
    "the gym is busy tonight",
    "my mate is waiting outside",
    "we had pasta for lunch",
    "the music here is good",
]
EXPECTING = [
    ANYTHING,
    Expecting("yes_no", flags=("saddle_numbness",)),
    Expecting("number"),
    Expecting("choice", answers="legs_count", options=("one", "both")),
    Expecting("checklist", items=(("bladder_bowel",), ("saddle_numbness",))),
]
marks = st.sampled_from(["", ".", "!!", " .", "…"])
plain_flags = st.sampled_from(sorted(PLAIN))
harmless = st.lists(st.sampled_from(HARMLESS), max_size=3)


def found(heard: Heard) -> set[tuple[str, str]]:
    return {(mention.flag, mention.polarity) for mention in heard.mentions}


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400), st.sampled_from(EXPECTING))
def test_any_text_gives_a_result_and_always_the_same(text: str, expecting: Expecting) -> None:
    heard = EARS.understand(text, expecting)
    assert heard == load_and_understand(text, expecting)
    for mention in heard.mentions:
        span = mention.span
        assert text[span.start : span.end] == span.phrase
        assert span.phrase


def load_and_understand(text: str, expecting: Expecting) -> Heard:
    """Understood again, after other texts were."""
    EARS.understand("my back is stiff", expecting)
    return EARS.understand(text, expecting)


@settings(max_examples=150, deadline=None)
@given(plain_flags, harmless, harmless, st.sampled_from([". ", ", ", "\n"]))
def test_harmless_words_around_a_flag_do_not_lose_it(
    flag: str, before: list[str], after: list[str], between: str
) -> None:
    text = between.join([*before, PLAIN[flag], *after])
    heard = EARS.understand(text)
    assert flag in heard.flags("present") + heard.flags("unsure")


@settings(max_examples=150, deadline=None)
@given(
    plain_flags,
    st.sampled_from([str.upper, str.lower, str.title]),
    marks,
)
def test_case_spaces_and_the_last_mark_change_nothing(flag: str, case: object, mark: str) -> None:
    text = "  " + "   ".join(PLAIN[flag].split()) + mark
    assert callable(case)
    assert found(EARS.understand(case(text))) == found(EARS.understand(PLAIN[flag]))


@settings(max_examples=100, deadline=None)
@given(plain_flags, plain_flags)
def test_two_flags_in_one_message_are_both_found(first: str, second: str) -> None:
    heard = EARS.understand(f"{PLAIN[first]}. Also, {PLAIN[second]}")
    assert {first, second} <= set(heard.flags("present"))


@pytest.mark.parametrize("flag", sorted(PLAIN))
def test_a_flag_at_the_end_of_a_long_ramble_is_found(flag: str) -> None:
    ramble = ""
    while len(ramble) < 1600 - len(PLAIN[flag]) - 2:
        ramble += HARMLESS[len(ramble) % len(HARMLESS)] + ", "
    text = ramble[: 1600 - len(PLAIN[flag]) - 2] + ". " + PLAIN[flag]
    assert len(text) == 1600
    assert flag in EARS.understand(text).flags("present")


@pytest.mark.parametrize("text", ["yes", "no", "yeah", "nope", "y", "n", "ok", "none", "both", "2 and 4"])
def test_an_answer_alone_is_no_flag(text: str) -> None:
    assert EARS.understand(text).mentions == ()


def test_understanding_has_no_network_clock_or_chance() -> None:
    forbidden = {"time", "datetime", "random", "secrets", "socket", "urllib", "http", "requests", "os"}
    folder = Path(flows.__file__).parent
    for path in [folder / "understanding.py", *(folder / "hearing").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not forbidden.intersection(name.partition(".")[0] for name in names), path
