"""The text of a kiosk's advice, and what follows from the number that was given there, days later."""

import pytest

from desk.cases import case_of, find
from desk.page import page_text
from desk.summary import Summaries
from desk.words import words
from flows.levels import Level
from flows.line import Line
from flows.model import End
from flows.segments import segments
from flows.session import Session
from sms.outbox import Outbox
from sms.segments import plain
from tests.desk.days import DAY, HOUR, LIMITS, NEW_YORK, QUESTION, Days
from voice.dialogue import Dialogue
from voice.exchange import Answer, Said

ENDS = ["urgent", "unclear", "see_provider", "stop_today", "modify", "not_hurting"]
# To these nobody comes at a kiosk, but their words are held to the same.
ENDS += ["check_in_better", "check_in_same"]


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


TO_MODIFY = ("my lower back got tight during squats", "no", "no", "no", "2", "gone")


class Visitor:
    """Somebody at a kiosk of a line whose clock is in hand."""

    def __init__(self, days: Days) -> None:
        texts = Summaries(days.versions, Outbox(LIMITS), LIMITS, days.check_ins, ready=True)
        self.days = days
        self.dialogue = Dialogue(days.versions, days.store, "US", texts=texts)
        self.conversation: str | None = None

    def says(self, *texts: str) -> Answer:
        """The answer to the last of ``texts``."""
        for text in texts:
            answer = self.dialogue.answer(
                self.conversation, Said("speech", text), self.days.now, kiosk="racks"
            )
            self.conversation = answer.conversation
        return answer


def test_who_gave_a_number_is_texted_and_asked_a_day_later(days: Days) -> None:
    assert "Carry on" in Visitor(days).says(*TO_MODIFY).replies[0]
    visitor = Visitor(days)
    visitor.says(*TO_MODIFY, "text me", "two one two, five five five, oh one two three", "yes")
    days.passes(HOUR)
    [(_, to, body)] = days.wire.sent
    assert (to, body[:24]) == (NEW_YORK, "Spotter, from the kiosk:")
    days.wire.sent.clear()

    days.passes(DAY)
    [(_, to, body)] = days.wire.sent
    assert to == NEW_YORK
    assert QUESTION in body
    assert days.rows() == [(1, "asked", None), (3, "waiting", None)]
    assert "Let me check again" in days.says("worse")
    assert "call 911 now" in days.says("and now both my legs are numb").lower()
    assert days.rows()[0] == (1, "answered", "worse")


def test_stop_ends_what_was_promised_at_the_kiosk(days: Days) -> None:
    visitor = Visitor(days)
    visitor.says(*TO_MODIFY, "text me", "2125550123", "yes")
    days.passes(HOUR)
    days.wire.sent.clear()
    days.says("STOP")
    days.passes(4 * DAY)
    assert days.wire.sent == []
    again = Visitor(days).says(*TO_MODIFY, "text me", "2125550123", "yes")
    assert "text START to the number of this line" in again.replies[0]
    days.says("START")
    assert "ending in 23" in Visitor(days).says(*TO_MODIFY, "text me", "2125550123", "yes").replies[0]


def test_staff_see_the_end_of_a_number_that_was_given(days: Days) -> None:
    visitor = Visitor(days)
    visitor.says(*TO_MODIFY, "text me", "2125550123", "yes")
    assert visitor.says("now I cannot feel my groin").level == Level.EMERGENCY
    with days.store.database.transaction() as connection:
        known = find(connection, 1)
        assert known is not None
        text = page_text(case_of(connection, known, days.file.roster), "en")
    assert "number ending in 0123" in text
    assert "212" not in text
