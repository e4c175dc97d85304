"""What the entries of a flow's files must look like, so that a wrong one is named where it stands."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flows import source
from flows.levels import Level
from flows.source import Finding

Fits = Callable[[Any], bool]

_LEVELS = ", ".join(level.id for level in Level)


@dataclass(frozen=True)
class Shape:
    """What a value must be: ``means`` says it in words, ``like`` shows one.

    ``each``, for a mapping whose names are free, is what each of its values must be.
    """

    means: str
    like: str
    fits: Fits
    each: "Shape | None" = None


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _level(value: Any) -> bool:
    return _text(value) and value in [level.id for level in Level]


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _number(value: Any) -> bool:
    return _whole(value) or (isinstance(value, float) and math.isfinite(value))


def _list_of(fits: Fits) -> Fits:
    return lambda value: isinstance(value, list) and bool(value) and all(map(fits, value))


def _is_mapping(value: Any) -> bool:
    return isinstance(value, source.Mapping)


TEXT = Shape("a word or words", "opening", _text)
ANY_TEXT = Shape("words in quotes", '""', lambda value: isinstance(value, str))
FLAG = Shape("true or false", "true", lambda value: isinstance(value, bool))
WHOLE = Shape("a whole number", "10", _whole)
NUMBER = Shape("a number", "180", _number)
LEVEL = Shape(f"a level ({_LEVELS})", "urgent", _level)
TEXTS = Shape("a list of words", "[one, both]", _list_of(_text))
LISTS = Shape("a list of lists", "[[radiating, leg_numbness], [both_legs]]", _list_of(_list_of(_text)))
MAPPING = Shape("a mapping", "{name: value}", _is_mapping)
MAPPINGS = Shape("a list of mappings", "[{name: value}]", _list_of(_is_mapping))
TEXT_BY_NAME = Shape("a mapping", "{better: pain_score}", _is_mapping, TEXT)
WHOLE_BY_NAME = Shape("a mapping", "{severe_pain: 8}", _is_mapping, WHOLE)
LEVEL_BY_NAME = Shape("a mapping", "{worsening: emergency}", _is_mapping, LEVEL)
TEXTS_BY_NAME = Shape("a mapping", "{both: [both_legs]}", _is_mapping, TEXTS)


def misfits(
    data: source.Mapping, shapes: Mapping[str, Shape], required: frozenset[str] = frozenset()
) -> list[Finding]:
    """A finding for each entry of ``data`` that has no shape or another one, and each missing one."""
    findings = []
    for key, value in data.items():
        if key not in shapes:
            mend = f"use {', '.join(sorted(shapes))}"
            findings.append(Finding(data.file, data.at(key), f"unknown entry `{key}`", mend))
        elif not shapes[key].fits(value):
            mend = f"write it like `{key}: {shapes[key].like}`"
            findings.append(Finding(data.file, data.at(key), f"`{key}` is not {shapes[key].means}", mend))
        elif each := shapes[key].each:
            findings += misfits(value, dict.fromkeys(value, each))
    for key in sorted(required - set(data)):
        mend = f"add `{key}: {shapes[key].like}`"
        findings.append(Finding(data.file, data.line, f"`{key}` is missing", mend))
    return findings
