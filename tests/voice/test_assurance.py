"""What is read back before it counts, and which unfinished words are acted on: with the real conversation."""

from dataclasses import replace
from pathlib import Path

import pytest

from flows.line import Line
from flows.versions import Versions
from store.store import Store
from tests.keys import KEYS
from voice.alarm import Alarm
from voice.assurance import doubt, plain, sure
from voice.dialogue import Dialogue
from voice.exchange import Said
from voice.meaning import Meant, meaning
from voice.noticed import Evidence

CLEAR = Evidence(snr_db=25.0, noise_db=-60.0, seconds=0.6, agreed=True, cut_off=False)
NOW = 1_790_000_000.0


@pytest.fixture
def dialogue(versions: Versions, tmp_path: Path) -> Dialogue:
    return Dialogue(versions, Store(f"sqlite:///{tmp_path / 'kiosk.db'}", KEYS, lambda: NOW), "US")


@pytest.fixture
def screened(dialogue: Dialogue) -> str:
    """A conversation that asks a screening question."""
    answer = dialogue.answer(None, Said("text", "my lower back is tight"), NOW)
    assert answer.asks
    return str(answer.conversation)


def meant(dialogue: Dialogue, conversation: str | None, text: str) -> Meant:
    found = dialogue.meant(conversation, text, NOW)
    assert found
    return found


@pytest.mark.parametrize(
    ("text", "read_back"),
    [
        ("no", "no"),
        ("nope none of that", "no"),
        ("yes", ""),
        ("I am not sure", ""),
        ("repeat that", ""),
        ("start over", "text"),
        ("no but both my legs are numb", ""),
        ("no but my leg is numb", ""),
        ("no just tight", "no"),
        ("no it's just a dull ache", "no"),
        ("nope just a cramp", "no"),
    ],
)
def test_what_would_lower_the_worry_is_read_back(
    dialogue: Dialogue, screened: str, text: str, read_back: str
) -> None:
    assert doubt(meant(dialogue, screened, text)) == read_back


def test_what_is_denied_in_passing_is_read_back_and_a_sign_is_not(dialogue: Dialogue) -> None:
    assert doubt(meant(dialogue, None, "my back hurts but no numbness between my legs")) == "text"
    assert doubt(meant(dialogue, None, "my back hurts")) == ""
    assert meant(dialogue, None, "I wet myself").grave


def test_that_nothing_hurts_is_read_back_before_it_ends_the_conversation(dialogue: Dialogue) -> None:
    assert doubt(meant(dialogue, None, "it's not hurting")) == "text"


def test_of_two_kinds_of_pain_the_lesser_is_read_back(line: Line) -> None:
    session = replace(line.open("voice", "US", "en"), step="onset_kind")
    assert doubt(meaning(line, session, "dull")) == "text"
    assert doubt(meaning(line, session, "sharp")) == ""


def test_only_what_was_heard_well_is_believed() -> None:
    assert sure(CLEAR, "No.")
    for worse in (
        replace(CLEAR, snr_db=10.0),
        replace(CLEAR, agreed=False),
        replace(CLEAR, cut_off=True),
        replace(CLEAR, seconds=0.1),
    ):
        assert not sure(worse, "No.")


@pytest.mark.parametrize("text", ["None.", "none of them", "Nun", "known"])
def test_what_may_have_been_numb_is_never_sure(text: str) -> None:
    assert not sure(CLEAR, text)


@pytest.mark.parametrize(
    ("text", "believed"),
    [("no", False), ("nope", False), ("no it doesn't", True), ("no and men", False), ("not at all", True)],
)
def test_what_sounds_like_numb_or_now_and_then_is_read_back_also_when_surely_heard(
    dialogue: Dialogue, screened: str, text: str, believed: bool
) -> None:
    assert plain(meant(dialogue, screened, text), text, "en") is believed


def test_an_emergency_is_believed_when_it_stays_in_the_words(dialogue: Dialogue) -> None:
    alarm = Alarm()
    said = dialogue.emergencies("I cannot feel my legs and I wet myself")
    assert said
    assert not alarm.rings(said)
    assert alarm.rings(said)
    alarm.begin()
    assert not alarm.rings(said)
    assert not alarm.rings(frozenset())
    assert not alarm.rings(said)


@pytest.mark.parametrize(
    "text",
    [
        "no chest pain",
        "I have no chest pain",
        "no I did not wet myself",
        "no numbness between my legs",
        "my legs are not numb",
        "I do not have chest pain and I can pee",
        "my back hurts",
        "no",
    ],
)
def test_what_is_denied_never_rings(dialogue: Dialogue, text: str) -> None:
    words = text.split()
    alarm = Alarm()
    for end in range(1, len(words) + 1):
        partial = " ".join(words[:end])
        assert not alarm.rings(dialogue.emergencies(partial)), partial


def test_without_a_conversation_words_are_neither_weighed_nor_watched(
    dialogue: Dialogue, versions: Versions, line: Line
) -> None:
    versions.newest = None
    assert dialogue.meant(None, "no", NOW) is None
    assert dialogue.emergencies("both my legs are numb") == frozenset()
    versions.newest = line
