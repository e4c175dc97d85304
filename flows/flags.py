"""The flags of a flow: symptoms that change the triage level, each with its source."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows import source
from flows.heard import Mention
from flows.levels import Level
from flows.shapes import LEVEL, NAMES, TEXT, by_name, entries, sifted
from flows.source import Finding, FlowError

_FLAG = entries(
    {
        "level": LEVEL.about("What it means when the person has it now."),
        "rises": by_name(LEVEL, "{worsening: emergency}").about(
            "A word that understanding, or a yes to a question, may add to the flag, and what it then means."
        ),
        "source": NAMES.about("Names from `sources`: the published guidance that says so."),
    },
    optional=frozenset({"rises"}),
    like="{level: urgent, source: [article]}",
)
FLAGS_FILE = entries(
    {
        "sources": by_name(TEXT, '{nhs: "NHS, Back pain, https://..."}').about(
            "Where the facts come from: a short name and the full reference."
        ),
        "flags": by_name(_FLAG, "{chest_pain: {level: emergency, source: [nhs]}}").about(
            "The symptoms that change what a person should do, most pressing first."
        ),
    }
).about("flags.yaml: the symptoms that change what a person should do, and who says so.")


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
    findings: list[Finding] = []
    data = source.gather(path, findings)
    flags = _flags(data, findings) if data is not None else {}
    if findings:
        raise FlowError(findings)
    return flags


def _flags(data: source.Mapping, findings: list[Finding]) -> dict[str, Flag]:
    """The flags in ``data``. They can be used only if nothing was noted."""
    data = sifted(data, FLAGS_FILE, findings)
    flags: dict[str, Flag] = {}
    known = data.get("sources", {})
    for name, entry in data.get("flags", {}).items():
        line, sources = data["flags"].at(name), entry.get("source", [])
        unknown = [one for one in sources if one not in known]
        if unknown and known:
            what = f"flag `{name}` has no such source: {', '.join(unknown)}"
            findings.append(Finding(data.file, line, what, "name one of `sources`, or add it there"))
        rises = {word: Level.from_id(level) for word, level in entry.get("rises", {}).items()}
        flags[name] = Flag(name, Level.from_id(entry.get("level", "info")), tuple(sources), rises, line)
    return flags


def level_of(flags: Flags, mentions: Iterable[Mention]) -> Level:
    """What the flags that are present amount to; ``info`` when none is."""
    present = [m for m in mentions if m.polarity == "present" and m.flag in flags]
    return max((flags[m.flag].level_with(m.qualifiers) for m in present), default=Level.INFO)
