"""The console through the whole application: alerts, taking over, closing."""

import re

import pytest
from flask.testing import FlaskClient

from desk.trail import Trail
from flows.events import Text
from flows.session import Session
from flows.turn import Turn
from tests.desk.at_the_console import (
    does,
    page,
    session,
    texts,
)
from tests.desk.gym import ALEX, PERSON, SAM, WAIT, Desk


def test_who_needs_somebody_is_on_the_first_page(client: FlaskClient, desk: Desk) -> None:
    assert "Nobody needs you just now" in page(client, "/desk/")
    desk.alert(said="cant feel my <legs>")
    shown = page(client, "/desk/")
    for told in ("Emergency", desk.code, "Harbour Street", "cant feel my &lt;legs&gt;", "numb groin", "Sam"):
        assert told in shown
    assert PERSON not in shown


def test_whom_it_is_taken_to_next_is_told_until_somebody_has_it(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    desk.now += 15
    coming = r'Next: a text to Alex at 13:01, in <b class="left" data-left="45\.0">1 min</b>\.'
    for path in ("/desk/", "/desk/conversations/1"):
        assert re.search(coming, page(client, path))
    assert desk.paged() == [(SAM, "sms")], "a look pages nobody"
    desk.now += 50
    assert "Next: a text to Alex, at any moment." in page(client, "/desk/")
    assert "Next: " not in does(client, "take")


def test_that_nobody_can_be_paged_is_told(client: FlaskClient, desk: Desk) -> None:
    (desk.folder / "roster.yaml").write_text("contacts: {}\nsites: {}\n", encoding="utf-8")
    desk.alert()
    assert "Nobody on the roster can be paged now." in page(client, "/desk/")


def test_what_was_said_after_staff_were_told_is_among_the_reasons(client: FlaskClient, desk: Desk) -> None:
    desk.alert(flags={"bladder_bowel": "present", "fever_unwell": "denied"})
    shown = page(client, "/desk/")
    assert "numb groin or bottom, no control of pee or poo" in shown
    assert "fever" not in shown


def test_taken_answered_handed_back_and_closed(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    assert "You are on it since" in does(client, "take")
    assert desk.row()["acknowledged_by"] == "kay"
    shown = does(client, "say", words="I am coming. Stay where you are.", key="a")
    assert "kay answers." in shown
    # The same form, sent twice.
    does(client, "say", words="I am coming. Stay where you are.", key="a")
    assert texts(desk) == [(PERSON, "I am coming. Stay where you are.")]
    assert "kay answers." not in does(client, "back")
    assert "Choose what came of it." in does(client, "close", outcome="nonsense")
    assert "Closed: Looked after here." in does(client, "close", outcome="helped")
    row = desk.row()
    assert (row["state"], row["closed_by"], row["outcome"]) == ("closed", "kay", "helped")


def test_what_came_of_it_is_chosen_and_never_given(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    assert 'name="outcome" required><option value="">' in page(client, "/desk/conversations/1")
    assert "Choose what came of it." in does(client, "close", outcome="")
    assert desk.row()["state"] == "open"


def test_who_cannot_come_after_all_lets_it_go_and_a_new_round_begins(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    desk.becomes("sent")
    assert "Not me after all" not in page(client, "/desk/conversations/1")
    assert "Not me after all" in does(client, "take")
    desk.after(WAIT * 3)
    desk.sent()
    shown = does(client, "release")
    assert "Nobody is on it yet." in shown
    assert "Not me after all" not in shown
    desk.work()
    assert (desk.row()["state"], desk.row()["acknowledged_by"]) == ("open", None)
    told, page_of = sorted(desk.sent(), key=lambda one: one.kind)
    assert told.body.startswith("The staff have been sent a message about you.")
    assert (page_of.to, page_of.channel) == (SAM, "sms")
    desk.after(WAIT)
    assert desk.paged() == [(ALEX, "sms")]
    for _ in range(3):
        desk.after(WAIT)
    # Also when they had been told that somebody has seen it.
    assert any("could not reach the staff" in one for one in desk.told())
    does(client, "take")
    assert desk.told() == ["kay from the staff has seen it. What I said still holds."]


def test_nobody_lets_go_what_another_has(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    desk.reply(SAM, "ok")
    assert "Sam is on it since" in does(client, "release")
    assert desk.row()["acknowledged_by"] == "sam"


def test_what_was_closed_too_soon_is_opened_again_and_paged(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    does(client, "close", outcome="false")
    desk.sent()
    code = desk.code
    assert "Open again" in page(client, "/desk/conversations/1")
    assert "Nobody is on it yet." in does(client, "open-again")
    desk.work()
    assert (desk.row()["state"], desk.row()["level"]) == ("open", "emergency")
    assert desk.code != code
    assert desk.paged() == [(SAM, "sms")]
    # Pressed twice, it is still one alert.
    before = desk.row()["id"]
    does(client, "open-again")
    assert desk.row()["id"] == before


def test_how_long_the_questions_pause_is_shown_and_true(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    assert "it goes on 15 minutes after the last message" in does(client, "say", words="Hello", key="a")
    desk.now += 5 * 60
    assert re.search(r'data-left="6\d\d\.\d+">10 min<', page(client, "/desk/conversations/1"))
    assert "kay answers." in page(client, "/desk/conversations/1")
    assert session(desk).due == pytest.approx(desk.now + 10 * 60)


def test_the_conversation_is_taken_over_without_a_word(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    assert "Take over without a message" in page(client, "/desk/conversations/1")
    shown = does(client, "say")
    assert "kay answers." in shown
    assert "Take over without a message" not in shown
    assert texts(desk) == []
    assert session(desk).held
    assert Trail(desk.store.database).about("conversation 1")[1].action == "took over"


def test_a_conversation_has_times_and_a_number_to_call(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    shown = page(client, "/desk/conversations/1")
    # On the clock of the gym.
    assert "<time>13:00</time>" in shown
    assert f'<a href="tel:{PERSON}">{PERSON}</a>' in shown
    desk.alert(person=f"whatsapp:{SAM}")
    assert f'<a href="tel:{SAM}">{SAM}</a> on WhatsApp' in page(client, "/desk/conversations/2")


def test_what_is_mine_is_marked(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    does(client, "take")
    assert '<b class="mine">You are</b> on it since' in page(client, "/desk/")


def test_what_they_have_and_have_not_is_told_apart_in_words(client: FlaskClient, desk: Desk) -> None:
    said = "no fever but i cant feel my legs"
    line = desk.line

    def decide(_: Session | None) -> Turn:
        session = line.open("sms", "US", "en")
        return line.step(session, Text(line.hear(session, said)), desk.now)

    desk.store.take_turn(PERSON, None, desk.now, decide, said)
    shown = page(client, "/desk/conversations/1")
    assert re.search(r'<mark data-polarity="denied">[^<]*fever[^<]*<small>has not: [^<]*fever', shown)
    assert re.search(r'<mark data-polarity="present">[^<]*legs[^<]*<small>has: [^<]*leg', shown)


def test_words_for_a_kiosk_wait_there_and_are_not_texted(client: FlaskClient, desk: Desk) -> None:
    desk.alert(person="kiosk:abc")
    shown = does(client, "say", words="Sit down.", key="a")
    assert "On its way to the kiosk: Sit down." in shown
    assert texts(desk) == []
