"""The texts of a flow as they go out whole, at their longest."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.countries import crisis_line, emergency_number, known_countries
from flows.levels import Level
from flows.model import Ask, Flow
from flows.wording import Wording, as_list

# What is tapped, and the lines of a list: never sent or spoken by themselves.
_LABELS = ("button.", "option.", "item.", "list_end")
# Stands for every country that is not listed.
_UNKNOWN_COUNTRY = "XX"


@dataclass(frozen=True)
class Delivered:
    """One text with its names filled in, and the line of the wording ``key`` that it begins with."""

    key: str
    line: int
    text: str


def delivered(flow: Flow, language: str, channel: str) -> Iterator[Delivered]:
    """Every text that goes out on ``channel``, filled in with the values that make it longest.

    A checklist goes out as a list: by text with all its items, by voice with those that take longest to say.
    A text that lacks a wording is left out: `flows.needed_words` tells of that.
    """
    wording = flow.wording[language]
    checklists = {
        step.id: step
        for step in flow.steps.values()
        if isinstance(step, Ask) and step.expecting.kind == "checklist"
    }
    for key, words in wording.words.items():
        if not key.startswith(_LABELS) and key not in checklists:
            yield Delivered(key, words.line, longest(flow, wording, key, channel))
    for step in checklists.values():
        if step.at_once(channel) > 1:
            yield from _list(flow, wording, step, channel)


def longest(flow: Flow, wording: Wording, key: str, channel: str) -> str:
    """The wording ``key`` filled in for the country and the flag that make it longest."""
    if "{" not in wording.words[key].on(channel):
        return wording.words[key].on(channel)
    numbers = [
        {
            "emergency": emergency_number(country, wording.language),
            "crisis": crisis_line(country, wording.language),
            "languages": ", ".join(flow.language_names.values()),
            "minutes": "60",
        }
        for country in (*sorted(known_countries()), _UNKNOWN_COUNTRY)
    ]
    told = _told(flow, wording, key, channel)
    return max((wording.text(key, channel, a | b) for a in numbers for b in told), key=len)


def _told(flow: Flow, wording: Wording, key: str, channel: str) -> list[dict[str, str]]:
    """What {tell} and {aid} may be in the wording ``key``: one pair for each flag that leads to it."""
    worst = [flag for flag in flow.flags if flow.worst_of([flag]) == Level.EMERGENCY]
    own = [flag for flag in worst if flow.ends.get(flag) == key]
    flags = own or [flag for flag in worst if flag not in flow.ends]
    return [
        {name: wording.text(f"{name}.{flag}", channel) for name in ("tell", "aid")}
        for flag in flags
        if f"tell.{flag}" in wording and f"aid.{flag}" in wording
    ] or [{"tell": "", "aid": ""}]


def _list(flow: Flow, wording: Wording, step: Ask, channel: str) -> Iterator[Delivered]:
    keys = [step.id, *(f"item.{item[0]}" for item in step.expecting.items), "list_end"]
    if all(key in wording for key in keys):
        first, *items, last = (longest(flow, wording, key, channel) for key in keys)
        most = sorted(items, key=len, reverse=True)[: step.at_once(channel)]
        lines = [first, *(item for item in items if item in most), last]
        yield Delivered(step.id, wording.words[step.id].line, as_list(lines, channel))
