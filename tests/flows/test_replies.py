"""What counts as yes, no or neither after a question about a red flag. A doubtful no never clears it."""

import pytest

from flows.heard import Expecting
from flows.line import BACK_PAIN
from flows.understanding import load_understanding

EARS = load_understanding(BACK_PAIN)
SADDLE = Expecting("yes_no", flags=("saddle_numbness",))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("I have tingling in my foot", None),
        ("i am at the gym now", None),
        ("yeah it does when i walk", "yes"),
        ("no numbness", "no"),
        ("numb yes", "yes"),
        ("nope all good", "no"),
        ("a bit", "yes"),
        ("sort of", "unsure"),
        ("not really", "unsure"),
        ("idk", "unsure"),
        ("only when sitting", "yes"),
        ("yeah no", "unsure"),
        ("👍", "yes"),
        ("y", "yes"),
        ("si", "yes"),
        ("I think so", "yes"),
        ("it did yesterday", "unsure"),
        ("i have", "yes"),
        ("i do have that", "yes"),
        ("yes but only a little", "yes"),
        ("no i dont", "no"),
        ("i dont think so", "unsure"),
        ("ok", None),
        ("banana", None),
        ("normal", "no"),
        ("all fine", "no"),
        ("no but my foot is numb", "no"),
        ("no, what about ice?", "no"),
        ("can i keep training?", None),
        ("i'm good", "no"),
        ("no im good thanks", "no"),
        ("yep definitely", "yes"),
        ("ya a lil", "yes"),
        ("nah mate", "no"),
        ("it's fine down there", "no"),
        ("everything works fine", "no"),
        ("not that i noticed", "unsure"),
        ("a bit numb yes", "yes"),
        ("it's hard to say", "unsure"),
        ("when i sit down yes", "yes"),
        ("it is", "yes"),
        ("its all normal", "no"),
        ("no problems there", "no"),
        ("nothing", "no"),
        ("none", "no"),
        ("I don't have that", "no"),
        ("no thank god", "no"),
        ("yes thank god", "yes"),
        ("yes i do unfortunately", "yes"),
        ("i said no", "no"),
        ("no!!", "no"),
        ("noo", "no"),
        ("yess", "yes"),
        ("nop", "no"),
        ("i guess", "yes"),
        ("um no", "no"),
        ("uh yes", "yes"),
        ("well no not really", "unsure"),
        ("how should I squat with good form?", None),
        ("no way", "no"),
        ("definitely", "yes"),
        ("never", "no"),
        ("not at the moment", "unsure"),
        ("not right now", "unsure"),
        ("yes yes", "yes"),
        ("no no no", "no"),
        ("yup sure do", "yes"),
        ("thats right", "yes"),
        ("its numb", "yes"),
        ("nah its fine", "no"),
        ("hell yeah", "yes"),
        ("N", "no"),
        ("0", "no"),
        ("no pain there", "no"),
        ("can't tell", "unsure"),
        ("what?", None),
        ("I feel fine there", "no"),
        ("no wait yes", "yes"),
        ("nope, sorry, i meant yes", "yes"),
        ("no. actually yeah, a little", "yes"),
        ("n *y", "yes"),
        ("yes oops no, hit the wrong key", "no"),
        ("no i mean yes i mean i don't know", "unsure"),
        ("its numb down there", "yes"),
        ("feels normal", "no"),
        ("no worse than usual", "unsure"),
        ("no different from before", "unsure"),
        ("same as ever", "unsure"),
        ("no, same as ever", "no"),
        ("normal for me", "unsure"),
        ("no i guess", "unsure"),
        ("no, at the moment", "unsure"),
        ("fine, i hope", "unsure"),
        ("nope anymore", "unsure"),
        ("none that i know of", "unsure"),
        ("no but only when i sit", "unsure"),
        ("no numbness unless i sit", "unsure"),
        ("no?", "unsure"),
        ("i don't feel anything", "unsure"),
        ("nothing down there", "unsure"),
        ("define numb", "unsure"),
        ("numb how", "unsure"),
        ("does tingling count", "unsure"),
        ("hard to tell with the pain", "unsure"),
        ("it did on monday", "unsure"),
        ("it comes and goes", "yes"),
        ("since last night", "yes"),
        ("started this morning", "yes"),
        ("mostly on one side", "yes"),
        ("both actually", "yes"),
        ("every time i cough", "yes"),
        ("yes it feels a bit odd", "yes"),
        ("yes but it's not bad", "yes"),
        ("no just in the middle", "no"),
        ("no but my foot goes numb sometimes", "no"),
        ("no problem walking", "no"),
        ("right as rain", "no"),
    ],
)
def test_an_answer_to_any_numbness_around_the_groin(text: str, answer: str | None) -> None:
    assert EARS.understand(text, SADDLE).yes_no == answer


@pytest.mark.parametrize("text", ["I have tingling in my foot", "my foot is numb", "my left calf is tingly"])
def test_a_symptom_elsewhere_is_no_answer(text: str) -> None:
    assert EARS.understand(text, Expecting("yes_no", flags=("bladder_bowel",))).yes_no is None


def test_more_than_the_answer_is_heard() -> None:
    heard = EARS.understand("no but my foot is numb, ice or heat?", SADDLE)
    assert heard.yes_no == "no"
    assert heard.flags("present") == ("leg_numbness",)
    assert heard.topics == ("ice_heat",)


@pytest.mark.parametrize("no", ["no", "nope", "none", "not at all", "fine", "all good", "its fine"])
@pytest.mark.parametrize(
    "doubt", ["i think", "probably", "maybe", "so far", "mostly", "but it did yesterday", "but sometimes"]
)
def test_a_doubt_beside_a_no_keeps_it_from_clearing(no: str, doubt: str) -> None:
    assert EARS.understand(f"{no} {doubt}", SADDLE).yes_no == "unsure"


@pytest.mark.parametrize(
    ("text", "answer"), [("just the left one", "no"), ("both", "yes"), ("each side", "yes")]
)
def test_one_side_is_a_no_where_both_are_asked_about(text: str, answer: str) -> None:
    assert EARS.understand(text, Expecting("yes_no", flags=("both_legs",))).yes_no == answer
