"""The whole line by text, whose days go by in milliseconds."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select

from desk.asking_after import AskingAfter
from desk.check_ins import CheckIns
from desk.roster_file import RosterFile
from desk.time_outs import TimeOuts
from desk.worker import Hand, Worker
from flows.session import Session
from flows.versions import Versions
from settings import Settings
from sms.answering import Answering
from sms.carrier import Carried, SendError, Way
from sms.limits import Limits
from sms.message import Message
from sms.outbox import Outbox
from sms.sender import Sender
from store.store import Store
from store.tables import check_ins, jobs
from tests.desk.gym import write_roster
from tests.keys import KEYS

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
        self.store = Store(self.url, KEYS, lambda: self.now, then=[self.check_ins.note])
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


def clock(at: float, person: str) -> str:
    return f"{datetime.fromtimestamp(at, ZoneInfo(THERE[person])):%a %H:%M}"
