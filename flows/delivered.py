"""The texts of a flow as they go out whole, at their longest."""

from collections.abc import Iterator
from dataclasses import dataclass

from flows.countries import crisis_line, emergency_number, known_countries
from flows.levels import Level
from flows.model import Ask, Flow
from flows.wording import Wording

# What is tapped, and the lines of a list: never sent or spoken by themselves.
_LABELS = ("button.", "option.", "item.")
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

    By text message a checklist goes out as one numbered list; by voice its items are asked one by one.
    A text that lacks a wording is left out: `flows.needed_words` tells of that.
    """
    wording = flow.wording[language]
    for key, words in wording.words.items():
        if not key.startswith(_LABELS):
            yield Delivered(key, words.line, longest(flow, wording, key, channel))
    if channel == "sms":
        for step in flow.steps.values():
            if isinstance(step, Ask) and step.expecting.kind == "checklist":
                yield from _numbered_list(flow, wording, step)


def longest(flow: Flow, wording: Wording, key: str, channel: str) -> str:
    """The wording ``key`` filled in for the country and the flag that make it longest."""
    if "{" not in wording.words[key].on(channel):
        return wording.words[key].on(channel)
    numbers = [
        {
            "emergency": emergency_number(country, wording.language),
            "crisis": crisis_line(country, wording.language),
            "languages": ", ".join(flow.language_names.values()),
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


def _numbered_list(flow: Flow, wording: Wording, step: Ask) -> Iterator[Delivered]:
    keys = [step.id, *(f"item.{item[0]}" for item in step.expecting.items), "list_end"]
    if all(key in wording for key in keys):
        first, *items, last = (longest(flow, wording, key, "sms") for key in keys)
        numbered = [f"{place}. {item}" for place, item in enumerate(items, start=1)]
        yield Delivered(step.id, wording.words[step.id].line, "\n".join([first, *numbered, last]))
