"""The answer to a yes-or-no question. A doubtful no is unsure; silence and "ok" are no answer."""

from flows.heard import Mention, YesNo
from flows.hearing.clauses import Clauses
from flows.hearing.denial import AFFIRMED, DENIED
from flows.hearing.meaning import Meaning
from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading, overlaps
from flows.hearing.replies import PART, PLAIN, about_the_question, after_correction, corrections, replies_in
from flows.hearing.symptoms_asked import asks_for_both, says_only, symptoms_asked

_NO = frozenset({"no", "all_well", "no_items"})


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
    replies = replies_in(reading, meaning, mentions, flags)
    said = sorted((hit for hits in replies.values() for hit in hits), key=lambda hit: hit.start)
    said = after_correction(said, reading, meaning)
    said = about_the_question(said, reading, mentions, flags)
    polarities: set[str] = {
        m.polarity for m in mentions if m.flag in flags and not _is_said_by(m, said, reading)
    }
    about = [m for m in mentions if m.flag in flags and m.polarity == "present"]
    own = symptoms_asked(reading, meaning, mentions, topics, flags)
    own = [hit for hit in own if not overlaps(hit, [*said, *corrections(reading, meaning)])]
    denials = {clauses.denial[hit.start] for hit in own}
    # "Can't feel anything down there": the "can't feel anything" is what they have, and no doubt.
    kinds = {hit.concept for hit in said if not any(_within(hit, m, reading) for m in about)}
    if topics:
        kinds -= {"asking", "told"}
    anything = said or own or reading.all_hits
    if not anything:
        return None
    first = anything[0]
    if not kinds & PLAIN and _doubts_somewhere(reading, meaning, mentions, flags, asking=not topics):
        kinds.add("unsure")
    if not topics and any(hit.concept in _NO and _is_questioned(reading, hit) for hit in said):
        kinds.add("vague")  # "no?"
    if "one_side" in kinds and asks_for_both(meaning, flags):
        return ("unsure" if kinds & {"unsure", "yes", "earlier"} else "no"), first
    return _judged(kinds, polarities, denials, first, own, whole=says_only(reading, meaning, own, said))


def _judged(
    kinds: set[str], polarities: set[str], denials: set[int], first: Hit, own: list[Hit], *, whole: bool
) -> tuple[YesNo, Hit] | None:
    """The answer in replies of ``kinds``, with what is said of the flags and the symptoms asked about.

    ``whole``: nothing is said but replies, symptoms asked about and places.
    """
    if "present" in polarities:
        return ("unsure" if kinds & {"unsure", "earlier", "usual"} else "yes"), first
    if kinds & {"unsure", "earlier"} or ("yes" in kinds and kinds & _NO - {"no_items"}):
        return "unsure", first
    if "usual" in kinds:
        # "No, same as ever" says no; "same as ever" may be an old trouble.
        plain = (
            kinds & {"no", "all_well"}
            and not kinds & {"yes", "vague", "limit", *PART}
            and polarities <= {"denied"}
            and AFFIRMED not in denials
        )
        return ("no" if plain else "unsure"), first
    if "yes" in kinds or kinds & PART:
        doubted = kinds & _NO or "denied" in polarities or denials == {DENIED}
        return ("unsure" if doubted else "yes"), first
    if kinds & _NO:
        if kinds & {"vague", "limit"}:
            return "unsure", first
        # "No numbness but tingling" takes back half of the no.
        return ("unsure" if "unsure" in polarities or AFFIRMED in denials else "no"), first
    if "began" in kinds:
        return ("yes" if polarities <= {"unsure"} else "unsure"), first
    if "asking" in kinds:
        return "unsure", first
    if "unsure" in polarities:
        return ("yes" if AFFIRMED in denials and whole and "vague" not in kinds else "unsure"), first
    if "denied" in polarities or denials == {DENIED}:
        return ("unsure" if kinds & {"vague", "limit"} else "no"), first
    if own:
        # "Its numb" answers; "constipated but that's me" only speaks of it.
        return ("yes" if AFFIRMED in denials and whole else "unsure"), own[0]
    return ("unsure", first) if "vague" in kinds else None


def _is_said_by(mention: Mention, said: list[Hit], reading: Reading) -> bool:
    """Whether ``mention`` doubts or denies nothing but a reply: the "yes" itself, or "strong as ever"."""
    if mention.polarity == "present":
        return False
    tokens = reading.tokens
    inside = {
        at for at, token in enumerate(tokens)
        if mention.span.start <= token.start and token.end <= mention.span.end
    }  # fmt: skip
    if mention.polarity == "denied":
        return any(hit.concept == "yes" and inside.issuperset(range(hit.start, hit.end)) for hit in said)
    covered = {at for hit in said if hit.concept in _NO for at in range(hit.start, hit.end)}
    return bool(inside) and inside <= covered


def _within(hit: Hit, mention: Mention, reading: Reading) -> bool:
    start, end = reading.tokens[hit.start].start, reading.tokens[hit.end - 1].end
    return hit.concept not in PLAIN and mention.span.start <= start and end <= mention.span.end


def _doubts_somewhere(
    reading: Reading, meaning: Meaning, mentions: tuple[Mention, ...], flags: tuple[str, ...], *, asking: bool
) -> bool:
    """Whether words of doubt stand anywhere, not in a mention: "wobbly but that might be the squats"."""
    spans = [mention.span for mention in mentions if mention.polarity == "present"]
    for hit in meaning.replies.find(reading.tokens):
        start, end = reading.tokens[hit.start].start, reading.tokens[hit.end - 1].end
        doubt = hit.concept == "unsure" or (asking and hit.concept == "asking")
        if doubt and not any(one.start < end and start < one.end for one in spans):
            return not mentions or any(mention.flag in flags for mention in mentions)
    return False


def _is_questioned(reading: Reading, hit: Hit) -> bool:
    """Whether the clause of ``hit`` itself ends in a question mark ("no, ice?" does not question the no)."""
    _, last = reading.clause_of(hit)
    return reading.text[reading.tokens[last - 1].end :].lstrip().startswith("?")
