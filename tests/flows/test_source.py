"""YAML's traps are refused, and every error names file, line and mend."""

from pathlib import Path

import pytest

from flows.source import FlowError, parse, read


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("answer: no\n", 1, "unquoted `no`"),
        ("a: 1\nanswer: On\n", 2, "unquoted `On`"),
        ("yes: 1\n", 1, "unquoted `yes`"),
        ("a: null\n", 1, "unquoted `null`"),
        ("a: 1\nb: 010\n", 2, "another number"),
        ("a: 12:30\n", 1, "another number"),
        ("a: .nan\n", 1, "another number"),
        ("a: 1\nb: 2\na: 3\n", 3, "stands twice (first on line 1)"),
        ("a: !!python/name:os.system x\n", 1, "a type not used here"),
        ("a: 2026-11-23\n", 1, "a type not used here"),
        ("a: [1\nb: 2\nc: 3\n", 1, "not readable as YAML"),
        ("a: 1\nb: 'x\nc: 3\n", 2, "not readable as YAML"),
        ("- a\n- b\n", 1, "not a mapping"),
        ("", 1, "not a mapping"),
    ],
)
def test_a_trap_is_refused_with_its_line(text: str, line: int, what: str) -> None:
    with pytest.raises(FlowError) as caught:
        parse(text, "flow.yaml")
    finding = caught.value.findings[0]
    assert (finding.file, finding.line) == ("flow.yaml", line)
    assert what in finding.what
    assert finding.mend
    assert str(finding).startswith(f"flow.yaml:{line}: error: ")


def test_all_findings_come_at_once() -> None:
    with pytest.raises(FlowError) as caught:
        parse("a: no\nb: yes\na: 010\n", "x.yaml")
    assert [finding.line for finding in caught.value.findings] == [1, 2, 3, 3]


def test_quoted_words_true_numbers_and_text_pass() -> None:
    data = parse('a: "no"\nb: true\nc: 12\nd: 1.5\ne: [x, z]\nf: {g: h}\n', "x.yaml")
    assert data == {"a": "no", "b": True, "c": 12, "d": 1.5, "e": ["x", "z"], "f": {"g": "h"}}
    assert [data.at(key) for key in "abcdef"] == [1, 2, 3, 4, 5, 6]


def test_a_missing_or_binary_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(FlowError, match="the file is missing"):
        read(tmp_path / "none.yaml")
    (tmp_path / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FlowError, match="save the file as UTF-8"):
        read(tmp_path / "binary.yaml")
