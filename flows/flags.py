"""The flags of a flow: symptoms that change the triage level, each with its source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows import source
from flows.heard import Mention
from flows.levels import Level
from flows.shapes import LEVEL, LEVEL_BY_NAME, MAPPING, TEXT_BY_NAME, TEXTS, misfits
from flows.source import Finding, FlowError

_TOP = {"sources": TEXT_BY_NAME, "flags": MAPPING}
_KEYS = {"level": LEVEL, "rises": LEVEL_BY_NAME, "source": TEXTS}


@dataclass(frozen=True)
class Flag:
    """One symptom. ``rises`` maps a qualifier heard with it to the level it then means.

    ``sources`` name the published guidance that gives the level.
    """

    id: str
    level: Level
    sources: tuple[str, ...]
    rises: Mapping[str, Level] = field(default_factory=dict)
    line: int = 0

    def level_with(self, qualifiers: Iterable[str]) -> Level:
        """The level this flag means when ``qualifiers`` were heard with it."""
        return max([self.level, *(self.rises.get(word, self.level) for word in qualifiers)])


Flags = Mapping[str, Flag]


def load_flags(path: Path) -> dict[str, Flag]:
    """The flags in ``flags.yaml``, most pressing first (the file's order).

    Raises `FlowError` with every finding: an unknown level or key, or a flag without source.
    """
    data = source.read(path)
    findings = misfits(data, _TOP, frozenset(_TOP))
    if findings:
        raise FlowError(findings)
    flags: dict[str, Flag] = {}
    for name, entry in data["flags"].items():
        line = data["flags"].at(name)
        if not isinstance(entry, source.Mapping):
            mend = "write it like `{level: urgent, source: [article]}`"
            findings.append(Finding(data.file, line, f"flag `{name}` is not a mapping", mend))
            continue
        shape = misfits(entry, _KEYS, frozenset({"level", "source"}))
        findings += shape
        if shape:
            continue
        unknown = [one for one in entry["source"] if one not in data["sources"]]
        if unknown:
            what = f"flag `{name}` has no such source: {', '.join(unknown)}"
            findings.append(Finding(data.file, line, what, "name one of `sources`, or add it there"))
        rises = {word: Level.from_id(level) for word, level in entry.get("rises", {}).items()}
        flags[name] = Flag(name, Level.from_id(entry["level"]), tuple(entry["source"]), rises, line)
    if not flags and not findings:
        findings.append(Finding(str(path), 1, "no flags", "add a `flags:` mapping"))
    if findings:
        raise FlowError(findings)
    return flags


def level_of(flags: Flags, mentions: Iterable[Mention]) -> Level:
    """What the flags that are present amount to; ``info`` when none is."""
    present = [m for m in mentions if m.polarity == "present" and m.flag in flags]
    return max((flags[m.flag].level_with(m.qualifiers) for m in present), default=Level.INFO)
