"""A thousand messages as they come in: openings, answers, questions, commands, noise, emergencies."""

import itertools

_OPENINGS = [
    "hi",
    "my lower back hurts",
    "i was deadlifting and felt a sharp pain in my lower back",
    "Dull ache in the low back since tuesday, gets worse when i squat",
    "hurt my back at the gym, shooting pain down my left leg",
    "lower back spasm, no numbness no tingling, can still walk fine",
    "my client dropped the bar and says her foot feels weak",
    "back tight after rows. is it ok to carry on?",
    "cant feel between my legs and i wet myself",
    "About 3 weeks of on and off pain, 4 out of 10, worse in the morning, better once I move around a bit. "
    "I had something like it years ago after moving house and it went away by itself.",
]
_ANSWERS = [
    "none",
    "no",
    "2",
    "yes",
    "NONE of those",
    "no nothing like that",
    "seven",
    "4",
    "sharp",
    "dull",
    "better",
    "same",
    "2 and 4",
    "the second",
    "not sure",
    "since yesterday",
    "ok",
]
_QUESTIONS = [
    "ice or heat?",
    "can i take ibuprofen",
    "how do i brace properly",
    "why does it hurt",
    "should i stretch it",
    "help",
    "what did you say",
    "can I talk to someone",
]
_NOISE = ["", "???", "asdf", "😭😭", "me duele la espalda", "lol ok thx", "x" * 400]


def mixed(count: int) -> list[str]:
    """``count`` messages, the same every time: half of them answers, the rest of the other kinds in turn."""
    openings, answers, questions, noise = map(itertools.cycle, (_OPENINGS, _ANSWERS, _QUESTIONS, _NOISE))
    order = itertools.cycle([openings, answers, answers, questions, answers, noise])
    return [next(kind) for kind in itertools.islice(order, count)]
