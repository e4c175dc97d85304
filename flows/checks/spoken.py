"""Prompts that take too long to listen to, and answers that the speech model cannot hear."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from flows.answer_phrases import answer_words
from flows.delivered import delivered
from flows.line import Line
from flows.source import Finding, FlowError
from flows.speaking_time import (
    Listener,
    SpeakingTimes,
    mark,
    mark_of_words,
    read_speaking_times,
    speaking_times_file,
)

# After twelve seconds the beginning is forgotten. A phone number is said slowly and twice: for the longest
# that takes eight seconds with the pauses around it, and it asks nothing of the memory.
LONGEST_SECONDS = 12.0
SECONDS_FOR_A_NUMBER = 8.0
_NUMBERS = ("{emergency}", "{crisis}")
# The most that the voice says in a second, of all that was ever measured.
FASTEST = 15.0
_MEASURE = "run `python -m voice measure`"


def prompts_are_short(line: Line, folder: Path) -> Iterator[Finding]:
    """A finding for each wording that takes too long to say, and a warning for each not measured as it is.

    One that would be too long even if it were said as fast as the fastest is an error without a measurement.
    """
    for language, wording in line.flow.wording.items():
        try:
            times = read_speaking_times(speaking_times_file(wording)) or SpeakingTimes("", {})
        except FlowError as error:
            yield from error.findings
            continue
        for text in delivered(line.flow, language, "voice"):
            measured, seconds = times.seconds.get(text.key, ("", 0.0))
            if measured != mark(text.text):
                what = f"how long `{text.key}` takes to say was not measured since it changed"
                why = "A long prompt is not noticed before somebody has to listen to it."
                mend, severity, least = _MEASURE, "warning", len(text.text) / FASTEST
                if least > (most := _budget(wording.words[text.key].voice)):
                    what += f", and it has {least:.0f} s or more; {most:g} s are allowed"
                    mend, severity = f"say it in fewer words under `voice:`, then {_MEASURE}", "error"
                yield Finding(wording.file, text.line, what, mend, why, severity)
            elif seconds > (most := _budget(wording.words[text.key].voice)):
                what = f"`{text.key}` takes {seconds:.1f} s to say at its longest; {most:g} s are allowed"
                why = "People forget the beginning, or speak before the end."
                mend = f"say it in fewer words under `voice:`, then {_MEASURE}"
                yield Finding(wording.file, text.line, what, mend, why)


def _budget(words: str) -> float:
    return LONGEST_SECONDS + SECONDS_FOR_A_NUMBER * sum(number in words for number in _NUMBERS)


def answers_can_be_heard(line: Line, folder: Path) -> Iterator[Finding]:
    """A finding for each answer word that the kiosk's speech model lacks; none where no model was asked."""
    for language in line.ears:
        try:
            times = read_speaking_times(speaking_times_file(line.flow.wording[language]))
        except FlowError:
            continue  # told of by `prompts_are_short`
        if times and times.listener:
            yield from _unheard(times.listener, answer_words(folder, language))


def _unheard(listener: Listener, words: Mapping[str, tuple[str, int]]) -> Iterator[Finding]:
    why = f"While {listener.model} listens, an answer with this word is never heard."
    for word in listener.lacks:
        if word in words:
            file, place = words[word]
            mend = "say it in a word that the model knows, or take it out"
            yield Finding(file, place, f"the speech model lacks `{word}`", mend, why)
    if words and mark_of_words(words) != listener.words:
        file, place = next(iter(words.values()))
        what = f"the answers changed since {listener.model} was asked for their words"
        yield Finding(file, place, what, _MEASURE, "A word that it lacks is never heard.", "warning")
