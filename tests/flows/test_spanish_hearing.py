"""Spanish is understood: figures on sentences nobody tuned by, and the traps of its accents and noes."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

import flows
from flows.flags import load_flags
from flows.heard import ANYTHING, Expecting, Heard
from flows.levels import Level
from flows.understanding import Understanding, load_understanding
from tests.corpus import write

FLOW = Path(flows.__file__).parent / "back_pain"
CORPUS = write.HERE / "es"
FLAGS = load_flags(write.FLAGS)
EMERGENCIES = {name for name, flag in FLAGS.items() if flag.level is Level.EMERGENCY}
URGENT = {name for name, flag in FLAGS.items() if flag.level is Level.URGENT}
TOLD = ("flag", "several", "negation_trap")
HARMLESS = ("harmless_gym", "harmless_everyday", "question_topic")


@dataclass(frozen=True)
class Sentence:
    """One sentence with its labels; ``asked`` and ``answer`` belong to kind ``answer``."""

    text: str
    kind: str
    present: frozenset[str]
    unsure: frozenset[str]
    denied: frozenset[str]
    asked: str
    answer: str


def sentences(file: str) -> Iterator[Sentence]:
    for group in yaml.safe_load((CORPUS / f"{file}.yaml").read_text("utf-8")):
        present, unsure, denied = (frozenset(group.get(name, ())) for name in ("present", "unsure", "denied"))
        asked, answer = group.get("asked", ""), group.get("answer", "")
        for text in group["texts"]:
            yield Sentence(text, group["kind"], present, unsure, denied, asked, answer)


@pytest.fixture(scope="module")
def spanish() -> Understanding:
    return load_understanding(FLOW, "es")


@pytest.fixture(scope="module")
def check(spanish: Understanding) -> list[tuple[Sentence, Heard]]:
    def expecting(one: Sentence) -> Expecting:
        return Expecting("yes_no", flags=(one.asked,)) if one.kind == "answer" else ANYTHING

    return [(one, spanish.understand(one.text, expecting(one))) for one in sentences("check")]


def share(outcomes: list[bool]) -> float:
    assert len(outcomes) >= 30
    return sum(outcomes) / len(outcomes)


@pytest.mark.parametrize(("flags", "floor"), [(EMERGENCIES, 0.95), (URGENT, 0.95)])
def test_what_people_have_is_caught(
    check: list[tuple[Sentence, Heard]], flags: set[str], floor: float
) -> None:
    caught = [
        flag in heard.flags("present")
        for one, heard in check
        if one.kind in TOLD
        for flag in one.present & flags
    ]
    assert share(caught) >= floor


def test_what_people_have_is_asked_about_at_least(check: list[tuple[Sentence, Heard]]) -> None:
    heard_of = [
        flag in (*heard.flags("present"), *heard.flags("unsure"))
        for one, heard in check
        if one.kind in TOLD
        for flag in one.present
    ]
    assert share(heard_of) >= 0.98


def test_what_is_denied_raises_no_alarm(check: list[tuple[Sentence, Heard]]) -> None:
    alarms = [
        flag in heard.flags("present") for one, heard in check if one.kind == "denied" for flag in one.denied
    ]
    assert share(alarms) <= 0.03


def test_gym_talk_and_everyday_talk_raise_no_alarm(check: list[tuple[Sentence, Heard]]) -> None:
    alarms = [
        any(FLAGS[flag].level > Level.MODIFY for flag in heard.flags("present"))
        for one, heard in check
        if one.kind in HARMLESS
    ]
    assert share(alarms) <= 0.02


def test_answers_are_read(check: list[tuple[Sentence, Heard]]) -> None:
    assert share([heard.yes_no == one.answer for one, heard in check if one.kind == "answer"]) >= 0.97


def test_long_ago_and_what_if_are_no_alarm(spanish: Understanding) -> None:
    """On both files: there are few of them."""
    alarms = [
        not one.unsure.isdisjoint(spanish.understand(one.text).flags("present"))
        for file in ("develop", "check")
        for one in sentences(file)
        if one.kind in ("history", "hypothetical")
    ]
    assert share(alarms) <= 0.05


def test_no_sentence_is_in_both_files_and_all_flags_are_known() -> None:
    develop, judged = (list(sentences(file)) for file in ("develop", "check"))
    assert not {one.text.casefold() for one in develop} & {one.text.casefold() for one in judged}
    assert len(judged) >= 250
    assert len(develop) >= 500
    for one in (*develop, *judged):
        assert one.present | one.unsure | one.denied <= set(FLAGS), one


def test_spanish_has_the_options_and_topics_of_english(spanish: Understanding) -> None:
    english = load_understanding(FLOW, "en", second_ears=False)
    assert spanish.options == english.options
    assert spanish.topics == english.topics


@pytest.mark.parametrize(
    ("text", "flag", "polarity"),
    [
        ("no puedo orinar", "bladder_bowel", "present"),
        ("puedo orinar bien", "bladder_bowel", "denied"),
        ("no siento la entrepierna", "saddle_numbness", "present"),
        ("no siento hormigueo en la entrepierna", "saddle_numbness", "denied"),
        ("no, tengo fiebre", "fever_unwell", "present"),
        ("no tengo fiebre", "fever_unwell", "denied"),
        ("no tengo nada de fiebre", "fever_unwell", "denied"),
        ("no es que duela, es que no siento el pie", "leg_numbness", "present"),
        ("ni se me duerme el pie ni tengo fiebre", "leg_numbness", "denied"),
        ("no quiero vivir", "self_harm", "present"),
        ("no quiero matarme", "self_harm", "denied"),
        ("sí, tengo fiebre", "fever_unwell", "present"),
        ("si tengo fiebre, ¿qué hago?", "fever_unwell", "unsure"),
        ("hace dos años se me dormía el pie", "leg_numbness", "unsure"),
        ("desde hace dos años se me duerme el pie", "leg_numbness", "present"),
    ],
)
def test_small_words_decide(spanish: Understanding, text: str, flag: str, polarity: str) -> None:
    assert [m.polarity for m in spanish.understand(text).mentions if m.flag == flag] == [polarity]


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("m orine ensima y no m di cuenta", "bladder_bowel"),
        ("NO PUEDO RESPIRAR", "breathing"),
        ("tngo ormigueo en el pie", "leg_numbness"),
        ("kiero morirme", "self_harm"),
        ("che, se me durmió la cola", "saddle_numbness"),
    ],
)
def test_it_is_understood_as_it_is_typed(spanish: Understanding, text: str, flag: str) -> None:
    assert flag in spanish.understand(text).flags("present")


@pytest.mark.parametrize(
    ("text", "value"),
    [("un 6,5", 7), ("como 6 o 7", 7), ("7 de 10", 7), ("ocho", 8), ("10 repeticiones", None)],
)
def test_scores_are_read(spanish: Understanding, text: str, value: int | None) -> None:
    assert spanish.understand(text, Expecting("number", lowest=0, highest=10)).number == value


@pytest.mark.parametrize(
    ("text", "hours"), [("hace 2 años", 17532), ("hace tres dias", 72), ("desde ayer", 24), ("un mes", 730)]
)
def test_times_are_read(spanish: Understanding, text: str, hours: float) -> None:
    assert spanish.understand(text).duration_hours == hours


def test_another_language_is_told_apart(spanish: Understanding) -> None:
    assert spanish.understand("my lower back hurts since yesterday").foreign
    assert not spanish.understand("me duele la parte baja de la espalda desde ayer").foreign


@pytest.mark.parametrize(
    ("text", "command"),
    [("repite por favor", "repeat"), ("quiero hablar con una persona", "staff"), ("english", "language.en"),
     ("gracias", "thanks"), ("hola", "greeting"), ("basta", "stop"), ("ayuda", "help")],
)  # fmt: skip
def test_commands_are_heard(spanish: Understanding, text: str, command: str) -> None:
    assert spanish.understand(text).command == command


@pytest.mark.parametrize(
    ("text", "ticked"),
    [("2 y 4", (1, 3)), ("ninguno", ()), ("la segunda", (1,)), ("todas", (0, 1, 2, 3)),
     ("todas menos la 2", (0, 2, 3)), ("1 no 2 sí", (1,)), ("no no sí no", (2,)), ("tengo fiebre", (0,))],
)  # fmt: skip
def test_a_list_is_ticked(spanish: Understanding, text: str, ticked: tuple[int, ...]) -> None:
    items = (("fever_unwell",), ("cancer_history",), ("fracture_risk",), ("deformity",))
    assert spanish.understand(text, Expecting("checklist", items=items)).ticked == ticked


def test_an_accent_tells_two_words_apart(spanish: Understanding) -> None:
    def word(text: str) -> str:
        return spanish.reader.read(text)[0].word

    assert word("sí") == word("SÍ") != word("si")
    assert word("años") != word("anos")
    assert word("está") == word("esta")


def test_an_opening_question_mark_begins_a_sentence(spanish: Understanding) -> None:
    assert [token.pause for token in spanish.reader.read("me duele ¿es grave?")] == [2, 0, 2, 0]
