"""The corpus is what it says it is: enough of everything, rightly levelled, and written by `write`."""

import json
import random
from collections import Counter
from typing import Any

import pytest

from flows.flags import load_flags
from flows.levels import Level
from tests.corpus import write
from tests.corpus.noise import NOISES, is_denying

FLAGS = load_flags(write.FLAGS)
EMERGENCIES = [name for name, flag in FLAGS.items() if flag.level is Level.EMERGENCY]
URGENT = [name for name, flag in FLAGS.items() if flag.level is Level.URGENT]
Row = dict[str, Any]


def rows(file: str) -> list[Row]:
    text = (write.HERE / f"{file}.jsonl").read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module", params=write.FILES)
def file(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_the_files_are_what_the_writer_writes() -> None:
    for name, content in write.corpus().items():
        kept = (write.HERE / f"{name}.jsonl").read_text("utf-8")
        assert kept == content, "run python -m tests.corpus.write"


def test_no_message_and_no_sentence_is_in_both_files() -> None:
    develop, check = ({write.key(row["text"]) for row in rows(name)} for name in write.FILES)
    assert not develop & check
    around = [write.around(name) for name in write.FILES]
    for part in ("openers", "closers", "chatter", "filler"):
        assert not set(getattr(around[0], part)) & set(getattr(around[1], part))


def test_there_are_enough_messages() -> None:
    assert sum(len(rows(name)) for name in write.FILES) >= 2500


def test_enough_sentences_were_written_by_hand(file: str) -> None:
    by_hand = Counter(flag for source in write.sources(file) for flag in source.present)
    assert {flag: by_hand[flag] for flag in EMERGENCIES if by_hand[flag] < 25} == {}
    assert {flag: by_hand[flag] for flag in URGENT if by_hand[flag] < 20} == {}


def test_enough_messages_for_each_flag(file: str) -> None:
    messages = Counter(flag for row in rows(file) for flag in row["present"])
    assert {flag: messages[flag] for flag in EMERGENCIES if messages[flag] < 40} == {}
    assert {flag: messages[flag] for flag in FLAGS if messages[flag] < 20} == {}


def test_enough_messages_of_each_kind(file: str) -> None:
    kinds = Counter(row["kind"] for row in rows(file))
    assert set(kinds) == set(write.KINDS)
    assert kinds["harmless_gym"] + kinds["harmless_everyday"] >= 400
    assert kinds["denied"] + kinds["negation_trap"] >= 150
    assert kinds["history"] + kinds["hypothetical"] + kinds["question_topic"] >= 100
    assert sum(len(row["present"]) >= 2 for row in rows(file)) >= 60
    assert sum(300 <= len(row["text"]) <= 1600 for row in rows(file)) >= 30


def test_labels_name_known_flags_and_do_not_contradict_each_other(file: str) -> None:
    for row in rows(file):
        said = [*row["present"], *row["denied"]]
        assert set(said) | set(row.get("unsure", [])) <= set(FLAGS), row
        assert len(said) == len(set(said)), row
        assert not set(row["present"]) & set(row.get("unsure", [])), row


def test_the_level_is_that_of_the_worst_present_flag(file: str) -> None:
    for row in rows(file):
        present = [FLAGS[name] for name in row["present"]]
        lowest = max((flag.level for flag in present), default=Level.INFO)
        highest = max((flag.level_with(flag.rises) for flag in present), default=Level.INFO)
        assert lowest <= Level.from_id(row["level"]) <= highest, row


def test_harmless_messages_carry_no_flag(file: str) -> None:
    for row in rows(file):
        if row["kind"] in ("harmless_gym", "harmless_everyday", "question_topic"):
            assert [*row["present"], *row["denied"], *row.get("unsure", [])] == [], row


def test_answers_say_what_was_asked_and_what_they_mean(file: str) -> None:
    for row in rows(file):
        if row["kind"] == "answer":
            assert row["asked"] in FLAGS, row
            assert row["answer"] in ("yes", "no", "unsure"), row


def test_noise_keeps_every_word_that_denies(file: str) -> None:
    def denying(text: str) -> int:
        return sum(is_denying(word) for word in text.replace("’", "'").split())

    for source in write.sources(file):
        if source.kind in ("denied", "negation_trap"):
            for noise in NOISES:
                noised = noise(source.text, random.Random(1))
                assert denying(noised) >= denying(source.text), (noise, source.text, noised)
