"""Opt-out words count alone, in any case, and never out of a sentence."""

import pytest

from flows.session import Session
from flows.turn import Cancel
from sms.optout import keyword, noted


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("STOP", "stop"),
        ("stop", "stop"),
        (" Stop. ", "stop"),
        ("STOPALL", "stop"),
        ("Unsubscribe", "stop"),
        ("CANCEL", "stop"),
        ("end", "stop"),
        ("QUIT", "stop"),
        ("Start", "start"),
        ("UNSTOP", "start"),
        ("HELP", "help"),
        ("info", "help"),
        ("stop it hurts", None),
        ("should I stop?", None),
        ("the pain won't stop", None),
        ("", None),
        ("yes", None),
    ],
)
def test_a_keyword_is_a_word_alone(body: str, expected: str | None) -> None:
    assert keyword(body, opted_out=False) == expected


def test_yes_opts_in_only_after_stop() -> None:
    assert keyword("Yes", opted_out=True) == "start"
    assert keyword("yes please", opted_out=True) is None


def test_what_twilio_answered_already_is_noted_and_nothing_is_said() -> None:
    session = Session("back_pain", "1", "sms", waiting="recheck", due=50.0, turns=3)
    stopped = noted(session, "STOP", 10.0)
    assert stopped.session.opted_out
    assert stopped.session.waiting == ""
    assert stopped.effects == (Cancel("*"),)
    started = noted(stopped.session, "START", 20.0)
    assert not started.session.opted_out
    helped = noted(session, "HELP", 20.0)
    assert helped.session.waiting == "recheck"
    assert [turn.replies for turn in (stopped, started, helped)] == [(), (), ()]
