"""The shipped words keep to the promises made about them. Their size is for `flows.checks` to judge."""

import re
from itertools import product

import pytest

from flows.line import BACK_PAIN
from flows.loader import load_flow
from flows.model import End
from flows.wording import CHANNELS

FLOW = load_flow(BACK_PAIN)
LANGUAGES = sorted(FLOW.wording)
KEYS = [(language, key) for language in LANGUAGES for key in FLOW.wording[language].words]
ENDS = {step.id for step in FLOW.steps.values() if isinstance(step, End)}
ADVICE = sorted(ENDS - {"emergency", "crisis"})
BANNED = {
    "en": ("!", "please be advised", " just ", "don't worry", "you are fine", "on the way", "is coming"),
    "es": ("!", "no te preocupes", "estás bien", "estas bien", "en camino", "ya viene", "usted", "solamente"),
}
# What each safety net names: trouble with the bladder, numbness, a weak leg.
SAFETY_NET = {
    "en": ("trouble peeing|cannot pee", "numb", "weak"),
    "es": ("orinar", "duerme", "d[ée]bil|pierde fuerza"),
}
DOSE = {"en": r"\d+ ?mg|\d+ (tablets|pills)|milligram", "es": r"\d+ ?mg|\d+ (pastillas|tabletas)|miligramo"}


@pytest.mark.parametrize(("language", "key"), KEYS)
def test_the_words_keep_to_the_house_rules(language: str, key: str) -> None:
    for channel in CHANNELS:
        text = f" {FLOW.wording[language].words[key].on(channel).lower()} "
        assert not [word for word in BANNED[language] if word in text]


@pytest.mark.parametrize(("language", "end", "channel"), list(product(LANGUAGES, ADVICE, CHANNELS)))
def test_every_advice_below_emergency_ends_with_a_safety_net(language: str, end: str, channel: str) -> None:
    text = FLOW.wording[language].words[end].on(channel)
    assert "{emergency}" in text
    for sign in SAFETY_NET[language]:
        assert re.search(sign, text, re.IGNORECASE), sign


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_seventy_characters_of_an_emergency_hold_the_number(language: str) -> None:
    assert "{emergency}" in FLOW.wording[language].words["emergency"].sms[:70]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_dose_is_ever_given(language: str) -> None:
    for words in FLOW.wording[language].words.values():
        assert not re.search(DOSE[language], words.sms + words.voice)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_names_to_fill_in_are_the_same_in_every_language(language: str) -> None:
    own, words = FLOW.wording[FLOW.language].words, FLOW.wording[language].words
    for key in own:
        for channel in CHANNELS:
            names = [set(re.findall(r"{\w+}", one[key].on(channel))) for one in (own, words)]
            assert names[0] == names[1], (key, channel)
