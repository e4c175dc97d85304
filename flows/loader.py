"""Reading a flow from its folder, strictly: everything wrong is found at once, with file, line and mend."""

from pathlib import Path
from typing import Any, get_args

from flows import source
from flows.flags import Flag, load_flags
from flows.heard import Expecting, ExpectingKind
from flows.levels import Level
from flows.model import Ask, Condition, End, Flow, Route, Say, Step
from flows.source import Finding, FlowError, Mapping
from flows.wording import Wording, load_wording

_TOP = {"flow", "version", "start", "screening", "unclear", "turn_limit", "ends", "reopen", "topics", "steps"}
_ASK = {
    "ask", "then", "flags", "items", "answers", "options", "lowest", "highest",
    "means", "severe_from", "adds", "unclear", "after",
}  # fmt: skip
_CONDITION = {"to", "flag", "level", "answer", "equals", "at_least", "else"}


def load_flow(folder: Path) -> Flow:
    """The flow in ``folder`` (``flow.yaml``, ``flags.yaml``, ``wording/*.yaml``).

    Raises `FlowError` holding every finding of every file.
    """
    findings: list[Finding] = []
    flags: dict[str, Flag] = {}
    wording: dict[str, Wording] = {}
    try:
        flags = load_flags(folder / "flags.yaml")
    except FlowError as error:
        findings += error.findings
    for path in sorted((folder / "wording").glob("*.yaml")):
        try:
            wording[path.stem] = load_wording(path)
        except FlowError as error:
            findings += error.findings
    if not wording and not findings:
        findings.append(
            Finding(str(folder / "wording"), 1, "no wording", "add a file such as wording/en.yaml")
        )
    try:
        data = source.read(folder / "flow.yaml")
    except FlowError as error:
        raise FlowError(findings + error.findings) from None
    flow = _Reader(data, flags, findings).flow(wording)
    if not findings:
        findings += missing_words(flow)
    if findings:
        raise FlowError(findings)
    return flow


class _Reader:
    """Turns the mapping of ``flow.yaml`` into a `Flow`, noting what is wrong on the way."""

    def __init__(self, data: Mapping, flags: dict[str, Flag], findings: list[Finding]) -> None:
        self.data, self.flags, self.findings = data, flags, findings
        steps = data.get("steps")
        self.names = set(steps) if isinstance(steps, Mapping) else set()

    def wrong(self, line: int, what: str, mend: str) -> None:
        self.findings.append(Finding(self.data.file, line, what, mend))

    def flow(self, wording: dict[str, Wording]) -> Flow:
        data = self.data
        for key in sorted(set(data) - _TOP):
            self.wrong(data.at(key), f"unknown entry `{key}`", f"use one of {', '.join(sorted(_TOP))}")
        for key in sorted(_TOP - set(data)):
            self.wrong(data.line, f"`{key}` is missing", f"add `{key}:`")
        steps: dict[str, Step] = {}
        for name in self.names:
            step = self.step(name, data["steps"][name], data["steps"].at(name))
            if step is not None:
                steps[name] = step
        ends = data.get("ends") or Mapping()
        for key, target in ends.items():
            self.target(target, ends.at(key))
            if key not in self.flags and key not in {level.id for level in Level}:
                self.wrong(ends.at(key), f"`{key}` is neither a level nor a flag", "correct the name")
            if isinstance(data["steps"].get(target), Mapping) and "end" not in data["steps"][target]:
                self.wrong(ends.at(key), f"`{target}` is not an end step", "name a step with `end:`")
        for level in Level:
            if level.id not in ends:
                self.wrong(data.at("ends"), f"no end for level `{level.id}`", f"add `{level.id}: <end step>`")
        reopen = data.get("reopen") or Mapping()
        for key in ("start", "screening", "unclear"):
            self.target(data.get(key), data.at(key))
        screening = data["steps"].get(data.get("screening")) if self.names else None
        if isinstance(screening, Mapping) and "ask" not in screening:
            self.wrong(data.at("screening"), "`screening` is not a question", "name a step with `ask:`")
        return Flow(
            id=str(data.get("flow")),
            version=str(data.get("version")),
            start=str(data.get("start")),
            screening=str(data.get("screening")),
            unclear=str(data.get("unclear")),
            reopen_question=self.target(reopen.get("question"), data.at("reopen")),
            reopen_answers=tuple(reopen.get("answers") or ()),
            steps=steps,
            ends=dict(ends),
            flags=self.flags,
            topics=tuple(data.get("topics") or ()),
            wording=wording,
            turn_limit=int(data.get("turn_limit") or 60),
        )

    def target(self, name: Any, line: int) -> str:
        if name not in self.names:
            mend = "name one of the steps, or add this one"
            self.wrong(line, f"there is no step `{name}`", mend)
        return str(name)

    def flag(self, name: Any, line: int) -> str:
        if self.flags and name not in self.flags:
            self.wrong(line, f"there is no flag `{name}`", "use an id of flags.yaml")
        return str(name)

    def step(self, name: str, entry: Any, line: int) -> Step | None:
        if not isinstance(entry, Mapping):
            self.wrong(line, f"step `{name}` is not a mapping", "start it with say:, ask:, route: or end:")
            return None
        try:
            if "say" in entry and set(entry) == {"say", "next"}:
                return Say(name, self.target(entry["next"], entry.at("next")), line)
            if "end" in entry and set(entry) == {"end"}:
                return End(name, Level.from_id(entry["end"]), line)
            if "route" in entry and set(entry) == {"route"}:
                return self.route(name, entry["route"], line)
            if "ask" in entry and set(entry) <= _ASK:
                return self.ask(name, entry, line)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.wrong(line, f"step `{name}` cannot be read ({error})", "compare it with the other steps")
            return None
        mend = "use say+next, end, route, or ask with " + ", ".join(sorted(_ASK - {"ask"}))
        self.wrong(line, f"step `{name}` has entries that do not go together: {', '.join(entry)}", mend)
        return None

    def route(self, name: str, entries: list[Mapping], line: int) -> Route:
        conditions = []
        for position, entry in enumerate(entries):
            last = position == len(entries) - 1
            if set(entry) - _CONDITION or ("else" in entry) != last:
                mend = "use flag/level/answer with `to`, and `else` once, in the last line"
                self.wrong(entry.line, f"route `{name}` has a line that cannot be read", mend)
                continue
            conditions.append(
                Condition(
                    to=self.target(entry["else"] if last else entry["to"], entry.line),
                    flag=self.flag(entry["flag"], entry.line) if "flag" in entry else "",
                    level=Level.from_id(entry["level"]) if "level" in entry else None,
                    answer=str(entry.get("answer", "")),
                    equals=str(entry.get("equals", "")),
                    at_least=float(entry["at_least"]) if "at_least" in entry else None,
                )
            )
        return Route(name, tuple(conditions), line)

    def ask(self, name: str, entry: Mapping, line: int) -> Ask:
        kind = entry["ask"]
        if kind not in get_args(ExpectingKind):
            raise ValueError(f"`{kind}` is no kind of question")
        then = entry["then"]
        options = tuple(entry.get("options", ()))
        expected = {"yes", "no"} if kind == "yes_no" else set(options)
        if "*" not in then and not (expected and expected <= set(then)):
            missing = ", ".join(sorted(expected - set(then))) or "*"
            self.wrong(line, f"`{name}` has no next step for: {missing}", 'add it to `then`, or add "*"')
        for answer in then:
            self.target(then[answer], then.at(answer))
            if answer != "*" and answer not in expected:
                self.wrong(then.at(answer), f"`{name}` has no answer `{answer}`", "correct the name")
        means = {option: tuple(flags) for option, flags in entry.get("means", {}).items()}
        expecting = Expecting(
            kind=kind,
            flags=tuple(entry.get("flags", ())),
            answers=str(entry.get("answers", "")),
            options=options,
            items=tuple(tuple(item) for item in entry.get("items", ())),
            lowest=int(entry.get("lowest", 0)),
            highest=int(entry.get("highest", 10)),
        )
        unclear = self.target(entry["unclear"], entry.at("unclear")) if "unclear" in entry else ""
        ask = Ask(
            id=name,
            expecting=expecting,
            then=dict(then),
            means=means,
            severe_from=dict(entry.get("severe_from", {})),
            adds=dict(entry.get("adds", {})),
            unclear=unclear,
            after=float(entry.get("after", 0)),
            line=line,
        )
        for flag in ask.flags:
            self.flag(flag, line)
        return ask


def needed_words(flow: Flow) -> list[tuple[str, int]]:
    """Every wording key that the flow can use, with the line of ``flow.yaml`` or 1."""
    needed: list[tuple[str, int]] = [(key, 1) for key in ENGINE_WORDS]
    needed += [(f"topic.{topic}", 1) for topic in flow.topics]
    needed += [(f"after_end.{level.id}", 1) for level in Level]
    for flag in flow.flags.values():
        needed.append((f"ask.{flag.id}", 1))
        if Level.EMERGENCY in (flag.level, *flag.rises.values()):
            needed += [(f"tell.{flag.id}", 1), (f"aid.{flag.id}", 1)]
    for step in flow.steps.values():
        if isinstance(step, Say | End):
            needed.append((step.id, step.line))
        elif isinstance(step, Ask):
            keys = ["wait", "ask", "still"] if step.after else [""]
            if not step.expecting.flags or step.after:
                needed += [(f"{step.id}.{key}".rstrip("."), step.line) for key in keys]
            needed += [(f"item.{item[0]}", step.line) for item in step.expecting.items]
            answers = step.expecting.answers
            needed += [(f"option.{answers}.{option}", step.line) for option in step.expecting.options]
    return needed


def missing_words(flow: Flow) -> list[Finding]:
    """A finding for each wording that a language lacks or that nothing uses."""
    findings = []
    needed = dict(needed_words(flow))
    for wording in flow.wording.values():
        for key, line in needed.items():
            if key not in wording:
                what = f"no wording `{key}` (needed by flow.yaml line {line})"
                findings.append(Finding(wording.file, 1, what, f"add `{key}`"))
        for key, words in wording.words.items():
            if key not in needed:
                mend = "remove it, or correct its name"
                findings.append(Finding(wording.file, words.line, f"nothing uses the wording `{key}`", mend))
    return findings


# Wordings that the engine itself uses, whatever the flow.
ENGINE_WORDS = (
    "stop_now", "list_end", "again", "narrow", "yes_or_no", "silence", "foreign", "pictures", "help", "staff",
    "language", "opted_out", "opted_in", "quiet", "restarted", "check_again", "broken",
    "button.yes", "button.no", "button.unsure", "button.none",
)  # fmt: skip
