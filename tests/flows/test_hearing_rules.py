"""Rules, denial and time, on a small flow of their own that reads as a specification."""

from pathlib import Path

import pytest

from flows.flags import load_flags
from flows.hearing.meaning import load_meaning
from flows.hearing.rules import parse_rule
from flows.source import FlowError
from flows.understanding import Understanding

LANGUAGE = Path(__file__).parents[2] / "flows" / "language" / "en"

FLAGS = """
sources: {book: "A book"}
flags:
  saddle_numbness: {level: emergency, source: [book]}
  bladder_bowel: {level: emergency, source: [book]}
  breathing: {level: emergency, source: [book]}
  leg_weakness: {level: urgent, rises: {worsening: emergency}, source: [book]}
  leg_numbness: {level: urgent, source: [book]}
  cancer_history: {level: urgent, source: [book]}
"""
CONCEPTS = """
symptoms:
  numb: "numb, numbness, no feeling, can not feel, tingle"
  weak: "weak, give way"
  breathless: "can not breathe, out of breath"
  pain: "pain, hurt"
  cancer: "cancer"
places:
  saddle: "groin, between my legs, bum"
  leg: "leg, foot"
  leg.both: "both legs"
words:
  cannot: "can not, unable to"
  pee: "pee, bladder"
  worse: "worse"
  gym: "after a set, after sprints"
  laugh: "laughing"
normal:
  fine: "fine, normally, no problem"
harmless:
  idiom: "numb skull, pee break"
"""
RULES = """
flags:
  saddle_numbness:
    present: ["numb + saddle"]
  bladder_bowel:
    present: ["cannot > pee, within 2"]
    denied: ["pee + fine, within 3"]
  breathing:
    present: ["breathless, unless laugh, doubt gym"]
  leg_weakness:
    present: ["weak + leg"]
    adds: {worsening: ["worse + leg"]}
  leg_numbness:
    present: ["numb + leg"]
    unsure: ["numb, alone"]
  cancer_history:
    present: ["cancer, ever"]
"""


def make(tmp_path: Path, concepts: str = CONCEPTS, rules: str = RULES) -> Understanding:
    meaning = tmp_path / "meaning" / "en"
    (meaning / "symptoms").mkdir(parents=True)
    (tmp_path / "flags.yaml").write_text(FLAGS, encoding="utf-8")
    (meaning / "symptoms" / "concepts.yaml").write_text(concepts, encoding="utf-8")
    (meaning / "symptoms" / "flags.yaml").write_text(rules, encoding="utf-8")
    (meaning / "answers.yaml").write_text("answers: {kind: {sharp: sharp, dull: dull}}\n", encoding="utf-8")
    topics = 'topics: {frame: {question: "should i"}, ice: {about: "ice"}}\n'
    (meaning / "topics.yaml").write_text(topics, encoding="utf-8")
    return Understanding(load_meaning(LANGUAGE, meaning, load_flags(tmp_path / "flags.yaml")))


@pytest.fixture(scope="module")
def ears(tmp_path_factory: pytest.TempPathFactory) -> Understanding:
    return make(tmp_path_factory.mktemp("flow"))


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        # binding: near, in any order or in the order given, and to the place that is meant
        ("my groin is numb", {"saddle_numbness": "present"}),
        ("numb in my groin", {"saddle_numbness": "present"}),
        ("numb foot and pain in my groin", {"leg_numbness": "present"}),
        ("numb foot but my groin hurts", {"leg_numbness": "present"}),
        ("numb between my legs", {"saddle_numbness": "present"}),
        ("i can not pee", {"bladder_bowel": "present"}),
        ("i pee and can not stop eating", {}),
        ("both legs are weak", {"leg_weakness": "present"}),
        ("numb", {"leg_numbness": "unsure"}),
        ("numb skull, my foot", {}),
        # unless and doubt
        ("can not breathe", {"breathing": "present"}),
        ("laughing so much i can not breathe", {}),
        ("can not breathe after sprints", {"breathing": "unsure"}),
        # denial, and what only looks like it
        ("no numbness in my foot", {"leg_numbness": "denied"}),
        ("i do not have any numbness in my groin", {"saddle_numbness": "denied"}),
        ("no feeling in my groin", {"saddle_numbness": "present"}),
        ("my foot is not numb", {"leg_numbness": "denied"}),
        ("not just a numb foot", {"leg_numbness": "present"}),
        ("no my foot is numb", {"leg_numbness": "present"}),
        ("numbness in my foot no", {"leg_numbness": "denied"}),
        ("Numb foot? No.", {"leg_numbness": "denied"}),
        ("no numbness in my groin or foot", {"saddle_numbness": "denied", "leg_numbness": "denied"}),
        ("no pain, just a numb foot", {"leg_numbness": "present"}),
        ("no pain but a numb foot", {"leg_numbness": "present"}),
        ("never numb in my foot until today", {"leg_numbness": "present"}),
        ("nothing numb in my foot", {"leg_numbness": "denied"}),
        ("no feeling in my groin, numb foot", {"saddle_numbness": "present", "leg_numbness": "present"}),
        ("Numb foot? No, never.", {"leg_numbness": "denied"}),
        ("numb foot: none", {"leg_numbness": "denied"}),
        ("no i don't have a numb foot", {"leg_numbness": "denied"}),
        ("nothing, numb foot", {"leg_numbness": "present"}),
        ("why can't i feel my groin", {"saddle_numbness": "present"}),
        # a "no" said twice, at the end or before the next "no", is one denial
        ("i'm not numb in my foot, no", {"leg_numbness": "denied"}),
        ("neither numb nor weak in my foot", {"leg_numbness": "denied", "leg_weakness": "denied"}),
        ("i don't have any any numbness in my foot", {"leg_numbness": "denied"}),
        # where the thing goes is part of it; what nobody knows ends at "and"
        ("no pain going down my leg and numb foot", {"leg_numbness": "unsure"}),
        ("without a helmet and my foot is numb", {"leg_numbness": "present"}),
        ("it's nothing just a numb foot", {"leg_numbness": "present"}),
        # an echo says of one place what was said of another, or takes the denial back
        ("my foot is not numb, my groin is", {"saddle_numbness": "present", "leg_numbness": "denied"}),
        ("my foot is numb but my groin isn't", {"saddle_numbness": "denied", "leg_numbness": "present"}),
        ("numb foot, groin is fine", {"leg_numbness": "present"}),
        ("never thought my foot would be numb but it is", {"leg_numbness": "present"}),
        ("no cancer now but i had it in 2018", {"cancer_history": "present"}),
        ("i don't have cancer any more", {"cancer_history": "unsure"}),
        # what was not there before is news
        ("a numb foot that wasn't there yesterday", {"leg_numbness": "present"}),
        ("the numb foot is not there", {"leg_numbness": "denied"}),
        # a doubtful denial asks
        ("i'm not sure if my foot is numb", {"leg_numbness": "unsure"}),
        ("i thought my foot was numb but it isn't", {"leg_numbness": "unsure"}),
        ("my foot is not really numb", {"leg_numbness": "unsure"}),
        ("not sure if my foot is numb", {"leg_numbness": "unsure"}),
        ("my foot was not numb this morning", {"leg_numbness": "unsure"}),
        ("ain't got no feeling in my foot", {"leg_numbness": "unsure"}),
        ("i thought my foot was numb, but no", {"leg_numbness": "unsure"}),
        # all is well
        ("i pee normally", {"bladder_bowel": "denied"}),
        ("no problem with my bladder", {"bladder_bowel": "denied"}),
        (
            "no numbness in my foot and my bladder is fine",
            {"leg_numbness": "denied", "bladder_bowel": "denied"},
        ),
        ("bladder not fine", {"bladder_bowel": "unsure"}),
        ("bladder fine? no", {"bladder_bowel": "unsure"}),
        # long ago, over, or only supposed
        ("my groin was numb years ago", {"saddle_numbness": "unsure"}),
        ("my groin was numb but it's gone now", {"saddle_numbness": "unsure"}),
        ("i had surgery years ago, my groin is numb now", {"saddle_numbness": "present"}),
        ("had a fall in 2018, my groin was numb", {"saddle_numbness": "unsure"}),
        ("my groin has been numb since 2018", {"saddle_numbness": "present"}),
        ("Numb groin? That is long gone", {"saddle_numbness": "unsure"}),
        ("what if my groin goes numb", {"saddle_numbness": "unsure"}),
        ("if my groin gets numb, who do I call", {"saddle_numbness": "unsure"}),
        ("if i bend, my groin goes numb", {"saddle_numbness": "present"}),
        ("if i bend my groin goes numb", {"saddle_numbness": "present"}),
        ("is numbness in the groin a red flag", {"saddle_numbness": "unsure"}),
        ("is my numb groin from deadlifts?", {"saddle_numbness": "present"}),
        ("can a bad back make a groin numb i saw a video", {"saddle_numbness": "unsure"}),
        ("should it happen that my groin goes numb", {"saddle_numbness": "unsure"}),
        ("my groin was numb, came right by itself", {"saddle_numbness": "unsure"}),
        ("cancer ten years ago", {"cancer_history": "present"}),
        ("my brother had a numb groin years ago", {}),
    ],
)
def test_what_a_text_says_of_the_flags(ears: Understanding, text: str, heard: dict[str, str]) -> None:
    assert {mention.flag: mention.polarity for mention in ears.understand(text).mentions} == heard


def test_the_most_worrying_mention_wins(ears: Understanding) -> None:
    heard = ears.understand("no numbness in my left foot. my right foot is numb")
    assert [(m.flag, m.polarity) for m in heard.mentions] == [("leg_numbness", "present")]


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("my back hurts, no numbness", {"leg_numbness": "denied"}),
        ("numbness", {}),
        ("not sure about numbness", {}),
        ("no numbness in my groin", {"saddle_numbness": "denied"}),
    ],
)
def test_a_negated_rule_speaks_only_under_a_no(tmp_path: Path, text: str, heard: dict[str, str]) -> None:
    rules = RULES.replace('unsure: ["numb, alone"]', 'denied: ["numb, negated, unless saddle"]')
    understood = make(tmp_path, rules=rules).understand(text)
    assert {mention.flag: mention.polarity for mention in understood.mentions} == heard


def test_words_that_say_all_is_well_are_no_symptom(tmp_path: Path) -> None:
    rules = RULES.replace('denied: ["pee', 'unsure: ["pee"]\n    denied: ["pee')
    understood = make(tmp_path, rules=rules).understand("bladder? fine. numb foot")
    assert [(m.flag, m.polarity) for m in understood.mentions] == [
        ("bladder_bowel", "denied"),
        ("leg_numbness", "present"),
    ]


def test_a_qualifier_needs_its_flag(ears: Understanding) -> None:
    assert ears.understand("my leg is weak and getting worse").mentions[0].qualifiers == ("worsening",)
    assert ears.understand("my leg is weak").mentions[0].qualifiers == ()


def test_a_mention_says_which_words_and_which_rule(ears: Understanding) -> None:
    text = "Since Monday: my GRION is all numb!"
    (mention,) = ears.understand(text).mentions
    assert text[mention.span.start : mention.span.end] == mention.span.phrase == "GRION is all numb"
    assert mention.span.rule == "saddle_numbness: numb + saddle"


@pytest.mark.parametrize(
    "line", ["numb saddle", "+ numb", "numb +", "", "numb, within x", "numb, sometimes", "numb + + saddle"]
)
def test_a_malformed_rule_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"between|read|none of"):
        parse_rule("saddle_numbness", line, "present")


@pytest.mark.parametrize(
    ("concepts", "rules", "line", "what"),
    [
        (CONCEPTS, RULES.replace("numb + leg", "numbb + leg"), 14, "unknown concept numbb"),
        (CONCEPTS, RULES.replace("cancer_history", "cancer"), 16, "unknown flag `cancer`"),
        (CONCEPTS, RULES.replace("worsening", "bleeding"), 12, "no `bleeding`"),
        (CONCEPTS, RULES.replace("unsure:", "perhaps:"), 15, "unknown key `perhaps`"),
        (CONCEPTS.replace("words:", "things:"), RULES, 12, "unknown key `things`"),
        (CONCEPTS.replace('pee: "pee, bladder"', 'pee: "pee, [bladder"'), RULES, 14, "unclosed bracket"),
        (CONCEPTS.replace('"worse"', "3"), RULES, 15, "`worse` is not text"),
        (CONCEPTS.replace("fine:", "numb:"), RULES, 19, "`numb` stands twice"),
    ],
)
def test_a_mistake_in_the_meaning_names_its_line(
    tmp_path: Path, concepts: str, rules: str, line: int, what: str
) -> None:
    with pytest.raises(FlowError) as caught:
        make(tmp_path, concepts, rules)
    first = caught.value.findings[0]
    assert (first.line, what in first.what) == (line, True)


def test_a_part_that_is_well_is_no_part_of_the_pain_after_it(ears: Understanding) -> None:
    mentions = ears.understand("my leg is fine, numb in the groin").mentions
    assert {one.flag: one.polarity for one in mentions} == {"saddle_numbness": "present"}


def test_not_that_is_a_doubt_after_it_is(ears: Understanding) -> None:
    (mention,) = ears.understand("it is not that i have numbness in my groin").mentions
    assert mention.polarity != "present"


@pytest.mark.parametrize(
    ("text", "flag", "polarity"),
    [
        ("numb bum? no haha", "saddle_numbness", "denied"),
        ("numb groin? no nothing like that", "saddle_numbness", "denied"),
        ("i can not say there is any numbness in my groin", "saddle_numbness", "unsure"),
    ],
)
def test_a_no_that_is_not_followed_is_asked_about(
    ears: Understanding, text: str, flag: str, polarity: str
) -> None:
    assert {mention.flag: mention.polarity for mention in ears.understand(text).mentions}[flag] == polarity
