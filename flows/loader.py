"""Reading a flow from its folder, strictly: everything wrong is found at once, with file, line and mend."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

from flows import shapes, source
from flows.flags import Flag, load_flags
from flows.heard import Expecting, ExpectingKind
from flows.levels import Level
from flows.model import Ask, Condition, End, Flow, Route, Say, Step
from flows.needed_words import missing_words
from flows.shapes import misfits
from flows.source import Finding, FlowError, Mapping
from flows.wording import Wording, load_wording

_TOP = {
    "flow": shapes.TEXT, "version": shapes.TEXT, "start": shapes.TEXT, "screening": shapes.TEXT,
    "unclear": shapes.TEXT, "turn_limit": shapes.WHOLE, "ends": shapes.TEXT_BY_NAME,
    "reopen": shapes.MAPPING, "topics": shapes.TEXTS, "steps": shapes.MAPPING,
    "language": shapes.TEXT,
}  # fmt: skip
_REOPEN = {"question": shapes.TEXT, "answers": shapes.TEXTS}
# An entry of `steps` is what its first word says.
_STEPS = {
    "say": {"say": shapes.TEXT, "next": shapes.TEXT},
    "end": {"end": shapes.LEVEL},
    "route": {"route": shapes.MAPPINGS},
    "ask": {
        "ask": shapes.TEXT, "then": shapes.TEXT_BY_NAME, "unclear": shapes.TEXT, "after": shapes.NUMBER,
        "flags": shapes.TEXTS, "items": shapes.LISTS, "answers": shapes.TEXT, "options": shapes.TEXTS,
        "lowest": shapes.WHOLE, "highest": shapes.WHOLE, "means": shapes.TEXTS_BY_NAME,
        "severe_from": shapes.WHOLE_BY_NAME, "adds": shapes.TEXT_BY_NAME,
    },
}  # fmt: skip
_NEEDED = {"choice": {"then", "answers", "options"}, "checklist": {"then", "items"}}
_CONDITION = {
    "flag": shapes.TEXT, "level": shapes.LEVEL, "answer": shapes.TEXT, "equals": shapes.TEXT,
    "at_least": shapes.NUMBER, "to": shapes.TEXT, "else": shapes.TEXT,
}  # fmt: skip
_TESTS = ({"to", "flag"}, {"to", "level"}, {"to", "answer", "equals"}, {"to", "answer", "at_least"})


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
    shape = misfits(data, _TOP, frozenset(_TOP) - {"language"})
    if shape:
        raise FlowError(findings + shape)
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
        self.steps: Mapping = data["steps"]

    def wrong(self, line: int, what: str, mend: str) -> None:
        self.findings.append(Finding(self.data.file, line, what, mend))

    def flow(self, wording: dict[str, Wording]) -> Flow:
        """The flow. It can be used only if nothing was noted."""
        data = self.data
        found = {name: self.step(name, entry) for name, entry in self.steps.items()}
        steps = {name: step for name, step in found.items() if step}
        self.ends(data["ends"])
        screening = self.asked(data["screening"], data.at("screening"))
        reopen_question, reopen_answers = self.reopen(data["reopen"], steps)
        return Flow(
            id=data["flow"],
            version=data["version"],
            start=self.target(data["start"], data.at("start")),
            screening=screening,
            unclear=self.target(data["unclear"], data.at("unclear")),
            reopen_question=reopen_question,
            reopen_answers=reopen_answers,
            steps=steps,
            ends=dict(data["ends"]),
            flags=self.flags,
            topics=tuple(data["topics"]),
            wording=wording,
            language=self.language(wording),
            turn_limit=data["turn_limit"],
        )

    def language(self, wording: dict[str, Wording]) -> str:
        """The language that is spoken first: the only one there is may go without saying."""
        data = self.data
        if "language" not in data and len(wording) > 1:
            what = f"it does not say which of {', '.join(wording)} is spoken first"
            self.wrong(1, what, f"add `language: {next(iter(wording))}`")
        language = str(data.get("language", next(iter(wording), "")))
        if wording and language not in wording:
            mend = f"use {' or '.join(wording)}, or add wording/{language}.yaml"
            self.wrong(data.at("language"), f"the flow has no language `{language}`", mend)
        return language

    def ends(self, ends: Mapping) -> None:
        """Notes what is wrong with the end of each level, and with those of single flags."""
        levels = [level.id for level in Level]
        for key, name in ends.items():
            target = self.steps.get(self.target(name, ends.at(key)))
            if self.flags and key not in self.flags and key not in levels:
                self.wrong(ends.at(key), f"`{key}` is neither a level nor a flag", "correct the name")
            if isinstance(target, Mapping) and "end" not in target:
                self.wrong(ends.at(key), f"`{name}` is not an end step", "name a step with `end:`")
        for level in levels:
            if level not in ends:
                self.wrong(self.data.at("ends"), f"no end for level `{level}`", f"add `{level}: <end step>`")

    def reopen(self, entry: Mapping, steps: dict[str, Step]) -> tuple[str, tuple[str, ...]]:
        """The question, and those of its answers, that mean after the end: check again."""
        shape = misfits(entry, _REOPEN, frozenset(_REOPEN))
        self.findings += shape
        if shape:
            return "", ()
        name, answers = self.asked(entry["question"], entry.at("question")), tuple(entry["answers"])
        step = steps.get(name)
        for answer in answers:
            if isinstance(step, Ask) and answer not in step.expecting.options:
                self.wrong(entry.at("answers"), f"`{name}` has no answer `{answer}`", "correct the name")
        return name, answers

    def target(self, name: Any, line: int) -> str:
        """The step ``name``, noted if there is none."""
        if name not in self.steps:
            self.wrong(line, f"there is no step `{name}`", "name one of the steps, or add this one")
        return str(name)

    def asked(self, name: Any, line: int) -> str:
        """The step ``name``, noted if it is not a question."""
        entry = self.steps.get(self.target(name, line))
        if isinstance(entry, Mapping) and "ask" not in entry:
            self.wrong(line, f"`{name}` is not a question", "name a step with `ask:`")
        return str(name)

    def flag(self, name: str, line: int) -> str:
        """The flag ``name``, noted if there is none."""
        if self.flags and name not in self.flags:
            self.wrong(line, f"there is no flag `{name}`", "use an id of flags.yaml")
        return name

    def step(self, name: str, entry: Any) -> Step | None:
        """The step that ``entry`` describes; ``None``, and noted, when it cannot be read."""
        line = self.steps.at(name)
        kind = next((kind for kind in _STEPS if kind in entry), "") if isinstance(entry, Mapping) else ""
        if not kind:
            self.wrong(line, f"step `{name}` is of no kind", "begin it with say:, ask:, route: or end:")
            return None
        required = _NEEDED.get(str(entry["ask"]), {"then"}) if kind == "ask" else set(_STEPS[kind])
        shape = misfits(entry, _STEPS[kind], frozenset(required))
        self.findings += shape
        if shape:
            return None
        if kind == "say":
            return Say(name, self.target(entry["next"], entry.at("next")), line)
        if kind == "end":
            return End(name, Level.from_id(entry["end"]), line)
        if kind == "route":
            return Route(name, tuple(self.conditions(name, entry["route"])), line)
        return self.ask(name, entry, line)

    def conditions(self, name: str, entries: list[Mapping]) -> Iterator[Condition]:
        """The lines of a route."""
        for entry in entries:
            line = entry.line
            shape = misfits(entry, _CONDITION)
            self.findings += shape
            allowed = ({"else"},) if entry is entries[-1] else _TESTS
            if shape:
                continue
            if set(entry) not in allowed:
                mend = "give it `to` and one of flag, level, answer with equals or at_least; the last: `else`"
                self.wrong(line, f"route `{name}` has a line that cannot be read", mend)
                continue
            given = entry.get("answer", "")
            if given and given not in (*self.steps, "duration_hours"):
                self.wrong(line, f"`{given}` is not asked anywhere", "name a step, or duration_hours")
            yield Condition(
                to=self.target(entry.get("else") or entry["to"], line),
                flag=self.flag(entry["flag"], line) if "flag" in entry else "",
                level=Level.from_id(entry["level"]) if "level" in entry else None,
                answer=given,
                equals=entry.get("equals", ""),
                at_least=float(entry["at_least"]) if "at_least" in entry else None,
            )

    def ask(self, name: str, entry: Mapping, line: int) -> Ask | None:
        """A question, with its answers and where they lead."""
        kind = entry["ask"]
        if kind not in get_args(ExpectingKind):
            mend = f"use {', '.join(get_args(ExpectingKind))}"
            self.wrong(entry.at("ask"), f"`{kind}` is no kind of question", mend)
            return None
        then, options = entry["then"], tuple(entry.get("options", ()))
        expected = {"yes", "no"} if kind == "yes_no" else set(options)
        if "*" not in then and not (expected and expected <= set(then)):
            missing = ", ".join(sorted(expected - set(then))) or "*"
            self.wrong(entry.at("then"), f"`{name}` has no next step for: {missing}", 'add it, or add "*"')
        for answer, target in then.items():
            self.target(target, then.at(answer))
        means, adds = entry.get("means", {}), entry.get("adds", {})
        for key, answers in (("then", set(then) - {"*"}), ("means", set(means))):
            for answer in sorted(answers - expected):
                self.wrong(entry.at(key), f"`{name}` has no answer `{answer}`", "correct the name")
        expecting = Expecting(
            kind=kind,
            flags=tuple(entry.get("flags", ())),
            answers=entry.get("answers", ""),
            options=options,
            # After a wait the options are asked for in words; a number would be meant as something else.
            by_place="after" not in entry,
            items=tuple(tuple(item) for item in entry.get("items", ())),
            lowest=entry.get("lowest", 0),
            highest=entry.get("highest", 10),
        )
        ask = Ask(
            id=name,
            expecting=expecting,
            then=dict(then),
            means={option: tuple(flags) for option, flags in means.items()},
            severe_from=dict(entry.get("severe_from", {})),
            adds=dict(adds),
            unclear=self.target(entry["unclear"], entry.at("unclear")) if "unclear" in entry else "",
            after=float(entry.get("after", 0)),
            line=line,
        )
        for flag in ask.flags:
            self.flag(flag, line)
        for flag, word in adds.items():
            if flag in self.flags and word not in self.flags[flag].rises:
                mend = "use a word from its `rises` in flags.yaml"
                self.wrong(entry.at("adds"), f"`{word}` does not raise the flag `{flag}`", mend)
        return ask
