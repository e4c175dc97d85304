"""Whose turn it is, event by event: the whole table, and whatever may happen in any order."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice import talk
from voice.talk import step
from voice.talk_actions import Action, Apologise, Deliver, Hear, Quiet, Take, Tell, Turn
from voice.talk_events import (
    Alarmed,
    Answered,
    Began,
    Broke,
    Called,
    Due,
    Event,
    Faded,
    Finished,
    FromStaff,
    Greeted,
    Hushed,
    Left,
    Loud,
    Nobody,
    Opening,
    Restarted,
    Words,
)
from voice.talk_state import State, Talk

NO = Words("no", doubt="no", agrees=False)
YES = Words("yes", agrees=True)
SLOWER = Turn("speed", -1)
ODD = Words("well you know")
FROM_STAFF = FromStaff("timed_out")


def after(state: Talk, *events: Event) -> Talk:
    for event in events:
        state, _ = step(state, event)
    return state


def done(state: Talk, *events: Event) -> list[Action]:
    """Everything that is to be done for ``events``."""
    actions: list[Action] = []
    for event in events:
        state, more = step(state, event)
        actions += more
    return actions


IDLE = Talk(wake=True)
LISTENING = Talk("listening", kept=True, reply=4)
THINKING = replace(LISTENING, state="thinking")
SPEAKING = replace(LISTENING, state="speaking")
ASLEEP = replace(LISTENING, state="asleep")
CONFIRMING = replace(LISTENING, state="confirming", doubt="no", doubted="no")

# What each state becomes with each event. What is not here stays as it is.
TABLE: dict[State, dict[Event, State]] = {
    "idle": {
        Called(): "listening",
        Words("x", typed=True): "thinking",
        Opening(): "thinking",
        Greeted(): "listening",
        Greeted(wake=True): "idle",
        Greeted(kept=True): "thinking",
    },
    "listening": {
        Words("x"): "thinking",
        Words("x", typed=True): "thinking",
        NO: "speaking",
        Words("slower", command="slower"): "speaking",
        Words("stop", command="stop"): "thinking",
        Alarmed("x"): "thinking",
        Nobody(): "thinking",
        Opening(): "thinking",
        FROM_STAFF: "thinking",
        Left(): "asleep",
        Restarted(): "idle",
        Broke(): "thinking",
        Loud(): "speaking",
        Greeted(wake=True): "idle",
        Greeted(kept=True): "thinking",
    },
    "thinking": {
        Answered(): "speaking",
        Restarted(): "idle",
        Greeted(): "listening",
        Greeted(wake=True): "idle",
    },
    "speaking": {
        Finished(4): "listening",
        Began(): "listening",
        Called(): "listening",
        Hushed(): "listening",
        Words("x", typed=True): "thinking",
        Opening(): "thinking",
        FROM_STAFF: "thinking",
        Left(): "asleep",
        Restarted(): "idle",
        Greeted(): "listening",
        Greeted(wake=True): "idle",
        Greeted(kept=True): "thinking",
    },
    "confirming": {
        YES: "thinking",
        NO: "speaking",
        ODD: "speaking",
        Words("x", typed=True): "thinking",
        Words("help", command="staff"): "thinking",
        Words("numb legs", worrying=True): "thinking",
        Alarmed("x"): "thinking",
        Nobody(): "speaking",
        FROM_STAFF: "thinking",
        Left(): "asleep",
        Restarted(): "idle",
        Broke(): "thinking",
    },
    "asleep": {
        Called(): "speaking",
        Words("x", typed=True): "thinking",
        Opening(): "thinking",
        FromStaff("started"): "thinking",
        Restarted(): "idle",
        Greeted(): "listening",
    },
}
OF_STATE = {one.state: one for one in (IDLE, LISTENING, THINKING, SPEAKING, CONFIRMING, ASLEEP)}
STAY: dict[State, tuple[Event, ...]] = {
    "idle": (
        Began(),
        Nobody(),
        Finished(0),
        Hushed(),
        Left(),
        Due(),
        Faded(),
        Broke(),
        Loud(),
        Words("x"),
        FROM_STAFF,
    ),
    "listening": (Began(), Called(), Finished(4), Hushed(), Due()),
    "thinking": (
        Called(),
        Words("x"),
        Words("x", typed=True),
        Nobody(),
        Left(),
        Due(),
        Finished(4),
        Alarmed("x"),
        FROM_STAFF,
    ),
    "speaking": (Finished(3), Nobody(), Words("x"), Alarmed("x"), Broke(), Loud(), Due()),
    "confirming": (Began(), Called(), Finished(4), Due()),
    "asleep": (Began(), Nobody(), Words("x"), Hushed(), Loud(), Broke(), Due()),
}


@pytest.mark.parametrize("state", get_args(State))
def test_the_whole_table(state: State) -> None:
    for event, then in TABLE[state].items():
        assert step(OF_STATE[state], event)[0].state == then, event
    for event in STAY[state]:
        assert step(OF_STATE[state], event)[0].state == state, event


def test_a_no_that_was_not_heard_well_is_read_back_and_a_yes_takes_it_once() -> None:
    asked = done(LISTENING, NO)
    assert asked == [Hear("guard"), Tell(5, "check_no", "no", confirming=True)]
    confirming = after(LISTENING, NO, Finished(5))
    assert confirming.state == "confirming"
    assert done(confirming, YES) == [Take("speech", "no")]
    # What was asked about then is answered, and a second yes is a new answer.
    again = after(confirming, YES, Answered(), Finished(6))
    assert done(again, YES) == [Take("speech", "yes")]


def test_a_no_to_it_asks_the_question_again_and_takes_nothing() -> None:
    assert done(CONFIRMING, NO) == [Hear("guard"), Deliver(5)]


def test_silence_and_what_is_not_understood_ask_again_then_offer_touch_and_are_never_a_yes() -> None:
    state, keys = CONFIRMING, []
    for event in (Nobody(), ODD):
        state, actions = step(state, event)
        keys += [one.key for one in actions if isinstance(one, Tell)]
        state = after(state, Finished(state.reply))
    assert keys == ["check_no", "touch"]
    assert done(state, Nobody()) == [Take("silence")]


def test_a_sign_in_the_unsure_answer_is_acted_on() -> None:
    assert done(CONFIRMING, Words("no wait both legs are numb", agrees=False, worrying=True)) == [
        Take("speech", "no wait both legs are numb")
    ]


def test_whoever_speaks_stops_the_voice_and_is_already_answering() -> None:
    assert done(SPEAKING, Began()) == [Quiet(4), Hear("listen")]


def test_cut_off_by_no_words_it_says_the_same_once_more() -> None:
    advised = replace(SPEAKING, done=True)
    for speaking in (SPEAKING, advised):
        said = done(speaking, Began(), Nobody())
        assert said == [Quiet(4), Hear("listen"), Hear("guard"), Deliver(5)]
        # Once is enough: then it is a room that does not stop, or nobody.
        again = after(speaking, Began(), Nobody(), Began())
        assert Deliver(6) not in done(again, Nobody())
    # The next thing that it says may be cut off as well.
    later = after(SPEAKING, Began(), Nobody(), Finished(5), ODD, Answered())
    assert Deliver(7) in done(later, Began(), Nobody())
    # Whoever stops it by hand does not want to hear it again, and silence after its end is silence.
    assert Take("silence") in done(SPEAKING, Hushed(), Nobody())
    assert Take("silence") in done(SPEAKING, Finished(4), Nobody())


def test_a_question_back_that_no_words_cut_off_is_asked_again_and_misses_nothing() -> None:
    asking = after(LISTENING, NO)
    again = after(asking, Began(), Nobody())
    assert (again.state, again.doubt, again.misses) == ("speaking", "no", 0)


def test_without_echo_cancellation_only_the_wake_phrase_interrupts() -> None:
    half = replace(SPEAKING, half=True)
    assert done(half, Began()) == []
    assert done(half, Called()) == [Quiet(4), Hear("listen")]
    assert Hear("wait") in done(replace(THINKING, half=True), Answered())


def test_an_emergency_in_unfinished_words_is_told_to_its_end() -> None:
    state = after(LISTENING, Alarmed("my legs are numb"))
    assert done(state, Answered())[0] == Hear("wait")
    assert after(state, Answered(), Finished(5)).firm is False


def test_stop_is_answered_in_writing_only() -> None:
    stopped = after(LISTENING, Words("stop", command="stop"))
    assert done(stopped, Answered()) == [Deliver(5, aloud=False), Hear("listen")]


def test_slower_says_it_again_and_louder_too() -> None:
    assert done(LISTENING, Words("slower", command="slower")) == [
        Turn("speed", -1),
        Hear("guard"),
        Deliver(5),
    ]
    assert done(CONFIRMING, Words("louder", command="louder"))[0] == Turn("volume", 1)


def test_louder_as_the_first_words_is_done_and_listening_goes_on() -> None:
    woken = after(IDLE, Called())
    assert done(woken, Words("louder", command="louder")) == [Turn("volume", 1), Hear("listen")]


def test_a_kiosk_without_a_screen_speaks_of_nothing_to_touch() -> None:
    half = replace(LISTENING, half=True)
    assert Tell(5, "too_loud_plain") in done(half, Loud())
    assert Tell(5, "touch_plain", "no", confirming=True) in done(
        replace(half, state="confirming", doubt="no", doubted="no", misses=1), Nobody()
    )


def test_who_calls_while_it_waits_is_listened_to_and_told_nothing_again() -> None:
    waiting = replace(ASLEEP, waiting=True)
    assert done(waiting, Called()) == [Deliver(5, aloud=False), Hear("listen")]


def test_a_broken_recogniser_is_told_once_until_somebody_is_heard_again() -> None:
    assert done(LISTENING, Broke()) == [Apologise()]
    told = after(LISTENING, Broke(), Answered(kept=True), Finished(5))
    # Not told a second time, nor left with ears that hear nothing.
    assert done(told, Broke()) == [Hear("wait")]
    assert after(told, Broke()).state == "asleep"
    heard = after(told, Words("hello"), Answered(), Finished(6))
    assert done(heard, Broke()) == [Apologise()]


def test_a_wait_that_is_over_is_asked_about_also_in_sleep() -> None:
    asleep = replace(ASLEEP, waiting=True)
    assert done(asleep, Due()) == [Take("timed_out")]
    assert done(replace(CONFIRMING, waiting=True), Due()) == [Take("timed_out")]


def test_a_kiosk_that_can_be_woken_sleeps_when_nobody_goes_on_and_others_listen_on() -> None:
    over = replace(LISTENING, done=True)
    assert after(replace(over, wake=True), Nobody()).state == "asleep"
    assert after(over, Nobody()).state == "listening"


def test_until_it_asks_again_every_kiosk_sleeps_once_nobody_speaks() -> None:
    waiting = replace(LISTENING, waiting=True)
    asleep = after(waiting, Nobody())
    assert asleep.state == "asleep"
    assert done(waiting, Nobody()) == [Hear("wait")]
    assert done(asleep, Due()) == [Take("timed_out")]


EVENTS = st.one_of(
    st.builds(Greeted, st.booleans(), st.booleans(), st.booleans()),
    st.sampled_from(
        [
            Called(),
            Began(),
            Alarmed("legs"),
            Nobody(),
            Opening(),
            Hushed(),
            Left(),
            Restarted(),
            Due(),
            FromStaff("timed_out"),
            FromStaff("started"),
            Faded(),
        ]
    ),
    st.sampled_from([Broke(), Loud(), Faded()]),
    st.builds(Answered, st.booleans(), st.booleans()),
    st.builds(Finished, st.integers(0, 6)),
    st.builds(
        Words,
        st.sampled_from(["no", "yes", "legs"]),
        typed=st.booleans(),
        doubt=st.sampled_from(["", "no", "none", "text"]),
        agrees=st.sampled_from([True, False, None]),
        command=st.sampled_from(["", "stop", "repeat", "slower", "louder", "back", "restart", "staff"]),
        worrying=st.booleans(),
    ),
)


@given(st.lists(EVENTS, max_size=40))
def test_whatever_happens_in_any_order(events: list[Event]) -> None:
    state, doubted, ears = Talk(), "", "wait"
    for event in events:
        before = state
        state, actions = step(before, event)
        # Who is to be listened to is: the ears rest once something was said, and when they break.
        ears = (
            ""
            if isinstance(event, Broke | Nobody) or (isinstance(event, Words) and not event.typed)
            else ears
        )
        ears = next((one.how for one in reversed(actions) if isinstance(one, Hear)), ears)
        assert (ears in ("listen", "confirm")) >= (state.state in ("listening", "confirming"))
        takes = [one for one in actions if isinstance(one, Take | Apologise)]
        # Each answer is taken once, and each turn is waited for.
        assert len(takes) <= 1
        assert bool(takes) <= (state.state == "thinking")
        for take in takes:
            if isinstance(take, Take) and take.kind in ("speech", "text"):
                assert isinstance(event, Words | Alarmed)
                # What was read back counts by a yes, and nothing else makes silence an answer.
                assert take.text == event.text or (event.agrees and take.text == before.doubt)  # type: ignore[union-attr]
        # What is in doubt is being asked about, and nothing of it outlives that.
        assert bool(state.doubt) <= (state.state in ("confirming", "speaking"))
        assert (state.state == "confirming") <= bool(state.doubt)
        if isinstance(event, Restarted):
            assert state == Talk(wake=state.wake, half=state.half, reply=state.reply, deaf=state.deaf)
        assert state.reply >= before.reply
        doubted = state.doubt
    # Never stuck: from wherever it is, the turn under way, or a touch, leads to somebody being listened to.
    state = after(state, Answered(), Finished(after(state, Answered()).reply))
    while state.state in ("idle", "asleep", "speaking"):
        state = after(state, Called())
    assert state.state in ("listening", "confirming"), (state, doubted)
    assert isinstance(talk.step(state, Words("x", typed=True))[0], Talk)
