"""Reading YAML strictly: every value knows its line, and YAML's traps are refused.

PyYAML reads ``no`` as false, ``010`` as eight, and lets the last of two equal keys win. An author who
is not a programmer must never be caught by that, so such input is an error that names the mend.
"""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# The same reader in C, where PyYAML was built with it: ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TRAP_WORDS = {"yes", "no", "on", "off", "y", "n", "true", "false", "~", "null"}
_TYPES = {"str", "int", "float", "bool", "null"}
_COLLECTIONS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")
_ODD_NUMBER = re.compile(
    r"^[-+]?0[0-9_]+$|^[-+]?[0-9][0-9_]*:[0-9:]+$|^0[xob]|^[-+]?\.(inf|nan)$|^[-+]?[.0-9]+_[._0-9]*$",
    re.IGNORECASE,
)
_LEFT_OPEN = re.compile("quoted scalar|flow (mapping|sequence)")
# Deeper than any file of ours; the reader in C would run out of stack without a word.
_DEEPEST = 50
# Why it matters that a file cannot be read, unless there is more to say.
NOT_AS_MEANT = "Nobody is served with a conversation that cannot be read as it was meant."


@dataclass(frozen=True)
class Finding:
    """One thing wrong in a file: where, what, why it matters, and how to mend it. Lines count from 1."""

    file: str
    line: int
    what: str
    mend: str
    why: str = NOT_AS_MEANT
    severity: str = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.severity}: {self.what}. {self.why} Mend: {self.mend}."


class FlowError(ValueError):
    """A flow that cannot be used. ``findings`` holds everything that is wrong, not the first only."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = findings


class Mapping(dict[str, Any]):
    """A mapping read from a file, with the line of itself and of each key."""

    file: str = ""
    line: int = 1
    lines: dict[str, int]

    def at(self, key: str) -> int:
        """The line of ``key``, or of the mapping when the key is missing."""
        return self.lines.get(key, self.line)

    def emptied(self) -> "Mapping":
        """A mapping that stands where this one does, with nothing in it yet."""
        result = Mapping()
        result.file, result.line, result.lines = self.file, self.line, self.lines
        return result


def read(path: Path, shown: str | None = None) -> Mapping:
    """The mapping in the YAML file ``path``.

    ``shown`` is the name used in errors. Raises `FlowError` for a missing or malformed file, a
    duplicate key, a tag, an alias, an unquoted yes/no/on/off/null, an odd number, a name with nothing
    after it, or a top level that is not a mapping.
    """
    findings: list[Finding] = []
    return _strictly(gather(path, findings, shown), findings)


def gather(path: Path, findings: list[Finding], shown: str | None = None) -> Mapping | None:
    """`read` that notes what is wrong instead of raising it, so that the rest can be checked as well.

    ``None`` when nothing can be made of the file.
    """
    name = shown or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError):
        findings.append(Finding(name, 1, "the file is missing", f"create {name}"))
        return None
    except UnicodeDecodeError as error:
        findings.append(Finding(name, 1, f"not UTF-8 text ({error.reason})", "save the file as UTF-8"))
        return None
    return _gather_text(text, name, findings)


def parse(text: str, name: str) -> Mapping:
    """`read` for text that is already in memory; ``name`` is used in errors."""
    findings: list[Finding] = []
    return _strictly(_gather_text(text, name, findings), findings)


def _strictly(value: Mapping | None, findings: list[Finding]) -> Mapping:
    if findings:
        raise FlowError(findings)
    assert value is not None
    return value


def _gather_text(text: str, name: str, findings: list[Finding]) -> Mapping | None:
    try:
        if line := _too_deep(text):
            findings.append(Finding(name, line, "brackets or lists within each other", "write it flatter"))
            return None
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        # A quote or bracket that is never closed is noticed much later than where it stands.
        open_since = error.context_mark if _LEFT_OPEN.search(error.context or "") else None
        mark = open_since or error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = f"not readable as YAML: {error.problem or error.context or 'unknown problem'}"
        mend = "check the indentation, colons, quotes and brackets on this line and the one above"
        findings.append(Finding(name, line, what, mend))
        return None
    except yaml.YAMLError as error:
        findings.append(Finding(name, 1, f"not readable as YAML: {error}", "save it again"))
        return None
    value = _Values(name, findings).value(node) if node is not None else None
    if isinstance(value, Mapping):
        return value
    findings.append(Finding(name, 1, "the file is not a mapping", "start it with `name: value`"))
    return None


def _too_deep(text: str) -> int:
    """The line on which something stands within more than `_DEEPEST` others, or 0."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            return event.start_mark.line + 1 if event.start_mark else 1
    return 0


class _Values:
    """The values of the nodes of one file. What is wrong is noted."""

    def __init__(self, name: str, findings: list[Finding]) -> None:
        self.name, self.findings = name, findings
        self.seen: set[int] = set()

    def wrong(self, line: int, what: str, mend: str) -> None:
        self.findings.append(Finding(self.name, line, what, mend))

    def value(self, node: yaml.Node) -> Any:
        # An alias brings the very node back, perhaps inside itself.
        if id(node) in self.seen:
            what = "an alias (`*name`) repeats what stands here"
            self.wrong(node.start_mark.line + 1, what, "write it out where the alias is")
            return ""
        self.seen.add(id(node))
        if isinstance(node, yaml.CollectionNode) and node.tag not in _COLLECTIONS:
            self.wrong(node.start_mark.line + 1, f"`{node.tag}` is a type not used here", "leave it out")
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child) for child in node.value]
        assert isinstance(node, yaml.ScalarNode)
        return self.scalar(node)

    def mapping(self, node: yaml.MappingNode) -> Mapping:
        result = Mapping()
        result.file, result.line, result.lines = self.name, node.start_mark.line + 1, {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = self.value(key_node)
            if not isinstance(key, Hashable) or isinstance(key, bool):
                self.wrong(line, "a key that is not a word", "use a plain word as key, or put it in quotes")
                continue
            key = str(key)
            if key in result:
                what = f"`{key}` stands twice (first on line {result.lines[key]})"
                self.wrong(line, what, "rename or remove one of the two")
            if isinstance(value_node, yaml.ScalarNode) and not value_node.style and not value_node.value:
                self.wrong(line, f"nothing stands after `{key}:`", 'write its value, or "" for no words')
            result[key] = self.value(value_node)
            result.lines[key] = line
        return result

    def scalar(self, node: yaml.ScalarNode) -> Any:
        line = node.start_mark.line + 1
        plain = not node.style  # None, or "" from the reader in C
        if node.tag.removeprefix("tag:yaml.org,2002:") not in _TYPES:
            mend = "put the value in quotes"
            self.wrong(line, f"`{node.value}` has a type not used here", mend)
            return node.value
        if plain and node.value.lower() in _TRAP_WORDS and node.value not in ("true", "false"):
            what = f"unquoted `{node.value}`, which YAML does not read as a word"
            self.wrong(line, what, f'write "{node.value}" in quotes')
            return node.value
        if plain and _ODD_NUMBER.match(node.value):
            what = f"`{node.value}`, which YAML reads as another number"
            self.wrong(line, what, f'write "{node.value}" in quotes')
            return node.value
        if node.tag.endswith((":int", ":float")):
            return self.number(node)
        if node.tag.endswith(":bool"):
            return node.value == "true"
        return node.value

    def number(self, node: yaml.ScalarNode) -> int | float | str:
        try:
            return int(node.value) if node.tag.endswith(":int") else float(node.value)
        except ValueError:
            self.wrong(node.start_mark.line + 1, "this is not a number, or is far too long", "write a number")
            return str(node.value)
