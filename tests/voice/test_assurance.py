"""Which answers are read back before they count, and which words are acted on before they are all said."""

import pytest

from flows.events import Speech
from flows.heard import Expecting
from flows.line import Line
from flows.questions import open_question
from voice.alarm import Alarm, outright
from voice.assurance import Meant, doubt, sure, worrying
from voice.listener import Evidence

CLEAR = Evidence(snr_db=25.0, noise_db=-60.0, seconds=0.4, agreed=True, cut_off=False)


def meant(line: Line, *texts: str) -> Meant:
    """What the last of ``texts`` means, behind the others."""
    session = line.open("voice", "US")
    for text in texts[:-1]:
        session = line.step(session, Speech(line.hear(session, text)), 0.0).session
    heard = line.hear(session, texts[-1])
    agrees = line.hear(session, texts[-1], Expecting("yes_no"))
    return Meant(heard, agrees, None if session.done else open_question(line.flow, session))


@pytest.mark.parametrize(
    ("said", "read_back"),
    [
        ("no", "no"),
        ("nope not at all", "no"),
        ("none of them", "no"),
        ("yes", ""),
        ("not sure", ""),
        ("I cannot feel my groin", ""),
        ("no but my leg is numb", ""),
        ("start over", "text"),
        ("ice or heat?", ""),
    ],
)
def test_what_would_lower_the_worry_is_read_back(said: str, read_back: str, line: Line) -> None:
    found = doubt(meant(line, "my lower back hurts", said))
    assert found == "none" if read_back == "no" and found == "none" else found == read_back, found


def test_a_sign_is_never_asked_away(line: Line) -> None:
    assert worrying(meant(line, "my lower back hurts", "no but i wet myself"))
    assert not worrying(meant(line, "my lower back hurts", "no"))


@pytest.mark.parametrize(
    "evidence",
    [
        Evidence(snr_db=6.0, noise_db=-30.0, seconds=0.4, agreed=True, cut_off=False),
        Evidence(snr_db=25.0, noise_db=-60.0, seconds=0.05, agreed=True, cut_off=False),
        Evidence(snr_db=25.0, noise_db=-60.0, seconds=0.4, agreed=False, cut_off=False),
        Evidence(snr_db=25.0, noise_db=-60.0, seconds=0.4, agreed=True, cut_off=True),
    ],
)
def test_in_noise_too_short_told_apart_or_cut_off_nothing_is_sure(evidence: Evidence) -> None:
    assert sure(CLEAR, "No.")
    assert not sure(evidence, "No.")


@pytest.mark.parametrize("text", ["None.", "none of them", "Nun", "known"])
def test_what_may_have_been_numb_is_never_sure(text: str) -> None:
    assert not sure(CLEAR, text)


@pytest.mark.parametrize(
    ("words", "rings"),
    [
        (["i cannot feel", "i cannot feel my groin", "i cannot feel my groin at all"], True),
        (["i have no", "i have no chest pain", "i have no chest pain at all"], False),
        (["chest pain", "no chest pain", "no chest pain today"], False),
        (["my lower back", "my lower back hurts", "my lower back hurts a lot"], False),
        (["i cannot feel my groin", "i can feel my groin"], False),
    ],
)
def test_an_emergency_rings_when_it_is_said_outright_and_stays(
    words: list[str], rings: bool, line: Line
) -> None:
    alarm, session = Alarm(), line.open("voice", "US")
    rung = [alarm.rings(outright(line.flow, line.hear(session, one))) for one in words]
    assert any(rung) is rings
    alarm.begin()
    assert not alarm.rings(outright(line.flow, line.hear(session, words[-1])))
