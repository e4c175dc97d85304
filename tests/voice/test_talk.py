"""Whose turn it is: one step at a time, and whatever happens in whatever order."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice import talk
from voice.talk import Action, Event, Hear, State, Take, Talk, Tell, step

NO = talk.Words("no", doubt="no", agrees=False)
YES = talk.Words("yes", agrees=True)
ASKED = Talk("listening", kept=True)


def after(start: Talk, *events: Event) -> tuple[Talk, list[Action]]:
    """Where it stands after ``events``, and all that was done."""
    done: list[Action] = []
    for event in events:
        start, actions = step(start, event)
        done += actions
    return start, done


def taken(actions: list[Action]) -> list[Take]:
    return [one for one in actions if isinstance(one, Take)]


def test_words_are_a_turn_and_its_answer_is_spoken() -> None:
    standing, done = after(ASKED, talk.Words("my back hurts"), talk.Answered())
    assert taken(done) == [Take("speech", "my back hurts")]
    assert (standing.state, standing.reply) == ("speaking", 1)
    assert after(standing, talk.Finished(1))[0].state == "listening"


def test_a_no_that_was_not_heard_well_counts_only_after_a_yes() -> None:
    standing, done = after(ASKED, NO)
    assert (standing.state, taken(done)) == ("speaking", [])
    assert Tell(1, "check_no", "no", confirming=True) in done
    standing, done = after(standing, talk.Finished(1))
    assert (standing.state, done) == ("confirming", [Hear("confirm")])
    assert taken(after(standing, YES)[1]) == [Take("speech", "no")]
    again, done = after(standing, NO)
    assert (again.doubt, taken(done)) == ("", [])


def test_silence_never_makes_it_count() -> None:
    standing, done = after(ASKED, NO)
    for _ in range(3):
        standing, more = after(standing, talk.Finished(standing.reply), talk.Nobody())
        done += more
    assert taken(done) == [Take("silence")]
    assert any(isinstance(one, Tell) and one.key == "touch" for one in done)


def test_what_is_no_clear_yes_asks_once_more() -> None:
    confirming = Talk("confirming", kept=True, doubt="no", doubted="no")
    standing, done = after(confirming, talk.Words("well"))
    assert (standing.doubt, taken(done)) == ("no", [])
    assert Tell(1, "check_no", "no", confirming=True) in done


def test_a_sign_in_the_answer_to_is_that_right_is_acted_on() -> None:
    confirming = Talk("confirming", kept=True, doubt="no", doubted="no")
    _, done = after(confirming, talk.Words("yes and my legs are numb", agrees=True, worrying=True))
    assert taken(done) == [Take("speech", "yes and my legs are numb")]


@pytest.mark.parametrize(("half", "state"), [(False, "listening"), (True, "speaking")])
def test_who_speaks_interrupts_unless_the_kiosk_would_hear_itself(half: bool, state: str) -> None:
    speaking = Talk("speaking", kept=True, half=half, reply=4)
    standing, done = after(speaking, talk.Began())
    assert standing.state == state
    assert (talk.Quiet(4) in done) is not half
    assert after(speaking, talk.Called())[0].state == "listening"


def test_an_emergency_in_the_words_so_far_does_not_wait_for_the_rest() -> None:
    standing, done = after(ASKED, talk.Alarmed("i cannot feel my legs"))
    assert taken(done) == [Take("speech", "i cannot feel my legs")]
    # The rest of the sentence does not talk the answer down.
    spoken = after(standing, talk.Answered())[0]
    assert Hear("wait") in after(standing, talk.Answered())[1]
    assert spoken.state == "speaking"


def test_it_sleeps_between_sets_and_speaks_up_by_itself() -> None:
    waiting = Talk("listening", wake=True, kept=True, waiting=True)
    asleep, _ = after(waiting, talk.Nobody())
    assert asleep.state == "asleep"
    assert taken(after(asleep, talk.Due())[1]) == [Take("timed_out")]


def test_after_a_clean_start_nothing_of_the_conversation_is_left() -> None:
    standing, done = after(
        Talk("speaking", kept=True, doubt="no", doubted="no", waiting=True), talk.Restarted()
    )
    assert talk.Forget() in done
    assert (standing.state, standing.kept, standing.doubt, standing.waiting) == ("idle", False, "", False)


_TEXTS = st.sampled_from(["no", "yes", "my back hurts", "none"])
_WORDS = st.builds(
    talk.Words,
    text=_TEXTS,
    typed=st.booleans(),
    doubt=st.sampled_from(["", "no", "none", "text"]),
    agrees=st.sampled_from([None, True, False]),
    command=st.sampled_from(["", "stop", "repeat", "louder", "slower"]),
    worrying=st.booleans(),
)
_EVENTS = st.one_of(
    _WORDS,
    st.builds(talk.Answered, done=st.booleans(), waiting=st.booleans(), kept=st.booleans()),
    st.builds(talk.Finished, reply=st.integers(0, 6)),
    st.builds(talk.Alarmed, text=_TEXTS),
    *(
        st.just(one())
        for one in (
            talk.Called, talk.Began, talk.Nobody, talk.Opening, talk.Hushed, talk.Left, talk.Restarted,
            talk.Due, talk.Faded, talk.Broke, talk.Loud,
        )
    ),
)  # fmt: skip


@given(st.booleans(), st.booleans(), st.lists(_EVENTS, max_size=30))
def test_whatever_happens_nobody_is_left_without_a_way_on(
    wake: bool, half: bool, events: list[Event]
) -> None:
    standing, _ = step(Talk(), talk.Greeted(wake, half))
    for event in events:
        before = standing
        standing, actions = step(standing, event)
        assert standing.state in get_args(State)
        assert standing.reply >= before.reply
        turns = [one for one in actions if isinstance(one, Take | talk.Apologise)]
        # One thing that happened is one turn at most, and only a turn under way is thought about.
        assert len(turns) <= 1
        assert not turns or standing.state == "thinking"
        if before.state == "thinking" and standing.state == "thinking":
            assert not turns or isinstance(event, talk.Restarted)
        for one in turns:
            # What waits for "is that right?" counts after a yes and after nothing else.
            if isinstance(one, Take) and one.text != getattr(event, "text", ""):
                assert isinstance(event, talk.Words)
                assert event.agrees
                assert one.text == before.doubt
        if isinstance(event, talk.Restarted):
            assert (standing.kept, standing.doubt) == (False, "")
    # A touch always leads on: to listening, to an answer, or after the turn under way.
    called, _ = step(standing, talk.Called())
    assert called.state in ("listening", "confirming", "speaking", "thinking")
    if called.state == "thinking":
        assert step(called, talk.Answered())[0].state != "thinking"
