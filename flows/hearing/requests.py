"""What the person wants from the line itself: a command, or an answer to a question of theirs."""

from flows.hearing.meaning import Meaning
from flows.hearing.numbers import Number
from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading

_LONGEST_COMMAND = 7
_POLITE = "polite"
# What stands around a time ("in", "or so"), and the command that has one.
_LATER, REMIND = "later", "remind"
QUESTION = "frame.question"


def command_in(reading: Reading, meaning: Meaning, duration: Number | None) -> Hit | None:
    """The command, when the message is nothing else ("stop", "help please").

    "Help I can't feel my legs" and "it won't stop bleeding" are no commands. Only one to ask again later
    has a time in it, the ``duration``, and is none without.
    """
    tokens = reading.tokens
    hits = meaning.commands.find(tokens)
    if duration and any(hit.concept == REMIND for hit in hits):
        # "Text me again" without a time takes a STOP back.
        hits = [Hit(_LATER, duration.start, duration.end), *(hit for hit in hits if hit.concept != "start")]
        said = len(tokens) - (duration.end - duration.start)
    else:
        hits = [hit for hit in hits if hit.concept not in (REMIND, _LATER)]
        said = len(tokens)
    if not tokens or said > _LONGEST_COMMAND:
        return None
    covered = {at for hit in hits for at in range(hit.start, hit.end)}
    rest = [token.word for at, token in enumerate(tokens) if at not in covered]
    commands = [hit for hit in hits if hit.concept not in (_POLITE, _LATER)]
    if not commands or any(word not in meaning.words.articles for word in rest):
        return None
    return commands[0] if len({hit.concept for hit in commands}) == 1 else _strongest(commands)


def _strongest(commands: list[Hit]) -> Hit | None:
    """Greetings and thanks give way to the command beside them; two real commands are unclear."""
    real = [hit for hit in commands if hit.concept not in ("greeting", "thanks")]
    return real[0] if len({hit.concept for hit in real}) == 1 else None if real else commands[0]


def topics_in(reading: Reading, meaning: Meaning) -> list[Hit]:
    """The questions asked, first mention of each, in order.

    A topic's ``asked`` phrases are questions as they stand; its ``about`` words need a question around
    them, so that "I was deadlifting when it popped" asks nothing.
    """
    found: dict[str, Hit] = {}
    hits = meaning.topics.find(reading.tokens)
    frames = [hit for hit in hits if hit.concept == QUESTION]
    for hit in hits:
        topic, _, part = hit.concept.partition(".")
        if hit.concept == QUESTION or topic in found:
            continue
        if part == "asked" or _is_asked(hit, frames, reading):
            found[topic] = Hit(topic, hit.start, hit.end)
    return list(found.values())


def _is_asked(hit: Hit, frames: list[Hit], reading: Reading) -> bool:
    first, last = reading.sentence_range(hit.start)
    if any(first <= frame.start < last and frame.start != hit.start for frame in frames):
        return True
    tail = reading.text[reading.tokens[last - 1].end :].lstrip()
    return tail.startswith("?") and last - first <= _LONGEST_COMMAND
