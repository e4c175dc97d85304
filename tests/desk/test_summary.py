"""The text of a kiosk's advice: short enough, in GSM-7, with the safety net, at every level."""

import pytest

from desk.words import words
from flows.levels import Level
from flows.line import Line
from flows.model import End
from flows.segments import segments
from flows.session import Session
from sms.segments import plain

ENDS = ["urgent", "unclear", "see_provider", "stop_today", "modify", "not_hurting"]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("end", ENDS)
def test_every_advice_fits_three_segments(end: str, language: str, line: Line) -> None:
    for country, number in (("US", "911"), ("ES", "112"), ("AU", "000")):
        session = Session(line.flow.id, line.version, "voice", language, country, step=end, done=True)
        text = plain(words(language, "person.summary", advice=line.advice(session, "sms")))
        assert segments(text).count <= 3, (end, segments(text))
        assert number in text
        assert "STOP" in text
        assert text.startswith("Spotter, ")


def test_these_are_all_the_ends_below_an_emergency(line: Line) -> None:
    below = {
        step.id for step in line.flow.steps.values() if isinstance(step, End) and step.level < Level.EMERGENCY
    }
    assert below == set(ENDS)
