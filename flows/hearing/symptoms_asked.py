"""The symptoms that a question is about, where an answer names them: "its numb" answers "is it numb?"."""

from flows.heard import Mention
from flows.hearing.meaning import Meaning
from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading, overlaps
from flows.hearing.replies import BESIDE

# A question to which "one side" is a no: so large a part of its rules speaks of both.
_ASKS_BOTH = 0.2


def symptoms_asked(
    reading: Reading,
    meaning: Meaning,
    mentions: tuple[Mention, ...],
    topics: list[Hit],
    flags: tuple[str, ...],
) -> list[Hit]:
    """Hits of the symptoms that the rules of ``flags`` are about ("numb" after a question on numbness).

    A symptom that is told of another part of the body ("my foot is numb") answers nothing, nor does a
    question ("should I stretch it?"), nor one that is part of "all is well" ("can lift my foot").
    """
    names = meaning.rules.symptoms_of(flags)
    elsewhere = [mention.span for mention in mentions if mention.flag not in flags]
    well = [hit for hit in reading.all_hits if meaning.kinds[hit.concept] == "normal"]
    own = []
    for hit in reading.all_hits:
        start, end = reading.tokens[hit.start].start, reading.tokens[hit.end - 1].end
        if any(topic.start <= hit.start < topic.end for topic in topics):
            continue
        placed = any(one.start <= start and end <= one.end > one.start + end - start for one in elsewhere)
        part = any(one.start <= hit.start and hit.end <= one.end and one[1:] != hit[1:] for one in well)
        if hit.concept in names and not placed and not part:
            own.append(hit)
    return own


def says_only(reading: Reading, meaning: Meaning, own: list[Hit], said: list[Hit]) -> bool:
    """Whether one of ``own`` opens its clause, or stands there with words that change nothing.

    Another place than the one asked about ("only the back hurts") is something else.
    """
    places = [hit for hit in reading.all_hits if meaning.kinds[hit.concept] == "place"]
    places = [hit for hit in places if not overlaps(hit, own)]
    known = [*own, *said, *(hit for hit in reading.all_hits if meaning.kinds[hit.concept] == "language")]
    known += [hit for hit in meaning.replies.find(reading.tokens) if hit.concept in BESIDE]
    covered = {at for hit in known for at in range(hit.start, hit.end)}
    covered |= {at for at in range(len(reading.tokens)) if reading.is_filler(at)}
    for hit in own:
        first, last = reading.clause_of(hit)
        if any(first <= place.start < last for place in places) or _is_question(reading, hit):
            continue
        if covered.issuperset(range(first, hit.start)) or len(set(range(first, last)) - covered) <= 1:
            return True
    return False


def _is_question(reading: Reading, hit: Hit) -> bool:
    """Whether a question mark ends the sentence of ``hit``."""
    _, last = reading.sentence_range(hit.start)
    return reading.text[reading.tokens[last - 1].end :].lstrip().startswith("?")


def asks_for_both(meaning: Meaning, flags: tuple[str, ...]) -> bool:
    """Whether most rules of ``flags`` want both sides, such as both legs."""
    rules = [rule for rule in meaning.rules.rules if rule.flag in flags and rule.polarity == "present"]
    both = sum(any(name.endswith(".both") for part in rule.parts for name in part) for rule in rules)
    return bool(rules) and both / len(rules) >= _ASKS_BOTH
