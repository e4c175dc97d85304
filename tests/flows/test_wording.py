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
WORDING = FLOW.wording["en"]
ENDS = {step.id for step in FLOW.steps.values() if isinstance(step, End)}
ADVICE = sorted(ENDS - {"emergency", "crisis"})
# At 170 words a minute, twelve seconds hold 34 words.
SPOKEN_WORDS = 34
BANNED = ("!", "please be advised", " just ", "don't worry", "you are fine", "on the way", "is coming")


def wordiest_flag(channel: str) -> str:
    """The flag with the longest words for the ambulance."""
    flags = [key.removeprefix("tell.") for key in WORDING.words if key.startswith("tell.")]
    flags = [flag for flag in flags if flag not in FLOW.ends]
    tell, aid = ({f: WORDING.words[f"{kind}.{f}"].on(channel) for f in flags} for kind in ("tell", "aid"))
    return max(flags, key=lambda flag: len(f"{tell[flag]} {aid[flag]}".split()))


def filled(key: str, channel: str, wording: Wording = WORDING) -> str:
    values = {
        "emergency": max(map(emergency_number, [*known_countries(), "XX"]), key=len),
        "crisis": max(map(crisis_line, known_countries()), key=len),
        "tell": WORDING.words[f"tell.{wordiest_flag(channel)}"].on(channel),
        "aid": WORDING.words[f"aid.{wordiest_flag(channel)}"].on(channel),
    }
    return wording.text(key, channel, values)


@pytest.mark.parametrize("key", WORDING.words)
def test_a_text_fits_its_segments_in_gsm7(key: str) -> None:
    text = filled(key, "sms")
    assert segments(text).encoding == "GSM-7"
    assert segments(text).count <= (3 if key in ENDS else 2), text


@pytest.mark.parametrize("key", WORDING.words)
def test_a_spoken_prompt_is_short(key: str) -> None:
    assert len(filled(key, "voice").split()) <= SPOKEN_WORDS


def test_a_numbered_list_is_a_question_of_two_segments() -> None:
    for step in ("screen_body", "screen_cause"):
        items = FLOW.steps[step].expecting.items  # type: ignore[union-attr]
        keys = [step, *(f"item.{item[0]}" for item in items), "list_end"]
        numbering = len("1. ") * len(items)
        assert segments("\n".join(filled(key, "sms") for key in keys) + "x" * numbering).count <= 2


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
