"""Whether a text says that something is well: "bladder is fine", "came out like always"."""

from flows.hearing.clauses import Clauses
from flows.hearing.reading import Reading
from flows.hearing.rules import Match


def is_well(match: Match, reading: Reading, clauses: Clauses) -> bool:
    """Whether "bladder is fine" stands and no "no" belongs to it ("is not fine", "fine? no").

    A "no" before it that already has a symptom to deny is over ("no numbness and my bladder is fine"),
    and one that follows without a pause says it again.
    """
    for hit in match.hits:
        for _, source in clauses.denials_on(hit.end - 1, match.hits):
            if source >= match.end and not reading.tokens[source].pause:
                continue
            if source < match.start and (
                clauses.used_up(source, match.start) or _is_answer(source, match, reading, clauses)
            ):
                continue
            return False
    # "Not ok" is no denial of anything, and not well either.
    return not any(
        other.start <= hit.start and hit.end <= other.end and reading.says_no(other)
        for other in reading.hits.get("not_a_denial", ())
        for hit in match.hits
    )


def _is_answer(source: int, match: Match, reading: Reading, clauses: Clauses) -> bool:
    """Whether the "no" at ``source`` is an answer of its own: "no, the neck's fine", "nope groin is ok"."""
    first = min(match.hits, key=lambda hit: hit.start)
    return (
        reading.tokens[source].word in reading.grammar.plain_no
        and clauses.kinds[first.concept] == "place"
        and all(reading.is_filler(at) for at in range(source + 1, first.start))
    )


def as_ever(match: Match, reading: Reading, clauses: Clauses) -> bool:
    """Whether the statement says that it is normal: "temperature's normal", "came out like always"."""
    if clauses.well_after(match.end, reading.grammar.well_links, linked=True):
        return True
    _, last = clauses.around(match.end - 1)
    return any(
        match.end <= hit.start <= last and not reading.says_no(hit) for hit in reading.hits.get("as_ever", ())
    )


def part_is_well(match: Match, reading: Reading, clauses: Clauses) -> bool:
    """Whether a part of ``match`` stands in a statement of its own that says it is well."""
    symptom = match.hits[0]
    return any(
        clauses.parted(min(symptom.end, other.end), max(symptom.start, other.start))
        and clauses.well_after(other.end, reading.grammar.part_well_links, linked=False)
        for other in match.hits[1:]
    )
