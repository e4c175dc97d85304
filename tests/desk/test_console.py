"""The console through the whole application: alerts, taking over, closing, and the trail of it."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from desk.trail import Trail
from flows.events import Text
from flows.session import Session
from flows.turn import Turn
from tests.desk.gym import ALEX, PERSON, SAM, WAIT, Desk
from tests.desk.pages import HERE, does, page, texts


def session(desk: Desk) -> Session:
    found = desk.store.session(PERSON, desk.now)
    assert found is not None
    return found


@pytest.mark.parametrize("path", ["/desk/", "/desk/live", "/desk/conversations/1"])
def test_nothing_is_shown_to_strangers(app: Flask, desk: Desk, path: str) -> None:
    desk.alert()
    answer = app.test_client().get(path, base_url=HERE)
    assert answer.status_code in (302, 401)
    assert "legs" not in answer.get_data(as_text=True)


def test_who_needs_somebody_is_on_the_first_page(client: FlaskClient, desk: Desk) -> None:
    assert "Nobody needs you just now" in page(client, "/desk/")
    desk.alert(said="cant feel my <legs>")
    shown = page(client, "/desk/")
    for told in ("Emergency", desk.code, "Harbour Street", "cant feel my &lt;legs&gt;", "numb groin", "Sam"):
        assert told in shown
    assert PERSON not in shown


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


def test_every_look_and_action_is_in_the_trail(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    page(client, "/desk/conversations/1")
    does(client, "say", words="my secret words", key="a")
    entries = Trail(desk.store.database).about("conversation 1")
    actions = [entry.action for entry in entries]
    assert actions == ["looked at a conversation", "wrote", "looked at a conversation"]
    assert {entry.who for entry in entries} == {"kay"}
    assert "secret" not in str(entries)
    assert Trail(desk.store.database).verify().broken is None


def test_a_page_that_nobody_uses_tells_of_alarms_and_of_nobody(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    words, tells = (
        ("/desk/alerts", "/desk/conversations/1/talk", "/desk/awake"),
        ("/desk/alarm", "/desk/live"),
    )

    def statuses(paths: tuple[str, ...]) -> set[int]:
        answers = [client.get(path, base_url=HERE, buffered=False) for path in paths]
        for answer in answers:
            answer.close()
        return {answer.status_code for answer in answers}

    assert (page(client, "/desk/alarm"), statuses(words[:2])) == ("1", {200})
    desk.now += 31 * 60
    assert (statuses(words), statuses(tells)) == ({401}, {200})
    desk.now += 12 * 3600
    assert statuses(words + tells) == {401}


def test_a_form_that_is_not_from_our_page_does_nothing(client: FlaskClient, desk: Desk) -> None:
    desk.alert()
    answer = client.post("/desk/conversations/1/take", data={}, base_url=HERE)
    assert answer.status_code == 400
    assert desk.row()["state"] == "open"
