"""``python -m flows publish`` and what `check` says about questions that people may still be at."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.__main__ import main
from flows.content import content_of, digest
from flows.line import BACK_PAIN, Line
from flows.published import Published
from tests.together import run_together

Publish = Callable[[], int]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SPOTTER_DATA_DIR", str(tmp_path / "var"))
    return Path(
        shutil.copytree(BACK_PAIN, tmp_path / "gym_flow", ignore=shutil.ignore_patterns("es", "es.yaml"))
    )


@pytest.fixture
def copies(tmp_path: Path) -> Published:
    return Published(tmp_path / "var" / "flows" / "gym_flow")


@pytest.fixture
def publish(folder: Path) -> Publish:
    return lambda: main(["publish", str(folder)])


def edit(folder: Path, old: str, new: str, file: str = "flow.yaml") -> None:
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))


def test_a_published_version_is_a_complete_copy_that_can_be_served(
    publish: Publish, copies: Published, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert publish() == 0
    [name] = copies.names()
    assert copies.published() == [name]
    assert name in capsys.readouterr().out
    copy = copies.folder / name
    assert (copy / "language" / "en" / "words.yaml").is_file()
    assert not any(path.stat().st_mode & 0o222 for path in copy.rglob("*") if path.is_file())
    assert digest(content_of(copy)) == digest(content_of(folder))
    assert copies.load(name).version == name
    assert publish() == 0
    assert copies.names() == [name]


def test_processes_that_start_together_keep_one_copy(copies: Published, line: Line) -> None:
    assert set(run_together(8, lambda _: copies.keep(BACK_PAIN, line))) == {copies.folder / line.version}
    assert copies.names() == [line.version]


def test_a_change_under_an_old_number_is_refused_and_says_the_mend(
    publish: Publish, copies: Published, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish()
    [first] = copies.names()
    edit(folder, "Welcome back", "Good to see you", "wording/en.yaml")
    assert publish() == 1
    error = capsys.readouterr().err
    assert f"{folder / 'flow.yaml'}:" in error
    assert first in error
    assert "raise `version:`" in error
    assert (copies.names(), copies.published()) == ([first], [first])
    edit(folder, 'version: "1"', 'version: "2"')
    assert publish() == 0
    second, _ = copies.published()
    assert second.startswith("2-")
    assert copies.names() == [first, second]


def test_what_was_published_before_can_be_put_back(publish: Publish, copies: Published, folder: Path) -> None:
    publish()
    edit(folder, 'version: "1"', 'version: "2"')
    publish()
    second, first = copies.published()
    edit(folder, 'version: "2"', 'version: "1"')
    assert publish() == 0
    assert copies.published() == [first, second]


@pytest.mark.parametrize(
    ("file", "changes"),
    [
        ("flow.yaml", True),
        ("flags.yaml", True),
        ("wording/en.yaml", True),
        ("meaning/en/answers.yaml", True),
        ("meaning/en/symptoms/legs.yaml", True),
        ("meaning/en/symptoms/README.md", False),
        ("wording/en.yaml~", False),
        ("wording/spoken/en.yaml", False),
        ("notes.yaml", False),
    ],
)
def test_the_hash_is_that_of_everything_that_decides(folder: Path, file: str, changes: bool) -> None:
    before = digest(content_of(folder))
    with (folder / file).open("a") as end:
        end.write("\n# one more line\n")
    assert (digest(content_of(folder)) != before) is changes


def test_included_steps_are_part_of_the_version(publish: Publish, copies: Published, folder: Path) -> None:
    above, below = (folder / "flow.yaml").read_text().split("\n  pause:\n")
    (folder / "flow.yaml").write_text(f"include: [ends.yaml]\n{above}\n")
    (folder / "ends.yaml").write_text(f"steps:\n  pause:\n{below}")
    assert publish() == 0
    [name] = copies.names()
    assert "pause" in copies.load(name).flow.steps
    before = digest(content_of(folder))
    edit(folder, "after: 180", "after: 170", "ends.yaml")
    assert digest(content_of(folder)) != before


def test_the_words_of_the_languages_belong_to_the_hash(folder: Path) -> None:
    before = digest(content_of(folder))
    shutil.copytree(BACK_PAIN.parent / "language", folder / "language")
    assert digest(content_of(folder)) == before
    with (folder / "language" / "en" / "time.yaml").open("a") as end:
        end.write("\n")
    assert digest(content_of(folder)) != before


def test_a_broken_flow_is_not_published_and_everything_wrong_is_said(
    publish: Publish, copies: Published, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder, "next: describe", "next: descibe")
    edit(folder, "list_end:", "list_stop:", "wording/en.yaml")
    assert publish() == 1
    error = capsys.readouterr().err
    assert "`descibe`" in error
    assert "`list_stop`" in error
    assert copies.names() == []


def test_a_number_that_is_none_is_refused(
    publish: Publish, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder, 'version: "1"', 'version: "../1"')
    assert publish() == 1
    assert "`version` is not the number of a version" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_told(
    publish: Publish, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "var").write_text("")
    assert publish() == 1
    assert "Nothing was published" in capsys.readouterr().err


def test_a_removed_question_needs_to_say_where_people_go_on(
    publish: Publish, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    publish()
    edit(folder, 'version: "1"', 'version: "2"')
    edit(folder, "too_bad_to_move", "too_bad")
    capsys.readouterr()
    assert main(["check", str(folder)]) == 1
    assert "the question `too_bad_to_move` of version 1-" in capsys.readouterr().out
    assert publish() == 1
    assert "moved: {too_bad_to_move:" in capsys.readouterr().err
    edit(folder, "start: opening", "moved: {too_bad_to_move: too_bad}\nstart: opening")
    assert main(["check", str(folder)]) == 0
    assert publish() == 0


@pytest.mark.parametrize(
    ("entry", "what"),
    [
        ("{gone: nowhere}", "there is no step `nowhere`"),
        ("{gone: opening}", "nobody stands at `opening`"),
        ("{pause: describe}", "`pause` was not removed"),
        ("[gone, pause]", "`moved` is not names with"),
    ],
)
def test_a_wrong_entry_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], entry: str, what: str
) -> None:
    edit(folder, "start: opening", f"moved: {entry}\nstart: opening")
    assert main(["check", str(folder)]) == 1
    assert what in capsys.readouterr().out


def test_a_wrong_setting_is_told(
    publish: Publish, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SPOTTER_DATADIR", "/srv")
    assert publish() == 2
    assert "Did you mean SPOTTER_DATA_DIR?" in capsys.readouterr().err
