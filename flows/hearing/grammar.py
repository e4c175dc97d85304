"""The grammar of a language: small words and endings that the layers ask for by name.

Its words come from ``grammar.yaml``, where each is explained, so that a language is added without Python.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NamedTuple

from flows import source
from flows.hearing.letters import APOSTROPHES, plain
from flows.hearing.stems import Ending, Stems
from flows.source import Finding, FlowError

_RULE = {"cut", "put", "from", "unless", "after_vowel", "undouble"}
_STEMS = {"shortest_word", "shortest_stem", "vowels", "kept_double", "steps"}


class Contraction(NamedTuple):
    """What stands at the end of a word from ``before`` the apostrophe to its ``tail`` means ``word``."""

    before: str
    tail: str
    word: str


@dataclass(frozen=True, eq=False)
class Grammar:
    """What one language's ``grammar.yaml`` says; each field is explained there under its name.

    Sets hold words as tokens have them. Tuples hold pieces of words, as they are written.
    """

    contractions: tuple[Contraction, ...]
    signs: Mapping[str, str]
    ordinals: Mapping[str, int]
    letters: str
    decimal_signs: str
    stems: Stems

    ordinal_endings: tuple[str, ...]
    inflections: tuple[str, ...]
    was_beginnings: tuple[str, ...]
    could_pieces: tuple[str, ...]
    plural_endings: tuple[str, ...]
    number_signs: tuple[str, ...]

    negatives: frozenset[str]
    plain_no: frozenset[str]
    verb_not: frozenset[str]
    nothing: frozenset[str]
    answering_no: frozenset[str]
    insisting: frozenset[str]
    stress: frozenset[str]
    answers: frozenset[str]
    and_words: frozenset[str]
    list_closing: frozenset[str]
    of_words: frozenset[str]
    place_links: frozenset[str]
    any_words: frozenset[str]
    trouble_words: frozenset[str]
    turned_subjects: frozenset[str]

    denying_verbs: frozenset[str]
    denying_subjects: frozenset[str]
    stating_subjects: frozenset[str]
    relatives: frozenset[str]
    affirming_verbs: frozenset[str]
    affirming_subjects: frozenset[str]
    having: frozenset[str]
    it_words: frozenset[str]
    now_words: frozenset[str]
    affirming_ends: frozenset[str]
    well_links: frozenset[str]
    part_well_links: frozenset[str]

    asking_why: frozenset[str]
    before_owner: frozenset[str]

    number_links: frozenset[str]
    out_of: frozenset[str]
    counted: frozenset[str]
    half_words: frozenset[str]
    one_unit: frozenset[str]
    some_units: frozenset[str]

    first_words: frozenset[str]
    last_words: frozenset[str]
    one_words: frozenset[str]
    before_one: frozenset[str]
    range_words: frozenset[str]
    brief_yes: frozenset[str]
    brief_no: frozenset[str]
    whole_list: frozenset[str]
    every_words: frozenset[str]
    all_words: frozenset[str]
    excepting: frozenset[str]
    correcting: frozenset[str]
    only_words: frozenset[str]
    ruling_out: frozenset[str]
    ruling_in: frozenset[str]
    after_number: frozenset[str]


def load_grammar(path: Path) -> Grammar:
    """The grammar in ``grammar.yaml``. Raises `FlowError` with every entry missing, unknown or misread."""
    data = source.read(path)
    findings: list[Finding] = []
    names = {one.name: one.type for one in fields(Grammar)}
    for name in data:
        if name not in names:
            mend = "remove it, or correct its name"
            findings.append(Finding(str(path), data.at(name), f"unknown list `{name}`", mend))
    values: dict[str, Any] = {}
    for name, kind in names.items():
        try:
            values[name] = _value(name, kind, data[name])
        except KeyError:
            mend = f'write it, with "" where the language has nothing for `{name}`'
            findings.append(Finding(str(path), data.at(name), f"`{name}` is missing", mend))
        except ValueError as error:
            mend = f"write it like `{name}` of another language"
            findings.append(Finding(str(path), data.at(name), f"`{name}`: {error}", mend))
    if findings:
        raise FlowError(findings)
    return Grammar(**values)


def _value(name: str, kind: object, given: object) -> object:
    """The field ``name`` of type ``kind``. Raises ``ValueError`` saying what is wrong with ``given``."""
    if name == "stems":
        return _stems(given)
    if name == "contractions":
        return tuple(_contraction(written, _text(word)) for written, word in _entries(given).items())
    if name == "signs":
        return {sign: _text(word) for sign, word in _entries(given).items()}
    if name == "ordinals":
        return {plain(word): _number(place) for word, place in _entries(given).items()}
    if kind == frozenset[str]:
        return frozenset(map(plain, _text(given).split()))
    return tuple(_text(given).casefold().split()) if kind == tuple[str, ...] else _text(given)


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise ValueError(f"{given!r} is not text")
    return given


def _number(given: object) -> int:
    if isinstance(given, bool) or not isinstance(given, int):
        raise ValueError(f"{given!r} is not a whole number")
    return given


def _entries(given: object) -> dict[str, Any]:
    """A mapping; an empty one for an empty text."""
    if given == "":
        return {}
    if not isinstance(given, source.Mapping):
        raise ValueError(f"{given!r} is not a mapping")
    return given


def _contraction(written: str, word: str) -> Contraction:
    before, apostrophe, tail = written.casefold().partition(APOSTROPHES[0])
    if not (apostrophe and tail):
        raise ValueError(f"`{written}` has no apostrophe with letters after it")
    return Contraction(before, tail, word)


def _stems(given: object) -> Stems:
    data = _entries(given)
    steps = data.get("steps")
    listed = isinstance(steps, list) and all(isinstance(step, list) for step in steps)
    if data.keys() != _STEMS or not listed:
        raise ValueError(f"it needs {', '.join(sorted(_STEMS))}, and `steps` as lists of rules")
    return Stems(
        tuple(tuple(map(_ending, step)) for step in data["steps"]),
        frozenset(_text(data["vowels"])),
        frozenset(_text(data["kept_double"])),
        _number(data["shortest_word"]),
        _number(data["shortest_stem"]),
    )


def _ending(given: object) -> Ending:
    rule = _entries(given)
    if not rule.get("cut") or rule.keys() - _RULE:
        raise ValueError(f"a rule has `cut`, and may have {', '.join(sorted(_RULE - {'cut'}))}")
    return Ending(
        plain(_text(rule["cut"])),
        plain(_text(rule.get("put", ""))),
        _number(rule.get("from", 0)),
        tuple(_text(rule.get("unless", "")).split()),
        rule.get("after_vowel") is True,
        rule.get("undouble") is True,
    )
