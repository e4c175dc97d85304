"""How well the kiosk hears: words, answers, the "no" that nobody said, and the signs that are caught."""

import json
import random
import re
from pathlib import Path

from bench.hall import NO, NUMBERS, SENTENCES, YES, Hall, row, share, table
from bench.heard import Condition, hear, spoken, wrong_words
from flows.heard import Expecting, Heard
from flows.line import Line
from flows.questions import Question
from voice.assurance import plain, sure
from voice.endpointing import Kind
from voice.listener import Listener
from voice.meaning import Meant
from voice.noticed import Ended
from voice.wav import RATE

_CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus" / "check.jsonl"
# Answers that must never be taken for "no".
_NEITHER = ("yes", "numb", "now and then", "I don't know", "both legs", "oh yes", "a little", "not sure")
# Where the aim holds, each is said so often, every time in another stretch of the noise.
_AIM_DB, _MOMENTS = 10, 12
_FIGURES = (1, 3, 4, 7, 8, 10, 2, 5)
_ASKS = Question(Expecting("yes_no", flags=("saddle_numbness",)), ("saddle_numbness",), ("saddle_numbness",))


def words(hall: Hall, listener: Listener) -> None:
    """Word error of open speech through the whole path."""
    table("word error", "", "words", "wrong")
    for condition in hall.conditions:
        said = wrong = 0
        for text, sound in hall.spoken(hall.few(SENTENCES), condition):
            bare, found = _bare(text), _bare(hear(listener, sound.pcm, "open").transcript.text)
            said, wrong = said + len(bare), wrong + wrong_words(bare, found)
        row(condition.name, said, share(wrong, said))


def answers(hall: Hall, listener: Listener) -> None:
    """Yes, no and numbers: right, wrong or asked again."""
    table("answers", "", "yes/no right", "asked again", "wrong", "number right")
    wanted = dict.fromkeys(YES, "yes") | dict.fromkeys(NO, "no")
    figures = dict(zip(NUMBERS, map(str, _FIGURES), strict=True))
    for condition in hall.conditions:
        right = again = wrong = numbers = 0
        asked = list(hall.spoken([*hall.few(YES), *hall.few(NO)], condition))
        for text, sound in asked:
            found = _meant(hall.line, hear(listener, sound.pcm, "yes_no"), "yes_no")
            right, again = right + (found == wanted[text]), again + (found in ("", "unsure"))
            wrong += found in ("yes", "no") and found != wanted[text]
        counted = list(hall.spoken(hall.few(NUMBERS), condition))
        for text, sound in counted:
            numbers += _meant(hall.line, hear(listener, sound.pcm, "number"), "number") == figures[text]
        every = len(asked)
        row(
            condition.name,
            *(share(one, every) for one in (right, again, wrong)),
            share(numbers, len(counted)),
        )


def false_no(hall: Hall, listener: Listener) -> None:
    """The "no" that nobody said: how often it is heard, and how often it counts once it was read back."""
    table('a "no" that nobody said', "", "said", "heard", "counted")
    for condition in hall.conditions:
        said = heard = counted = 0
        moments = _MOMENTS if condition.db == _AIM_DB and not hall.quick else 1
        for number, (_, sound) in enumerate(hall.spoken(_NEITHER * moments, condition)):
            said += 1
            ended = hear(listener, sound.pcm, "yes_no")
            if _meant(hall.line, ended, "yes_no") != "no":
                continue
            heard += 1
            counted += _believed(hall.line, ended) or _confirmed(hall, listener, condition, number)
        row(condition.name, said, share(heard, said), f"{counted} ({share(counted, said)})")


def flags(hall: Hall, listener: Listener) -> None:
    """How many of what people say of each sign are caught: understood, or asked about."""
    lines = [json.loads(one) for one in _CORPUS.read_text(encoding="utf-8").splitlines()]
    texts: dict[str, list[str]] = {}
    for one in lines:
        if one["kind"] == "flag" and len(one["present"]) == 1 and len(one["text"]) < 70:
            texts.setdefault(one["present"][0], []).append(one["text"])
    table("signs caught", "", "as text", *(one.name for one in hall.conditions))
    people = list(hall.people.values())
    every = [0] * (1 + len(hall.conditions))
    for flag, said in sorted(texts.items()):
        some = random.Random(flag).sample(said, min(len(said), 2 if hall.quick else 12))
        caught = [sum(_caught(hall.line, flag, text) for text in some)]
        for condition in hall.conditions:
            sounds = (
                spoken(people[number % len(people)], text, condition, number * RATE)
                for number, text in enumerate(some)
            )
            found = (hear(listener, sound.pcm, "open").transcript.text for sound in sounds)
            caught.append(sum(_caught(hall.line, flag, text) for text in found))
        row(flag, *(share(one, len(some)) for one in caught))
        every = [before + now for before, now in zip(every, caught, strict=True)]
    row("**all**", *every)


def _meant(line: Line, ended: Ended, kind: Kind) -> str:
    """ "yes", "no", "unsure", a number, or "" for an answer that is asked for again."""
    if kind == "number":
        number = _understood(line, ended, Expecting("number")).number
        return "" if number is None else str(number)
    return _understood(line, ended, _ASKS.expecting).yes_no or ""


def _believed(line: Line, ended: Ended) -> bool:
    """Whether a "no" to the question counts as it is."""
    heard, text = _understood(line, ended, _ASKS.expecting), ended.transcript.text
    return sure(ended.evidence, text) and plain(Meant(heard, heard, _ASKS), text, "en")


def _confirmed(hall: Hall, listener: Listener, condition: Condition, number: int) -> bool:
    """ "I heard no. Is that right?" They say no, and may be misheard once more."""
    say = list(hall.people.values())[number % len(hall.people)]
    answer = hear(listener, spoken(say, "no", condition, number * RATE).pcm, "yes_no")
    return _meant(hall.line, answer, "yes_no") == "yes"


def _understood(line: Line, ended: Ended, expecting: Expecting) -> Heard:
    return line.ears["en"].understand(ended.transcript.text, expecting)


def _bare(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def _caught(line: Line, flag: str, text: str) -> bool:
    found = line.ears["en"].understand(text)
    return flag in {*found.flags("present"), *found.flags("unsure")}
