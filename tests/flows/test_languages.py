"""A conversation in several languages: which one is spoken, and what a language lacks."""

import shutil
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from flows.content import languages_of
from flows.events import Event, Started, Text
from flows.languages import language_of
from flows.line import BACK_PAIN, Line, load_line
from flows.loader import load_flow
from flows.model import Ask
from flows.session import Channel, Session
from flows.source import FlowError
from flows.turn import Turn
from flows.wording import CHANNELS


def talk(line: Line, *texts: str, channel: Channel = "sms", country: str = "US", language: str = "") -> Turn:
    """The turn that answers the last of ``texts``, with the session written and read in between."""
    session = line.open(channel, country, language)
    for now, text in enumerate(texts):
        event: Event = Text(line.hear(session, text)) if text else Started()
        turn = line.step(session, event, 1_000_000.0 + now)
        session = Session.from_json(turn.session.to_json())
    return turn


def said(turn: Turn) -> str:
    return "\n".join(reply.text for reply in turn.replies)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("me duele la espalda baja desde ayer", "es"),
        ("no siento las piernas", "es"),
        ("hola", "es"),
        ("my lower back hurts since yesterday", "en"),
        ("no feeling in my legs", "en"),
        ("me and my back", "en"),
        ("ok", ""),
        ("no", ""),
        ("1", ""),
        ("STOP", ""),
        ("", ""),
        ("моя спина болит", ""),
        ("mein Rücken tut mir furchtbar weh", ""),
    ],
)
def test_the_words_tell_the_language_or_leave_it_open(line: Line, text: str, language: str) -> None:
    assert language_of(line.ears, text) == language


def test_the_first_words_choose_the_language_and_it_is_kept(line: Line) -> None:
    first = talk(line, "me duele la espalda baja")
    assert "Soy Spotter" in said(first)
    assert "¿Tienes ahora" in said(first)
    later = talk(line, "me duele la espalda baja", "ok", "2")
    assert later.session.language == later.language == "es"


def test_words_that_do_not_tell_leave_it_to_the_next_ones(line: Line) -> None:
    assert "What happened" in said(talk(line, "ok"))
    assert "¿Tienes ahora" in said(talk(line, "ok", "me duele la espalda baja"))


def test_an_emergency_in_the_other_language_is_understood_at_any_time(line: Line) -> None:
    turn = talk(line, "my lower back is sore", "no puedo orinar desde ayer")
    assert turn.session.level.id == "emergency"
    assert "Llama al 911" in said(turn)


def test_a_word_of_another_language_does_not_change_a_language_that_was_told(line: Line) -> None:
    assert talk(line, "my lower back is sore", "hola").language == "en"


@pytest.mark.parametrize("name", ["español", "ESPANOL", "Spanish please", "en español"])
def test_a_language_is_asked_for_by_its_name(line: Line, name: str) -> None:
    assert "¿Tienes ahora" in said(talk(line, "my lower back is sore", name))
    assert "Soy Spotter" in said(talk(line, name))


def test_after_the_end_the_advice_is_given_again_in_the_language_asked_for(line: Line) -> None:
    turn = talk(line, "I wet myself and my back hurts", "español")
    assert turn.replies[0].key == "emergency"
    assert "Llama al 911 ahora" in said(turn)
    assert "Call 911 now" in said(talk(line, "me hice pis y me duele la espalda", "english"))


def test_a_language_that_the_flow_lacks_gets_the_names_of_those_it_has(line: Line) -> None:
    turn = talk(line, "mein Rücken tut mir furchtbar weh")
    assert "English, Español" in said(turn)
    assert "911" in said(turn)
    assert turn.language == "en"


def test_a_session_may_be_opened_in_a_language(line: Line) -> None:
    assert "Hola, soy Spotter" in said(talk(line, "", channel="voice", language="es"))
    assert "I am Spotter" in said(talk(line, "", channel="voice", language="xx"))
    assert "Algo en mí se ha roto" in line.safety_words("voice", "US", "es").replace("algo", "Algo")


def test_a_session_in_a_language_that_is_gone_goes_on_in_the_flows_own(line: Line) -> None:
    session = replace(talk(line, "me duele la espalda baja").session, language="xx")
    turn = line.step(session, Text(line.hear(session, "none")), 1_000_100.0)
    assert turn.session.step == "screen_cause"
    assert "Does any of these fit?" in said(turn)


@pytest.mark.parametrize(
    ("country", "words"),
    [("US", "988 y marca 2"), ("ES", "024"), ("MX", "800 911 2000"), ("CL", "131"), ("XX", "112 o 911")],
)
def test_the_crisis_line_is_the_one_that_speaks_the_language(line: Line, country: str, words: str) -> None:
    assert f"llama al {words} ahora" in said(talk(line, "quiero morirme", country=country))
    assert "marca" not in said(talk(line, "i want to die", country=country))


def test_every_button_is_heard_as_its_own_answer(line: Line) -> None:
    for language, ear in line.ears.items():
        wording = line.flow.wording[language]
        for step in line.flow.steps.values():
            if not isinstance(step, Ask):
                continue
            for option, channel in product(step.expecting.options, CHANNELS):
                label = wording.text(f"option.{step.expecting.answers}.{option}", channel)
                assert ear.understand(label, step.expecting).choice == option, (language, label)


# -- what a language needs


@pytest.fixture
def third(tmp_path: Path) -> Path:
    """The flow with a third language `xx`, made of files only; gives the folder that holds all of it."""
    flow, languages = tmp_path / "flow", tmp_path / "flow" / "language"
    shutil.copytree(BACK_PAIN, flow)
    shutil.copytree(languages_of(BACK_PAIN), languages)
    shutil.copytree(languages / "en", languages / "xx")
    shutil.copytree(flow / "meaning" / "en", flow / "meaning" / "xx")
    shutil.copy(flow / "wording" / "en.yaml", flow / "wording" / "xx.yaml")
    change(flow / "wording" / "xx.yaml", '  language: "English"', '  language: "Xexish"')
    for language in languages.iterdir():
        file = language / "commands.yaml"
        file.write_text(file.read_text() + 'language.xx: "xexish"\n')
    return tmp_path


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def wrong_with(folder: Path) -> str:
    with pytest.raises(FlowError) as caught:
        load_line(folder / "flow")
    return str(caught.value)


def test_a_third_language_needs_files_only(third: Path) -> None:
    line = load_line(third / "flow")
    assert line.flow.language_names == {"en": "English", "es": "Español", "xx": "Xexish"}
    assert talk(line, "me duele la espalda baja", "xexish").language == "xx"
    assert "English, Español, Xexish" in said(talk(line, "mein Rücken tut mir furchtbar weh"))


def test_each_wording_that_a_language_lacks_is_named(third: Path) -> None:
    path = third / "flow" / "wording" / "xx.yaml"
    change(path, "stop_now:\n", "stop_later:\n")
    change(path, "  bladder_bowel: ", "  bladder: ")
    change(path, '  "yes": "Yes"\n', "")
    with pytest.raises(FlowError) as caught:
        load_flow(third / "flow")
    lacking = {one.what.split("`")[1] for one in caught.value.findings if "no wording" in one.what}
    assert lacking == {"stop_now", "item.bladder_bowel", "button.yes"}
    assert {one.file for one in caught.value.findings} == {str(path)}


@pytest.mark.parametrize(
    ("file", "old", "new", "what"),
    [
        ("flow/meaning/xx/answers.yaml", "    both: |", "    all_of_them: |", "`legs_count.both` without"),
        ("flow/meaning/xx/topics.yaml", "  bracing:", "  braces:", "the topic `bracing` is not in"),
        ("flow/language/xx/negation.yaml", "\nuntil:", "\nuntill:", "`until` is missing"),
        ("flow/language/xx/grammar.yaml", "\nnegatives:", "\nnegative:", "`negatives` is missing"),
        ("flow/language/xx/commands.yaml", "language.es:", "language.de:", "`Español` does not ask for"),
        ("flow/language/es/commands.yaml", "language.xx:", "language.yy:", "`Xexish` does not ask for"),
        ("flow/flow.yaml", "\nlanguage: en\n", "\n", "which of en, es, xx is spoken first"),
        ("flow/flow.yaml", "\nlanguage: en\n", "\nlanguage: de\n", "the flow has no language `de`"),
    ],
)
def test_what_a_language_lacks_is_named(third: Path, file: str, old: str, new: str, what: str) -> None:
    change(third / file, old, new)
    found = wrong_with(third)
    assert what in found
    assert str(third / file).rpartition("/")[0] in found


@pytest.mark.parametrize("file", ["words", "numbers", "replies", "time", "commands", "grammar", "negation"])
def test_a_missing_file_of_a_language_is_named(third: Path, file: str) -> None:
    path = third / "flow" / "language" / "xx" / f"{file}.yaml"
    path.unlink()
    assert f"{path}:1: error: the file is missing" in wrong_with(third)
