"""The answer to a yes-or-no question. A doubtful no is unsure; silence and "ok" are no answer."""

from flows.heard import Mention, YesNo
from flows.hearing.clauses import AFFIRMED, DENIED, Clauses
from flows.hearing.meaning import Meaning
from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading

_OPENING = 4


def yes_no_in(
    reading: Reading,
    meaning: Meaning,
    clauses: Clauses,
    mentions: tuple[Mention, ...],
    flags: tuple[str, ...],
) -> tuple[YesNo, Hit] | None:
    """The answer to a question about ``flags``, and the words that give it; ``None`` when there is none.

    Yes means that the person has what was asked about. What is said about the flags themselves counts
    more than a bare "no".
    """
    said = [hit for hits in replies_in(reading, meaning).values() for hit in hits]
    said.sort(key=lambda hit: hit.start)
    polarities = {mention.polarity for mention in mentions if mention.flag in flags}
    own = _symptoms_asked(reading, meaning, flags)
    denials = {clauses.denial[hit.start] for hit in own}
    kinds = {hit.concept for hit in said}
    anything = said or own or reading.all_hits
    if not anything:
        return None
    first = anything[0]
    if "present" in polarities:
        return ("yes" if "unsure" not in kinds else "unsure"), first
    if "unsure" in kinds or "earlier" in kinds or {"yes", "no"} <= kinds or {"yes", "all_well"} <= kinds:
        return "unsure", first
    if "yes" in kinds or "partly" in kinds:
        if "denied" in polarities or denials == {DENIED}:
            return "unsure", first
        return ("unsure" if "no" in kinds else "yes"), first
    if "no" in kinds or "all_well" in kinds or "no_items" in kinds:
        return ("unsure" if "unsure" in polarities else "no"), first
    if "unsure" in polarities:
        return ("yes" if AFFIRMED in denials else "unsure"), first
    if "denied" in polarities or denials == {DENIED}:
        return "no", first
    if own:
        return ("yes" if AFFIRMED in denials else "unsure"), own[0]
    return None


def _symptoms_asked(reading: Reading, meaning: Meaning, flags: tuple[str, ...]) -> list[Hit]:
    """Hits of the symptoms that the rules of ``flags`` are about ("numb" after a question on numbness)."""
    names = meaning.rules.symptoms_of(flags)
    return [hit for hit in reading.all_hits if hit.concept in names]


def replies_in(reading: Reading, meaning: Meaning) -> dict[str, list[Hit]]:
    """Replies that open a sentence or end it, by kind; not those inside a symptom ("no feeling")."""
    hits: dict[str, list[Hit]] = {}
    symptoms = [hit for hit in reading.all_hits if meaning.kinds[hit.concept] in ("symptom", "harmless")]
    for hit in meaning.replies.find(reading.tokens):
        length = hit.end - hit.start
        inside = any(s.start <= hit.start and hit.end <= s.end and s.end - s.start > length for s in symptoms)
        first, last = reading.sentence_range(hit.start)
        if not inside and (hit.start - first < _OPENING or last - hit.end < 2):
            hits.setdefault(hit.concept, []).append(hit)
    return hits
