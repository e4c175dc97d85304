"""The answer to a yes-or-no question. A doubtful no is unsure; silence and "ok" are no answer."""

from itertools import pairwise

from flows.heard import Mention, YesNo
from flows.hearing.clauses import Clauses
from flows.hearing.denial import AFFIRMED, DENIED
from flows.hearing.meaning import Meaning
from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading

Replies = dict[str, list[Hit]]

_PLAIN = frozenset({"yes", "no"})
_AGREEING = frozenset({"yes", "partly", "vague", "told", "began", "one_side", "both_sides"})
_NO = frozenset({"no", "all_well", "no_items"})
_PART = frozenset({"partly", "told", "one_side", "both_sides"})
# What answers only when it is the whole clause ("left", but not "my left calf").
_WHOLE = frozenset({"one_side", "both_sides"})
# What a correction may put in the place of an answer.
_CORRECTED = frozenset({"yes", "no", "unsure", "partly", "told", "all_well", "usual", "earlier"})
# What answers nothing by itself.
_BESIDE = frozenset({"beside", "correction"})
# What may begin a clause that goes on in other words ("hard to tell with the pain").
_OPENING = frozenset({"unsure", "vague", "told", "began", "usual", "earlier", "asking"})
# What is not about the question when it stands beside something else ("no but my foot tingles at times").
_LOOSE = frozenset({"unsure", "vague", "all_well", "usual", "earlier", *_PART})
# A question to which "one side" is a no: so large a part of its rules speaks of both.
_ASKS_BOTH = 0.2


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
    said = _after_correction(said, reading, meaning)
    said = _about_the_question(said, reading, mentions, flags)
    polarities: set[str] = {
        m.polarity for m in mentions if m.flag in flags and not _is_said_by(m, said, reading)
    }
    about = [m for m in mentions if m.flag in flags and m.polarity == "present"]
    own = _symptoms_asked(reading, meaning, mentions, topics, flags)
    own = [hit for hit in own if not _overlaps(hit, [*said, *_corrections(reading, meaning)])]
    denials = {clauses.denial[hit.start] for hit in own}
    # "Can't feel anything down there": the "can't feel anything" is what they have, and no doubt.
    kinds = {hit.concept for hit in said if not any(_within(hit, m, reading) for m in about)}
    if topics:
        kinds -= {"asking", "told"}
    anything = said or own or reading.all_hits
    if not anything:
        return None
    first = anything[0]
    if not kinds & _PLAIN and _doubts_somewhere(reading, meaning, mentions, flags, asking=not topics):
        kinds.add("unsure")
    if not topics and any(hit.concept in _NO and _is_questioned(reading, hit) for hit in said):
        kinds.add("vague")  # "no?"
    if "one_side" in kinds and _asks_for_both(meaning, flags):
        return ("unsure" if kinds & {"unsure", "yes", "earlier"} else "no"), first
    return _judged(kinds, polarities, denials, first, own, whole=_says_only(reading, meaning, own, said))


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
            and not kinds & {"yes", "vague", "limit", *_PART}
            and polarities <= {"denied"}
            and AFFIRMED not in denials
        )
        return ("no" if plain else "unsure"), first
    if "yes" in kinds or kinds & _PART:
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


def _after_correction(said: list[Hit], reading: Reading, meaning: Meaning) -> list[Hit]:
    """``said`` without what a correction takes back: "no wait yes", "yes oops no", "n *y"."""
    marks = [hit.start for hit in _corrections(reading, meaning)]
    tokens = reading.tokens
    marks += [
        at for at, (one, two) in enumerate(pairwise(tokens), 1) if "*" in reading.text[one.end : two.start]
    ]
    for mark in sorted(marks, reverse=True):
        before = [hit for hit in said if hit.start < mark]
        after = [hit for hit in said if hit.start >= mark]
        corrected = any(hit.concept in _CORRECTED for hit in after)
        if corrected and any(hit.concept in _PLAIN for hit in before):
            return after
    return said


def _corrections(reading: Reading, meaning: Meaning) -> list[Hit]:
    return [hit for hit in meaning.replies.find(reading.tokens) if hit.concept == "correction"]


def _about_the_question(
    said: list[Hit], reading: Reading, mentions: tuple[Mention, ...], flags: tuple[str, ...]
) -> list[Hit]:
    """``said`` without what a clause about another flag holds, when there is a plain answer beside it."""
    if not any(hit.concept in _PLAIN for hit in said):
        return said
    others = [one.span for one in mentions if one.flag not in flags and one.polarity == "present"]
    if not others:
        return said
    kept = []
    for hit in said:
        first, last = _clause(reading, hit)
        start, end = reading.tokens[first].start, reading.tokens[last - 1].end
        if hit.concept not in _LOOSE or not any(start < one.end and one.start < end for one in others):
            kept.append(hit)
    return kept


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
    return hit.concept not in _PLAIN and mention.span.start <= start and end <= mention.span.end


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


def _asks_for_both(meaning: Meaning, flags: tuple[str, ...]) -> bool:
    rules = [rule for rule in meaning.rules.rules if rule.flag in flags and rule.polarity == "present"]
    both = sum(any(name.endswith(".both") for part in rule.parts for name in part) for rule in rules)
    return bool(rules) and both / len(rules) >= _ASKS_BOTH


def _says_only(reading: Reading, meaning: Meaning, own: list[Hit], said: list[Hit]) -> bool:
    """Whether one of ``own`` opens its clause, or stands there with words that change nothing.

    Another place than the one asked about ("only the back hurts") is something else.
    """
    places = [hit for hit in reading.all_hits if meaning.kinds[hit.concept] == "place"]
    places = [hit for hit in places if not _overlaps(hit, own)]
    known = [*own, *said, *(hit for hit in reading.all_hits if meaning.kinds[hit.concept] == "language")]
    known += [hit for hit in meaning.replies.find(reading.tokens) if hit.concept in _BESIDE]
    covered = {at for hit in known for at in range(hit.start, hit.end)}
    covered |= {at for at in range(len(reading.tokens)) if reading.is_filler(at)}
    for hit in own:
        first, last = _clause(reading, hit)
        if any(first <= place.start < last for place in places) or _is_question(reading, hit):
            continue
        if covered.issuperset(range(first, hit.start)) or len(set(range(first, last)) - covered) <= 1:
            return True
    return False


def _is_question(reading: Reading, hit: Hit) -> bool:
    """Whether a question mark ends the sentence of ``hit``."""
    _, last = reading.sentence_range(hit.start)
    return reading.text[reading.tokens[last - 1].end :].lstrip().startswith("?")


def _is_questioned(reading: Reading, hit: Hit) -> bool:
    """Whether the clause of ``hit`` itself ends in a question mark ("no, ice?" does not question the no)."""
    _, last = _clause(reading, hit)
    return reading.text[reading.tokens[last - 1].end :].lstrip().startswith("?")


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


def replies_in(
    reading: Reading, meaning: Meaning, mentions: tuple[Mention, ...], flags: tuple[str, ...]
) -> Replies:
    """Replies by kind: words that open the text or a clause, or that make up the rest of one.

    "No numbness" answers, and so does "it does when I walk". "I have tingling in my foot" does not answer a
    question about something else, and "no feeling" is a symptom.
    """
    hits: Replies = {}
    found = _found(reading, meaning)
    hiding = _hiding(reading, meaning, mentions, flags)
    idle = {at for at, token in enumerate(reading.tokens) if token.word in meaning.words.fillers}
    covered = idle.union(*(range(hit.start, hit.end) for hit in found))
    agrees = (hit for hit in found if hit.concept in _AGREEING | _BESIDE)
    agreeing = idle.union(*(range(hit.start, hit.end) for hit in agrees))
    # "No good" is a symptom; in "no, all good" the two stand apart.
    longer = {(hit.start, hit.end) for hit in found if hit.end - hit.start > 1}
    for hit in found:
        if hit.concept in _BESIDE:
            continue
        first, last = _clause(reading, hit)
        begins = covered.issuperset(range(first, hit.start))
        none = hit.concept == "no" and reading.tokens[hit.start].word == "no"  # "no problem walking"
        opens = begins and (hit.end - hit.start == 1 or hit.concept in _OPENING or none)
        # "It is" alone says yes; "it is fine" does not.
        closes = (agreeing if hit.concept == "yes" else covered).issuperset(range(hit.end, last))
        if hit.concept == "limit":
            hits.setdefault(hit.concept, []).append(hit)
            continue
        if not ((begins and closes) if hit.concept in _WHOLE else (opens or closes)):
            continue
        inside = any(
            _is_inner(hit, one) and not {(hit.end, one.end), (hit.start, one.end)} & longer
            and (hit.end - hit.start == 1 or hit.concept in _PLAIN or hit.concept == "earlier")
            and (hit.start == one.start or not only_first)
            for one, only_first in hiding
        )  # fmt: skip
        if not inside or (opens and hit.concept in _OPENING and hit.concept != "earlier"):
            hits.setdefault(hit.concept, []).append(hit)
    return hits


def _found(reading: Reading, meaning: Meaning) -> list[Hit]:
    """All replies, without those that are only part of another ("I am" in "I am fine")."""
    found = meaning.replies.find(reading.tokens)
    begun = {hit.end for hit in found if hit.concept in ("told", "began")}
    return [
        hit for hit in found
        if not (hit.concept == "earlier" and hit.start in begun)  # "since yesterday"
        and not (
            hit.concept in _PLAIN
            and any(
                other.concept not in _PLAIN and _overlaps(hit, [other])
                and (hit.start < other.start or other.end - other.start > hit.end - hit.start)
                for other in found
            )
        )
    ]  # fmt: skip


def _hiding(
    reading: Reading, meaning: Meaning, mentions: tuple[Mention, ...], flags: tuple[str, ...]
) -> list[tuple[Hit, bool]]:
    """The symptoms that a word of reply may be part of, and is then no reply.

    They are those of a flag that was found, those asked about, and "no" with a single word ("no feeling");
    but in "no pain" the pain is a symptom by itself. Beside each stands whether it hides no more than its
    first words ("I said no" is an answer, whatever else "said no" may mean).
    """
    names = meaning.rules.symptoms_of(flags)
    hiding: list[tuple[Hit, bool]] = []
    alone = {
        (hit.start, hit.end)
        for hit in reading.all_hits
        if meaning.kinds[hit.concept] in ("symptom", "normal")
    }
    for hit in reading.all_hits:
        if meaning.kinds[hit.concept] not in ("symptom", "harmless"):
            continue
        start, end = reading.tokens[hit.start].start, reading.tokens[hit.end - 1].end
        if any(
            one.span.start <= start and end <= one.span.end for one in mentions if one.polarity != "denied"
        ):
            hiding.append((hit, False))
        elif (hit.start + 1, hit.end) not in alone and (hit.concept in names or hit.end - hit.start == 2):
            hiding.append((hit, True))
    return hiding


def _is_inner(hit: Hit, outer: Hit) -> bool:
    """Whether ``hit`` lies in ``outer``, which is longer."""
    return outer.start <= hit.start and hit.end <= outer.end and outer.end - outer.start > hit.end - hit.start


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
