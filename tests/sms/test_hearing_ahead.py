"""What takes long in a turn is done before others wait for it, and again when it was in vain."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from flows.heard import ANYTHING, Expecting, Heard
from flows.line import BACK_PAIN, Line
from flows.published import Published
from flows.understanding import Understanding
from flows.versions import Versions
from sms.answering import Answering
from sms.limits import Limits
from sms.message import Message
from store.store import Store
from tests.keys import KEYS

NOW = 1_790_000_000.0
LIMITS = Limits(a_number=100, a_day=1000, turns=40, minutes=10)
ANSWER = "no none of those i can feel everything and walk"


class Attended(Understanding):
    """The real ears, and what is to happen when they hear."""

    def __init__(self, ears: Understanding, attend: Callable[[str, Expecting], None]) -> None:
        vars(self).update(vars(ears))
        self._ears, self._attend = ears, attend

    def understand(self, text: str, expecting: Expecting = ANYTHING) -> Heard:
        self._attend(text, expecting)
        return self._ears.understand(text, expecting)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(f"sqlite:///{tmp_path / 'spotter.db'}", KEYS)
    store.open()
    yield store
    store.database.close()


def answering(store: Store, line: Line, folder: Path, attend: Callable[[str, Expecting], None]) -> Answering:
    attended = replace(line, ears={"en": Attended(line.ears["en"], attend)})
    return Answering(Versions(BACK_PAIN, Published(folder), attended), store, "US", LIMITS)


def message(number: int, body: str) -> Message:
    return Message(f"SM{number}", "+12025550123", body, 0, "")


def test_nobody_waits_while_a_long_text_is_heard(store: Store, line: Line, tmp_path: Path) -> None:
    heard = threading.Event()
    line_of = answering(store, line, tmp_path, lambda _text, _expecting: heard.set())
    answers: list[list[str]] = []
    said = message(1, "my lower back hurts since i picked up a heavy box")
    thread = threading.Thread(target=lambda: answers.append(line_of.answer(said, NOW)))
    with store.database.transaction():
        thread.start()
        assert heard.wait(5), "it is heard while somebody else has the database"
    thread.join()
    assert answers[0]


def test_it_is_heard_anew_when_the_person_has_moved_on_meanwhile(
    store: Store, line: Line, tmp_path: Path
) -> None:
    asked: list[Expecting] = []

    def attend(text: str, expecting: Expecting) -> None:
        if text == ANSWER:
            asked.append(expecting)
            if len(asked) == 1:
                line_of.answer(message(1, "my lower back hurts"), NOW)

    line_of = answering(store, line, tmp_path, attend)
    line_of.answer(message(0, "hi"), NOW)
    together = line_of.answer(message(2, ANSWER), NOW)
    assert len(asked) == 2
    assert asked[0] != asked[1]
    store.database.close()
    (tmp_path / "spotter.db").unlink()
    asked.append(asked[0])
    for number, text in enumerate(("hi", "my lower back hurts")):
        line_of.answer(message(number, text), NOW)
    assert line_of.answer(message(2, ANSWER), NOW) == together


def test_a_disk_that_hangs_costs_the_look_ahead_and_nothing_else(
    store: Store, line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.store._GLANCE_SECONDS", 0.05)
    hangs = threading.Event()
    glance = store.database.glance

    @contextmanager
    def hanging() -> Iterator[Connection]:
        hangs.wait(10)
        with glance() as connection:
            yield connection

    monkeypatch.setattr(store.database, "glance", hanging)
    line_of = answering(store, line, tmp_path, lambda _text, _expecting: None)
    assert line_of.answer(message(1, "my lower back hurts since i picked up a heavy box"), NOW)
    assert not hangs.is_set()
    hangs.set()
