"""What was promised for later is sent once, or not at all when it is no longer wanted."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import func, select

from desk.time_outs import TimeOuts
from desk.worker import Worker
from flows.events import Text
from flows.heard import Heard
from flows.session import Session
from flows.turn import Turn
from flows.versions import Versions
from settings import Settings
from sms.carrier import Carried, NoCarrier, SendError, Way
from sms.limits import Limits
from sms.outbox import Outbox
from sms.sender import Sender
from store.jobs import ATTEMPTS
from store.store import Store
from store.tables import jobs, sends
from tests.keys import KEYS

LIMITS = Limits.of(Settings())
NOW = 1_790_000_000.0
PERSON = "+12025550123"
PAUSE = 180.0


class PowerCutError(BaseException):
    """Nothing after it runs."""


@dataclass
class Wire:
    """The network's edge: texts pile up here, or are refused."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    refusals: list[BaseException] = field(default_factory=list)

    def text(self, to: str, body: str, *, send: int, valid_for: int | None) -> Carried:
        if self.refusals:
            raise self.refusals.pop(0)
        assert valid_for is None
        self.sent.append((to, body))
        return Carried(f"SM{send}", "sent")

    def outgoing(self, way: Way, to: str, since: float) -> list[Carried]:  # noqa: ARG002
        return []


@dataclass
class Desk:
    """A worker with its clock in hand, and a person who is told to walk for three minutes."""

    versions: Versions
    url: str
    wire: Wire = field(default_factory=Wire)
    now: float = NOW

    def __post_init__(self) -> None:
        self.store = Store(self.url, KEYS, lambda: self.now)
        self.worker = self.worker_with(self.wire)
        self.say("dull", choice="dull")

    def worker_with(self, carrier: Wire | NoCarrier) -> Worker:
        time_outs = TimeOuts(self.versions, self.store, Outbox(LIMITS))
        sender = Sender(self.store, carrier)  # type: ignore[arg-type]
        return Worker(self.store, {"time_out": time_outs, "send": sender})

    def work(self) -> bool:
        """Everything that is due; false when nothing is."""
        done = [self.worker.work() for _ in range(3)]
        return any(done)

    def sends(self, state: str) -> int:
        with self.store.database.transaction() as connection:
            return int(connection.execute(select(func.count()).where(sends.c.state == state)).scalar_one())

    def say(self, text: str, **heard: str) -> Turn:
        line = self.versions.newest
        assert line is not None

        def decide(session: Session | None) -> Turn:
            before = session or replace(line.open("sms", "US"), step="onset_kind", turns=5)
            return line.step(before, Text(Heard(text, **heard)), self.now)  # type: ignore[arg-type]

        kept = self.store.take_turn(PERSON, None, self.now, decide)
        assert kept.turn is not None
        return kept.turn

    def jobs(self, state: str) -> int:
        with self.store.database.transaction() as connection:
            return int(connection.execute(select(func.count()).where(jobs.c.state == state)).scalar_one())


@pytest.fixture
def desk(versions: Versions, database_url: str) -> Iterator[Desk]:
    desk = Desk(versions, database_url)
    yield desk
    desk.store.database.close()


def test_after_the_pause_the_question_comes_once(desk: Desk) -> None:
    assert desk.jobs("waiting") == 1
    desk.now += PAUSE - 1
    assert not desk.work()
    desk.now += 1
    assert desk.work()
    [(to, text)] = desk.wire.sent
    assert to == PERSON
    assert "?" in text
    assert not desk.work()
    assert desk.jobs("waiting") == 0
    session = desk.store.session(PERSON, desk.now)
    assert session is not None
    assert session.waiting == ""


def test_who_answered_already_is_not_asked_again(desk: Desk) -> None:
    desk.now += 60
    desk.say("gone", choice="gone")
    desk.now += PAUSE
    desk.work()
    assert desk.wire.sent == []


def test_after_stop_nothing_is_sent(desk: Desk) -> None:
    assert desk.say("stop", command="stop").session.opted_out
    assert desk.jobs("waiting") == 0
    desk.now += PAUSE
    assert not desk.work()


def test_a_stop_while_the_worker_holds_the_job_is_obeyed(desk: Desk) -> None:
    desk.now += PAUSE
    assert desk.store.jobs.claim(desk.now, lease=60) is not None
    desk.say("stop", command="stop")
    desk.now += 61
    assert desk.work()
    assert desk.wire.sent == []
    assert desk.jobs("waiting") == 0


def test_a_text_that_could_not_be_sent_is_sent_later_unchanged(desk: Desk) -> None:
    desk.wire.refusals = [SendError("Twilio's error 503", again=True)] * 2
    desk.now += PAUSE
    for _ in range(2):
        assert desk.work()
        assert not desk.work()
        desk.now += 60
    assert desk.wire.sent == []
    assert desk.work()
    assert len(desk.wire.sent) == 1
    assert desk.jobs("waiting") == 0


def test_what_can_never_be_sent_is_given_up_and_staff_can_see_it(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.wire.refusals = [SendError("Twilio's error 21610", again=False)]
    desk.now += PAUSE
    assert desk.work()
    assert (desk.jobs("waiting"), desk.sends("failed")) == (0, 1)
    assert "21610" in caplog.text
    assert PERSON not in caplog.text


def test_it_does_not_try_for_ever(desk: Desk) -> None:
    desk.wire.refusals = [SendError("no network", again=True)] * 50
    desk.now += PAUSE
    while desk.jobs("waiting"):
        desk.work()
        desk.now += 2000
    assert len(desk.wire.refusals) == 50 - ATTEMPTS
    assert desk.sends("failed") == 1


def test_a_worker_that_died_after_its_turn_leaves_the_text_to_the_next(desk: Desk) -> None:
    desk.now += PAUSE
    dying = desk.worker_with(Wire(refusals=[PowerCutError()]))
    assert dying.work()
    with pytest.raises(PowerCutError):
        dying.work()
    assert not desk.work()
    desk.now += 61
    assert desk.work()
    assert len(desk.wire.sent) == 1


def test_a_stop_after_the_power_cut_is_obeyed_too(desk: Desk) -> None:
    desk.now += PAUSE
    dying = desk.worker_with(Wire(refusals=[PowerCutError()]))
    assert dying.work()
    with pytest.raises(PowerCutError):
        dying.work()
    desk.say("stop", command="stop")
    desk.now += 61
    assert desk.work()
    assert desk.wire.sent == []


def test_a_pause_that_began_anew_is_not_cut_short_by_the_old_one(desk: Desk) -> None:
    def wait_longer(session: Session | None) -> Turn:
        assert session is not None
        return Turn(replace(session, due=desk.now + PAUSE), ())

    desk.now += PAUSE
    assert desk.store.jobs.claim(desk.now, lease=60) is not None
    desk.store.take_turn(PERSON, None, desk.now, wait_longer)
    desk.now += 61
    assert desk.work()
    assert desk.wire.sent == []


def test_a_session_that_has_expired_is_not_woken(desk: Desk) -> None:
    desk.now += PAUSE + 25 * 3600
    assert desk.work()
    assert desk.wire.sent == []
    assert desk.jobs("waiting") == 0


def test_without_a_conversation_a_text_waits_for_one(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.now += PAUSE
    newest, desk.versions.newest = desk.versions.newest, None
    for _ in range(ATTEMPTS + 1):
        assert desk.work()
        assert not desk.work()
        desk.now += 60
    assert "waits for a conversation" in caplog.text
    desk.versions.newest = newest
    assert desk.work()
    assert len(desk.wire.sent) == 1


def test_without_credentials_it_says_that_it_could_not_send(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.now += PAUSE
    worker = desk.worker_with(NoCarrier(["SPOTTER_SMS_FROM"]))
    while worker.work():
        pass
    assert "SPOTTER_SMS_FROM not set" in caplog.text
    assert (desk.jobs("waiting"), desk.sends("failed")) == (0, 1)
