"""While somebody of the staff talks with the person: nothing is asked, and red flags still count."""

from dataclasses import replace

import pytest

from flows.events import HandedBack, Speech, StaffSaid, Text, TimedOut
from flows.holding import HOLD_SECONDS, STAFF_WORDS
from flows.levels import Level
from flows.line import Line
from flows.session import HOLD, Channel, Session
from flows.turn import Alert, Cancel, Schedule, Turn

NOW = 1_000_000.0


class Talk:
    """One conversation with the real flow, kept as it would be between any two turns."""

    def __init__(self, line: Line, channel: Channel = "sms") -> None:
        self.line, self.now = line, NOW
        self.session = line.open(channel, "US")

    def says(self, text: str) -> Turn:
        heard = self.line.hear(self.session, text)
        return self.happens(Text(heard) if self.session.channel == "sms" else Speech(heard))

    def happens(self, event: Text | Speech | StaffSaid | HandedBack | TimedOut) -> Turn:
        turn = self.line.step(Session.from_json(self.session.to_json()), event, self.now)
        self.session = turn.session
        self.now += 60
        return turn


@pytest.fixture
def talk(line: Line) -> Talk:
    return Talk(line)


def texts(turn: Turn) -> list[str]:
    return [reply.text for reply in turn.replies]


def alerts(turn: Turn) -> list[Alert]:
    return [effect for effect in turn.effects if isinstance(effect, Alert)]


def test_staff_answer_and_the_questions_pause(talk: Talk) -> None:
    talk.says("my lower back is stiff")
    turn = talk.happens(StaffSaid("Sam", "I am at the desk. Can you walk?"))
    assert [(one.text, one.key) for one in turn.replies] == [("I am at the desk. Can you walk?", STAFF_WORDS)]
    assert turn.session.held
    assert turn.session.held_by == "Sam"
    assert Schedule(HOLD, HOLD_SECONDS) in turn.effects
    assert texts(talk.says("yes I can, slowly")) == []
    assert texts(talk.says("none")) == []


def test_what_is_said_meanwhile_answers_no_question(talk: Talk) -> None:
    talk.says("my lower back is stiff")
    before = talk.session
    talk.happens(StaffSaid("Sam"))
    talk.says("no")
    talk.says("none")
    assert talk.session.step == before.step
    assert talk.session.answers == before.answers


@pytest.mark.parametrize("words", ["now I cannot feel my legs", "I fainted and I cannot control my bladder"])
def test_an_emergency_is_still_answered_and_alerted(talk: Talk, words: str) -> None:
    talk.says("my lower back is stiff")
    talk.happens(StaffSaid("Sam", "Hello"))
    turn = talk.says(words)
    assert "911" in texts(turn)[0]
    assert alerts(turn)
    assert turn.session.level == Level.EMERGENCY
    assert turn.session.held
    # The wait that ends the hold was not lost with the others.
    kinds = [type(one) for one in turn.effects if isinstance(one, Cancel | Schedule)]
    assert kinds == [Cancel, Schedule]


def test_an_urgent_sign_is_alerted_once_more_and_not_talked_about(talk: Talk) -> None:
    talk.says("my back hurts and I have a fever of 39 and chills")
    talk.happens(StaffSaid("Sam", "Hello"))
    turn = talk.says("my left leg feels weak")
    assert texts(turn) == []
    assert "leg_weakness" in alerts(turn)[0].flags


def test_stop_is_still_the_last_word(talk: Talk) -> None:
    talk.says("my lower back is stiff")
    talk.happens(StaffSaid("Sam", "Hello"))
    turn = talk.says("STOP")
    assert turn.session.opted_out
    assert [reply.key for reply in turn.replies] == ["opted_out"]
    assert texts(talk.happens(StaffSaid("Sam", "Hello again"))) == []


def test_handed_back_the_open_question_is_asked_again(talk: Talk) -> None:
    question = texts(talk.says("my lower back is stiff"))[-1]
    talk.happens(StaffSaid("Sam", "Hello"))
    turn = talk.happens(HandedBack("Sam"))
    assert texts(turn)[-1] in question
    assert not turn.session.held
    assert turn.session.held_by == ""
    assert Cancel(HOLD) in turn.effects


def test_a_hold_that_nobody_renews_ends_by_itself(talk: Talk) -> None:
    talk.says("my lower back is stiff")
    talk.happens(StaffSaid("Sam", "Hello"))
    assert talk.happens(TimedOut(HOLD)).session.held
    talk.now = NOW + 2 * HOLD_SECONDS
    turn = talk.happens(TimedOut(HOLD))
    assert texts(turn)
    assert not turn.session.held


def test_after_the_advice_a_hold_ends_without_a_word(talk: Talk) -> None:
    talk.says("I cannot feel my legs")
    assert talk.session.done
    talk.happens(StaffSaid("Sam", "Hello"))
    assert texts(talk.happens(HandedBack("Sam"))) == []


def test_at_a_kiosk_the_words_wait_until_it_asks(line: Line) -> None:
    talk = Talk(line, "voice")
    talk.says("my lower back is stiff")
    assert texts(talk.happens(StaffSaid("Sam", "I am coming over."))) == []
    turn = talk.happens(TimedOut(HOLD))
    assert [(one.text, one.key) for one in turn.replies] == [("I am coming over.", STAFF_WORDS)]
    assert texts(talk.happens(TimedOut(HOLD))) == []


def test_at_a_kiosk_the_last_words_are_said_before_the_question_comes_back(line: Line) -> None:
    talk = Talk(line, "voice")
    asked = talk.says("my lower back is stiff")
    talk.happens(StaffSaid("Sam", "Sit down."))
    talk.happens(HandedBack("Sam"))
    turn = talk.happens(TimedOut(HOLD))
    assert texts(turn) == ["Sit down.", *texts(asked)[-1:]]
    assert not turn.session.held


def test_a_held_conversation_at_a_kiosk_lives_as_long_as_the_hold(line: Line) -> None:
    talk = Talk(line, "voice")
    talk.says("my lower back is stiff")
    talk.happens(StaffSaid("Sam", "I am coming over."))
    assert not talk.session.expired(talk.now + HOLD_SECONDS - 120)


def test_a_session_from_before_there_were_holds_is_read(line: Line) -> None:
    before = replace(line.open("sms", "US"), step="open").to_json()
    old = before.replace('"held_by": "", ', "").replace('"notes": [], ', "")
    assert old != before
    assert not Session.from_json(old).held
