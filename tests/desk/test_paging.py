"""An alert on its way up the ladder, on a real database, minute by minute."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from flows.levels import Level
from flows.line import Line
from flows.segments import segments
from store.tables import jobs, sends
from tests.conftest import Outage
from tests.desk.gym import ALEX, KIM, PERSON, SAM, WAIT, Desk, write_roster

KIOSK = "kiosk:abc"


def test_a_whole_round_and_the_next(desk: Desk) -> None:
    desk.alert()
    assert desk.paged() == [(SAM, "sms")]
    for expected in [(ALEX, "sms"), (SAM, "call"), (ALEX, "call")]:
        desk.after(WAIT - 1)
        assert desk.paged() == []
        desk.after(1)
        assert desk.paged() == [expected]
    desk.after(WAIT)
    [told, page] = desk.sent()
    assert (told.to, told.kind) == (PERSON, "notice")
    assert "could not reach the staff" in told.body
    assert "call 911" in told.body
    assert (page.to, page.channel) == (SAM, "sms")
    desk.after(WAIT)
    assert [(one.to, one.kind) for one in desk.sent()] == [(ALEX, "page")]
    assert (desk.row()["round"], desk.row()["rung"]) == (1, 2)


def test_an_urgent_one_leaves_more_time(desk: Desk) -> None:
    desk.alert("radiating", level=Level.URGENT)
    assert desk.paged() == [(SAM, "sms")]
    desk.after(179)
    assert desk.paged() == []
    desk.after(1)
    assert desk.paged() == [(ALEX, "sms")]


def test_what_can_wait_pages_nobody(desk: Desk) -> None:
    desk.alert(level=Level.INFO)
    desk.after(3600)
    assert desk.sent() == []
    assert desk.row()["state"] == "open"


def test_a_page_says_what_staff_need(desk: Desk) -> None:
    desk.alert("dull_ache", "saddle_numbness", said="I can’t feel my groin 😭 — help")
    [page] = desk.sent()
    assert page.body == (
        'EMERGENCY, Harbour Street, a text from a number ending in 0123: "I can\'t feel my groin - help" '
        f"Why: numb groin or bottom, dull ache. Reply OK {desk.code} when you are on it."
    )
    desk.after(WAIT)
    [page] = desk.sent()
    assert page.body.startswith("EMERGENCIA, Harbour Street, mensaje de un numero que acaba en 0123: ")


def test_long_words_are_cut_to_three_segments_and_the_latest_are_kept(desk: Desk) -> None:
    desk.alert(*(f"flag_{number}" for number in range(9)), said="[ouch] " * 200 + "I cannot feel my legs")
    [page] = desk.sent()
    cost = segments(page.body)
    assert (cost.encoding, cost.count) == ("GSM-7", 3)
    assert 'I cannot feel my legs" Why: flag 0, flag 1, flag 2, flag 3, 5 more. Reply OK ' in page.body
    assert ': "...[ouch] [ouch]' in page.body


def test_somebody_at_a_kiosk_is_found_there(desk: Desk) -> None:
    desk.alert(person=KIOSK)
    [page] = desk.sent()
    assert page.body.startswith('EMERGENCY, Harbour Street, kiosk by the racks: "cant')


@pytest.mark.parametrize("state", ["failed", "undelivered"])
def test_a_page_that_did_not_arrive_moves_on_at_once(desk: Desk, state: str) -> None:
    desk.alert()
    desk.sent()
    desk.after(5)
    desk.becomes(state)
    desk.becomes(state, send=1)
    assert desk.paged() == [(ALEX, "sms")]
    desk.after(WAIT - 1)
    assert desk.paged() == []
    desk.after(1)
    assert desk.paged() == [(SAM, "call")]


def test_with_everything_failing_it_goes_on_and_does_not_run_wild(desk: Desk) -> None:
    desk.alert()
    for _ in range(20):
        desk.becomes("failed")
    assert desk.paged() == [(SAM, "sms"), (ALEX, "sms"), (SAM, "call"), (ALEX, "call")]
    desk.after(WAIT)
    assert desk.paged() == [(SAM, "sms")]


def test_the_person_is_told_that_staff_know_only_when_a_page_has_left(desk: Desk) -> None:
    desk.alert()
    assert desk.told() == []
    desk.after(5)
    assert desk.told() == []
    desk.becomes("sent")
    [told] = desk.told()
    assert told.startswith("The staff have been sent a message about you.")
    desk.becomes("delivered")
    desk.after(WAIT)
    desk.becomes("sent")
    assert desk.told() == []


def test_in_spanish_too(desk: Desk) -> None:
    desk.alert(language="es", country="ES")
    desk.becomes("sent")
    [told] = desk.told()
    assert told.startswith("Se ha enviado un mensaje sobre ti al personal.")
    assert segments(told).encoding == "GSM-7"
    desk.after(WAIT)
    desk.after(WAIT)
    desk.after(WAIT)
    desk.after(WAIT)
    [told] = desk.told()
    assert "llama ya al 112" in told


def test_who_thinks_of_self_harm_is_given_the_crisis_line(desk: Desk) -> None:
    desk.alert("self_harm")
    for _ in range(4):
        desk.after(WAIT)
    [told] = desk.told()
    assert "call 988 now" in told


def test_who_wants_no_texts_gets_none_and_staff_are_paged_all_the_same(desk: Desk) -> None:
    desk.alert(opted_out=True)
    desk.becomes("sent")
    desk.after(WAIT * 10)
    assert {one.kind for one in desk.sent()} == {"page"}


def test_alerts_of_one_conversation_are_one_and_a_rise_begins_again(desk: Desk) -> None:
    desk.alert("radiating", level=Level.URGENT)
    desk.alert("radiating", "leg_numbness", level=Level.URGENT, said="tingling too")
    assert desk.paged() == [(SAM, "sms")]
    desk.after(180)
    [second] = desk.sent()
    assert "cant feel my legs / tingling too" in second.body
    assert "dolor que baja por la pierna, pierna dormida u hormigueo" in second.body
    code = desk.code
    desk.alert("saddle_numbness", level=Level.EMERGENCY, said="now numb down there")
    [again] = desk.sent()
    assert (again.to, again.channel) == (SAM, "sms")
    assert again.body.startswith("EMERGENCY")
    assert desk.code == code
    desk.after(WAIT)
    assert desk.paged() == [(ALEX, "sms")]
    desk.after(180)
    assert len(desk.paged()) == 1


def test_two_people_are_two_alerts(desk: Desk) -> None:
    desk.alert()
    first = desk.code
    desk.alert(person="+12025550124")
    assert desk.code != first
    assert desk.paged() == [(SAM, "sms"), (SAM, "sms")]


def test_staff_who_need_help_are_not_paged_about_themselves(desk: Desk) -> None:
    desk.alert(person=SAM)
    assert desk.paged() == [(ALEX, "sms")]


def test_at_the_end_of_the_shift_the_others_are_told(desk: Desk) -> None:
    desk.now += 3570  # half a minute before two
    desk.alert()
    assert desk.paged() == [(SAM, "sms")]
    desk.after(WAIT)
    assert desk.paged() == [(KIM, "call")]


def test_with_no_roster_the_person_is_told_to_call_themselves(
    database_url: str, tmp_path: Path, line: Line
) -> None:
    desk = Desk(database_url, tmp_path, line, text="")
    desk.alert()
    [told] = desk.sent()
    assert "could not reach the staff" in told.body
    desk.after(600)
    assert desk.sent() == []
    write_roster(tmp_path)
    (tmp_path / "roster.yaml").rename(tmp_path / "none.yaml")
    desk.after(WAIT)
    assert desk.paged() == [(SAM, "sms")]
    desk.store.database.close()


def test_trouble_does_not_end_it(desk: Desk, outage: Outage, caplog: pytest.LogCaptureFixture) -> None:
    desk.alert()
    desk.sent()
    job = desk.store.jobs.claim(desk.now + WAIT, lease=60, urgent=True)
    assert job is not None
    with outage():
        assert desk.paging(job, desk.now + WAIT) == desk.now + WAIT + 10
    assert "could not be taken further" in caplog.text
    assert PERSON not in caplog.text
    desk.after(WAIT + 60)
    assert desk.paged() == [(ALEX, "sms")]


def test_a_look_that_comes_too_early_does_not_lose_the_next_one(desk: Desk) -> None:
    """The database's clock may be set back a little between claiming a job and doing it."""
    desk.alert()
    job = desk.store.jobs.claim(desk.now + WAIT, lease=60, urgent=True)
    assert job is not None
    assert desk.paging(job, desk.now + WAIT - 0.5) == desk.now + WAIT


def test_looking_often_makes_neither_pages_nor_jobs(desk: Desk) -> None:
    desk.alert()
    for _ in range(5):
        desk.after(1)
        desk.becomes("sent")
    assert desk.paged() == [(SAM, "sms")]
    with desk.store.database.transaction() as connection:
        waiting = select(func.count()).where(jobs.c.kind == "escalate")
        assert connection.execute(waiting).scalar_one() == 1
        assert connection.execute(select(func.count()).select_from(sends)).scalar_one() == 2
