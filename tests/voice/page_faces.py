"""The faces of the kiosk page, as the stream brings each of them about."""

from collections.abc import Callable

from tests.voice.page_script import Script

LIST = (
    "Do you have any of these now?\nTrouble peeing, or you leaked pee or poo\n"
    "Numb or odd feeling around groin, genitals or bottom. Yes or no?"
)


def buttons(*labels: str) -> list[dict[str, str]]:
    return [{"label": label, "say": label} for label in labels]


def describe(script: Script) -> None:
    script.answer(
        "What happened, and what do you feel right now?", anything=True, buttons=buttons("Nothing hurts")
    )


def question(script: Script) -> None:
    script.say(type="heard", text="it got tight during squats", sure=True, by="speech")
    script.answer(LIST, buttons=buttons("Yes", "No", "Not sure"), progress={"settled": 3, "of": 9})


def score(script: Script) -> None:
    script.answer("How bad is the pain, from zero to ten?", buttons=buttons(*map(str, range(11))))


def confirming(script: Script) -> None:
    script.say(type="heard", text="no", sure=False, by="speech")
    script.answer("I heard no. Is that right?", buttons=buttons("Yes", "No"), confirming=True, beside=True)


def thinking(script: Script) -> None:
    script.state("thinking")


def result(script: Script) -> None:
    script.answer("Carry on, but lighter: half the weight. Stop if it comes back.", level="modify", done=True)


def waiting(script: Script) -> None:
    script.answer("Walk gently. I will ask again.", ask_again_in=130)
    script.state("asleep", ask_again_in=130)


def emergency(script: Script) -> None:
    words = "Stop. Call 911 now, or ask someone to. Say: my legs are numb. Sit or lie down as it hurts least."
    script.answer(words, level="emergency", done=True)


def number(script: Script) -> None:
    script.answer(
        "What is your mobile number? I text you this advice, and may ask later how you are.",
        aside={"stage": "asking", "draft": ""},
        buttons=buttons("Cancel"),
    )


def unpaired(script: Script) -> None:
    script.close(1008, "this kiosk's token is not known.")


FACES: list[Callable[[Script], None]] = [
    describe, question, score, confirming, thinking, result, number, waiting, emergency, unpaired,
]  # fmt: skip
