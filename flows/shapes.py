"""What the entries of a flow's files must look like: the one description of them.

The loaders check files with it, so that a wrong entry is named where it stands; `flows.schema` writes the
JSON Schemas from it, so that an editor completes and checks the same.
"""

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, NamedTuple, Self

from flows import source
from flows.levels import Level
from flows.source import Finding


class Place(NamedTuple):
    """Where a value stands: in a file, on a line, under a name."""

    file: str
    line: int
    name: str


@dataclass(frozen=True, kw_only=True)
class Shape(ABC):
    """What a value must be: ``means`` says it, ``like`` shows one, ``description`` says what for."""

    means: str
    like: str
    description: str = ""

    def about(self, description: str) -> Self:
        """This shape for an entry with that purpose."""
        return replace(self, description=description)

    @abstractmethod
    def fits(self, value: Any) -> bool:
        """Whether ``value`` itself is right, whatever is inside it."""

    def claims(self, value: Any) -> bool:
        """Whether ``value`` is meant to be of this shape and of no other one."""
        return self.fits(value)

    def sift(self, value: Any, at: Place, findings: list[Finding]) -> Any:
        """``value`` without what is misshapen in it, which is noted; ``None`` when it is so itself."""
        if self.fits(value):
            return self.inside(value, at, findings)
        mend = f"write it like `{at.name}: {self.like}`"
        if isinstance(value, int | float) and self.fits(str(value).lower()):
            mend = f'write it in quotes: `{at.name}: "{str(value).lower()}"`'
        findings.append(Finding(at.file, at.line, f"`{at.name}` is not {self.means}", mend))
        return None

    def inside(self, value: Any, at: Place, findings: list[Finding]) -> Any:
        """`sift` for what a fitting ``value`` holds."""
        del at, findings  # a single value holds nothing
        return value


@dataclass(frozen=True, kw_only=True)
class Text(Shape):
    """Words that hold ``pattern``; or, where there are ``words``, one of those."""

    pattern: str = r"\S"
    words: tuple[str, ...] = ()

    def fits(self, value: Any) -> bool:
        """A text, and an allowed one."""
        if not isinstance(value, str):
            return False
        return value in self.words if self.words else bool(re.search(self.pattern, value))


@dataclass(frozen=True, kw_only=True)
class Truth(Shape):
    """True or false; with ``always``, only true makes sense."""

    always: bool = False

    def fits(self, value: Any) -> bool:
        """A boolean."""
        return value is True or (value is False and not self.always)


@dataclass(frozen=True, kw_only=True)
class Number(Shape):
    """A number from ``lowest`` to ``highest``, ``whole`` or not."""

    whole: bool = False
    lowest: float = -math.inf
    highest: float = math.inf

    def fits(self, value: Any) -> bool:
        """A finite number in range."""
        if isinstance(value, bool) or not isinstance(value, int if self.whole else int | float):
            return False
        return math.isfinite(value) and self.lowest <= value <= self.highest


@dataclass(frozen=True, kw_only=True)
class Listing(Shape):
    """A list of at least one ``each``."""

    each: Shape

    def fits(self, value: Any) -> bool:
        """A list whose members are of the right kind."""
        return isinstance(value, list) and bool(value) and all(map(self.each.fits, value))

    def inside(self, value: Any, at: Place, findings: list[Finding]) -> Any:
        """Each member that is right, sifted."""
        places = [at._replace(line=getattr(one, "line", at.line)) for one in value]
        sifted = [self.each.sift(one, place, findings) for one, place in zip(value, places, strict=True)]
        return [one for one in sifted if one is not None]


@dataclass(frozen=True, kw_only=True)
class Names(Shape):
    """A mapping of free names, each fitting ``name``, to an ``each``."""

    each: Shape
    name: Text

    def fits(self, value: Any) -> bool:
        """A mapping of at least one name."""
        return isinstance(value, source.Mapping) and bool(value)

    def inside(self, value: Any, at: Place, findings: list[Finding]) -> Any:
        """The names that are right, with what is right of their values."""
        result = value.emptied()
        for key, entry in value.items():
            place = Place(at.file, value.at(key), key)
            if not self.name.fits(key):
                mend = f"write it like `{self.name.like}`"
                under = f" under `{at.name}`" if at.name else ""
                what = f"the name `{key}`{under} is not {self.name.means}"
                findings.append(Finding(*place[:2], what, mend))
            elif (sifted := self.each.sift(entry, place, findings)) is not None:
                result[key] = sifted
        return result


@dataclass(frozen=True, kw_only=True)
class Entries(Shape):
    """A mapping of known ``entries``.

    ``required`` must be there. ``marks`` tell it from the other kinds of an `Either`; a mark that stands
    for one fixed word must be that word.
    """

    entries: Mapping[str, Shape]
    required: frozenset[str] = frozenset()
    marks: tuple[str, ...] = ()

    def fits(self, value: Any) -> bool:
        """A mapping."""
        return isinstance(value, source.Mapping)

    def claims(self, value: Any) -> bool:
        """A mapping with all marks."""
        if not self.fits(value) or not set(self.marks) <= set(value):
            return False
        return all(value[name] == self.fixed(name) for name in self.marks if self.fixed(name))

    def fixed(self, name: str) -> str:
        """The one word that entry ``name`` must be; empty when there is more than one."""
        shape = self.entries[name]
        return shape.words[0] if isinstance(shape, Text) and len(shape.words) == 1 else ""

    def inside(self, value: Any, at: Place, findings: list[Finding]) -> Any:
        """The entries that are right, with what is right of their values."""
        result = value.emptied()
        for key, entry in value.items():
            place = Place(at.file, value.at(key), key)
            if key not in self.entries:
                close = get_close_matches(key, self.entries, 1)
                known = f"use {', '.join(sorted(self.entries))}"
                mend = f"write `{close[0]}`, or {known}" if close else known
                findings.append(Finding(*place[:2], f"unknown entry `{key}`", mend))
            elif (sifted := self.entries[key].sift(entry, place, findings)) is not None:
                result[key] = sifted
        for key in sorted(self.required - set(value)):
            mend = f"add `{key}: {self.entries[key].like}`"
            findings.append(Finding(at.file, value.line, f"`{key}` is missing", mend))
        return result


@dataclass(frozen=True, kw_only=True)
class Either(Shape):
    """One of several ``kinds``: the first that claims the value.

    When none does, the entry ``wrong`` ("is of no kind"), and ``mend`` says what to write. ``marks`` are as
    in `Entries`, for an `Either` among the kinds of another.
    """

    kinds: tuple[Shape, ...]
    wrong: str
    mend: str
    marks: tuple[str, ...] = ()

    def fits(self, value: Any) -> bool:
        """What fits any kind."""
        return any(kind.fits(value) for kind in self.kinds)

    def claims(self, value: Any) -> bool:
        """A mapping with all marks."""
        return isinstance(value, source.Mapping) and set(self.marks) <= set(value)

    def sift(self, value: Any, at: Place, findings: list[Finding]) -> Any:
        """What is right of ``value``, as the kind that claims it sees it."""
        kind = next((kind for kind in self.kinds if kind.claims(value)), None)
        if kind:
            return kind.sift(value, at, findings)
        names = value if isinstance(value, source.Mapping) else ()
        close = [(name, near) for name in names for near in get_close_matches(name, self._marks(), 1)]
        hint = "".join(f"write `{near}` for `{name}`; " for name, near in close if name != near)
        findings.append(Finding(at.file, at.line, f"`{at.name}` {self.wrong}", hint + self.mend))
        return None

    def _marks(self) -> list[str]:
        return [mark for kind in self.kinds if isinstance(kind, Entries | Either) for mark in kind.marks]


def sifted(data: source.Mapping, shape: Entries | Names, findings: list[Finding]) -> source.Mapping:
    """What is right of a whole file, to be looked into further; everything misshapen is noted."""
    result = shape.inside(data, Place(data.file, data.line, ""), findings)
    assert isinstance(result, source.Mapping)
    return result


LEVELS = tuple(level.id for level in Level)

TEXT = Text(means="a word or words", like='"some words"')
ANY_TEXT = Text(means="words in quotes", like='""', pattern="")
NAME = Text(means="a name in small letters", like="pain_score", pattern="^[a-z][a-z0-9_]*$")
WHOLE = Number(means="a whole number from 0 up", like="10", whole=True, lowest=0)
NUMBER = Number(means="a number from 0 up", like="180", lowest=0)
FLAG = Truth(means="true or false", like="true")
TRUE = Truth(means="true", like="true", always=True)
LEVEL = Text(means=f"a level ({', '.join(LEVELS)})", like="urgent", words=LEVELS)
TEXTS = Listing(means="a list of words", like='["some words"]', each=TEXT)
NAMES = Listing(means="a list of names", like="[one, both]", each=NAME)


def by_name(each: Shape, like: str, name: Text = NAME) -> Names:
    """A mapping of names to ``each``."""
    return Names(means="names with a value each", like=like, each=each, name=name)


def entries(
    known: Mapping[str, Shape],
    *,
    optional: frozenset[str] = frozenset(),
    like: str = "{name: value}",
    marks: tuple[str, ...] = (),
) -> Entries:
    """A mapping of ``known`` entries, required but for the ``optional`` ones."""
    required = frozenset(known) - optional
    return Entries(means="a mapping", like=like, entries=known, required=required, marks=marks)
