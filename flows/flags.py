"""The flags of a flow: symptoms that change the triage level, each with its source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows import source
from flows.heard import Mention
from flows.levels import Level
from flows.source import Finding, FlowError

_KEYS = {"level", "rises", "source"}


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
    findings: list[Finding] = []
    known_sources = data.get("sources") or {}
    flags: dict[str, Flag] = {}
    for name, entry in (data.get("flags") or {}).items():
        line = data["flags"].at(name)
        try:
            if set(entry) - _KEYS:
                raise ValueError(f"unknown {', '.join(sorted(set(entry) - _KEYS))}")
            sources = tuple(entry["source"])
            missing = [one for one in sources if one not in known_sources]
            if missing or not sources:
                raise ValueError(f"no such source: {', '.join(missing) or 'none given'}")
            rises = {word: Level.from_id(level) for word, level in entry.get("rises", {}).items()}
            flags[name] = Flag(name, Level.from_id(entry["level"]), sources, rises, line)
        except (KeyError, TypeError, ValueError) as error:
            what = f"flag `{name}` cannot be read: {error}"
            mend = "give it `level: <level id>` and `source: [names from sources]`, nothing else but `rises`"
            findings.append(Finding(str(path), line, what, mend))
    if not flags and not findings:
        findings.append(Finding(str(path), 1, "no flags", "add a `flags:` mapping"))
    if findings:
        raise FlowError(findings)
    return flags


def level_of(flags: Flags, mentions: Iterable[Mention]) -> Level:
    """What the flags that are present amount to; ``info`` when none is."""
    present = [m for m in mentions if m.polarity == "present" and m.flag in flags]
    return max((flags[m.flag].level_with(m.qualifiers) for m in present), default=Level.INFO)
