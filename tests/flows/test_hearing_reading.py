"""Words, spelling and phrases: what is written becomes what is meant, and keeps its place in the text."""

from pathlib import Path

import pytest

from flows.hearing.grammar import load_grammar
from flows.hearing.phrases import PhraseIndex, parse_phrase
from flows.hearing.spelling import Speller
from flows.hearing.tokens import Reader
from flows.hearing.words import load_words
from flows.source import FlowError

LANGUAGE = Path(__file__).parents[2] / "flows" / "language" / "en"
GRAMMAR = load_grammar(LANGUAGE / "grammar.yaml")
WORDS = load_words(LANGUAGE / "words.yaml", GRAMMAR)
TARGETS = {
    "numb",
    "numbness",
    "groin",
    "fever",
    "bladder",
    "tingling",
    "foot",
    "legs",
    "feel",
    "incontinence",
}
SPELLER = Speller(TARGETS, TARGETS | WORDS.vocabulary, TARGETS, WORDS.ordinary, GRAMMAR.inflections)


def words_of(text: str) -> list[str]:
    return [token.word for token in Reader(WORDS, SPELLER).read(text)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("cnt feel", "can not feel"),
        ("can't", "can not"),
        ("can’t", "can not"),
        ("I dont", "i do not"),
        ("don t", "do not"),
        ("couldnt", "can not"),
        ("it's", "it is"),
        ("my leg's numb", "my leg is numb"),
        ("nummmmb", "numb"),
        ("NUMBNESS", "numbness"),
        ("numb ness", "numbness"),
        ("my foot/legs", "my foot or legs"),
        ("5days", "5 days"),
        ("2nd", "2nd"),
        ("👍", "yes"),
        ("naïve", "naive"),
        ("cant get it 2 stop", "can not get it to stop"),
        ("ｎｕｍｂ", "numb"),
    ],
)
def test_what_is_written_becomes_what_is_meant(written: str, meant: str) -> None:
    assert " ".join(words_of(written)) == meant


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("bladdder", "bladder"),
        ("grion", "groin"),
        ("tingeling", "tingling"),
        ("incontinance", "incontinence"),
        ("numbnes", "numbness"),
        ("mylegs", "my legs"),
    ],
)
def test_thumbs_are_forgiven(typed: str, corrected: str) -> None:
    assert " ".join(words_of(typed)) == corrected


@pytest.mark.parametrize("word", ["never", "groan", "letter", "number", "lever", "food", "grown", "smiles"])
def test_an_ordinary_word_is_not_made_a_symptom(word: str) -> None:
    assert words_of(word) == [word]


def test_every_word_keeps_its_place() -> None:
    text = "Hm… I can't  feel\nmy grion!"
    tokens = Reader(WORDS, SPELLER).read(text)
    assert [text[token.start : token.end] for token in tokens] == [
        "Hm",
        "I",
        "can't",
        "can't",
        "feel",
        "my",
        "grion",
    ]


def found(phrase: str, text: str) -> list[str]:
    index = PhraseIndex({"it": [parse_phrase(phrase, WORDS)]}, WORDS)
    tokens = Reader(WORDS, SPELLER).read(text)
    return [" ".join(token.word for token in tokens[hit.start : hit.end]) for hit in index.find(tokens)]


@pytest.mark.parametrize(
    ("phrase", "text", "there"),
    [
        ("leak", "it keeps leaking", True),
        ("legs!", "my leg", False),
        ("legs!", "my legs", True),
        ("give way/out", "it gave out", True),
        ("lose [all] feeling", "lost feeling", True),
        ("lose [all] feeling", "lost all feeling", True),
        ("can't feel", "i cannot really even feel it", True),
        ("can't feel", "i can not, feel it", False),
        ("on the floor", "on floor", True),
        ("the floor", "floor", False),
    ],
)
def test_a_phrase_is_found_in_its_forms(phrase: str, text: str, there: bool) -> None:
    assert bool(found(phrase, text)) is there


@pytest.mark.parametrize("phrase", ["", "[really]", "lose [feeling", "a//b", "numb/"])
def test_a_malformed_phrase_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r"phrase|bracket|empty"):
        parse_phrase(phrase, WORDS)


def test_a_word_list_with_an_unknown_section_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "words.yaml"
    file.write_text("fillers: a b\nslang: x\nshort_forms:\n  u: 3\n", encoding="utf-8")
    with pytest.raises(FlowError) as caught:
        load_words(file, GRAMMAR)
    assert [finding.line for finding in caught.value.findings] == [2, 4]
