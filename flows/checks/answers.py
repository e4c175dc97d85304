"""Answers that are not heard as what they are to mean. The flow's own ears are asked."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from flows.answer_phrases import AnswerPhrase, answer_phrases
from flows.heard import Heard
from flows.levels import Level
from flows.line import Line
from flows.model import Ask, Flow
from flows.source import Finding
from flows.understanding import Understanding

# What happens to somebody whose answer is taken for a command.
_HARM = {"stop": "the person would get no more texts", "restart": "everything said so far would be forgotten"}


def answers_told_apart(line: Line, folder: Path) -> Iterator[Finding]:
    """Each phrase of an answer, and each button, that is heard as another answer, a command or a flag."""
    for language, ears in line.ears.items():
        phrases = [*answer_phrases(folder, language), *_buttons(line.flow, language)]
        named: set[AnswerPhrase] = set()
        for step, phrase in asked(line.flow, phrases):
            # Questions may share their answers: what is wrong with one of them is said once.
            for finding in () if phrase in named else _misheard(line.flow, ears, step, phrase):
                named.add(phrase)
                yield finding


def asked(flow: Flow, phrases: Iterable[AnswerPhrase]) -> Iterator[tuple[Ask, AnswerPhrase]]:
    """Each question with options, with each phrase that answers it."""
    by_answers: Mapping[str, list[AnswerPhrase]] = _grouped(phrases)
    for step in flow.steps.values():
        if isinstance(step, Ask):
            for phrase in by_answers.get(step.expecting.answers, []):
                if phrase.option in step.expecting.options:
                    yield step, phrase


def _grouped(phrases: Iterable[AnswerPhrase]) -> dict[str, list[AnswerPhrase]]:
    groups: dict[str, list[AnswerPhrase]] = {}
    for phrase in phrases:
        groups.setdefault(phrase.answers, []).append(phrase)
    return groups


def _buttons(flow: Flow, language: str) -> Iterator[AnswerPhrase]:
    """What the kiosk sends when an option is tapped."""
    wording = flow.wording[language]
    for key, words in wording.words.items():
        kind, _, name = key.partition(".")
        if kind == "option":
            answers, _, option = name.partition(".")
            yield AnswerPhrase(answers, option, words.voice, wording.file, words.line)


def _misheard(flow: Flow, ears: Understanding, step: Ask, phrase: AnswerPhrase) -> Iterator[Finding]:
    """What goes wrong with ``phrase``, in the engine's order: flags, commands, the answer."""
    heard = ears.understand(phrase.text, step.expecting)
    flags = _taken_by(flow, step, phrase, heard)
    what = f"`{phrase.text}`, which answers `{step.id}` with `{phrase.option}`,"
    if flags:
        what += f" tells of `{flags[0]}`"
        why = f"Then the conversation is about that ({flow.worst_of(flags).id}) and not about the answer."
        mend = f"take the phrase out, or let `means` of `{step.id}` say that `{phrase.option}` is that flag"
    elif heard.command:
        yield lost_to(heard.command, what, phrase)
        return
    elif heard.choice == phrase.option:
        return
    elif others := _others(ears, step, phrase):
        what += f" can also mean {' or '.join(f'`{other}`' for other in others)}"
        why = "The person would be asked again, or taken to have said the other."
        mend = "leave the phrase to one of the answers, or write `word!` for that very form of a word"
    else:
        what += " is not heard as an answer"
        why = "The person would be asked again."
        mend = "say it in other words"
    yield Finding(phrase.file, phrase.line, what, mend, why)


def lost_to(command: str, what: str, phrase: AnswerPhrase) -> Finding:
    """The finding that ``phrase``, introduced by ``what``, is taken for ``command``."""
    why = f"A command goes before an answer: {_HARM.get(command, 'the answer is lost')}."
    mend = "take it out, or make the command narrower in commands.yaml (`stop!` is that very form only)"
    return Finding(phrase.file, phrase.line, f"{what} is taken for the command `{command}`", mend, why)


def _taken_by(flow: Flow, step: Ask, phrase: AnswerPhrase, heard: Heard) -> list[str]:
    """The flags in ``phrase`` for which the conversation leaves the question: urgent, and not meant by it."""
    meant = max((flow.worst_of([flag]) for flag in step.means.get(phrase.option, ())), default=Level.INFO)
    least = max(Level.URGENT, meant + 1)
    return [flag for flag in heard.flags("present") if flow.worst_of([flag]) >= least]


def _others(ears: Understanding, step: Ask, phrase: AnswerPhrase) -> list[str]:
    """The other options of ``step`` that ``phrase`` means when they are the only ones."""

    def means(option: str) -> bool:
        only = replace(step.expecting, options=(option,), by_place=False)
        return ears.understand(phrase.text, only).choice == option

    return [one for one in step.expecting.options if one != phrase.option and means(one)]
