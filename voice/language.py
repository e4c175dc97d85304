"""What the kiosk says in each language besides the conversation: ``voice/languages/<code>.yaml``."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flows import source
from flows.source import Finding, FlowError
from voice.phone_number import NumberWords

_FOLDER = Path(__file__).with_name("languages")
# The packaged recogniser hears this one, and every other language has the entries of its file.
FIRST = "en"
_MAY_LACK = {"figures.teens", "figures.tens"}


@dataclass(frozen=True)
class Figures:
    """How figures are said. Without ``teens`` and ``tens``, numbers below 100 are left to the voice.

    ``always`` is "24/7", and ``short`` says in full what units are short for.
    """

    digits: tuple[str, ...]
    teens: tuple[str, ...]
    tens: tuple[str, ...]
    plus: str
    to: str
    out_of: str
    units: str
    always: str
    short: dict[str, str]


@dataclass(frozen=True)
class OfferWords:
    """How the advice is offered as a text. ``start`` and ``cancel`` are what visitors say for it.

    ``buttons`` are what can be tapped; ``say`` what is said, by `voice.offer.Outcome.say`.
    """

    start: tuple[str, ...]
    cancel: tuple[str, ...]
    buttons: dict[str, str]
    say: dict[str, str]


@dataclass(frozen=True)
class KioskLanguage:
    """``voice`` is eSpeak NG's name of the voice; ``page`` every word of the page, by nested names.

    ``answers`` are the short ones that are listened for, by `voice.endpointing.Kind`.
    ``talk`` is what the kiosk says beside the conversation, by `voice.talk_actions.Tell.key`; ``plain`` are
    the words of a kiosk without a browser.
    """

    code: str
    voice: str
    figures: Figures
    numbers: NumberWords
    answers: dict[str, tuple[str, ...]]
    offer: OfferWords
    talk: dict[str, str]
    page: dict[str, Any]
    plain: dict[str, str]


@cache
def kiosk_language(code: str) -> KioskLanguage:
    """The language ``code``. Raises `FlowError` when its file is missing, or with all that it lacks."""
    data = source.read(_FOLDER / f"{code}.yaml")
    findings = list(_unlike(data, source.read(_FOLDER / f"{FIRST}.yaml"), ""))
    if findings:
        raise FlowError(findings)
    given: source.Mapping = data["figures"]
    figures = Figures(
        digits=tuple(given["digits"].split()),
        teens=tuple(given.get("teens", "").split()),
        tens=tuple(given.get("tens", "").split()),
        plus=given["plus"],
        to=given["to"],
        out_of=given["out_of"],
        units="|".join(given["units"].split()),
        always=given["always"],
        short=dict(pair.split("=") for pair in given["short"].split()),
    )
    offer: source.Mapping = data["offer"]
    offered = OfferWords(
        start=tuple(offer["start"].split("|")),
        cancel=tuple(offer["cancel"].split("|")),
        buttons=dict(offer["button"]),
        say=dict(offer["say"]),
    )
    numbers = NumberWords.of(data["numbers"])
    return KioskLanguage(
        code,
        data["voice"],
        figures,
        numbers,
        {kind: tuple(words.split("|")) for kind, words in data["answers"].items()},
        offered,
        dict(data["talk"]),
        dict(data["page"]),
        dict(data["plain"]),
    )


def words_of(code: str) -> KioskLanguage:
    """The language ``code``, or `FIRST` where the kiosk does not have it."""
    try:
        return kiosk_language(code)
    except FlowError:
        return kiosk_language(FIRST)


def _unlike(data: source.Mapping, model: source.Mapping, above: str) -> Iterator[Finding]:
    """A finding for each entry that ``data`` lacks, has too much, or has in another shape."""
    for key, like in model.items():
        name = above + key
        given = data.get(key)
        if given is None and name in _MAY_LACK:
            continue
        if given is None:
            mend = f"translate `{name}` of {model.file}"
            yield Finding(data.file, data.line, f"`{name}` is missing", mend)
        elif isinstance(like, source.Mapping) and isinstance(given, source.Mapping):
            yield from _unlike(given, like, f"{name}.")
        elif not isinstance(given, str) or not isinstance(like, str):
            yield Finding(data.file, data.at(key), f"`{name}` is not text", f"write it like in {model.file}")
    for key in data:
        if key not in model:
            mend = "remove it, or correct its name"
            yield Finding(data.file, data.at(key), f"unknown entry `{above}{key}`", mend)
