"""The answer to a yes-or-no question. A doubtful no is unsure; silence and "ok" are no answer."""

from flows.heard import Mention, YesNo
from flows.hearing.clauses import Clauses
from flows.hearing.denial import AFFIRMED, DENIED
from flows.hearing.meaning import Meaning
from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading

_AGREEING = frozenset({"yes", "partly"})


def yes_no_in(
    reading: Reading,
    meaning: Meaning,
    clauses: Clauses,
    mentions: tuple[Mention, ...],
    topics: list[Hit],
    flags: tuple[str, ...],
) -> tuple[YesNo, Hit] | None:
    """The answer to a question about ``flags``, and the words that give it; ``None`` when there is none.

    Yes means that the person has what was asked about. What is said about the flags themselves counts
    more than a bare "no".
    """
    said = [hit for hits in replies_in(reading, meaning).values() for hit in hits]
    said.sort(key=lambda hit: hit.start)
    polarities = {mention.polarity for mention in mentions if mention.flag in flags}
    own = _symptoms_asked(reading, meaning, mentions, topics, flags)
    own = [hit for hit in own if not _overlaps(hit, said)]
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
        # "No numbness but tingling" takes back half of the no.
        return ("unsure" if "unsure" in polarities or AFFIRMED in denials else "no"), first
    if "unsure" in polarities:
        return ("yes" if AFFIRMED in denials else "unsure"), first
    if "denied" in polarities or denials == {DENIED}:
        return "no", first
    if own:
        return ("yes" if AFFIRMED in denials else "unsure"), own[0]
    return None


def _overlaps(hit: Hit, others: list[Hit]) -> bool:
    """Whether ``hit`` shares a word with one of ``others`` ("do not have" is a reply before a symptom)."""
    return any(other.start < hit.end and hit.start < other.end for other in others)


def _symptoms_asked(
    reading: Reading,
    meaning: Meaning,
    mentions: tuple[Mention, ...],
    topics: list[Hit],
    flags: tuple[str, ...],
) -> list[Hit]:
    """Hits of the symptoms that the rules of ``flags`` are about ("numb" after a question on numbness).

    A symptom that is told of another part of the body ("my foot is numb") answers nothing, nor does a
    question ("should I stretch it?").
    """
    names = meaning.rules.symptoms_of(flags)
    elsewhere = [mention.span for mention in mentions if mention.flag not in flags]
    own = []
    for hit in reading.all_hits:
        start, end = reading.tokens[hit.start].start, reading.tokens[hit.end - 1].end
        if any(topic.start <= hit.start < topic.end for topic in topics):
            continue
        placed = any(one.start <= start and end <= one.end > one.start + end - start for one in elsewhere)
        if hit.concept in names and not placed:
            own.append(hit)
    return own


def replies_in(reading: Reading, meaning: Meaning) -> dict[str, list[Hit]]:
    """Replies by kind: words that open the text or a clause, or that make up the rest of one.

    "No numbness" answers, and so does "it does when I walk". "I have tingling in my foot" does not answer a
    question about something else, and "no feeling" is a symptom.
    """
    hits: dict[str, list[Hit]] = {}
    symptoms = [hit for hit in reading.all_hits if meaning.kinds[hit.concept] in ("symptom", "harmless")]
    found = meaning.replies.find(reading.tokens)
    idle = {at for at, token in enumerate(reading.tokens) if token.word in meaning.words.fillers}
    covered = idle.union(*(range(hit.start, hit.end) for hit in found))
    agreeing = idle.union(*(range(hit.start, hit.end) for hit in found if hit.concept in _AGREEING))
    for hit in found:
        length = hit.end - hit.start
        inside = any(s.start <= hit.start and hit.end <= s.end and s.end - s.start > length for s in symptoms)
        first, last = _clause(reading, hit)
        opens = length == 1 and covered.issuperset(range(first, hit.start))
        # "It is" alone says yes; "it is fine" does not.
        rest = agreeing if hit.concept == "yes" else covered
        if not inside and (opens or rest.issuperset(range(hit.end, last))):
            hits.setdefault(hit.concept, []).append(hit)
    return hits


def _clause(reading: Reading, hit: Hit) -> tuple[int, int]:
    """First token, and the token after the last, of the clause around ``hit``: up to a pause or a "but"."""
    tokens = reading.tokens
    breaks = {other.start for other in reading.hits.get("contrast", ())}
    breaks |= {other.start for other in reading.hits.get("joiner", ())}
    first, last = hit.start, hit.end
    while first > 0 and not tokens[first].pause and first - 1 not in breaks:
        first -= 1
    while last < len(tokens) and not tokens[last].pause and last not in breaks:
        last += 1
    return first, last
