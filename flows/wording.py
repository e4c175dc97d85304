"""The words people read and hear, by language and channel."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from flows import source
from flows.shapes import NAME, Either, Place, Shape, Text, by_name, entries, sifted
from flows.source import Finding, FlowError

CHANNELS = ("sms", "voice")
# The names that a wording may hold in braces; the engine fills them in.
_EVERYWHERE = frozenset({"emergency", "crisis", "tell", "aid", "languages"})
NAMES = _EVERYWHERE | {"minutes"}
# These are themselves filled in, or said when most of the engine is broken, or about a time.
_NAMES_OF = {
    "tell": frozenset[str](),
    "aid": frozenset[str](),
    "broken": frozenset({"emergency"}),
    "remind": NAMES,
}
_NAME = re.compile(r"\{([^{}]*)\}")

_IN_BRACES = "|".join(sorted(NAMES))


@dataclass(frozen=True, kw_only=True)
class _Words(Text):
    """Text that is not blank, in which braces hold only `NAMES`."""

    means: str = "words"
    like: str = '"Call {emergency} now."'
    pattern: str = rf"^(?=[\s\S]*\S)([^{{}}]|\{{({_IN_BRACES})\}})*$"

    def claims(self, value: Any) -> bool:
        """Any text, with whatever in its braces."""
        return isinstance(value, str)

    def sift(self, value: Any, at: Place, findings: list[Finding]) -> Any:
        """As for any text; but what stands wrongly in braces is named."""
        if not isinstance(value, str) or not value.strip() or self.fits(value):
            return super().sift(value, at, findings)
        unknown = [name for name in _NAME.findall(value) if name not in NAMES]
        what = (
            f"holds {{{unknown[0]}}}, which nothing fills in"
            if unknown
            else "holds a brace without its other"
        )
        mend = f"use one of {', '.join(sorted(NAMES))}, or take the braces out"
        findings.append(Finding(at.file, at.line, f"`{at.name}` {what}", mend))
        return None


_TEXT = _Words()
_CHANNEL_WORDS = entries(
    {
        "sms": _TEXT.about("What people read. GSM-7 characters only: two segments at most for a question."),
        "voice": _TEXT.about("What people hear. About twelve seconds at most."),
    },
    like='{sms: "Reply YES or NO.", voice: "Yes or no?"}',
)
# A mapping with a channel in it is one wording; any other is a group, whose names make dotted keys.
_NO_CHANNEL = replace(NAME, pattern=rf"^(?!({'|'.join(CHANNELS)})$)[a-z][a-z0-9_]*$")


def _wording_or_group(depth: int) -> Either:
    kinds: list[Shape] = [_TEXT, *(replace(_CHANNEL_WORDS, marks=(channel,)) for channel in CHANNELS)]
    if depth:
        kinds.append(by_name(_wording_or_group(depth - 1), '{yes: "Yes"}', _NO_CHANNEL))
    mend = "write the words in quotes, or `sms:` and `voice:` below it"
    return Either(
        means="words", like='"Okay."', kinds=tuple(kinds), wrong="is not text", mend=mend,
    )  # fmt: skip


WORDING_FILE = by_name(_wording_or_group(2), 'quiet: "Okay."', _NO_CHANNEL).about(
    "wording/<language>.yaml: what people read and hear: one text, or one for `sms` and one for `voice`."
)


@dataclass(frozen=True)
class Words:
    """One wording for each channel, and the line of the file it stands on."""

    sms: str
    voice: str
    line: int

    def on(self, channel: str) -> str:
        """The text for ``channel`` (``sms`` or ``voice``)."""
        return self.sms if channel == "sms" else self.voice


@dataclass(frozen=True)
class Wording:
    """All wordings of one language. Keys are dotted: ``ask.bladder_bowel``."""

    language: str
    file: str
    words: Mapping[str, Words]

    def text(self, key: str, channel: str, values: Mapping[str, str] | None = None) -> str:
        """The wording ``key`` for ``channel`` with ``{names}`` replaced. ``KeyError`` if missing."""
        found = self.words[key].on(channel)
        return _NAME.sub(lambda match: (values or {})[match.group(1)], found)

    def __contains__(self, key: str) -> bool:
        return key in self.words


def as_list(lines: Sequence[str], channel: str) -> str:
    """A checklist as one text: its first line, its items, and the line that closes it.

    By text the items have numbers. By voice each is a sentence, since nobody sees where one ends.
    """
    first, *items, last = lines
    if channel == "voice":
        return " ".join((first, *(f"{item}." for item in items), last))
    return "\n".join((first, *(f"{place}. {item}" for place, item in enumerate(items, start=1)), last))


def load_wording(path: Path) -> Wording:
    """The wording file ``<language>.yaml``. Raises `FlowError` with everything that is wrong in it."""
    findings: list[Finding] = []
    data = source.gather(path, findings)
    words = dict(_collected(sifted(data, WORDING_FILE, findings))) if data is not None else {}
    for key, entry in words.items():
        allowed = _NAMES_OF.get(key.partition(".")[0], _EVERYWHERE)
        for name in sorted(set(_NAME.findall(entry.sms + entry.voice)) - allowed):
            what = f"`{key}` holds {{{name}}}, which nothing fills in"
            choice = f"use one of {', '.join(sorted(allowed))}, or " if allowed else ""
            findings.append(Finding(str(path), entry.line, what, f"{choice}take the braces out"))
    if findings:
        raise FlowError(findings)
    return Wording(path.stem, str(path), words)


def _collected(data: source.Mapping, prefix: str = "") -> Iterator[tuple[str, Words]]:
    for key, value in data.items():
        name, line = prefix + key, data.at(key)
        if isinstance(value, str):
            yield name, Words(value.strip(), value.strip(), line)
        elif set(value) == set(CHANNELS):
            yield name, Words(value["sms"].strip(), value["voice"].strip(), line)
        else:
            yield from _collected(value, name + ".")
