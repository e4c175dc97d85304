"""What the kiosk's hearing is measured with, and how its tables are printed."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bench.gym_sounds import Say
from bench.heard import Condition, Spoken, spoken
from flows.line import Line
from voice.ears import Ears
from voice.wav import RATE

SENTENCES = (
    "I hurt my lower back.",
    "My back feels tight and stiff after squats.",
    "It is a dull ache on both sides of the spine.",
    "I can't feel anything between my legs.",
    "The pain shoots down my left leg to the foot.",
    "I haven't been able to pee since this morning.",
    "I dropped the bar and felt something pop.",
    "It started two days ago and it gets worse when I sit.",
)
YES = ("yes", "yeah", "yes it does", "yes I do", "yep")
NO = ("no", "nope", "no it doesn't", "not at all", "no I don't")
NUMBERS = ("one", "three", "four", "seven", "eight", "ten", "two", "five out of ten")


@dataclass(frozen=True)
class Hall:
    """What everything is measured with."""

    ears: Ears
    line: Line
    people: dict[str, Say]
    conditions: list[Condition]
    quick: bool
    hours: float

    def few(self, many: Sequence[str]) -> Sequence[str]:
        return many[:3] if self.quick else many

    def spoken(self, texts: Iterable[str], condition: Condition) -> Iterable[tuple[str, Spoken]]:
        """Each text by each voice in ``condition``, each time at another moment of the noise."""
        dice = random.Random(condition.name)
        for text in texts:
            for say in self.people.values():
                yield text, spoken(say, text, condition, dice.randrange(RATE * 10))


def table(title: str, *columns: str) -> None:
    """The head of a table in Markdown."""
    print(f"\n**{title}**\n\n| {' | '.join(columns)} |\n|{' --- |' * len(columns)}")


def row(*cells: object) -> None:
    """One line of it."""
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def share(part: int, whole: int) -> str:
    """In percent."""
    return f"{100 * part / max(1, whole):.1f} %"
