"""Replies: words that answer a question whatever it is about, by kind; and what takes them back."""

from itertools import pairwise

from flows.heard import Mention
from flows.hearing.meaning import Meaning
from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading, overlaps

Replies = dict[str, list[Hit]]

PLAIN = frozenset({"yes", "no"})
PART = frozenset({"partly", "told", "one_side", "both_sides"})
# What answers nothing by itself.
BESIDE = frozenset({"beside", "correction"})
_AGREEING = frozenset({"yes", "vague", "began", *PART})
# What answers only when it is the whole clause ("left", but not "my left calf").
_WHOLE = frozenset({"one_side", "both_sides"})
# What a correction may put in the place of an answer.
_CORRECTED = frozenset({"yes", "no", "unsure", "partly", "told", "all_well", "usual", "earlier"})
# What may begin a clause that goes on in other words ("hard to tell with the pain").
_OPENING = frozenset({"unsure", "vague", "told", "began", "usual", "earlier", "asking"})
# What is not about the question when it stands beside something else ("no but my foot tingles at times").
_LOOSE = frozenset({"unsure", "vague", "all_well", "usual", "earlier", *PART})


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
    agrees = (hit for hit in found if hit.concept in _AGREEING | BESIDE)
    agreeing = idle.union(*(range(hit.start, hit.end) for hit in agrees))
    # "No good" is a symptom; in "no, all good" the two stand apart.
    longer = {(hit.start, hit.end) for hit in found if hit.end - hit.start > 1}
    for hit in found:
        if hit.concept in BESIDE:
            continue
        first, last = reading.clause_of(hit)
        begins = covered.issuperset(range(first, hit.start))
        # "No problem walking" begins with a no.
        none = hit.concept == "no" and reading.tokens[hit.start].word in reading.grammar.plain_no
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
            and (hit.end - hit.start == 1 or hit.concept in PLAIN or hit.concept == "earlier")
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
            hit.concept in PLAIN
            and any(
                other.concept not in PLAIN and overlaps(hit, [other])
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


def after_correction(said: list[Hit], reading: Reading, meaning: Meaning) -> list[Hit]:
    """``said`` without what a correction takes back: "no wait yes", "yes oops no", "n *y"."""
    marks = [hit.start for hit in corrections(reading, meaning)]
    tokens = reading.tokens
    marks += [
        at for at, (one, two) in enumerate(pairwise(tokens), 1) if "*" in reading.text[one.end : two.start]
    ]
    for mark in sorted(marks, reverse=True):
        before = [hit for hit in said if hit.start < mark]
        after = [hit for hit in said if hit.start >= mark]
        corrected = any(hit.concept in _CORRECTED for hit in after)
        if corrected and any(hit.concept in PLAIN for hit in before):
            return after
    return said


def corrections(reading: Reading, meaning: Meaning) -> list[Hit]:
    """Where the person takes something back ("no wait")."""
    return [hit for hit in meaning.replies.find(reading.tokens) if hit.concept == "correction"]


def about_the_question(
    said: list[Hit], reading: Reading, mentions: tuple[Mention, ...], flags: tuple[str, ...]
) -> list[Hit]:
    """``said`` without what a clause about another flag holds, when there is a plain answer beside it."""
    if not any(hit.concept in PLAIN for hit in said):
        return said
    others = [one.span for one in mentions if one.flag not in flags and one.polarity == "present"]
    if not others:
        return said
    kept = []
    for hit in said:
        first, last = reading.clause_of(hit)
        start, end = reading.tokens[first].start, reading.tokens[last - 1].end
        if hit.concept not in _LOOSE or not any(start < one.end and one.start < end for one in others):
            kept.append(hit)
    return kept
