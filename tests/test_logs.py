"""What is written into the log: one JSON object a line, with an error's place, and nobody's words."""

import io
import json
import logging
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import logs
from logs import start_log
from values import PROJECT

WORDS = "numb between my legs +12025550187"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    yield from _logging_to(io.StringIO())


@pytest.fixture
def terminal() -> Iterator[io.StringIO]:
    yield from _logging_to(Terminal())


def _logging_to(stream: io.StringIO) -> Iterator[io.StringIO]:
    """What `start_log` changes in this process is put back."""
    import sys

    root = logging.getLogger()
    handlers, level, hooks = root.handlers[:], root.level, (sys.excepthook, threading.excepthook)
    # pytest's own handlers are not to be closed.
    root.handlers = []
    start_log(stream)
    yield stream
    logging.captureWarnings(False)
    logging.raiseExceptions = True
    root.handlers, root.level = handlers, level
    sys.excepthook, threading.excepthook = hooks
    for name in logs._OURS:
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_is_json_with_what_the_message_names_beside_it(stream: io.StringIO) -> None:
    told = {"job": 17, "kind": "send", "time": "never"}
    logging.getLogger("desk.worker").error("job %(job)s (%(kind)s) failed", told)
    [line] = lines(stream)
    assert list(line) == ["time", "level", "logger", "message", "job", "kind"]
    assert (line["level"], line["logger"]) == ("error", "desk.worker")
    assert (line["message"], line["job"], line["kind"]) == ("job 17 (send) failed", 17, "send")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line["time"])


def test_an_exception_is_its_type_and_place(stream: io.StringIO) -> None:
    try:
        raise ValueError(WORDS)
    except ValueError:
        logging.getLogger("voice.synthesiser").exception("the voice failed")
    [line] = lines(stream)
    assert line["exception"].startswith("ValueError at test_logs.py:")
    assert WORDS not in stream.getvalue()


def test_of_a_librarys_message_only_its_own_words_and_numbers_are_written(stream: io.StringIO) -> None:
    theirs = logging.getLogger("urllib3.connectionpool")
    theirs.warning("Retrying %s after %d times", f"/Messages?To={WORDS}", 3)
    theirs.warning(f"Invalid request: {WORDS}")
    theirs.warning("wrong %d", WORDS)
    theirs.warning("by name %(to)s", {"to": WORDS})
    theirs.info("Body: %s", WORDS)
    retried, *rest = [line["message"] for line in lines(stream)]
    assert re.fullmatch(r"Retrying … after 3 times \(test_logs\.py:\d+\)", retried)
    assert len(rest) == 3
    assert all(re.fullmatch(r"see test_logs\.py:\d+", message) for message in rest)


def test_what_nobody_caught_is_logged_and_not_quoted(stream: io.StringIO) -> None:
    def fails() -> None:
        raise RuntimeError(WORDS)

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    [line] = lines(stream)
    assert line["level"] == "critical"
    assert line["exception"].startswith("RuntimeError at test_logs.py:")
    assert WORDS not in stream.getvalue()


def test_a_record_that_cannot_be_written_is_not_printed_instead(
    stream: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    logging.getLogger("sms.sender").error("%d", WORDS)
    assert stream.getvalue() == ""
    assert capsys.readouterr().err == ""


def test_at_a_terminal_a_line_is_for_people(terminal: io.StringIO) -> None:
    try:
        raise OSError(WORDS)
    except OSError:
        logging.getLogger("desk.worker").exception("job %(job)s failed", {"job": 17})
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d error desk\.worker: job 17 failed \(OSError at test_logs\.py:\d+\)\n",
        terminal.getvalue(),
    )


CRASH = """
import os, resource, sys
from logs import leave_no_core

_, most = resource.getrlimit(resource.RLIMIT_CORE)
resource.setrlimit(resource.RLIMIT_CORE, (most, most))
if sys.argv[1] == "leave none":
    leave_no_core()
os.chdir(sys.argv[2])
child = os.posix_spawn(sys.executable, [sys.executable, "-c", "import os; os.abort()"], os.environ)
print(os.WCOREDUMP(os.waitpid(child, 0)[1]))
"""


def test_a_crash_leaves_no_copy_of_the_memory(tmp_path: Path) -> None:
    def dumped(how: str) -> bool:
        crash = [sys.executable, "-c", CRASH, how, str(tmp_path)]
        told = subprocess.run(crash, cwd=PROJECT, capture_output=True, text=True, check=True).stdout
        return told == "True\n"

    assert not dumped("leave none")
    assert list(tmp_path.iterdir()) == []
    if not dumped("leave it"):
        pytest.skip("NOT TESTED, this machine keeps no memory of crashes anyway")
