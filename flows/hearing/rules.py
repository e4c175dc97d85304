"""Rules: which concepts, standing near each other, mean a flag; and finding them in a reading.

A rule is one line that can be read aloud: ``numb + saddle``, ``cannot > pee, within 4``,
``breathless, unless gym``. ``+`` is near in any order, ``>`` is followed by, ``a|b`` is either concept.
After a comma:

- ``within N``: at most N words between neighbours (default 6; fillers do not count);
- ``unless a|b``: not when one of these concepts is in the same sentence;
- ``doubt a|b``: only unsure when one of these is in the same sentence;
- ``with a|b``: only when one of these is anywhere in the text;
- ``alone``: only when no place of the body stands near the first concept;
- ``ever``: it counts however long ago it was;
- ``negated``: it speaks only where a "no" denies it ("no numbness", in nobody's foot).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from flows.heard import Polarity
from flows.hearing.phrases import Hit
from flows.hearing.reading import Reading

WITHIN = 6


@dataclass(frozen=True)
class Rule:
    """One line under ``flags`` in ``symptoms/*.yaml``.

    ``parts[i]`` is the set of concepts that fit place ``i``; ``ordered[i]`` says that it must come after
    the part before it. ``adds`` is the qualifier that a match gives to the flag instead of being a
    finding of its own.
    """

    flag: str
    id: str
    polarity: Polarity
    parts: tuple[frozenset[str], ...]
    ordered: tuple[bool, ...]
    within: int = WITHIN
    unless: frozenset[str] = frozenset()
    doubt: frozenset[str] = frozenset()
    with_: frozenset[str] = frozenset()
    alone: bool = False
    ever: bool = False
    adds: str = ""
    negated: bool = False

    def concepts(self) -> frozenset[str]:
        """Every concept the rule names."""
        return frozenset().union(*self.parts, self.unless, self.doubt, self.with_)


@dataclass(frozen=True)
class Match:
    """A rule that fits, and the hits it rests on (the first is the symptom itself)."""

    rule: Rule
    hits: tuple[Hit, ...]

    @property
    def start(self) -> int:
        """Index of the first word."""
        return min(hit.start for hit in self.hits)

    @property
    def end(self) -> int:
        """Index behind the last word."""
        return max(hit.end for hit in self.hits)


def parse_rule(flag: str, line: str, polarity: Polarity, adds: str = "") -> Rule:
    """The rule in ``line``. Raises ``ValueError`` saying what cannot be read."""
    body, *options = [part.strip() for part in line.split(",")]
    parts: list[frozenset[str]] = []
    ordered: list[bool] = []
    follows = False
    for is_sign, pieces in groupby(body.split(), key=lambda piece: piece in ("+", ">")):
        piece = list(pieces)
        if len(piece) != 1:
            raise ValueError(f"put + or > between the concepts of `{line}`")
        if is_sign:
            follows = piece[0] == ">"
        else:
            parts.append(frozenset(piece[0].split("|")))
            ordered.append(follows)
    if not parts or len(body.split()) != 2 * len(parts) - 1:
        raise ValueError(f"`{line}` does not read `concept + concept`")
    given: dict[str, frozenset[str]] = {}
    within = WITHIN
    marks: set[str] = set()
    for option in options:
        name, _, value = option.partition(" ")
        if name == "within" and value.isdigit():
            within = int(value)
        elif name in ("unless", "doubt", "with") and value:
            given[name] = frozenset(value.replace(" ", "").split("|"))
        elif option in ("alone", "ever", "negated"):
            marks.add(option)
        else:
            raise ValueError(f"`{option}` is none of within N, unless, doubt, with, alone, ever, negated")
    none: frozenset[str] = frozenset()
    return Rule(
        flag, f"{flag}: {line}", polarity, tuple(parts), tuple(ordered), within,
        given.get("unless", none), given.get("doubt", none), given.get("with", none),
        "alone" in marks, "ever" in marks, adds, "negated" in marks,
    )  # fmt: skip


class RuleBook:
    """All rules, filed by the concepts their first part can be."""

    def __init__(self, rules: list[Rule], kinds: Mapping[str, str]) -> None:
        """``kinds``: concept to ``symptom``, ``place`` or another kind."""
        self.rules = tuple(rules)
        self._by_first: dict[str, list[Rule]] = {}
        for rule in rules:
            for concept in sorted(rule.parts[0]):
                self._by_first.setdefault(concept, []).append(rule)
        self._places = frozenset(name for name, kind in kinds.items() if kind == "place")
        self._symptoms = frozenset(name for name, kind in kinds.items() if kind == "symptom")
        self._normal = frozenset(name for name, kind in kinds.items() if kind == "normal")

    def symptoms_of(self, flags: tuple[str, ...]) -> frozenset[str]:
        """The concepts that come first in rules of ``flags``: what a question about them asks for."""
        rules = (rule for rule in self.rules if rule.flag in flags and rule.polarity != "denied")
        return frozenset().union(*(rule.parts[0] for rule in rules if not rule.adds)) & self._symptoms

    def find(self, reading: Reading) -> Iterator[Match]:
        """Every rule that fits somewhere in ``reading``, with each hit of its first part."""
        places = [hit for hit in reading.all_hits if hit.concept in self._places]
        symptoms = [hit for hit in reading.all_hits if hit.concept in self._symptoms]
        normal = [hit for hit in reading.all_hits if hit.concept in self._normal]
        for concept, hits in reading.hits.items():
            for rule in self._by_first.get(concept, ()):
                if rule.with_ and not reading.anywhere(rule.with_):
                    continue
                for hit in hits:
                    if rule.unless and reading.near(rule.unless, hit.start):
                        continue
                    if rule.alone and any(0 <= reading.gap(hit, place) <= rule.within for place in places):
                        continue
                    chosen = self._bind(rule, hit, reading, places, symptoms)
                    if chosen and (rule.polarity == "denied" or not _well_between(chosen, normal)):
                        yield Match(rule, chosen)

    def _bind(
        self, rule: Rule, first: Hit, reading: Reading, places: list[Hit], symptoms: list[Hit]
    ) -> tuple[Hit, ...] | None:
        chosen = [first]
        # A rule that asks for two places wants them both, wherever else they belong.
        places_asked = [part for part in rule.parts if part & self._places]
        lone_place = self._places if len(places_asked) == 1 else frozenset[str]()
        for part, follows in zip(rule.parts[1:], rule.ordered[1:], strict=True):
            best: tuple[int, Hit] | None = None
            for name in sorted(part):  # the same hit for the same text, whatever order a set has
                for hit in reading.hits.get(name, ()):
                    if follows and hit.start <= chosen[-1].start:
                        continue
                    gap = min(reading.gap(hit, other) for other in chosen)
                    if (
                        gap < 0
                        or gap > rule.within
                        or (best and (gap, hit.start) >= (best[0], best[1].start))
                    ):
                        continue
                    if name in lone_place and _belongs_elsewhere(first, hit, reading, places, symptoms):
                        continue
                    best = (gap, hit)
            if best is None:
                return None
            chosen.append(best[1])
        return tuple(chosen)


def _belongs_elsewhere(
    symptom: Hit, place: Hit, reading: Reading, places: list[Hit], symptoms: list[Hit]
) -> bool:
    """Whether ``place`` goes with another symptom while ``symptom`` has a nearer place of its own.

    "Numb foot and pain in the groin" is no numb groin.
    """
    if len(places) < 2 or len(symptoms) < 2:
        return False
    gap = reading.gap(symptom, place)
    if not any(0 <= reading.gap(symptom, other) < gap for other in places):
        return False
    return any(0 <= reading.gap(other, place) < gap for other in symptoms if other.start != symptom.start)


def _well_between(chosen: tuple[Hit, ...], normal: list[Hit]) -> bool:
    """Whether "all is well" words part the symptom from what follows: "tingling, no problem in toilet"."""
    symptom = chosen[0]
    return any(
        symptom.end <= well.start and well.end <= other.start for well in normal for other in chosen[1:]
    )
