"""The grammar of a language: stems, lists of small words, and that no word of English stands in Python."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

import flows
from flows.hearing.grammar import Grammar, load_grammar
from flows.hearing.numbers import numbers_in
from flows.hearing.spelling import Speller
from flows.hearing.tokens import Reader
from flows.hearing.words import Words, load_words
from flows.source import FlowError

ENGLISH = Path(flows.__file__).parent / "language" / "en"
GRAMMAR = load_grammar(ENGLISH / "grammar.yaml")
SPANISH_STEMS = """
  shortest_word: 4
  shortest_stem: 3
  vowels: aeiou
  kept_double: ""
  steps:
    - - {cut: es, from: 6}
      - {cut: s, unless: is us}
    - - {cut: o}
      - {cut: a}
"""


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = (ENGLISH / "grammar.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    path = tmp_path / "grammar.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def words_with(grammar: Grammar) -> Words:
    return Words({}, {}, frozenset(), frozenset(), frozenset(), grammar)


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("leaking", "leak"),
        ("leaked", "leak"),
        ("stopped", "stop"),
        ("falling", "fall"),
        ("sing", "sing"),
        ("tried", "try"),
        ("dies", "die"),
        ("wishes", "wish"),
        ("passes", "pass"),
        ("bus", "bus"),
        ("legs", "leg"),
        ("numbness", "numbness"),
        ("moving", "mov"),
        ("move", "move"),
        ("bladdere", "bladder"),
        ("note", "note"),
        ("ed", "ed"),
        ("5kgs", "5kgs"),
    ],
)
def test_endings_are_cut(word: str, stem: str) -> None:
    assert GRAMMAR.stems.of(word) == stem


def test_another_language_cuts_its_own_endings(tmp_path: Path) -> None:
    text = (ENGLISH / "grammar.yaml").read_text(encoding="utf-8")
    start = text.index("\nstems:") + len("\nstems:")
    stems = load_grammar(changed(tmp_path, text[start : text.index("# ---", start)], SPANISH_STEMS)).stems
    assert {stems.of(word) for word in ("dormido", "dormida", "dormidos", "dormidas")} == {"dormid"}
    assert stems.of("dolores") == "dolor"


def test_another_language_has_its_own_contractions_signs_and_decimals() -> None:
    grammar = replace(GRAMMAR, contractions=(), signs={"/": "o"}, decimal_signs=",.")
    words = words_with(grammar)
    reader = Reader(words, Speller((), ()))
    assert [token.word for token in reader.read("it's 6,5/7")] == ["its", "6", "5", "o", "7"]
    tokens = reader.read("6,5")
    assert [number.value for number in numbers_in("6,5", tokens, {}, grammar)] == [6.5]
    assert [number.value for number in numbers_in("6,5", tokens, {}, GRAMMAR)] == [6, 5]


def test_accents_are_no_part_of_a_word_in_a_list(tmp_path: Path) -> None:
    grammar = load_grammar(changed(tmp_path, "and_words: and", "and_words: y además"))
    assert grammar.and_words == {"y", "ademas"}


def test_an_empty_list_is_a_list(tmp_path: Path) -> None:
    assert load_grammar(changed(tmp_path, "insisting: way", 'insisting: ""')).insisting == frozenset()


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("and_words: and", "", "`and_words` is missing"),
        ("and_words: and", "and_words: and\nand_wrods: and", "unknown list `and_wrods`"),
        ("and_words: and", "and_words: 5", "5 is not text"),
        ("first: 1", "first: one", "'one' is not a whole number"),
        ('  "\'s": is', "  s: is", "has no apostrophe"),
        ("{cut: e, from: 5}", "{cut: e, form: 5}", "a rule has `cut`"),
        ("shortest_stem: 3", "", "it needs"),
        ("signs:\n", "signs: or\nsings:\n", "'or' is not a mapping"),
    ],
)
def test_a_grammar_that_cannot_be_used_is_refused(tmp_path: Path, old: str, new: str, what: str) -> None:
    if new == "" and old.startswith("shortest"):
        old = f"  {old}\n"
    with pytest.raises(FlowError) as caught:
        load_grammar(changed(tmp_path, old, new))
    assert any(what in finding.what for finding in caught.value.findings), caught.value


def test_the_words_of_a_language_use_its_grammar() -> None:
    assert load_words(ENGLISH / "words.yaml", GRAMMAR).stem("leaking") == "leak"


def test_no_word_of_a_text_is_compared_with_one_in_python() -> None:
    """A word of English in Python would be deaf to every other language."""
    for path in (Path(flows.__file__).parent / "hearing").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Compare):
                continue
            sides = [node.left, *node.comparators]
            if any(isinstance(side, ast.Attribute) and side.attr in ("word", "stem") for side in sides):
                literals = [one for side in sides for one in ast.walk(side) if isinstance(one, ast.Constant)]
                assert not any(isinstance(one.value, str) for one in literals), (path, node.lineno)
