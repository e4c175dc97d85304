"""The second pair of ears: what it hears, that it can only make the line ask, and how long it listens."""

import time
from pathlib import Path

import numpy as np
import pytest

from flows.flags import load_flags
from flows.heard import Expecting, Mention, Polarity, Span
from flows.hearing.second_ears import FILE, LONGEST, SecondEars, load_second_ears, pieces, spoken
from flows.hearing.sentence_vectors import WIDTH, SentenceVectors, Vectors, read_weights, weights_folder
from flows.levels import Level
from flows.line import BACK_PAIN
from flows.understanding import Understanding, load_understanding

MEANING = BACK_PAIN / "meaning" / "en"
FLAGS = load_flags(BACK_PAIN / "flags.yaml")
FILLER = "my coach films the top set and there was a queue for the rack so i chatted at the desk "
STANDING = "it feels like somebody is standing on my chest"


@pytest.fixture(scope="module")
def ears() -> SecondEars:
    ears = load_second_ears(MEANING)
    assert ears is not None
    return ears


@pytest.fixture(scope="module")
def rules() -> Understanding:
    return load_understanding(BACK_PAIN, second_ears=False)


@pytest.fixture(scope="module")
def both() -> Understanding:
    return load_understanding(BACK_PAIN)


def untrained() -> dict[str, Vectors]:
    """What is learnt before anything was learnt: matrices that add nothing."""
    folder = weights_folder()
    assert folder is not None
    return {
        f"{name.removesuffix('.weight')}.{part}": np.zeros(shape, np.float32)
        for name, matrix in read_weights(folder / "model.safetensors").items()
        if name.startswith("encoder.layer.") and matrix.ndim == 2
        for part, shape in (("down", (matrix.shape[1], 1)), ("up", (1, matrix.shape[0])))
    }


def mention(flag: str, polarity: Polarity) -> Mention:
    return Mention(flag, polarity, Span("chest", 0, 5, "a rule"))


def test_the_untrained_network_gives_the_similarities_that_its_makers_publish() -> None:
    folder = weights_folder()
    assert folder is not None
    texts = [
        "That is a happy person",
        "That is a happy dog",
        "That is a very happy person",
        "Today is a sunny day",
    ]
    found = SentenceVectors(folder, untrained()).of(texts)
    happy, *others = found / np.linalg.norm(found, axis=1, keepdims=True)
    assert [round(float(happy @ other), 2) for other in others] == [0.69, 0.94, 0.26]


def test_a_score_does_not_depend_on_what_it_is_computed_with(ears: SecondEars) -> None:
    alone = ears.scores(["my foot slaps"])
    together = ears.scores(["what time do you close", "my foot slaps", "x " * 300])
    assert np.allclose(together[1], alone[0], atol=1e-4)


def test_a_short_text_is_heard_whole_and_a_long_one_in_overlapping_pieces(rules: Understanding) -> None:
    tokens = rules.reader.read("Hi there, my back hurts? It is numb")
    assert list(pieces(tokens)) == [(0, len(tokens))]
    assert (
        spoken("Hi there, my back hurts? It is numb", tokens, 0, 8) == "hi there , my back hurts ? it is numb"
    )
    long = rules.reader.read(" ".join(f"w{number}" for number in range(200)))
    ranges = list(pieces(long))
    for place in range(len(long) - 6):
        assert any(start <= place and place + 6 <= end for start, end in ranges)


def test_of_an_endless_text_the_beginning_and_the_end_are_heard(rules: Understanding) -> None:
    tokens = rules.reader.read("word " * 1500)
    ranges = list(pieces(tokens))
    assert len(ranges) == 12
    assert (ranges[0][0], ranges[-1][1]) == (0, len(tokens))


def test_the_shipped_ears_know_every_urgent_and_emergency_flag_and_no_other() -> None:
    with np.load(MEANING / FILE) as data:
        assert set(data["flags"]) == {name for name, flag in FLAGS.items() if flag.level >= Level.URGENT}
        assert data["head.weights"].shape == (WIDTH, len(data["flags"]))


def test_without_a_file_there_are_no_second_ears(tmp_path: Path) -> None:
    assert load_second_ears(tmp_path) is None


def test_damaged_ears_leave_the_rules_to_hear_alone(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / FILE).write_bytes((MEANING / FILE).read_bytes()[:5000])
    assert load_second_ears(tmp_path) is None
    assert "the rules hear alone" in caplog.text


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("my mouth hangs on one side and words come out as mush", "stroke_signs"),
        ("i have to fight for every breath and i am only sitting", "breathing"),
        ("lately i think about not being alive any more", "self_harm"),
        (STANDING, "chest_pain"),
        ("i soaked my shorts and never even noticed", "bladder_bowel"),
    ],
)
def test_what_sounds_like_a_flag_is_asked_about_wherever_it_stands(
    ears: SecondEars, rules: Understanding, text: str, flag: str
) -> None:
    for variant in (text, text.upper(), f"  {text}!! ", FILLER * 6 + text, f"{FILLER}. {text}. {FILLER}"):
        doubts = ears.doubts(rules.read(variant), ())
        assert (flag, "unsure") in [(doubt.flag, doubt.polarity) for doubt in doubts], variant


def test_a_doubt_shows_the_words_it_rests_on(ears: SecondEars, rules: Understanding) -> None:
    text = FILLER * 3 + STANDING
    doubt = next(one for one in ears.doubts(rules.read(text), ()) if one.flag == "chest_pain")
    assert text[doubt.span.start : doubt.span.end] == doubt.span.phrase
    assert doubt.span.phrase.endswith("standing on my chest")
    assert doubt.span.rule == "second_ears"
    assert len(doubt.span.phrase.split()) <= LONGEST


def test_a_short_answer_means_what_was_asked(both: Understanding) -> None:
    pause = Expecting("choice", answers="after_pause", options=("gone", "spreading"))
    heard = both.understand("it is spreading", pause)
    assert (heard.choice, heard.mentions) == ("spreading", ())
    longer = both.understand("it is spreading and now it feels like somebody is standing on my chest", pause)
    assert "chest_pain" in {*longer.flags("unsure"), *longer.flags("present")}


@pytest.mark.parametrize(
    "text",
    ["", "?", "yes", "no", "2", "none of those", "what time do you close on sunday", "see you at spin class",
     "new deadlift pr today, legs are toast", "can you book me in with sam on friday"],
)  # fmt: skip
def test_ordinary_messages_raise_no_doubt(ears: SecondEars, rules: Understanding, text: str) -> None:
    assert ears.doubts(rules.read(text), ()) == ()


def test_a_flag_that_the_rules_heard_stays_as_they_heard_it(ears: SecondEars, rules: Understanding) -> None:
    reading = rules.read(STANDING)
    for polarity in ("present", "unsure"):
        heard = (mention("chest_pain", polarity),)
        assert ears.doubts(reading, heard)[0] == heard[0]


def test_a_denial_is_kept_and_doubted_only_when_the_network_is_quite_sure(
    ears: SecondEars, rules: Understanding
) -> None:
    denied = (mention("chest_pain", "denied"),)
    assert ears.doubts(rules.read("chest feels fine, no pain or pressure there"), denied) == denied
    (doubted,) = ears.doubts(rules.read(STANDING), denied)
    assert (doubted.flag, doubted.polarity) == ("chest_pain", "unsure")


def test_the_ears_only_ever_add_unsure_to_what_the_rules_heard(
    rules: Understanding, both: Understanding
) -> None:
    corpus = Path(__file__).parents[1] / "corpus" / "parts" / "develop" / "oblique.yaml"
    texts = [line.strip()[3:-1] for line in corpus.read_text("utf-8").splitlines() if '- "' in line][::4]
    added = 0
    for text in texts:
        alone = {one.flag: one.polarity for one in rules.understand(text).mentions}
        together = {one.flag: one.polarity for one in both.understand(text).mentions}
        assert set(alone) <= set(together)
        for flag, polarity in together.items():
            assert polarity == alone.get(flag) or (
                polarity == "unsure" and alone.get(flag, "denied") == "denied"
            )
            added += flag not in alone
    assert added > 10


def test_the_longest_message_takes_no_longer_than_a_blink(ears: SecondEars, rules: Understanding) -> None:
    reading = rules.read(FILLER * 200)
    began = time.process_time()
    ears.doubts(reading, ())
    assert time.process_time() - began < 3
