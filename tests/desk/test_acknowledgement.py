"""What staff text back: one of them has it, everybody else is told who, and a symptom is never swallowed."""

import pytest

from desk.acknowledgement import acknowledgement
from flows.levels import Level
from tests.conftest import Outage
from tests.desk.gym import ALEX, KIM, PERSON, SAM, WAIT, Desk
from tests.together import run_together


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("4821", "take", "4821"),
        ("OK 4821", "take", "4821"),
        ("ok4821.", "take", "4821"),
        (" Ok, 4821! ", "take", "4821"),
        ("okay #4821", "take", "4821"),
        ("4821 ok", "take", "4821"),
        ("OK 4821 on my way", "take", "4821"),
        ("ok 4821, I'm on it", "take", "4821"),
        ("Yes 4821", "take", "4821"),
        ("vale 4821", "take", "4821"),
        ("sí 48213", "take", "48213"),
        ("OK", "take", ""),
        ("on it", "take", ""),
        ("I'm on it.", "take", ""),
        ("closed 4821", "close", "4821"),
        ("DONE 4821", "close", "4821"),
        ("4821 done", "close", "4821"),
        ("listo 4821", "close", "4821"),
        ("done", "close", ""),
    ],
)
def test_what_counts(text: str, kind: str, code: str) -> None:
    said = acknowledgement(text)
    assert said is not None
    assert (said.kind, said.code) == (kind, code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yes",
        "si",
        "no",
        "7",
        "123",
        "my back hurts",
        "ok but my own back hurts",
        "ok 4821 but I cannot come",
        "not 4821",
        "4821 no",
        "cant do 4821",
        "I cannot feel my legs 4821",
        "stop",
        "12025550111",
        "done lifting, it hurts",
    ],
)
def test_what_does_not_count(text: str) -> None:
    assert acknowledgement(text) is None


def test_the_first_to_answer_has_it_and_pages_end(desk: Desk) -> None:
    desk.alert()
    desk.becomes("sent")
    desk.sent()
    code = desk.code
    assert desk.reply(SAM, f"OK {code}") == f"Thank you, {code} is yours. Reply DONE {code} when it is over."
    assert desk.told() == ["Sam from the staff has seen it. What I said still holds."]
    assert (desk.row()["state"], desk.row()["acknowledged_by"]) == ("acknowledged", "sam")
    desk.after(WAIT * 20)
    assert desk.sent() == []


def test_who_comes_second_is_told_who_has_it(desk: Desk) -> None:
    desk.alert()
    code = desk.code
    desk.after(WAIT)
    desk.now += 120
    desk.reply(SAM, code)
    desk.now += 60
    # The site's clock, and Alex's language.
    assert desk.reply(ALEX, f"ok {code}") == f"Sam tiene {code} desde las 13:03."
    assert desk.reply(SAM, "ok").startswith(f"{code} is yours since 13:03.")  # type: ignore[union-attr]
    assert desk.row()["acknowledged_by"] == "sam"


def test_of_two_at_the_same_moment_one_wins_and_the_other_is_told(desk: Desk) -> None:
    desk.alert()
    desk.after(WAIT)
    desk.sent()
    code = desk.code
    answers = run_together(2, lambda number: desk.staff.answer((SAM, KIM)[number], code))
    winner = str(desk.row()["acknowledged_by"])
    mine, other = (answers[0], answers[1]) if winner == "sam" else (answers[1], answers[0])
    assert mine == f"Thank you, {code} is yours. Reply DONE {code} when it is over."
    assert other == f"{winner.title()} has {code} since 13:01."
    assert len(desk.told()) == 1


def test_ok_alone_is_for_the_only_one_that_they_were_paged_for(desk: Desk) -> None:
    assert desk.reply(SAM, "ok") is None
    desk.alert()
    first = desk.code
    assert desk.reply(ALEX, "ok") is None
    assert str(desk.reply(SAM, "OK")).startswith(f"Thank you, {first} is yours.")
    desk.now += 3601
    assert desk.reply(SAM, "OK") is None


def test_an_ok_that_comes_late_takes_nothing_that_was_raised_since(desk: Desk) -> None:
    before, desk.now = desk.now, desk.now + 60
    desk.alert()
    assert desk.staff.answer(SAM, "ok", late=before) is None
    assert desk.row()["state"] == "open"
    came, desk.now = desk.now, desk.now + 60
    assert str(desk.staff.answer(SAM, "ok", late=came)).startswith("Thank you, ")


def test_with_two_open_ok_alone_is_asked_about(desk: Desk) -> None:
    desk.alert()
    first = desk.code
    desk.alert(person="+12025550124")
    answer = desk.reply(SAM, "ok")
    assert answer == f"Which one? Reply OK and its code. Open now: {first}, {desk.code}."
    assert desk.row()["state"] == "open"


def test_an_unknown_code_is_told_with_those_that_are_open(desk: Desk) -> None:
    assert desk.reply(SAM, "ok 123456") == "There is no alert 123456. Nothing is open now."
    desk.alert()
    assert desk.reply(SAM, "ok 123456") == f"There is no alert 123456. Open now: {desk.code}."


def test_it_is_closed_when_it_is_over(desk: Desk) -> None:
    desk.alert()
    code = desk.code
    desk.reply(SAM, code)
    desk.now += 600
    assert desk.reply(SAM, f"done {code}") == f"{code} is closed. Thank you."
    assert desk.row()["state"] == "closed"
    assert desk.reply(KIM, f"ok {code}") == f"{code} was closed by Sam at 13:10."
    desk.alert(said="again")
    assert desk.code != code
    assert desk.row()["state"] == "open"


def test_closing_at_once_is_taking_too(desk: Desk) -> None:
    desk.alert()
    desk.sent()
    assert desk.reply(SAM, f"closed {desk.code}") == f"{desk.code} is closed. Thank you."
    assert desk.told() == ["Sam from the staff has seen it. What I said still holds."]
    desk.after(WAIT * 5)
    assert desk.sent() == []


def test_done_alone_closes_what_they_have(desk: Desk) -> None:
    desk.alert()
    assert desk.reply(SAM, "done") is None
    desk.reply(SAM, "ok")
    assert desk.reply(SAM, "done") == f"{desk.code} is closed. Thank you."


def test_what_gets_worse_after_it_was_taken_pages_again(desk: Desk) -> None:
    desk.alert("radiating", level=Level.URGENT)
    desk.reply(SAM, "ok")
    desk.sent()
    desk.alert("saddle_numbness", level=Level.EMERGENCY)
    assert desk.paged() == [(SAM, "sms")]
    desk.reply(SAM, "ok")
    assert len(desk.told()) == 1


def test_a_code_with_other_words_is_asked_about(desk: Desk) -> None:
    desk.alert()
    code = desk.code
    answer = desk.reply(SAM, f"ok {code} but I cannot come")
    assert answer is not None
    assert answer.startswith(f"I do not know what that means for {code}. Reply OK {code} to take it")
    assert desk.row()["state"] == "open"


def test_staff_have_backs_too(desk: Desk) -> None:
    desk.alert()
    for text in ("my back hurts", f"forget {desk.code}, I cannot feel my own legs", "yes", "7"):
        assert desk.reply(SAM, text) is None
    assert desk.row()["state"] == "open"


def test_others_cannot_take_it(desk: Desk) -> None:
    desk.alert()
    assert desk.reply(PERSON, f"OK {desk.code}") is None
    assert desk.row()["state"] == "open"


def test_whatsapp_is_the_same_person(desk: Desk) -> None:
    desk.alert()
    assert str(desk.reply(f"whatsapp:{SAM}", "ok")).startswith("Thank you")


def test_with_the_database_gone_staff_are_told_that_it_was_not_noted(desk: Desk, outage: Outage) -> None:
    desk.alert()
    code = desk.code
    with outage():
        assert str(desk.staff.answer(SAM, f"ok {code}")).startswith("That could not be noted.")
    assert desk.row()["state"] == "open"
