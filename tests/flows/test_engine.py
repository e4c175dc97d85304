"""What must hold for every conversation, whatever people say and in whatever order it comes."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.engine import step
from flows.events import Event, Silence, Speech, Started, Text, TimedOut
from flows.heard import Heard, Mention, Span
from flows.levels import Level
from flows.line import BACK_PAIN
from flows.loader import load_flow
from flows.session import Channel, Session
from flows.turn import Alert, End, Schedule, Turn

FLOW = load_flow(BACK_PAIN)
NOW = 1_000_000.0
# What clinical guidance wants asked before anybody is sent home: flags of which each is answered.
SCREENING = ("bladder_bowel", "saddle_numbness", "leg_weakness", "radiating", "major_trauma", "fever_unwell")
NOWHERE = Span("x", 0, 1, "test")


def opened(channel: Channel = "sms") -> Session:
    return Session(FLOW.id, FLOW.version, channel)


def heard(text: str = "some words of it", **fields: object) -> Heard:
    return replace(Heard(text), **fields)  # type: ignore[arg-type]


def mention(flag: str, polarity: str = "present") -> Mention:
    return Mention(flag, polarity, NOWHERE)  # type: ignore[arg-type]


mentions = st.builds(
    mention, st.sampled_from(sorted(FLOW.flags)), st.sampled_from(["present", "unsure", "denied"])
)
ordinary_words = st.builds(
    heard,
    st.sampled_from(["", "ok", "it went on the third set"]),
    mentions=st.lists(mentions, max_size=1).map(tuple),
    yes_no=st.sampled_from([None, "no", "no", "yes", "unsure"]),
    number=st.none() | st.integers(0, 10),
    choice=st.sampled_from([None, "gone", "same", "worse", "sharp", "dull", "one", "both", "not_hurting"]),
    ticked=st.sampled_from([None, (), (), (0,), (1, 2)]),
    duration_hours=st.none() | st.floats(0, 1000),
    topics=st.lists(st.sampled_from(FLOW.topics), max_size=1).map(tuple),
)
COMMANDS = ["help", "repeat", "back", "staff", "stop", "start", "thanks", "greeting", "slower", "language.en"]
commands = st.sampled_from(COMMANDS)
events: st.SearchStrategy[Event] = st.one_of(
    st.builds(Text, ordinary_words, st.integers(0, 1)),
    st.builds(Speech, ordinary_words),
    st.builds(Text, st.builds(heard, command=commands)),
    st.just(Silence()),
    st.just(TimedOut("pause")),
    st.just(Started()),
)


def played(channel: Channel, sequence: list[Event]) -> list[Turn]:
    """Every turn of a conversation, with the session written and read back in between."""
    session, turns = opened(channel), []
    for place, event in enumerate(sequence):
        turns.append(step(FLOW, session, event, NOW + place))
        session = Session.from_json(turns[-1].session.to_json())
    return turns


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(["sms", "voice"]), st.lists(events, min_size=1, max_size=25))
def test_no_conversation_breaks_what_must_hold(channel: Channel, sequence: list[Event]) -> None:
    turns = played(channel, sequence)
    level = Level.INFO
    for turn in turns:
        session = turn.session
        assert session.level >= level, "the level fell"
        level = session.level
        present = [flag for flag, state in session.flags.items() if state == "present"]
        assert session.level >= max((FLOW.level_of(flag) for flag in present), default=Level.INFO)
        for effect in turn.effects:
            if isinstance(effect, End) and Level.INFO < effect.level < Level.URGENT:
                unasked = [flag for flag in SCREENING if session.flags.get(flag) not in ("denied", "present")]
                assert not unasked, f"sent home with {unasked} unasked"
        silent_event = isinstance(sequence[turns.index(turn)], Silence | TimedOut)
        assert session.done or session.opted_out or session.level < Level.EMERGENCY, "no advice given"
        if not session.opted_out and not silent_event:
            assert turn.replies, "somebody got no answer"
    assert turns == played(channel, sequence), "the same input gave another output"


def test_the_given_session_is_left_alone() -> None:
    session = step(FLOW, opened(), Started(), NOW).session
    before = session.to_json()
    step(FLOW, session, Text(heard(mentions=(mention("radiating"),))), NOW)
    assert session.to_json() == before


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["sms", "voice"]), st.lists(events, max_size=12))
def test_an_emergency_is_answered_in_the_turn_it_is_told(channel: Channel, before: list[Event]) -> None:
    told = Text(heard(mentions=(mention("saddle_numbness"),), command="help", yes_no="no"))
    turns = played(channel, [*before, told])
    session = turns[-1].session
    assert session.level == Level.EMERGENCY
    if not session.opted_out:
        assert session.done
        if not before or turns[-2].session.flags.get("saddle_numbness") != "present":
            assert "911" in turns[-1].replies[0].text


def test_alerts_rise_with_the_level_and_are_not_repeated() -> None:
    urgent = Text(heard(mentions=(mention("radiating"),)))
    emergency = Text(heard(mentions=(mention("saddle_numbness"),)))
    turns = played("sms", [urgent, urgent, emergency])
    alerts = [[effect for effect in turn.effects if isinstance(effect, Alert)] for turn in turns]
    assert [[alert.level for alert in turn] for turn in alerts] == [[Level.URGENT], [], [Level.EMERGENCY]]
    assert alerts[2][0].flags == ("radiating", "saddle_numbness")


def test_a_wait_that_is_over_comes_once() -> None:
    no = Text(heard("no", yes_no="no", ticked=()))
    start = Text(heard("my back is tight", mentions=(mention("dull_ache"),)))
    turns = played("sms", [start, no, no, Text(heard("4", number=4)), TimedOut("pause"), TimedOut("pause")])
    assert turns[3].effects == (Schedule("pause", 180),)
    assert [reply.key for reply in turns[4].replies] == ["pause.ask"]
    assert turns[5].replies == ()


def test_start_after_stop_goes_on_where_it_was_even_after_the_end() -> None:
    well = Text(heard("nothing hurts", choice="not_hurting"))
    stop, start = Text(heard("stop", command="stop")), Text(heard("start", command="start"))
    turns = played("sms", [well, stop, start])
    assert [reply.key for reply in turns[2].replies] == ["opted_in", "after_end.info"]
    doubt = Text(heard("maybe I leaked", mentions=(mention("bladder_bowel", "unsure"),)))
    turns = played("sms", [well, stop, doubt, start])
    assert turns[2].replies == ()
    assert turns[3].asks == ("bladder_bowel",)
    assert not turns[3].session.done


@pytest.mark.parametrize("between", [["back"], ["stop", "start"]])
def test_a_doubt_is_asked_about_whatever_comes_between(between: list[str]) -> None:
    none = Text(heard("none", ticked=()))
    doubt = Text(heard("maybe I leaked", mentions=(mention("bladder_bowel", "unsure"),)))
    commands: list[Event] = [Text(heard(word, command=word)) for word in between]
    turns = played("sms", [Text(heard("my back is tight at the bar")), none, none, doubt, *commands])
    assert turns[3].asks == ("bladder_bowel",)
    assert turns[-1].asks == ("bladder_bowel",)


def test_a_conversation_that_goes_on_too_long_brings_in_a_human() -> None:
    turns = played("sms", [Text(heard(topics=("ice_heat",), text="ice?"))] * (FLOW.turn_limit + 1))
    assert turns[-1].session.done
    assert turns[-1].session.level == Level.URGENT
    assert any(isinstance(effect, Alert) for effect in turns[-1].effects)


def test_a_session_expires_by_channel_but_not_while_it_waits() -> None:
    text = step(FLOW, opened("sms"), Started(), NOW).session
    assert not text.expired(NOW + 24 * 3600)
    assert text.expired(NOW + 24 * 3600 + 1)
    kiosk = step(FLOW, opened("voice"), Started(), NOW).session
    assert kiosk.expired(NOW + 121)
    emergency = replace(kiosk, level=Level.EMERGENCY)
    assert not emergency.expired(NOW + 599)
    assert emergency.expired(NOW + 601)
    waiting = replace(kiosk, waiting="pause", due=NOW + 180)
    assert not waiting.expired(NOW + 299)
    assert waiting.expired(NOW + 301)
