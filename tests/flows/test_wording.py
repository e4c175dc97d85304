"""The shipped words fit a text message and a breath, and keep to the promises made about them."""

import re
from itertools import product

import pytest

from flows.countries import crisis_line, emergency_number, known_countries
from flows.line import BACK_PAIN
from flows.loader import load_flow
from flows.model import End
from flows.wording import CHANNELS, Wording
from sms.segments import segments

FLOW = load_flow(BACK_PAIN)
LANGUAGES = sorted(FLOW.wording)
KEYS = [(language, key) for language in LANGUAGES for key in FLOW.wording[language].words]
ENDS = {step.id for step in FLOW.steps.values() if isinstance(step, End)}
ADVICE = sorted(ENDS - {"emergency", "crisis"})
# At 170 words a minute, twelve seconds hold 34 words.
SPOKEN_WORDS = 34
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


def wordiest_flag(channel: str, wording: Wording) -> str:
    """The flag with the longest words for the ambulance."""
    flags = [key.removeprefix("tell.") for key in wording.words if key.startswith("tell.")]
    flags = [flag for flag in flags if flag not in FLOW.ends]
    tell, aid = ({f: wording.words[f"{kind}.{f}"].on(channel) for f in flags} for kind in ("tell", "aid"))
    return max(flags, key=lambda flag: len(f"{tell[flag]} {aid[flag]}".split()))


def filled(language: str, key: str, channel: str) -> str:
    """The wording ``key`` with the longest values that its names can have."""
    wording = FLOW.wording[language]
    flag = wordiest_flag(channel, wording)
    countries = [*known_countries(), "XX"]
    values = {
        "emergency": max((emergency_number(country, language) for country in countries), key=len),
        "crisis": max((crisis_line(country, language) for country in countries), key=len),
        "tell": wording.words[f"tell.{flag}"].on(channel),
        "aid": wording.words[f"aid.{flag}"].on(channel),
        "languages": ", ".join(FLOW.language_names.values()),
    }
    return wording.text(key, channel, values)


@pytest.mark.parametrize(("language", "key"), KEYS)
def test_a_text_fits_its_segments_in_gsm7(language: str, key: str) -> None:
    text = filled(language, key, "sms")
    assert segments(text).encoding == "GSM-7"
    assert segments(text).count <= (3 if key in ENDS else 2), text


@pytest.mark.parametrize(("language", "key"), KEYS)
def test_a_spoken_prompt_is_short(language: str, key: str) -> None:
    assert len(filled(language, key, "voice").split()) <= SPOKEN_WORDS


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_numbered_list_is_a_question_of_two_segments(language: str) -> None:
    for step in ("screen_body", "screen_cause"):
        items = FLOW.steps[step].expecting.items  # type: ignore[union-attr]
        keys = [step, *(f"item.{item[0]}" for item in items), "list_end"]
        numbering = len("1. ") * len(items)
        assert segments("\n".join(filled(language, key, "sms") for key in keys) + "x" * numbering).count <= 2


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
