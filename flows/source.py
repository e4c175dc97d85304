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
_ODD_NUMBER = re.compile(
    r"^[-+]?0[0-9_]+$|^[-+]?[0-9][0-9_]*:[0-9:]+$|^0[xob]|^[-+]?\.(inf|nan)$", re.IGNORECASE
)
_LEFT_OPEN = re.compile("quoted scalar|flow (mapping|sequence)")
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


def read(path: Path, shown: str | None = None) -> Mapping:
    """The mapping in the YAML file ``path``.

    ``shown`` is the name used in errors. Raises `FlowError` for a missing or malformed file, a
    duplicate key, a tag, an unquoted yes/no/on/off/null, an odd number, or a top level that is
    not a mapping.
    """
    name = shown or str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise FlowError([Finding(name, 1, "the file is missing", f"create {name}")]) from None
    except UnicodeDecodeError as error:
        mend = "save the file as UTF-8"
        raise FlowError([Finding(name, 1, f"not UTF-8 text ({error.reason})", mend)]) from None
    return parse(text, name)


def parse(text: str, name: str) -> Mapping:
    """`read` for text that is already in memory; ``name`` is used in errors."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        # A quote or bracket that is never closed is noticed much later than where it stands.
        open_since = error.context_mark if _LEFT_OPEN.search(error.context or "") else None
        mark = open_since or error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = f"not readable as YAML: {error.problem or error.context or 'unknown problem'}"
        mend = "check the indentation, colons, quotes and brackets on this line and the one above"
        raise FlowError([Finding(name, line, what, mend)]) from None
    except yaml.YAMLError as error:
        raise FlowError([Finding(name, 1, f"not readable as YAML: {error}", "save it again")]) from None
    findings: list[Finding] = []
    value = _value(node, name, findings) if node is not None else None
    if not isinstance(value, Mapping) and not findings:
        findings.append(Finding(name, 1, "the file is not a mapping", "start it with `name: value`"))
    if findings:
        raise FlowError(findings)
    assert isinstance(value, Mapping)
    return value


def _value(node: yaml.Node, name: str, findings: list[Finding]) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, name, findings)
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, name, findings) for child in node.value]
    assert isinstance(node, yaml.ScalarNode)
    return _scalar(node, name, findings)


def _mapping(node: yaml.MappingNode, name: str, findings: list[Finding]) -> Mapping:
    result = Mapping()
    result.file, result.line, result.lines = name, node.start_mark.line + 1, {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = _value(key_node, name, findings)
        if not isinstance(key, Hashable) or key is None:
            findings.append(Finding(name, line, "a key that is not a word", "use a plain word as key"))
            continue
        key = str(key)
        if key in result:
            what = f"`{key}` stands twice (first on line {result.lines[key]})"
            findings.append(Finding(name, line, what, "rename or remove one of the two"))
        result[key] = _value(value_node, name, findings)
        result.lines[key] = line
    return result


def _scalar(node: yaml.ScalarNode, name: str, findings: list[Finding]) -> Any:
    line = node.start_mark.line + 1
    plain = not node.style  # None, or "" from the reader in C
    if node.tag.removeprefix("tag:yaml.org,2002:") not in _TYPES:
        mend = "put the value in quotes"
        findings.append(Finding(name, line, f"`{node.value}` has a type not used here", mend))
        return node.value
    if plain and node.value.lower() in _TRAP_WORDS and node.value not in ("true", "false"):
        what = f"unquoted `{node.value}`, which YAML does not read as a word"
        findings.append(Finding(name, line, what, f'write "{node.value}" in quotes'))
        return node.value
    if plain and _ODD_NUMBER.match(node.value):
        what = f"`{node.value}`, which YAML reads as another number"
        findings.append(Finding(name, line, what, f'write "{node.value}" in quotes'))
        return node.value
    if node.tag.endswith(":int"):
        return int(node.value.replace("_", ""))
    if node.tag.endswith(":float"):
        return float(node.value.replace("_", ""))
    if node.tag.endswith(":bool"):
        return node.value == "true"
    return node.value
