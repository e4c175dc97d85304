"""Understanding what somebody wrote or said: the one way in to everything in `flows.hearing`."""

from pathlib import Path
from weakref import WeakValueDictionary

from flows.content import digest, files_under, languages_of
from flows.flags import load_flags
from flows.heard import ANYTHING, Expecting, Heard, Span
from flows.hearing.choices import choice_in, ticked_in
from flows.hearing.clauses import Clauses
from flows.hearing.meaning import Meaning, load_meaning
from flows.hearing.numbers import duration_in, numbers_in, score_in
from flows.hearing.phrases import Hit
from flows.hearing.polarity import mentions_of, token_span
from flows.hearing.reading import Reading
from flows.hearing.replies import replies_in
from flows.hearing.requests import QUESTION, command_in, topics_in
from flows.hearing.second_ears import FILE, SHORT, SecondEars, load_second_ears
from flows.hearing.yes_no import yes_no_in

# The weights are large, and seldom differ between two versions of a flow.
_SHARED: WeakValueDictionary[str, SecondEars] = WeakValueDictionary()


def load_understanding(flow_dir: Path, language: str = "en", *, second_ears: bool = True) -> "Understanding":
    """What the flow in ``flow_dir`` understands in ``language``, by its rules and the second pair of ears.

    Reads ``flags.yaml`` and ``meaning/<language>/`` of the flow, and the language's own words. Raises
    `flows.source.FlowError` naming file, line and mend for anything that cannot be used.
    """
    flags = load_flags(flow_dir / "flags.yaml")
    meaning_dir = flow_dir / "meaning" / language
    meaning = load_meaning(languages_of(flow_dir) / language, meaning_dir, flags)
    return Understanding(meaning, _second_ears(meaning_dir) if second_ears else None)


def _second_ears(meaning_dir: Path) -> SecondEars | None:
    same = digest(files_under(meaning_dir / FILE, FILE))
    ears = _SHARED.get(same) or load_second_ears(meaning_dir)
    if ears:
        _SHARED[same] = ears
    return ears


class Understanding:
    """Turns a text into a `Heard`. It keeps nothing between texts and reads no clock and no network."""

    def __init__(self, meaning: Meaning, second_ears: SecondEars | None = None) -> None:
        self._meaning = meaning
        self._second_ears = second_ears
        self.has_second_ears = second_ears is not None
        self.reader = meaning.reader
        # What can come out, for the check that a flow and its language fit each other.
        self.topics = {name.partition(".")[0] for name in meaning.topics.names} - {QUESTION.partition(".")[0]}
        self.options = meaning.choices.names
        rules = meaning.rules.rules
        self.flags = {rule.flag for rule in rules if rule.polarity == "present" and not rule.adds}

    def rules_alone(self) -> "Understanding":
        """The same rules without the second pair of ears."""
        return Understanding(self._meaning)

    def read(self, text: str) -> Reading:
        """``text`` as rules and ears see it: its words, spelt right, and the phrases in them."""
        meaning = self._meaning
        tokens = meaning.reader.read(text)
        return Reading(text, tokens, meaning.index, meaning.words, meaning.kinds)

    def known_words(self, text: str) -> tuple[int, int]:
        """How many words of ``text`` are known as they are spelt, and how many there are."""
        return self.reader.known_words(text)

    def understand(self, text: str, expecting: Expecting = ANYTHING) -> Heard:
        """Everything heard in ``text``, as an answer to the question that ``expecting`` describes."""
        meaning = self._meaning
        reading = self.read(text)
        tokens = reading.tokens
        matches = list(meaning.rules.find(reading))
        clauses = Clauses(reading, meaning.kinds, matches)
        mentions = mentions_of(matches, reading, clauses)
        numbers = numbers_in(text, tokens, meaning.numbers, meaning.grammar)
        topics = topics_in(reading, meaning)
        why: list[tuple[str, Span]] = []

        def because(name: str, start: int, end: int, rule: str) -> None:
            why.append((name, token_span(reading, start, end, rule)))

        yes_no = number = choice = ticked = None
        if expecting.kind in ("yes_no", "checklist"):
            answer = yes_no_in(reading, meaning, clauses, mentions, topics, _asked(expecting))
            if answer:
                yes_no, hit = answer
                because("yes_no", hit.start, hit.end, f"reply: {hit.concept}")
        if expecting.kind == "checklist":
            replies = replies_in(reading, meaning, mentions, _asked(expecting))
            ticked = ticked_in(
                text, tokens, numbers, meaning.units, replies, mentions, expecting.items, meaning.grammar
            )
        elif expecting.kind == "number":
            lowest, highest = expecting.lowest, expecting.highest
            score = score_in(numbers, tokens, lowest, highest, meaning.units, meaning.grammar)
            if score:
                number = int(score.value)
                because("number", score.start, score.end, "number")
        elif expecting.options:
            picked = choice_in(
                tokens, numbers, meaning.choices, expecting.answers, expecting.options, meaning.grammar,
                by_place=expecting.kind == "choice" and expecting.by_place,
            )  # fmt: skip
            if picked:
                choice, start, end = picked
                because("choice", start, end, f"answer: {expecting.answers}.{choice}")
        duration = duration_in(numbers, tokens, meaning.units, meaning.moments, meaning.grammar)
        if duration:
            because("duration_hours", duration.start, duration.end, "duration")
        command: Hit | None = None if mentions else command_in(reading, meaning, duration)
        if command:
            because("command", command.start, command.end, f"command: {command.concept}")
        for topic in topics:
            because("topics", topic.start, topic.end, f"topic: {topic.concept}")
        foreign = not mentions and meaning.reader.foreign(tokens)
        answered = any(one is not None for one in (yes_no, number, choice, ticked, command))
        if self._second_ears and not foreign and not (answered and len(tokens) <= SHORT):
            # Last, so that a doubt of theirs asks a question and never makes an answer unheard. A short
            # answer alone ("it is spreading") means what was asked, and leaves them nothing to go on.
            mentions = self._second_ears.doubts(reading, mentions)
        return Heard(
            text, mentions, yes_no, number, choice, ticked,
            duration.value if duration else None,
            command.concept if command else None,
            tuple(topic.concept for topic in topics),
            foreign,
            tuple(why),
        )  # fmt: skip


def _asked(expecting: Expecting) -> tuple[str, ...]:
    return expecting.flags + tuple(flag for item in expecting.items for flag in item)
