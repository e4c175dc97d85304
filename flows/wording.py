"""The words people read and hear, by language and channel."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from flows import source
from flows.source import Finding, FlowError

CHANNELS = ("sms", "voice")
# The names that a wording may hold in braces; the engine fills them in.
NAMES = frozenset({"emergency", "crisis", "tell", "aid", "languages"})
_NAME = re.compile(r"\{([^{}]*)\}")


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


def load_wording(path: Path) -> Wording:
    """The wording file ``<language>.yaml``. Raises `FlowError` with everything that is wrong in it."""
    data = source.read(path)
    words: dict[str, Words] = {}
    findings: list[Finding] = []
    _collect(data, "", words, findings)
    for key, entry in words.items():
        for name in _NAME.findall(entry.sms + entry.voice):
            if name not in NAMES:
                what = f"`{key}` holds {{{name}}}, which nothing fills in"
                mend = f"use one of {', '.join(sorted(NAMES))}, or take the braces out"
                findings.append(Finding(str(path), entry.line, what, mend))
    if findings:
        raise FlowError(findings)
    return Wording(path.stem, str(path), words)


def _collect(data: source.Mapping, prefix: str, words: dict[str, Words], findings: list[Finding]) -> None:
    for key, value in data.items():
        name, line = prefix + key, data.at(key)
        if isinstance(value, str) and value.strip():
            words[name] = Words(value.strip(), value.strip(), line)
        elif isinstance(value, source.Mapping) and set(value) <= set(CHANNELS):
            if set(value) == set(CHANNELS) and all(isinstance(v, str) and v.strip() for v in value.values()):
                words[name] = Words(value["sms"].strip(), value["voice"].strip(), line)
            else:
                mend = "give both `sms:` and `voice:`, or one text for both"
                findings.append(Finding(data.file, line, f"`{name}` lacks words for a channel", mend))
        elif isinstance(value, source.Mapping):
            _collect(value, name + ".", words, findings)
        else:
            what = f"`{name}` is not text"
            findings.append(Finding(data.file, line, what, "write the words in quotes"))
