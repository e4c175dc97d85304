"""Reading a flow from its folder, strictly: everything wrong is found at once, with file, line and mend."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from flows import source
from flows.entries import FLOW_FILE
from flows.flags import Flag, load_flags
from flows.heard import Expecting
from flows.levels import Level
from flows.model import Ask, CheckIn, Condition, End, Flow, Route, Say, Step
from flows.needed_words import missing_words
from flows.shapes import sifted
from flows.source import NOT_AS_MEANT, Finding, FlowError, Mapping
from flows.steps import Steps
from flows.wording import Wording, load_wording


def load_flow(folder: Path) -> Flow:
    """The flow in ``folder`` (``flow.yaml`` and what it includes, ``flags.yaml``, ``wording/*.yaml``).

    Raises `FlowError` holding every finding of every file.
    """
    flow, findings = read_flow(folder)
    if flow is None or findings:
        raise FlowError(findings)
    return flow


def read_flow(folder: Path) -> tuple[Flow | None, list[Finding]]:
    """What can be read of the flow in ``folder``, and everything that is wrong with its files.

    With findings the flow is good for further checks only: a step that cannot be read is left out, and
    a next step that does not exist is kept as it is named. ``None`` when too little of it can be read.
    """
    findings: list[Finding] = []
    flags: dict[str, Flag] = {}
    try:
        flags = load_flags(folder / "flags.yaml")
    except FlowError as error:
        findings += error.findings
    wording = _wordings(folder / "wording", findings)
    unread: list[Finding] = []
    data = source.gather(folder / "flow.yaml", unread)
    findings += unread
    if data is None:
        return None, findings
    reader = _Reader(data, folder, flags, findings)
    flow = reader.flow(wording)
    if unread:
        return None, findings
    # Without all steps and flags, a wording that is needed would look like one that nothing uses.
    if flow and flags and len(flow.steps) == len(reader.found.written) and reader.found.complete:
        findings += missing_words(flow)
    return flow, findings


def _wordings(folder: Path, findings: list[Finding]) -> dict[str, Wording]:
    """The wording of each language that can be read."""
    wording: dict[str, Wording] = {}
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        findings.append(Finding(str(folder), 1, "no wording", "add a file such as wording/en.yaml"))
    for path in paths:
        try:
            wording[path.stem] = load_wording(path)
        except FlowError as error:
            findings += error.findings
    return wording


class _Reader:
    """Turns the mapping of ``flow.yaml`` into a `Flow`, noting what is wrong on the way.

    What is misshapen is noted and left out at first, so that the rest can still be looked into.
    """

    def __init__(self, data: Mapping, folder: Path, flags: dict[str, Flag], findings: list[Finding]) -> None:
        self.flags, self.findings = flags, findings
        self.data = sifted(data, FLOW_FILE, findings)
        self.found = Steps(data, self.data, folder, findings)

    def wrong(self, at: Mapping, key: str, what: str, mend: str, why: str = NOT_AS_MEANT) -> None:
        self.findings.append(Finding(at.file, at.at(key), what, mend, why))

    def flow(self, wording: dict[str, Wording]) -> Flow | None:
        """The flow. What it lacks was noted; ``None`` when too little is left."""
        data = self.data
        steps = {name: self.step(name, entry) for name, entry in self.found.right.items()}
        self.ends(data)
        start, unclear = self.found.target(data, "start"), self.found.target(data, "unclear")
        screening = self.found.asked(data, "screening")
        reopen_question, reopen_answers = self.reopen(data, steps)
        check_in = self.check_in(data, steps)
        if not FLOW_FILE.required <= set(data):
            return None
        return Flow(
            id=data["flow"],
            version=data["version"],
            start=start,
            screening=screening,
            unclear=unclear,
            reopen_question=reopen_question,
            reopen_answers=reopen_answers,
            steps={name: step for name, step in steps.items() if name in self.found.whole},
            ends=dict(data["ends"]),
            flags=self.flags,
            topics=tuple(data["topics"]),
            wording=wording,
            language=self.language(wording),
            turn_limit=data["turn_limit"],
            moved=self.moved(data),
            must_ask=self.known_flags(data, "must_ask", data.get("must_ask", ())),
            check_in=check_in,
        )

    def moved(self, data: Mapping) -> dict[str, str]:
        """Where people go on who stand at a step that was removed."""
        entry = data.get("moved", {})
        for old, new in entry.items():
            target = self.found.written.get(self.found.target(entry, old))
            if isinstance(target, Mapping) and not {"ask", "end"} & set(target):
                self.wrong(entry, old, f"nobody stands at `{new}`", "name a step with `ask:` or `end:`")
            if old in self.found.written:
                self.wrong(entry, old, f"`{old}` was not removed", "take it out of `moved` or `steps`")
        return dict(entry)

    def language(self, wording: dict[str, Wording]) -> str:
        """The language that is spoken first: the only one there is may go without saying."""
        data = self.data
        if "language" not in data and len(wording) > 1:
            what = f"it does not say which of {', '.join(wording)} is spoken first"
            self.wrong(data, "language", what, f"add `language: {next(iter(wording))}`")
        language = str(data.get("language", next(iter(wording), "")))
        if wording and language not in wording:
            mend = f"use {' or '.join(wording)}, or add wording/{language}.yaml"
            self.wrong(data, "language", f"the flow has no language `{language}`", mend)
        return language

    def ends(self, data: Mapping) -> None:
        """Notes what is wrong with the end of each level, and with those of single flags."""
        ends, levels = data.get("ends"), [level.id for level in Level]
        if ends is None:
            return
        for key, name in ends.items():
            target = self.found.written.get(self.found.target(ends, key))
            if self.flags and key not in self.flags and key not in levels:
                self.wrong(ends, key, f"`{key}` is neither a level nor a flag", "correct the name")
            if isinstance(target, Mapping) and "end" not in target:
                self.wrong(ends, key, f"`{name}` is not an end step", "name a step with `end:`")
        for level in levels:
            if level not in ends:
                self.wrong(data, "ends", f"no end for level `{level}`", f"add `{level}: <end step>`")

    def reopen(self, data: Mapping, steps: dict[str, Step]) -> tuple[str, tuple[str, ...]]:
        """The question, and those of its answers, that mean after the end: check again."""
        entry = data.get("reopen")
        if entry is None:
            return "", ()
        name, answers = self.found.asked(entry, "question"), tuple(entry.get("answers", ()))
        step = steps.get(name)
        for answer in answers:
            if isinstance(step, Ask) and answer not in step.expecting.options:
                self.wrong(entry, "answers", f"`{name}` has no answer `{answer}`", "correct the name")
        return name, answers

    def check_in(self, data: Mapping, steps: dict[str, Step]) -> CheckIn | None:
        """What people are asked some days after the end, if anything."""
        entry = data.get("check_in")
        if entry is None or not {"question", "levels", "days"} <= set(entry):
            return None
        name, days = self.found.asked(entry, "question"), tuple(entry["days"])
        step = steps.get(name)
        if isinstance(step, Ask) and (step.expecting.kind != "choice" or step.after):
            mend = "name a step with `ask: choice` and without `after`"
            self.wrong(entry, "question", f"`{name}` is no choice that can be asked at once", mend)
        levels = tuple(Level.from_id(level) for level in entry["levels"])
        if Level.INFO in levels:
            what, mend = "an end at `info` gives no advice to ask about", "take `info` out of `levels`"
            self.wrong(entry, "levels", what, mend)
        if list(days) != sorted(set(days)):
            self.wrong(entry, "days", "the days are not in order", "write each day once, the first one first")
        return CheckIn(name, levels, days)

    def known_flags(self, at: Mapping, key: str, names: Iterable[str]) -> tuple[str, ...]:
        """The flags ``names``, which stand at ``key``; noted if there is none of that name."""
        found = tuple(names)
        for name in found:
            if self.flags and name not in self.flags:
                self.wrong(at, key, f"there is no flag `{name}`", "use an id of flags.yaml")
        return found

    def step(self, name: str, entry: Mapping) -> Step:
        """The step that ``entry`` describes."""
        kind = next(kind for kind in ("say", "ask", "route", "end") if kind in self.found.written[name])
        if kind == "say":
            if entry.get("say", name) != name:
                what = f"step `{name}` says `{entry['say']}`"
                self.wrong(entry, "say", what, f"write `say: {name}`: a wording is called after its step")
            return Say(name, self.found.target(entry, "next"), entry.line, entry.file)
        if kind == "end":
            level, why = Level.from_id(entry.get("end", "info")), entry.get("without_screening", "")
            return End(name, level, why, entry.line, entry.file)
        if kind == "ask":
            return self.ask(name, entry)
        return Route(name, tuple(self.conditions(name, entry)), entry.line, entry.file)

    def conditions(self, name: str, entry: Mapping) -> Iterator[Condition]:
        """The lines of a route."""
        written = [line for line in self.found.written[name]["route"] if isinstance(line, Mapping)]
        for place, line in enumerate(written, start=1):
            if place == len(written) and "else" not in line:
                what = f"route `{name}` does not cover every case: its last line is no `else`"
                why = "Whoever fits none of its lines would be stuck here without an answer."
                self.wrong(line, "", what, "end the route with `- {else: <step>}`", why)
            elif place < len(written) and "else" in line:
                what = f"route `{name}` has an `else` before its last line"
                why = "`else` always holds, so nobody ever comes to the lines after it."
                self.wrong(line, "else", what, "move `else` to the end, or remove the lines after it", why)
        for line in entry.get("route", ()):
            given = line.get("answer", "")
            if given and self.found.complete and given not in (*self.found.written, "duration_hours"):
                self.wrong(
                    line, "answer", f"`{given}` is not asked anywhere", "name a step, or duration_hours"
                )
            yield Condition(
                to=self.found.target(line, "else" if "else" in line else "to"),
                flag="".join(self.known_flags(line, "flag", [line["flag"]] if "flag" in line else [])),
                level=Level.from_id(line["level"]) if "level" in line else None,
                answer=given,
                equals=line.get("equals", ""),
                at_least=float(line["at_least"]) if "at_least" in line else None,
                line=line.line,
            )

    def ask(self, name: str, entry: Mapping) -> Ask:
        """A question, with its answers and where they lead."""
        kind, options = entry["ask"], tuple(entry.get("options", ()))
        self.answers(name, entry, {"yes", "no"} if kind == "yes_no" else set(options))
        expecting = Expecting(
            kind=kind,
            flags=self.known_flags(entry, "flags", entry.get("flags", ())),
            answers=entry.get("answers", ""),
            options=options,
            # After a wait the options are asked for in words; a number would be meant as something else.
            by_place="after" not in entry and name != self.data.get("check_in", {}).get("question"),
            items=tuple(self.known_flags(entry, "items", item) for item in entry.get("items", ())),
            lowest=entry.get("lowest", 0),
            highest=entry.get("highest", 10),
        )
        means, adds = entry.get("means", {}), entry.get("adds", {})
        for flag, word in adds.items():
            if flag in self.flags and word not in self.flags[flag].rises:
                mend = "use a word from its `rises` in flags.yaml"
                self.wrong(entry, "adds", f"`{word}` does not raise the flag `{flag}`", mend)
        self.known_flags(entry, "adds", adds)
        return Ask(
            id=name,
            expecting=expecting,
            then=dict(entry.get("then", {})),
            means={option: self.known_flags(entry, "means", flags) for option, flags in means.items()},
            severe_from={
                flag: entry["severe_from"][flag]
                for flag in self.known_flags(entry, "severe_from", entry.get("severe_from", ()))
            },
            adds=dict(adds),
            unclear=self.found.target(entry, "unclear"),
            after=float(entry.get("after", 0)),
            spoken=entry.get("spoken", 1),
            line=entry.line,
            file=entry.file,
        )

    def answers(self, name: str, entry: Mapping, expected: set[str]) -> None:
        """Notes answers that lead nowhere, and those that cannot be given."""
        then = entry.get("then")
        if then is None:
            return
        if "*" not in then and not (expected and expected <= set(then)):
            missing = ", ".join(sorted(expected - set(then))) or "*"
            self.wrong(entry, "then", f"`{name}` has no next step for: {missing}", 'add it, or add "*"')
        for answer in then:
            self.found.target(then, answer)
        for key, given in (("then", set(then) - {"*"}), ("means", set(entry.get("means", {})))):
            for answer in sorted(given - expected):
                self.wrong(entry, key, f"`{name}` has no answer `{answer}`", "correct the name")
