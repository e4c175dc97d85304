"""The picture of a flow shows all of it, in words and levels that people know from the kiosk."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from flows import source
from flows.commands import draw as command
from flows.draw import mermaid, svg
from flows.draw.interrupts import COMMANDS
from flows.draw.style import LOOKS, css
from flows.levels import Level
from flows.line import BACK_PAIN
from flows.loader import load_flow
from flows.model import Flow
from flows.needed_words import ENGINE_WORDS

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"

KNEE = """
flow: knee
version: "3"
start: where
screening: signs
unclear: help_me
turn_limit: 20
reopen: {question: where, answers: [front]}
ends: {emergency: call, urgent: today, see_provider: visit, stop_today: rest, modify: lighter, info: bye}
topics: [swelling]
steps:
  where:
    ask: choice
    answers: where
    options: [front, behind, below]
    then: {front: signs, behind: signs, below: where}
    unclear: help_me
  signs:
    ask: yes_no
    flags: [locked]
    then: {"yes": today, "no": score}
  score:
    ask: number
    severe_from: {sore: 7}
    then: {"*": judge}
  judge:
    route:
      - {level: emergency, to: call}
      - {answer: where, equals: front, to: signs}
      - {answer: score, at_least: 4, to: rest}
      - {else: lighter}
  call: {end: emergency}
  today: {end: urgent}
  help_me: {end: urgent}
  visit: {end: see_provider}
  rest: {end: stop_today}
  lighter: {end: modify}
  bye: {end: info}
"""
KNEE_FLAGS = """
sources: {book: "A book about knees"}
flags:
  burst: {level: emergency, source: [book]}
  locked: {level: urgent, source: [book]}
  sore: {level: stop_today, source: [book]}
"""
KNEE_STEPS = ("where", "score", "call", "today", "help_me", "visit", "rest", "lighter", "bye")
KNEE_WORDS = (
    *ENGINE_WORDS, *KNEE_STEPS, *(f"after_end.{level.id}" for level in Level), "topic.swelling",
    "ask.burst", "ask.locked", "ask.sore", "tell.burst", "aid.burst",
    "option.where.front", "option.where.behind", "option.where.below",
)  # fmt: skip


@pytest.fixture
def knee(tmp_path: Path) -> Flow:
    (tmp_path / "wording").mkdir()
    (tmp_path / "flow.yaml").write_text(KNEE)
    (tmp_path / "flags.yaml").write_text(KNEE_FLAGS)
    words: dict[str, Any] = {}
    for key in KNEE_WORDS:
        *groups_of_key, name = key.split(".")
        inside = words
        for group in groups_of_key:
            inside = inside.setdefault(group, {})
        inside[name] = f"Words of <{key}> & more."
    (tmp_path / "wording" / "en.yaml").write_text(yaml.safe_dump(words))
    return load_flow(tmp_path)


@pytest.fixture
def back_pain() -> Flow:
    return load_flow(BACK_PAIN)


@pytest.fixture(params=["back_pain", "knee"])
def flow(request: pytest.FixtureRequest) -> Flow:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def groups(flow: Flow, kind: str) -> list[ElementTree.Element]:
    picture = ElementTree.fromstring(svg.draw(flow))
    return [group for group in picture.iter(f"{SVG}g") if group.get("class") == kind]


def title(group: ElementTree.Element) -> str:
    return group.findtext(f"{SVG}title") or ""


def written_transitions(text: str) -> set[tuple[str, str]]:
    """The pairs of steps that follow each other, as they stand in the YAML."""
    pairs = set()
    for name, step in source.parse(text, "flow.yaml")["steps"].items():
        targets = [step.get("next"), step.get("unclear"), *step.get("then", {}).values()]
        targets += [line.get("to") or line.get("else") for line in step.get("route", [])]
        pairs |= {(name, target) for target in targets if target}
    return pairs


# -- the committed picture


@pytest.mark.parametrize(
    ("file", "write", "options"),
    [("docs/pictures/flow.svg", svg.draw, ""), ("docs/flow.mmd", mermaid.write, " --mermaid")],
)
def test_the_committed_picture_is_up_to_date(file: str, write: object, options: str, back_pain: Flow) -> None:
    assert callable(write)
    if (ROOT / file).read_text(encoding="utf-8") != write(back_pain):
        pytest.fail(f"{file} is out of date; run: python -m flows draw{options} -o {file}", pytrace=False)


def test_the_same_flow_gives_the_same_picture_in_every_process() -> None:
    pictures = set()
    for seed in ("1", "2", "3"):
        run = [sys.executable, "-m", "flows", "draw"]
        done = subprocess.run(run, env={**os.environ, "PYTHONHASHSEED": seed}, cwd=ROOT, capture_output=True)
        assert done.returncode == 0, done.stderr
        pictures.add(done.stdout)
    assert len(pictures) == 1


# -- what it shows


def test_every_step_stands_in_it_once(flow: Flow) -> None:
    assert sorted(group.get("id", "") for group in groups(flow, "step")) == sorted(flow.steps)


def test_every_transition_is_an_arrow(back_pain: Flow, knee: Flow) -> None:
    for flow, text in ((back_pain, (BACK_PAIN / "flow.yaml").read_text()), (knee, KNEE)):
        arrows = [(group.get("data-from"), group.get("data-to")) for group in groups(flow, "arrow")]
        assert len(arrows) == len(set(arrows))
        assert set(arrows) == written_transitions(text)


def test_an_arrow_says_when_it_is_taken(knee: Flow) -> None:
    assert {title(group) for group in groups(knee, "arrow")} == {
        "where → signs: front, behind",
        "where → where: below",
        "where → help_me: unclear",
        "signs → today: yes",
        "signs → score: no",
        "score → judge: any answer",
        "judge → call: emergency",
        "judge → signs: where: front",
        "judge → rest: score ≥ 4",
        "judge → lighter: otherwise",
    }


def test_only_arrows_for_unclear_answers_are_dashed(back_pain: Flow) -> None:
    dashed = [title(g) for g in groups(back_pain, "arrow") if "aside" in ElementTree.tostring(g, "unicode")]
    assert dashed == ["pain_score → too_bad_to_move: unclear"]


def test_a_box_holds_its_whole_wording_on_hover(back_pain: Flow) -> None:
    titles = {group.get("id"): title(group) for group in groups(back_pain, "step")}
    words = back_pain.wording["en"].words
    keys = {"opening": ["opening"], "screen_body": ["screen_body", "item.radiating"]}
    keys |= {"pause": ["pause.wait", "pause.ask"], "spread_leg": ["ask.radiating"], "urgent": ["urgent"]}
    for step, wanted in keys.items():
        for key in wanted:
            assert words[key].sms in titles[step]
            assert words[key].voice in titles[step]
    assert "leg weakness → weakness_worse" in titles["about_legs"]


def test_the_screening_is_from_its_first_question_to_its_last(back_pain: Flow, knee: Flow) -> None:
    def marked(flow: Flow) -> set[str | None]:
        shapes = {g.get("id"): g.findall("*")[1].get("class", "").split() for g in groups(flow, "step")}
        return {name for name, style in shapes.items() if "screen" in style}

    body = {"screen_body", "about_legs", "weakness_worse", "which_legs"}
    assert marked(back_pain) == body | {"screen_cause", "about_pregnancy", "pregnancy_signs"}
    assert marked(knee) == {"signs"}


def test_interrupts_are_shown_once_beside_the_flow(back_pain: Flow) -> None:
    rows = ["".join(group.itertext()) for group in groups(back_pain, "interrupt")]
    [emergency] = [row for row in rows if "An emergency sign" in row]
    ends_at_once = [f for f in back_pain.flags.values() if Level.EMERGENCY in (f.level, *f.rises.values())]
    for flag in ends_at_once:
        said = back_pain.wording["en"].words[f"ask.{flag.id}"].voice
        [holding] = [row for row in rows if said in row and "at once" in row]
        assert flag.sources[0] in holding
        assert (holding == emergency) == (flag.id not in back_pain.ends)
    for topic in back_pain.topics:
        assert any(back_pain.wording["en"].words[f"topic.{topic}"].voice in row for row in rows)


def test_the_commands_are_those_that_people_can_say() -> None:
    known = source.read(ROOT / "flows/language/en/commands.yaml")
    assert set(COMMANDS) <= set(known)


# -- how it looks


def test_levels_have_the_kiosks_colours_icons_and_words(back_pain: Flow) -> None:
    colours = (ROOT / "voice/static/levels.css").read_text()
    dark, light = colours.split('[data-theme="light"]')
    icons = re.sub(r"\s", "", (ROOT / "voice/static/icons.svg").read_text())
    words = (ROOT / "voice/languages/en.yaml").read_text()
    drawn = svg.draw(back_pain)
    for level, look in LOOKS.items():
        assert f"--level-{level.id}: {look.dark};" in dark
        assert f"--level-{level.id}-fill: {look.fill};" in dark
        assert f"--level-{level.id}-on: {look.on};" in dark
        assert f"--level-{level.id}: {look.light};" in light
        icon = icons.split(f'id="level-{level.id}"')[1].split("</symbol>")[0]
        assert re.sub(r"\s", "", look.icon) in icon
        assert f'{level.id}: "{look.word}"' in words
        assert look.word in drawn


def test_text_is_readable_on_both_grounds() -> None:
    light, dark = css().split("@media (prefers-color-scheme: dark)")
    for theme in (light, dark):
        fills = dict(re.findall(r"^\.(\w+) \{ fill: (#\w+);", theme, re.MULTILINE))
        for ground in ("ground", "card", "band"):
            assert contrast(fills["ink"], fills[ground]) >= 7
            assert contrast(fills["quiet"], fills[ground]) >= 7
        assert contrast(fills["accent"], fills["band"]) >= 7
    for look in LOOKS.values():
        assert contrast(look.on, look.fill) >= 7


def contrast(one: str, two: str) -> float:
    """The contrast of two colours as WCAG defines it, 1 to 21."""

    def light(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (x / 12.92 if x <= 0.03928 else ((x + 0.055) / 1.055) ** 2.4 for x in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((light(one), light(two)))
    return (high + 0.05) / (low + 0.05)


def test_every_end_has_icon_and_word_of_its_level(back_pain: Flow) -> None:
    boxes = {group.get("id"): group for group in groups(back_pain, "step")}
    for level in Level:
        end = boxes[back_pain.ends[level.id]]
        assert LOOKS[level].word in [text.text for text in end.findall(f"{SVG}text")]
        assert end.find(f"{SVG}g[@class='icon mark {level.id}']") is not None


# -- Mermaid


def test_mermaid_holds_every_step_and_transition(back_pain: Flow, knee: Flow) -> None:
    for flow, text in ((back_pain, (BACK_PAIN / "flow.yaml").read_text()), (knee, KNEE)):
        written = mermaid.write(flow)
        steps = re.findall(r'^ +s_(\w+)[(\[{]+"', written, re.MULTILINE)
        assert sorted(steps) == sorted(flow.steps)
        arrows = re.findall(r'^  s_(\w+) -\.?->(?:\|"[^"]*"\|)? s_(\w+)$', written, re.MULTILINE)
        assert set(arrows) == written_transitions(text)
    assert '  s_where -.->|"unclear"| s_help_me' in mermaid.write(knee)
    assert "Words of #lt;where#gt; #amp; more." in mermaid.write(knee)


# -- the command


def test_the_command_writes_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "flow.svg"
    assert command.run([str(BACK_PAIN), "-o", str(file)]) == 0
    assert ElementTree.parse(file).getroot().tag == f"{SVG}svg"
    assert str(file) in capsys.readouterr().out
    assert command.run(["--mermaid"]) == 0
    assert "flowchart TD" in capsys.readouterr().out


def test_a_broken_flow_or_an_unwritable_file_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.run([str(tmp_path)]) == 1
    assert "flow.yaml" in capsys.readouterr().err
    assert command.run(["-o", str(tmp_path / "nowhere" / "flow.svg")]) == 1
    assert "nowhere" in capsys.readouterr().err
