"""Whoever looks at something that hangs waits a moment and no longer."""

import threading

import pytest

from desk.look import Look
from tests.together import run_together


def test_it_gives_what_there_is_and_raises_what_is_raised() -> None:
    answers = iter([1, 2])
    look = Look(lambda: next(answers), patience=10)
    assert (look(), look()) == (1, 2)

    def fails() -> None:
        raise ValueError("gone")

    with pytest.raises(ValueError, match="gone"):
        Look(fails, patience=10)()


def test_what_hangs_is_asked_once_and_answers_those_who_come_later() -> None:
    asked: list[str] = []
    free = threading.Event()

    def hangs() -> str:
        asked.append(threading.current_thread().name)
        free.wait(10)
        return "here"

    impatient = Look(hangs, patience=0.05)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            impatient()
    assert asked == ["look"]
    free.set()
    assert Look(hangs, patience=10)() == "here"


def test_those_who_come_together_share_one_look() -> None:
    asked: list[int] = []
    free = threading.Event()

    def slow() -> int:
        asked.append(1)
        free.wait(10)
        return len(asked)

    look = Look(slow, patience=10)
    threading.Timer(0.1, free.set).start()
    assert run_together(5, lambda _: look()) == [1] * 5
