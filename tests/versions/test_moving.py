"""What happens to somebody whose version is no longer there, on both channels."""

import json
from dataclasses import replace

import pytest

from flows.events import Event, Silence, Started, Text, TimedOut
from flows.levels import Level
from flows.line import BACK_PAIN, load_line
from flows.loader import load_flow
from flows.moving import moved
from flows.questions import open_question
from flows.session import Session
from store.tables import sessions
from tests.versions.conftest import Enter
from tests.versions.gym import START, Gym, Person

TOLD = "My questions have changed"


def test_a_question_that_is_still_asked_takes_the_answer(gym: Gym, enter: Enter) -> None:
    person = enter()
    person.come_to("pain_score")
    gym.edit(
        "wording/en.yaml", ("How did it feel", "What did it feel like"), ("Did it feel", "Did it feel more")
    )
    gym.forget()
    reply = person.say("4")
    assert TOLD not in reply
    assert "What did it feel like" in reply or "Did it feel more" in reply
    assert person.session.answers["pain_score"] == 4
    assert person.session.version == gym.load().version


def test_a_renamed_question_with_an_entry_takes_the_answer(gym: Gym, enter: Enter) -> None:
    person = enter()
    person.come_to("pain_score")
    gym.rename("pain_score", "how_bad")
    gym.edit("flow.yaml", ("start: opening", "moved: {pain_score: how_bad}\nstart: opening"))
    gym.forget()
    assert TOLD not in person.say("4")
    assert (person.session.step, person.session.answers["how_bad"]) == ("onset_kind", 4)
    assert "how bad" in person.say("back").lower()


def test_without_an_entry_the_person_is_told_and_goes_on_at_the_screening(gym: Gym, enter: Enter) -> None:
    person = enter()
    person.come_to("pain_score")
    before = person.session
    gym.rename("pain_score", "how_bad")
    gym.forget()
    reply = person.say("4")
    assert reply.startswith(TOLD)
    # The screening was answered before; the question after it was not, and "4" was no answer to it.
    assert "How bad is the pain" in reply
    assert person.session.step == "how_bad"
    assert person.session.flags == before.flags
    assert person.session.answers == before.answers
    assert TOLD not in person.say("4")
    assert person.session.step == "onset_kind"


def test_what_is_said_meanwhile_is_heard(gym: Gym, enter: Enter) -> None:
    emergency, stopped, asking = enter(), enter(), enter()
    for person in (emergency, stopped, asking):
        person.come_to("pain_score")
    gym.rename("pain_score", "how_bad")
    gym.forget()
    assert "911" in emergency.say("I can't feel between my legs")
    assert emergency.session.level == Level.EMERGENCY
    ice = asking.say("ice or heat?")
    assert "ice" in ice.lower()
    assert TOLD in ice
    assert TOLD not in stopped.say("stop")
    if stopped.channel == "sms":
        assert stopped.session.opted_out
        assert "How bad" in stopped.say("start")
    else:
        assert TOLD in stopped.say("4")
    assert "how_bad" not in stopped.session.answers


def test_an_option_that_was_removed_is_no_answer_any_more(gym: Gym, enter: Enter) -> None:
    person = enter()
    person.come_to("pause")
    without_same(gym)
    gym.forget()
    assert TOLD not in person.say("the same")
    assert (person.session.step, person.session.done) == ("pause", False)
    assert person.session.waiting
    person.say("better")
    assert person.session.done


def without_same(gym: Gym) -> None:
    gym.edit("flow.yaml", ("[gone, better, same, worse, spreading]", "[gone, better, worse, spreading]"))
    gym.edit("flow.yaml", ("same: not_eased, ", ""))


def test_a_number_of_a_list_that_changed_does_not_count(gym: Gym, enter: Enter) -> None:
    person = enter()
    person.come_to("onset_kind")
    gym.edit("flow.yaml", ("options: [sharp, dull]", "options: [dull, sharp]"))
    gym.forget()
    assert TOLD in person.say("1")
    assert person.session.step == "onset_kind"
    assert "onset_kind" not in person.session.answers


def test_none_of_a_list_that_asks_for_more_now_denies_nothing(gym: Gym, enter: Enter) -> None:
    person = enter()
    person.come_to("screen_cause")
    gym.edit("flow.yaml", ("- [cancer_history]", "- [cancer_history, fracture_risk]"))
    gym.forget()
    reply = person.say("none" if person.channel == "sms" else "no")
    assert TOLD in reply
    assert not {"major_trauma", "cancer_history", "fracture_risk"} & person.session.flags.keys()


def test_what_the_screening_asks_for_now_is_asked_before_the_end(gym: Gym, enter: Enter) -> None:
    person = enter()
    person.come_to("pause")
    gym.edit("flow.yaml", ("- [cancer_history]", "- [cancer_history, fracture_risk]"))
    gym.forget()
    assert TOLD in person.say("better")
    assert (person.session.step, person.session.done, person.session.waiting) == ("screen_cause", False, "")


def test_a_wait_goes_on(gym: Gym, enter: Enter) -> None:
    person = enter()
    person.come_to("pause")
    gym.edit("wording/en.yaml", ("How is your back now", "What is your back like now"))
    gym.forget()
    assert "What is your back like now" in person.wait()
    person.say("better")
    assert person.session.done


def test_a_wait_goes_on_under_a_new_name(gym: Gym, enter: Enter) -> None:
    early, late = enter(), enter()
    for person in (early, late):
        person.come_to("pause")
    gym.rename("pause", "walk")
    gym.edit("flow.yaml", ("start: opening", "moved: {pause: walk}\nstart: opening"))
    gym.forget()
    assert TOLD not in early.say("ok")
    assert open_question(gym.load().flow, early.session).keys == ("walk.wait",)
    for person in (early, late):
        assert "How is your back now" in person.wait()
        person.say("better")
        assert person.session.done
    assert not gym.worker.work()


def test_a_wait_whose_question_is_gone_ends_with_the_next_one(gym: Gym, enter: Enter) -> None:
    early, late = enter(), enter()
    for person in (early, late):
        person.come_to("pause")
    gym.rename("pause", "walk")
    # Without the wait nothing new can be told in it, so that the question about the leg goes away as well.
    flow = (gym.flow / "flow.yaml").read_text()
    leg = flow[flow.index("  spread_leg:\n") : flow.index("  eased:\n")]
    gym.edit(
        "flow.yaml", ("    after: 180\n", ""), (leg, ""), ("spreading: spread_leg", "spreading: not_eased")
    )
    plain_words(gym)
    gym.forget()
    assert TOLD in early.say("better")
    assert early.session.step == "walk"
    assert TOLD in late.wait()
    assert (late.session.step, late.session.waiting) == ("walk", "")
    late.say("better")
    assert late.session.done


def plain_words(gym: Gym) -> None:
    """The question `walk` without the words of a wait."""
    path = gym.flow / "wording" / "en.yaml"
    before, _, rest = path.read_text().partition("\nwalk:\n")
    _, _, after = rest.partition("\n\n")
    path.write_text(f'{before}\nwalk: "How is your back now?"\n\n{after}')


def test_after_the_end_it_stays_ended(gym: Gym, enter: Enter) -> None:
    person = enter()
    person.come_to("pause")
    person.say("better")
    assert (person.session.step, person.session.level) == ("modify", Level.MODIFY)
    gym.rename("modify", "carry_on")
    # The level of that name stays what it is.
    gym.edit(
        "flow.yaml",
        ("  carry_on: carry_on", "  modify: carry_on"),
        ("{end: carry_on}", "{end: modify}"),
        ("[stop_today, carry_on]", "[stop_today, modify]"),
        ("{level: carry_on,", "{level: modify,"),
    )
    gym.forget()
    reply = person.say("thanks")
    assert TOLD not in reply
    assert (person.session.step, person.session.done) == ("carry_on", True)
    person.say("it is getting worse")
    assert (person.session.step, person.session.done) == ("screen_body", False)


@pytest.mark.parametrize("gone", [False, True])
def test_an_open_doubt_about_a_flag_is_still_settled(gym: Gym, enter: Enter, gone: bool) -> None:
    denying, admitting = enter(), enter()
    for person in (denying, admitting):
        person.come_to("pain_score")
        person.say("what if I had wet myself")
        open_doubt(gym, person)
    if gone:
        gym.rename("pain_score", "how_bad")
    gym.forget()
    denying.say("no")
    assert denying.session.flags["bladder_bowel"] == "denied"
    assert not denying.session.confirm
    assert denying.session.step == ("how_bad" if gone else "pain_score")
    assert "911" in admitting.say("yes")
    assert admitting.session.level == Level.EMERGENCY


def open_doubt(gym: Gym, person: Person) -> None:
    """The session with the one plain question open, whatever the ears made of the words."""
    flags = person.session.flags | {"bladder_bowel": "unsure"}
    kept(
        gym,
        person,
        replace(person.session, confirm=["bladder_bowel"], flags=flags, asked="yes_no bladder_bowel"),
    )


def kept(gym: Gym, person: Person, session: Session, without: tuple[str, ...] = ()) -> None:
    state = {name: value for name, value in json.loads(session.to_json()).items() if name not in without}
    who = person.number if person.channel == "sms" else f"kiosk:{person.conversation}"
    with gym.store.database.transaction() as connection:
        connection.execute(sessions.update().where(sessions.c.person == who).values(state=json.dumps(state)))


def test_a_doubt_about_a_flag_that_is_gone_is_dropped_and_the_next_one_is_asked(
    gym: Gym, enter: Enter
) -> None:
    person = enter()
    person.come_to("pain_score")
    flags = person.session.flags | {"bladder_bowel": "unsure", "gone": "unsure"}
    doubts = replace(person.session, confirm=["gone", "bladder_bowel"], flags=flags, asked="yes_no gone")
    kept(gym, person, replace(doubts, version="0-00000000"))
    reply = person.say("not sure")
    assert reply.startswith(TOLD)
    assert "pee" in reply
    assert (person.session.confirm, person.session.flags["bladder_bowel"]) == (["bladder_bowel"], "unsure")
    person.say("no")
    assert (person.session.flags["bladder_bowel"], person.session.step) == ("denied", "pain_score")


def test_a_session_from_before_there_were_versions(gym: Gym, enter: Enter) -> None:
    person = enter()
    person.come_to("pain_score")
    before = person.session
    kept(gym, person, replace(before, version="1"), without=("asked", "lost"))
    assert TOLD in person.say("4")
    assert person.session.step == "pain_score"
    assert person.session.answers == before.answers
    assert TOLD not in person.say("4")
    assert person.session.step == "onset_kind"


def test_a_session_of_another_flow_keeps_its_flags_and_level_alone() -> None:
    flow = load_flow(BACK_PAIN)
    other = Session("knee", "3-12345678", "sms", "fr", step="pause", waiting="pause", due=9.0, turns=4)
    other = replace(other, flags={"lump": "present", "radiating": "denied"}, answers={"pause": "gone"})
    after = moved(replace(other, level=Level.URGENT, trail=["pause|"]), flow, "1-00000000")
    assert (after.flow, after.version, after.language) == ("back_pain", "1-00000000", "en")
    assert (after.flags, after.level) == (other.flags, Level.URGENT)
    assert (after.answers, after.trail, after.waiting, after.lost) == ({}, [], "", True)


@pytest.mark.parametrize(
    ("step", "value", "fits"),
    [
        ("improving", "better", True),
        ("improving", "much_better", False),
        ("pain_score", 10, True),
        ("pain_score", 11, False),
        ("pain_score", "4", False),
        ("weakness_worse", "no", True),
        ("weakness_worse", "one", False),
        ("describe", "*", True),
        ("describe", "not_hurting", True),
        ("describe", "hurting", False),
        ("duration_hours", 80, True),
        ("confirm.bladder_bowel", "no", True),
        ("removed", "yes", True),
    ],
)
def test_only_answers_that_the_new_version_can_take_are_kept(step: str, value: str | int, fits: bool) -> None:
    session = Session("back_pain", "1-12345678", "sms", step="onset_kind", turns=9, answers={step: value})
    after = moved(session, load_flow(BACK_PAIN), "1-00000000")
    assert after.answers == ({step: value} if fits else {})


CONVERSATION = ("hi", "my lower back hurts", "2", "no", "one", "none", "5", "dull", "same", "help", "thanks")


def test_wherever_somebody_stands_and_whatever_they_say_nothing_breaks(gym: Gym, enter: Enter) -> None:
    old = gym.load()
    gym.rename("screen_body", "first_signs")
    gym.rename("pause", "walk")
    gym.rename("describe", "recount")
    gym.edit("flow.yaml", ("start: opening", "moved: {pause: walk}\nstart: opening"))
    without_same(gym)
    new = load_line(gym.flow)
    channel = enter().channel
    session = old.open(channel, "US")
    for place, text in enumerate(CONVERSATION):
        event: Event = Text(old.hear(session, text))
        session = old.step(session, event, START + place).session
        for said in ("no", "yes", "2", "none", "back", "repeat", "same", "worse", "stop", "ice or heat?"):
            there = moved(Session.from_json(session.to_json()), new.flow, new.version)
            turn = new.step(there, Text(new.hear(there, said)), START + place + 1)
            assert turn.replies
            assert turn.session.level >= session.level
            assert turn.session.step in new.flow.steps
        for event in (Silence(), Started(), TimedOut("pause")):
            there = moved(session, new.flow, new.version)
            assert new.step(there, event, START + place + 1).session.step in new.flow.steps
