"""The second pair of ears: what it hears, what it leaves to the rules, and how long it listens."""

import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from flows.flags import load_flags
from flows.heard import Mention, Span
from flows.hearing.meaning import Meaning, load_meaning
from flows.hearing.reading import Reading
from flows.hearing.second_ears import HEAD, Head, SecondEars, pieces, read_head, words, write_head
from flows.hearing.sentence_vectors import LONGEST, WIDTH, SentenceVectors, weights_folder
from flows.hearing.tokens import SENTENCE, Token
from flows.levels import Level

FLOWS = Path(__file__).resolve().parents[2] / "flows"
LANGUAGE = FLOWS / "language" / "en"
FLAGS = load_flags(FLOWS / "back_pain" / "flags.yaml")
FILLER = "my coach films the top set and there was a queue for the rack so i chatted at the desk "

needs_weights = pytest.mark.skipif(weights_folder() is None, reason="the weights are not installed")


@pytest.fixture(scope="module")
def meaning() -> Meaning:
    return load_meaning(LANGUAGE, FLOWS / "back_pain" / "meaning" / "en", FLAGS)


@pytest.fixture(scope="module")
def vectors() -> SentenceVectors:
    folder = weights_folder()
    assert folder is not None
    return SentenceVectors(folder)


@pytest.fixture(scope="module")
def ears() -> SecondEars:
    ears = SecondEars.load(LANGUAGE, FLAGS)
    assert ears is not None
    return ears


def read(meaning: Meaning, text: str) -> Reading:
    tokens = meaning.reader.read(text)
    return Reading(text, tokens, meaning.index, meaning.words.fillers, meaning.kinds)


def said(*sentences: str) -> list[Token]:
    """Tokens of sentences of plain words."""
    return [
        Token(word, word, word, 0, 0, SENTENCE if number == 0 else 0)
        for sentence in sentences
        for number, word in enumerate(sentence.split())
    ]


def heard(tokens: Sequence[Token]) -> list[str]:
    return [words(tokens, *one) for one in pieces(tokens)]


@needs_weights
def test_the_network_gives_the_similarities_that_its_makers_publish(vectors: SentenceVectors) -> None:
    dog, very, sunny = "That is a happy dog", "That is a very happy person", "Today is a sunny day"
    happy, *others = vectors.of(["That is a happy person", dog, very, sunny])
    assert [round(float(happy @ other), 2) for other in others] == [0.69, 0.94, 0.26]


@needs_weights
def test_a_vector_does_not_depend_on_what_it_is_computed_with(vectors: SentenceVectors) -> None:
    alone = vectors.of(["my foot slaps"])
    together = vectors.of(["what time do you close", "my foot slaps", "x " * 3 * LONGEST])
    assert together.shape == (3, WIDTH)
    assert np.allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    assert np.allclose(together[1], alone[0], atol=1e-5)


def test_short_sentences_are_heard_together() -> None:
    assert heard(said("hi there", "my back hurts")) == ["hi there. my back hurts"]
    assert heard([]) == []


def test_sentences_that_do_not_fit_together_are_heard_apart() -> None:
    first, second = "a b c d e f g h i j", "k l m n o p q r s t"
    assert heard(said(first, second)) == [first, second]


def test_every_word_of_a_sentence_without_end_is_heard_with_those_around_it() -> None:
    tokens = said("before", " ".join(str(number) for number in range(100)))
    ranges = list(pieces(tokens))
    assert ranges[0] == (0, 1)
    assert {number for start, end in ranges for number in range(start, end)} == set(range(101))
    for place in range(1, 96):
        assert any(start <= place and place + 6 <= end for start, end in ranges)


def test_of_an_endless_text_the_beginning_and_the_end_are_heard() -> None:
    ranges = list(pieces(said(" ".join(["word"] * 5000))))
    assert len(ranges) == 32
    assert (ranges[0][0], ranges[-1][1]) == (0, 5000)


def test_the_head_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    numbers = np.ones((WIDTH, 2), np.float32), np.zeros(2, np.float32), np.full(2, 0.5, np.float32)
    write_head(tmp_path / HEAD, Head(("collapse", "breathing"), *numbers))
    back = read_head(tmp_path / HEAD)
    assert back.flags == ("collapse", "breathing")
    assert all(np.array_equal(one, other) for one, other in zip(back[1:], numbers, strict=True))
    assert (tmp_path / HEAD).read_bytes() == _written_again(tmp_path, back)


def _written_again(folder: Path, head: Head) -> bytes:
    write_head(folder / "again.npz", head)
    return (folder / "again.npz").read_bytes()


def test_the_shipped_head_knows_every_urgent_and_emergency_flag_and_no_other() -> None:
    head = read_head(LANGUAGE / HEAD)
    assert set(head.flags) == {name for name, flag in FLAGS.items() if flag.level >= Level.URGENT}
    assert (LANGUAGE / HEAD).stat().st_size < 300_000


def test_without_a_head_there_are_no_second_ears(tmp_path: Path) -> None:
    assert SecondEars.load(tmp_path, FLAGS) is None


@needs_weights
@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("my mouth hangs on one side and words come out as mush", "stroke_signs"),
        ("i have to fight for every breath and i am only sitting", "breathing"),
        ("lately i think about not being alive any more", "self_harm"),
        ("it feels like somebody is standing on my chest", "chest_pain"),
        ("i soaked my shorts and never even noticed", "bladder_bowel"),
    ],
)
def test_what_sounds_like_a_flag_is_suspected_wherever_it_stands(
    ears: SecondEars, meaning: Meaning, text: str, flag: str
) -> None:
    for variant in (text, text.upper(), f"  {text}!! ", FILLER * 6 + text, f"{FILLER}. {text}. {FILLER}"):
        doubts = ears.doubts(read(meaning, variant), ())
        assert flag in [doubt.flag for doubt in doubts], variant
        assert all(doubt.polarity == "unsure" for doubt in doubts)


@needs_weights
def test_a_doubt_shows_the_words_it_rests_on(ears: SecondEars, meaning: Meaning) -> None:
    text = f"{FILLER}. it feels like somebody is standing on my chest. {FILLER}"
    (doubt,) = (one for one in ears.doubts(read(meaning, text), ()) if one.flag == "chest_pain")
    assert "standing" in doubt.span.phrase
    assert text[doubt.span.start : doubt.span.end] == doubt.span.phrase
    assert FILLER.strip() not in doubt.span.phrase


@needs_weights
@pytest.mark.parametrize(
    "text",
    ["", "?", "yes", "no", "2", "what time do you close on sunday", "thanks, see you at spin class",
     "new deadlift pr today, legs are toast", "can you book me in with sam on friday"],
)  # fmt: skip
def test_ordinary_messages_raise_no_doubt(ears: SecondEars, meaning: Meaning, text: str) -> None:
    assert ears.doubts(read(meaning, text), ()) == ()


@needs_weights
def test_the_rules_have_the_last_word_on_what_they_heard(ears: SecondEars, meaning: Meaning) -> None:
    reading = read(meaning, "it feels like somebody is standing on my chest")
    span = Span("chest", 0, 5, "chest.pain")
    for polarity in ("denied", "unsure"):
        mention = Mention("chest_pain", polarity, span)
        assert "chest_pain" not in [doubt.flag for doubt in ears.doubts(reading, (mention,))]
    assert ears.doubts(reading, (Mention("collapse", "present", span),)) == ()
    assert ears.doubts(reading, (Mention("leg_weakness", "present", span, ("worsening",)),)) == ()
    urgent = Mention("fever_unwell", "present", span)
    assert "chest_pain" in [doubt.flag for doubt in ears.doubts(reading, (urgent,))]


@needs_weights
def test_what_is_said_beside_a_denial_is_left_to_the_rules(ears: SecondEars, meaning: Meaning) -> None:
    text = f"no pins and needles. {FILLER}. it feels like somebody is standing on my chest"
    reading = read(meaning, text)
    last = Span("standing", text.index("standing"), text.index("standing") + 8, "any")
    first = Span("pins", 3, 7, "any")
    for span, expected in ((first, ["chest_pain"]), (last, [])):
        doubts = ears.doubts(reading, (Mention("leg_numbness", "denied", span),))
        assert [doubt.flag for doubt in doubts] == expected


@needs_weights
def test_the_longest_message_takes_no_longer_than_a_blink(ears: SecondEars, meaning: Meaning) -> None:
    tokens = meaning.reader.read(FILLER * 200)
    began = time.process_time()
    ears.suspects(tokens)
    assert time.process_time() - began < 3
