"""How a simulated patient words things: symptoms, and the answer to one question."""

import random
from collections.abc import Iterable
from dataclasses import dataclass

from flows.heard import Expecting
from flows.model import Ask
from flows.questions import Question
from flows.session import Channel
from flows.simulation.phrases import Book
from flows.simulation.truth import Present, Truth, true_answer

_WORDS_NOT_NUMBERS = 0.3
_TAPPED = 0.35
_QUALIFIED_AT_ONCE = 0.6
_PART_OF_A_LIST = 0.15
_DENIES_IN_WORDS = 0.08
_SYMPTOM_WITH_A_YES = 0.15


@dataclass(frozen=True)
class Words:
    """A text, and the facts (``flag`` or ``flag.qualifier``) that it tells truthfully and clearly."""

    text: str
    tells: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Speech:
    """What one patient draws words from."""

    book: Book
    channel: Channel
    truth: Truth
    rng: random.Random

    def symptom(self, flag: str, words: tuple[str, ...]) -> Words | None:
        """One clear phrasing of ``flag``; ``None`` for a flag that the phrase book has no words for."""
        for word in words:
            key = f"qualified.{flag}.{word}"
            if key in self.book and self.rng.random() < _QUALIFIED_AT_ONCE:
                return Words(self.book.say(key, self.rng), frozenset((flag, f"{flag}.{word}")))
        if f"flags.{flag}" not in self.book:
            return None
        return Words(self.book.say(f"flags.{flag}", self.rng), frozenset((flag,)))

    def symptoms(self, flags: Iterable[str], present: Present) -> Words | None:
        """All of ``flags`` in one text."""
        found = [words for flag in flags if (words := self.symptom(flag, present[flag]))]
        return self.joined(found) if found else None

    def joined(self, parts: list[Words]) -> Words:
        """``parts`` as one text."""
        text = parts[0].text
        for part in parts[1:]:
            text += self.rng.choice(self.book.all("joints")) + part.text
        return Words(text, frozenset().union(*(part.tells for part in parts)))

    def denial(self, present: Present) -> Words | None:
        """A symptom that is not there, said so of one's own accord."""
        keys = self.book.under("denied")
        flag = self.rng.choice(keys) if keys else ""
        if not flag or flag in present or (present and flag in self.book.all("denied_by_the_well")):
            return None
        return Words(self.book.say(f"denied.{flag}", self.rng))

    def answer(self, question: Question, step: Ask, present: Present) -> Words:
        """A true and clear answer to ``question``, which ``step`` put."""
        expecting = question.expecting
        if expecting.kind == "checklist" and self.channel == "sms":
            return self._list(expecting, present)
        if expecting.kind in ("yes_no", "checklist"):
            return self._yes_no(question, step, present)
        if expecting.kind == "number":
            score = int(self.truth.answers[step.id])
            severe = frozenset(flag for flag, lowest in step.severe_from.items() if score >= lowest)
            return Words(self._score(score), severe)
        option = true_answer(step, self.truth, present)
        return Words(self._choice(expecting, option), frozenset(step.means.get(option, ())))

    def vague(self, question: Question) -> Words:
        """No answer to ``question``, though an honest try."""
        kinds = {"number": "vague_number", "choice": "vague_choice", "checklist": "some"}
        return Words(self.book.say(kinds.get(question.expecting.kind, "vague"), self.rng))

    def _yes_no(self, question: Question, step: Ask, present: Present) -> Words:
        rng, book = self.rng, self.book
        if step.adds and not question.expecting.flags:
            facts = {f"{flag}.{word}" for flag, word in step.adds.items() if word in present.get(flag, ())}
            return Words(book.say("yes", rng), frozenset(facts)) if facts else Words(book.say("no", rng))
        there = asked_and_there(question, step, present)
        if not there:
            return Words(book.say("no", rng))
        told = frozenset(there)
        if rng.random() < _WORDS_NOT_NUMBERS and (words := self.symptom(there[0], present[there[0]])):
            if rng.random() < _SYMPTOM_WITH_A_YES:
                return words
            return Words(f"{book.say('yes', rng)}, {words.text}", words.tells | told)
        return Words(book.say("yes", rng), told)

    def _list(self, expecting: Expecting, present: Present) -> Words:
        rng, book = self.rng, self.book
        there = [place for place, item in enumerate(expecting.items) if any(flag in present for flag in item)]
        if not there:
            return Words(book.say("none", rng))
        if len(there) > 1 and rng.random() < _PART_OF_A_LIST:
            there = [rng.choice(there)]
        flags = [flag for place in there for flag in expecting.items[place] if flag in present]
        if rng.random() < _WORDS_NOT_NUMBERS and (words := self.symptoms(flags, present)):
            return words
        figures = [str(place + 1) for place in there]
        listed = rng.choice(book.all("between")).join(figures)
        return Words(rng.choice(book.all("ticks")).format(list=listed), frozenset(flags))

    def _score(self, score: int) -> str:
        numbers = self.book.all("numbers")
        figure = numbers[score] if self.channel == "voice" and score < len(numbers) else str(score)
        return self.book.say("score", self.rng).format(n=figure)

    def _choice(self, expecting: Expecting, option: str) -> str:
        key = f"options.{expecting.answers}.{option}"
        tapped = self.channel == "sms" and expecting.by_place and self.rng.random() < _TAPPED
        if tapped or key not in self.book:
            return str(expecting.options.index(option) + 1)
        return self.book.say(key, self.rng)


def asked_and_there(question: Question, step: Ask, present: Present) -> list[str]:
    """The flags of ``present`` that make "yes" the truth.

    The plain question about the first flag of a list's item is worded for the whole item.
    """
    asks = [*question.asks]
    for item in step.expecting.items:
        if item[0] in asks:
            asks += item
    return [flag for flag in dict.fromkeys(asks) if flag in present]
