"""When a kiosk is told what staff did: once each, soon, and without asking a slow database all the time."""

from collections.abc import Callable

import pytest

from flows.session import HOLD, Session
from voice.staff import Staff
from voice.talk_events import FromStaff

OPEN = Session("back_pain", "1", "voice", turns=2)
HELD = Session("back_pain", "1", "voice", turns=3, waiting=HOLD, held_by="Sam")
WROTE = Session("back_pain", "1", "voice", turns=3, waiting=HOLD, held_by="Sam", notes=["Sit down."])
SAY, ASK = FromStaff("timed_out"), FromStaff("started")


class Looks:
    """Looks at where a conversation stands, with the clock in hand."""

    def __init__(self) -> None:
        self.now = 100.0
        self.count = 0
        self.staff = Staff(lambda: self.now)

    def at(self, session: Session | None, held: bool = False, took: float = 0.0) -> FromStaff | None:
        return self.staff.look(self._standing(session, took), held)

    def after(self, seconds: float, session: Session | None, held: bool = False) -> FromStaff | None:
        self.now += seconds
        return self.at(session, held)

    def _standing(self, session: Session | None, took: float) -> Callable[[], Session | None]:
        def standing() -> Session | None:
            self.count += 1
            self.now += took
            return session

        return standing


@pytest.fixture
def looks() -> Looks:
    return Looks()


@pytest.mark.parametrize(
    ("session", "held", "news"),
    [
        (None, False, None),
        (None, True, None),
        (OPEN, False, None),
        (OPEN, True, ASK),
        (HELD, False, SAY),
        (HELD, True, None),
        (WROTE, False, SAY),
        (WROTE, True, SAY),
    ],
)
def test_what_the_person_does_not_know_yet(
    looks: Looks, session: Session | None, held: bool, news: FromStaff | None
) -> None:
    assert looks.at(session, held) == news


def test_it_looks_once_a_second(looks: Looks) -> None:
    assert looks.at(OPEN) is None
    assert looks.after(0.9, WROTE) is None
    assert looks.after(0.2, WROTE) == SAY
    assert looks.count == 2


def test_a_slow_database_is_asked_seldom(looks: Looks) -> None:
    looks.at(None, took=1.0)
    assert looks.after(9.0, WROTE) is None
    assert looks.after(1.5, WROTE) == SAY


def test_what_could_not_be_said_is_not_tried_again_at_once(looks: Looks) -> None:
    assert looks.at(WROTE) == SAY
    assert looks.after(2.0, WROTE) is None
    assert looks.after(30.0, WROTE) == SAY
