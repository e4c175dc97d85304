"""Measuring understanding against labelled texts: what was caught, missed, and wrongly raised."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from flows.flags import Flags, level_of
from flows.heard import Heard
from flows.levels import Level
from flows.understanding import Understanding

# Option name to (figure, +1 for a lower limit, -1 for an upper one).
LIMITS: dict[str, tuple[str, int]] = {
    "emergency-caught": ("emergency_caught", 1),
    "emergency-present": ("emergency_present", 1),
    "urgent-caught": ("urgent_caught", 1),
    "denied-present": ("denied_present", -1),
    "harmless-present": ("harmless_emergency_present", -1),
    "harmless-unsure": ("harmless_emergency_unsure", -1),
    "milliseconds": ("median_ms", -1),
}


@dataclass(frozen=True)
class Sample:
    """A labelled text; ``unsure`` are the flags to ask about, ``level`` is empty when it has no label."""

    text: str
    present: frozenset[str]
    denied: frozenset[str]
    unsure: frozenset[str] = frozenset()
    level: str = ""


@dataclass(frozen=True)
class Miss:
    """Something wrong with one text; ``weight`` sorts the worst first."""

    weight: int
    what: str
    flag: str
    text: str
    why: str


@dataclass
class Measure:
    """Counts over samples; `figures` and `report` read them."""

    flags: Flags
    said: Counter[str] = field(default_factory=Counter)
    found: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    false_alarms: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    denials: Counter[str] = field(default_factory=Counter)
    harmless: Counter[str] = field(default_factory=Counter)
    levels: Counter[tuple[str, str]] = field(default_factory=Counter)
    misses: list[Miss] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)

    def run(self, understanding: Understanding, samples: list[Sample]) -> None:
        """Understand every sample once and count."""
        for sample in samples:
            began = time.perf_counter()
            heard = understanding.understand(sample.text)
            self.milliseconds.append((time.perf_counter() - began) * 1000)
            self._count(sample, heard)

    def _count(self, sample: Sample, heard: Heard) -> None:
        polarity = {mention.flag: mention.polarity for mention in heard.mentions}
        spans = {
            mention.flag: f"{mention.span.phrase!r} by {mention.span.rule}" for mention in heard.mentions
        }
        for flag in sample.present:
            got = polarity.get(flag, "missed")
            self.said[flag] += 1
            self.found[flag][got] += 1
            if got in ("missed", "denied"):
                self._miss(20, got, flag, sample, spans.get(flag, "no rule matched"))
            elif got == "unsure":
                self._miss(0, got, flag, sample, spans[flag])
        for flag in sample.denied:
            got = polarity.get(flag, "missed")
            self.denials[got] += 1
            if got == "present":
                self._miss(15, "denied, but present", flag, sample, spans[flag])
        for flag, got in polarity.items():
            if flag in sample.unsure and got == "unsure":
                continue
            if flag not in sample.present and flag not in sample.denied and got != "denied":
                self.false_alarms[flag][got] += 1
                self._miss(10 if got == "present" else 1, f"false alarm ({got})", flag, sample, spans[flag])
        if not sample.present and not sample.unsure:
            raised = {
                got for flag, got in polarity.items() if self._emergency(flag) and flag not in sample.denied
            }
            self.harmless["all"] += 1
            self.harmless["present"] += "present" in raised
            self.harmless["unsure"] += "unsure" in raised and "present" not in raised
        if sample.level:
            self.levels[sample.level, level_of(self.flags, heard.mentions).id] += 1

    def _emergency(self, flag: str) -> bool:
        return flag in self.flags and self.flags[flag].level is Level.EMERGENCY

    def _miss(self, weight: int, what: str, flag: str, sample: Sample, why: str) -> None:
        level = int(self.flags[flag].level) if flag in self.flags else 0
        self.misses.append(Miss(weight + level, what, flag, sample.text, why))

    def _caught(self, level: Level, *polarities: str) -> float:
        names = [flag for flag in self.said if flag in self.flags and self.flags[flag].level is level]
        return _share(
            sum(self.found[f][p] for f in names for p in polarities), sum(self.said[f] for f in names)
        )

    def figures(self) -> dict[str, Any]:
        """Shares from 0 to 1, times in milliseconds, and counts per flag."""
        times = sorted(self.milliseconds) or [0.0]
        return {
            "texts": len(self.milliseconds),
            "emergency_caught": self._caught(Level.EMERGENCY, "present", "unsure"),
            "emergency_present": self._caught(Level.EMERGENCY, "present"),
            "urgent_caught": self._caught(Level.URGENT, "present", "unsure"),
            "urgent_present": self._caught(Level.URGENT, "present"),
            "denied_present": _share(self.denials["present"], self.denials.total(), 0.0),
            "harmless_texts": self.harmless["all"],
            "harmless_emergency_present": _share(self.harmless["present"], self.harmless["all"], 0.0),
            "harmless_emergency_unsure": _share(self.harmless["unsure"], self.harmless["all"], 0.0),
            "median_ms": times[len(times) // 2],
            "p99_ms": times[min(len(times) - 1, len(times) * 99 // 100)],
            "flags": {flag: self._flag_figures(flag) for flag in self.flags},
            "levels": {f"{wanted} -> {got}": count for (wanted, got), count in sorted(self.levels.items())},
        }

    def _flag_figures(self, flag: str) -> dict[str, Any]:
        return {
            "said": self.said[flag],
            **{name: self.found[flag][name] for name in ("present", "unsure", "denied", "missed")},
            "false_present": self.false_alarms[flag]["present"],
            "false_unsure": self.false_alarms[flag]["unsure"],
        }

    def report(self, misses: int) -> str:
        """The figures as text for a terminal, with the worst ``misses`` and the rule behind each."""
        figures = self.figures()
        lines = [
            f"{name:28} {value:.4g}" for name, value in figures.items() if isinstance(value, int | float)
        ]
        lines.append(f"\n{'flag':18} said present unsure denied missed | wrongly present unsure")
        for flag, one in figures["flags"].items():
            lines.append(
                f"{flag:18} {one['said']:4} {one['present']:7} {one['unsure']:6} {one['denied']:6}"
                f" {one['missed']:6} | {one['false_present']:15} {one['false_unsure']:6}"
            )
        if self.levels:
            ids = [level.id for level in Level]
            lines.append(
                "\nlevel wanted (rows), understood (columns)\n" + " " * 14 + "".join(f"{i:>13}" for i in ids)
            )
            lines += [f"{row:14}" + "".join(f"{self.levels[row, i]:13}" for i in ids) for row in ids]
        worst = sorted(self.misses, key=lambda miss: -miss.weight)[:misses]
        lines += [f"\n{miss.what}: {miss.flag}\n  {miss.text}\n  {miss.why}" for miss in worst]
        return "\n".join(lines)


def _share(part: int, whole: int, nothing: float = 1.0) -> float:
    return part / whole if whole else nothing
