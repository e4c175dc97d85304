"""Days later somebody is asked how it is: in the day, once, and never when they no longer want it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from desk.asking_after import AskingAfter
from desk.check_ins import CheckIns
from desk.roster_file import RosterFile
from desk.time_outs import TimeOuts
from desk.worker import Hand, Worker
from flows.levels import Level
from flows.session import Session
from flows.turn import End, Turn
from flows.versions import Versions
from settings import Settings
from sms.answering import Answering
from sms.carrier import Carried, SendError, Way
from sms.limits import Limits
from sms.message import Message
from sms.outbox import Outbox
from sms.sender import Sender
from store.store import Store
from store.tables import alerts, check_ins, jobs, sends, sessions
from tests.desk.gym import write_roster

LIMITS = Limits.of(Settings())
# In New York it is Monday, 13:00, in Los Angeles 10:00.
MONDAY = 1_790_010_000.0
HOUR, DAY = 3600.0, 24 * 3600.0
NEW_YORK, LOS_ANGELES = "+12125550123", "+12135550123"
# Nobody knows where a short number is.
NOWHERE = "72345"
THERE = {NEW_YORK: "America/New_York", LOS_ANGELES: "America/Los_Angeles"}
QUESTION, PREGUNTA = "How is it today?", "¿Como esta hoy?"


@dataclass
class Wire:
    """The network's edge: texts pile up here, with the time, or are refused."""

    line: "Days"
    sent: list[tuple[float, str, str]] = field(default_factory=list)
    refusals: list[SendError] = field(default_factory=list)

    def text(self, to: str, body: str, *, send: int, valid_for: int | None) -> Carried:  # noqa: ARG002
        if self.refusals:
            raise self.refusals.pop(0)
        self.sent.append((self.line.now, to, body))
        return Carried(f"SM{send}", "delivered")

    def outgoing(self, way: Way, to: str, since: float) -> list[Carried]:  # noqa: ARG002
        return []


@dataclass
class Days:
    """The whole line by text, with its clock in hand."""

    versions: Versions
    url: str
    folder: Path
    now: float = MONDAY

    def __post_init__(self) -> None:
        self.file = RosterFile(write_roster(self.folder))
        self.check_ins = CheckIns(self.versions, self.file)
        self.store = Store(self.url, lambda: self.now, then=[self.check_ins.note])
        self.wire = Wire(self)
        outbox = Outbox(LIMITS)
        self.answering = Answering(self.versions, self.store, "US", LIMITS)
        self.asking = AskingAfter(self.versions, self.store, self.check_ins, outbox)
        self.sender = Sender(self.store, self.wire, self.check_ins.earliest)  # type: ignore[arg-type]
        self.hands: dict[str, Hand] = {
            "check_in": self.asking,
            "send": self.sender,
            "time_out": TimeOuts(self.versions, self.store, outbox),
        }
        self.worker = Worker(self.store, self.hands)

    def says(self, text: str, person: str = NEW_YORK) -> str:
        """What is answered, as one text."""
        kept = self.answering.take(Message(None, person, text, 0, ""), self.now)
        return "\n".join(reply.text for reply in kept.replies)

    def ends(self, after: str = "better", person: str = NEW_YORK) -> None:
        """A whole conversation, which ends with `modify`, or `stop_today` when it is the ``same``."""
        for text in ("my lower back is stiff", "none", "none", "2", after):
            self.says(text, person)

    def until(self, then: float) -> None:
        """Time goes by, and what comes due is done when it does."""
        while (due := self._next_due()) <= then:
            self.now = max(self.now, due)
            self.worker.work()
        self.now = then

    def _next_due(self) -> float:
        with self.store.database.transaction() as connection:
            rows = connection.execute(select(jobs.c.due, jobs.c.leased_until)).all()
        return min((max(row) for row in rows), default=float("inf"))

    def passes(self, seconds: float) -> None:
        self.until(self.now + seconds)

    def asked(self) -> list[float]:
        """When the question was sent, since the last look."""
        texts, self.wire.sent[:] = list(self.wire.sent), []
        return [at for at, _, body in texts if QUESTION in body or PREGUNTA in body]

    def rows(self, person: str = NEW_YORK) -> list[tuple[int, str, str | None]]:
        """Day, state and answer of each check-in."""
        columns = (check_ins.c.day, check_ins.c.state, check_ins.c.answer)
        of = select(*columns).where(check_ins.c.person == person).order_by(check_ins.c.id)
        with self.store.database.transaction() as connection:
            return [(row.day, row.state, row.answer) for row in connection.execute(of)]

    def states(self, person: str = NEW_YORK) -> list[str]:
        return [state for _, state, _ in self.rows(person)]

    def session(self, person: str = NEW_YORK) -> Session:
        session = self.store.session(person, self.now)
        assert session is not None
        return session


@pytest.fixture
def days(versions: Versions, database_url: str, tmp_path: Path) -> Iterator[Days]:
    days = Days(versions, database_url, tmp_path)
    yield days
    days.store.database.close()


def clock(at: float, person: str) -> str:
    return f"{datetime.fromtimestamp(at, ZoneInfo(THERE[person])):%a %H:%M}"


# -- who is asked, and when


@pytest.mark.parametrize("after", ["better", "same"])
def test_after_one_day_and_after_three_comes_one_text_each(days: Days, after: str) -> None:
    days.ends(after)
    days.passes(23 * HOUR)
    assert days.asked() == []
    days.passes(9 * DAY)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Tue 13:00", "Thu 13:00"]


def test_nobody_is_asked_in_the_night(days: Days) -> None:
    days.until(MONDAY + 9 * HOUR)
    days.ends()
    days.ends(person=LOS_ANGELES)
    days.passes(DAY)
    assert [clock(at, LOS_ANGELES) for at in days.asked()] == ["Tue 19:00"]
    days.passes(DAY / 2)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Wed 08:00"]


def test_the_zone_of_a_number_that_tells_none_is_that_of_its_gym(days: Days) -> None:
    days.until(MONDAY + 9 * HOUR)
    days.ends(person=NOWHERE)
    days.passes(2 * DAY)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Wed 08:00"]


@pytest.mark.parametrize("person", [NEW_YORK, f"whatsapp:{NEW_YORK}"])
def test_the_question_is_sent_to_where_the_person_texted_from(days: Days, person: str) -> None:
    days.ends(person=person)
    days.passes(DAY)
    assert [to for _, to, body in days.wire.sent if QUESTION in body] == [person]


def test_the_question_comes_in_the_language_of_the_conversation(days: Days) -> None:
    for text in ("me duele la espalda, la tengo rigida", "ninguno", "ninguno", "2", "sordo", "mejor"):
        days.says(text)
    assert days.session().step == "modify"
    days.passes(3 * DAY + HOUR)
    assert sum(PREGUNTA in body for _, _, body in days.wire.sent) == 2


@pytest.mark.parametrize(
    "texts",
    [
        ["i cant pee and my back hurts"],
        ["my back hurts and my foot is numb", "no", "no", "no", "no", "no"],
        ["just asking"],
        ["ice or heat?"],
        ["my lower back is stiff", "none"],
    ],
)
def test_other_ends_and_none_bring_no_check_in(days: Days, texts: list[str]) -> None:
    for text in texts:
        days.says(text)
    assert days.rows() == []


def test_at_a_kiosk_nothing_is_put_down_unless_a_number_is_given(days: Days) -> None:
    line = days.versions.newest
    assert line is not None

    def decide(_: Session | None) -> Turn:
        return Turn(line.open("voice", "US", "es"), (), (End(Level.MODIFY),))

    days.store.take_turn("kiosk:1", None, days.now, decide, place=("", "racks"))
    with days.store.database.transaction() as connection:
        session = connection.execute(select(sessions.c.id)).scalar_one()
    assert days.rows() == []
    with days.store.database.transaction() as connection:
        days.check_ins.promise(connection, session=session, person=NEW_YORK, level=Level.MODIFY, now=days.now)
    days.passes(DAY)
    assert len(days.asked()) == 1
    assert (days.session().language, days.session().channel) == ("es", "sms")
    with days.store.database.transaction() as connection:
        rows = connection.execute(select(sessions.c.person, sessions.c.site).order_by(sessions.c.id)).all()
    assert [tuple(row) for row in rows] == [("kiosk:1", ""), (NEW_YORK, "harbour")]


# -- what is answered


@pytest.mark.parametrize("rest", [0.0, 2 * HOUR])
def test_old_answers_do_not_count_whether_the_conversation_is_still_there_or_over(
    days: Days, rest: float
) -> None:
    days.ends()
    days.passes(rest)
    days.says("thanks")
    before = days.session()
    days.passes(DAY - rest)
    session = days.session()
    assert (session.step, session.flags, session.answers, session.level) == ("check_in", {}, {}, Level.INFO)
    assert before.flags
    with days.store.database.transaction() as connection:
        assert len(connection.execute(select(sessions.c.id)).all()) == 1
    days.says("worse")
    assert days.session().step == "screen_body"


def test_a_conversation_that_is_over_is_followed_by_another(days: Days) -> None:
    days.until(MONDAY + 9 * HOUR)
    days.ends()
    days.until(MONDAY + DAY + 19 * HOUR)
    assert len(days.asked()) == 1
    with days.store.database.transaction() as connection:
        assert len(connection.execute(select(sessions.c.id)).all()) == 2
    assert days.session().step == "check_in"


@pytest.mark.parametrize(
    ("text", "answer"), [("better", "better"), ("about the same", "same"), ("all gone", "gone")]
)
def test_better_or_the_same_is_taken_down_and_the_next_check_in_stays(
    days: Days, text: str, answer: str
) -> None:
    days.ends()
    days.passes(DAY)
    said = days.says(text)
    assert "not checked you again" in said
    assert "911" in said
    assert days.rows() == [(1, "answered", answer), (3, "waiting", None)]
    days.passes(2 * DAY)
    days.says(text)
    assert days.rows() == [(1, "answered", answer), (3, "answered", answer)]
    assert len(days.asked()) == 2
    days.passes(5 * DAY)
    assert days.states() == ["answered", "answered"]
    assert days.asked() == []


def test_worse_goes_straight_into_the_screening(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    said = days.says("its worse")
    assert "check again" in said
    assert "Trouble peeing" in said
    assert days.rows()[0] == (1, "answered", "worse")
    for _ in range(4):
        days.says("none")
    assert days.session().level == Level.SEE_PROVIDER
    assert days.states() == ["answered", "cancelled"]


def test_a_flag_in_the_answer_is_an_alert_at_once(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    assert days.says("better but i cant feel my groin").startswith("Stop. Call 911")
    assert days.rows() == [(1, "answered", "emergency"), (3, "cancelled", None)]
    with days.store.database.transaction() as connection:
        assert connection.execute(select(alerts.c.level)).scalars().all() == ["emergency"]


def test_an_urgent_answer_is_taken_down_before_its_screening_is_over(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    days.says("my foot is numb now")
    assert days.rows()[0] == (1, "answered", "urgent")


def test_silence_is_taken_down_and_left_in_peace(days: Days) -> None:
    days.ends()
    days.passes(2 * DAY - HOUR)
    assert days.states() == ["asked", "waiting"]
    days.passes(2 * HOUR)
    assert days.states() == ["silent", "waiting"]
    days.passes(5 * DAY)
    assert days.states() == ["silent", "silent"]
    assert len(days.asked()) == 2
    assert days.wire.sent == []


def test_what_comes_after_a_day_is_a_conversation_of_its_own(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    days.passes(DAY + HOUR)
    assert "Spotter here" in days.says("my back is stiff again")
    assert days.states() == ["silent", "waiting"]


# -- what ends it


def test_stop_ends_all_of_it(days: Days) -> None:
    days.ends()
    days.says("stop")
    assert days.states() == ["cancelled", "cancelled"]
    days.passes(5 * DAY)
    assert days.asked() == []


def test_stop_in_answer_to_the_question_ends_the_rest(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    days.says("STOP")
    assert days.states() == ["cancelled", "cancelled"]
    days.says("start")
    days.passes(5 * DAY)
    assert len(days.asked()) == 1


def test_a_stop_that_twilio_answered_ends_it_too(days: Days) -> None:
    days.ends()
    days.answering.take(Message("SM1", NEW_YORK, "STOP", 0, "STOP"), days.now)
    assert days.states() == ["cancelled", "cancelled"]


def test_who_stopped_before_the_number_was_given_is_not_asked(days: Days) -> None:
    days.ends()
    days.says("stop")
    with days.store.database.transaction() as connection:
        session = connection.execute(select(sessions.c.id)).scalar_one()
        days.check_ins.promise(connection, session=session, person=NEW_YORK, level=Level.MODIFY, now=days.now)
    days.passes(5 * DAY)
    assert days.asked() == []
    assert set(days.states()) == {"cancelled"}


def test_a_refusal_by_the_carrier_ends_it(days: Days) -> None:
    days.ends()
    days.wire.refusals = [SendError("Twilio's error 21610", again=False, code="21610")]
    days.passes(5 * DAY)
    assert days.asked() == []
    assert days.states() == ["cancelled", "cancelled"]


def test_a_new_advice_takes_the_place_of_the_old_one(days: Days) -> None:
    days.ends()
    days.passes(2 * HOUR)
    days.says("restart")
    days.ends("same")
    assert days.states() == ["cancelled"] * 2 + ["waiting"] * 2
    days.passes(6 * DAY)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Tue 15:00", "Thu 15:00"]


def test_a_question_in_between_changes_nothing(days: Days) -> None:
    days.ends()
    days.passes(2 * HOUR)
    days.says("ice or heat?")
    days.passes(26 * HOUR)
    days.says("thanks")
    assert days.states() == ["asked", "waiting"]


# -- what else can happen


def test_who_is_in_the_middle_of_a_conversation_is_not_interrupted(days: Days) -> None:
    days.ends()
    days.passes(DAY - HOUR / 2)
    days.says("restart")
    days.says("my lower back is stiff")
    days.passes(3 * HOUR)
    assert days.asked() == []
    assert days.session().step == "screen_body"
    for text in ("none", "none", "2", "better"):
        days.says(text)
    assert days.states() == ["cancelled"] * 2 + ["waiting"] * 2


def test_who_left_a_conversation_in_the_middle_is_asked_when_it_is_over(days: Days) -> None:
    days.ends()
    days.passes(DAY - HOUR / 2)
    days.says("restart")
    days.passes(DAY + 2 * HOUR)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Wed 13:00"]


def test_a_worker_that_comes_in_the_night_waits_for_the_morning(days: Days) -> None:
    days.ends()
    days.now += DAY + 12 * HOUR
    days.passes(12 * HOUR)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Wed 08:00"]


def test_a_sender_that_is_held_up_until_the_night_waits_for_the_morning(days: Days) -> None:
    days.until(MONDAY + 7 * HOUR)
    days.ends()
    days.wire.refusals = [SendError("Twilio's error 503", again=True)] * 9
    days.passes(DAY + 20 * HOUR)
    assert days.wire.refusals == []
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Wed 08:00"]


def test_after_two_days_it_is_too_late_to_ask(days: Days, caplog: pytest.LogCaptureFixture) -> None:
    days.ends()
    days.now += 6 * DAY
    days.passes(DAY)
    assert days.asked() == []
    assert days.states() == ["cancelled", "cancelled"]
    assert "is not asked any more" in caplog.text
    assert NEW_YORK not in caplog.text


def test_who_is_to_be_asked_again_soon_is_asked_once(days: Days) -> None:
    days.ends()
    days.now += 3 * DAY - 2 * HOUR
    days.passes(DAY)
    assert days.states() == ["cancelled", "asked"]
    assert len(days.asked()) == 1


def test_a_clock_that_jumps_back_asks_nobody_twice(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    days.now -= 5 * HOUR
    days.passes(10 * HOUR)
    assert len(days.asked()) == 1
    assert days.states() == ["asked", "waiting"]


def test_two_workers_ask_once(days: Days) -> None:
    days.ends()
    days.now += DAY
    job = days.store.jobs.claim(days.now, lease=60)
    assert job is not None
    assert days.asking(job, days.now) == days.asking(job, days.now) == days.now + DAY
    days.passes(HOUR)
    assert len(days.asked()) == 1


def test_a_stop_while_the_worker_holds_the_job_is_obeyed(days: Days) -> None:
    days.ends()
    days.now += DAY
    job = days.store.jobs.claim(days.now, lease=60)
    assert job is not None
    days.says("stop")
    assert days.asking(job, days.now) is None
    days.passes(HOUR)
    assert days.asked() == []


def test_without_a_conversation_the_question_waits_for_one(
    days: Days, caplog: pytest.LogCaptureFixture
) -> None:
    days.ends()
    newest, days.versions.newest = days.versions.newest, None
    days.passes(DAY + HOUR)
    assert "a check-in waits for a conversation" in caplog.text
    days.versions.newest = newest
    days.passes(HOUR)
    assert len(days.asked()) == 1


def test_a_conversation_without_check_ins_asks_nobody(days: Days) -> None:
    days.ends()
    line = days.versions.newest
    assert line is not None
    days.versions.newest = replace(line, flow=replace(line.flow, check_in=None))
    days.passes(5 * DAY)
    assert days.asked() == []
    assert days.states() == ["cancelled", "cancelled"]


def test_what_is_sent_is_known_as_a_check_in(days: Days) -> None:
    days.ends()
    days.passes(DAY)
    with days.store.database.transaction() as connection:
        kinds = connection.execute(select(sends.c.kind)).scalars().all()
    assert kinds[-1] == "check_in"


def test_a_question_that_a_limit_holds_back_is_asked_later_and_not_taken_for_asked(days: Days) -> None:
    days.ends()
    full = Limits(a_number=6, a_day=1000, turns=40, minutes=10)
    days.asking = AskingAfter(days.versions, days.store, days.check_ins, Outbox(full))
    days.worker = Worker(days.store, days.hands | {"check_in": days.asking})
    days.passes(DAY - HOUR)
    for _ in range(6):
        days.says("thanks")
    days.passes(10 * HOUR)
    assert days.asked() == []
    assert days.states() == ["waiting", "waiting"]
    days.passes(16 * HOUR)
    assert [clock(at, NEW_YORK) for at in days.asked()] == ["Wed 12:00"]
