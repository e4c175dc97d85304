"""The shipped words keep to the promises made about them. Their size is for `flows.checks` to judge."""

import re
from itertools import product

import pytest

from flows.line import BACK_PAIN
from flows.loader import load_flow
from flows.model import End
from flows.wording import CHANNELS

FLOW = load_flow(BACK_PAIN)
WORDING = FLOW.wording["en"]
ENDS = {step.id for step in FLOW.steps.values() if isinstance(step, End)}
ADVICE = sorted(ENDS - {"emergency", "crisis"})
BANNED = ("!", "please be advised", " just ", "don't worry", "you are fine", "on the way", "is coming")


@pytest.mark.parametrize(("key", "channel"), list(product(WORDING.words, CHANNELS)))
def test_the_words_keep_to_the_house_rules(key: str, channel: str) -> None:
    text = f" {WORDING.words[key].on(channel).lower()} "
    assert not [word for word in BANNED if word in text]


@pytest.mark.parametrize(("end", "channel"), list(product(ADVICE, CHANNELS)))
def test_every_advice_below_emergency_ends_with_a_safety_net(end: str, channel: str) -> None:
    text = WORDING.words[end].on(channel)
    assert "{emergency}" in text
    assert re.search("trouble peeing|cannot pee", text, re.IGNORECASE)
    assert "numb" in text
    assert "weak" in text


def test_the_first_seventy_characters_of_an_emergency_hold_the_number() -> None:
    assert "{emergency}" in WORDING.words["emergency"].sms[:70]


def test_no_dose_is_ever_given() -> None:
    for words in WORDING.words.values():
        assert not re.search(r"\d+ ?mg|\d+ (tablets|pills)|milligram", words.sms + words.voice)
