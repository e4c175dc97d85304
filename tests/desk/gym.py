"""A gym with staff: their roster, their phones, and a line whose texts pile up where one can look."""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select, update

from desk.paging import Paging
from desk.roster import Roster
from desk.roster_file import RosterFile, load_roster
from desk.staff import Staff
from desk.worker import Worker
from flows.levels import Level
from flows.line import BACK_PAIN, Line
from flows.published import Published
from flows.session import Session
from flows.turn import Alert, Reply, Turn
from flows.versions import Versions
from sms.limits import Limits
from sms.outbox import Outbox
from store.alerts import wake
from store.store import Store
from store.tables import alerts, sends
from tests.keys import KEYS
from tests.sms.phone import PUBLIC_URL

# A Monday, 13:00 in New York.
MONDAY = 1_790_010_000.0
WAIT = 60.0
SAM, ALEX, KIM = "+12025550111", "+12025550112", "+12025550113"
PERSON = "+12025550123"

ROSTER = """\
contacts:
  sam: {name: "Sam", number: "+12025550111"}
  alex: {name: "Alex", number: "+12025550112", language: es}
  kim: {name: "Kim", number: "+12025550113", ways: [call]}
sites:
  harbour:
    name: "Harbour Street"
    zone: "America/New_York"
    numbers: ["+12025550199"]
    kiosks: {racks: "by the racks"}
    wait: {emergency: 60, urgent: 180}
    shifts:
      - {days: [mon], from: "06:00", to: "14:00", contacts: [sam, alex]}
      - {days: [mon], from: "22:00", to: "06:00", contacts: [alex]}
    fallback: [kim]
"""


def write_roster(folder: Path, text: str = ROSTER) -> Path:
    path = folder / "roster.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def roster(folder: Path, text: str = ROSTER) -> Roster:
    return load_roster(write_roster(folder, text))


_NO_LIMITS = Limits(a_number=1000, a_day=1000, turns=1000, minutes=10)


@dataclass
class Sent:
    """A text or a call on its way."""

    id: int
    kind: str
    channel: str
    to: str
    body: str


@dataclass
class Desk:
    """Paging on a real database, with the clock in hand. ``sender`` is played by `deliver` and `fail`."""

    url: str
    folder: Path
    line: Line
    now: float = MONDAY
    text: str = ROSTER
    limits: Limits = _NO_LIMITS
    seen: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store = Store(self.url, KEYS, lambda: self.now)
        file = RosterFile(write_roster(self.folder, self.text) if self.text else self.folder / "none.yaml")
        outbox = Outbox(self.limits)
        self.paging = Paging(self.store, file, outbox, PUBLIC_URL)
        self.versions = Versions(BACK_PAIN, Published(self.folder / "flows"), self.line)
        self.staff = Staff(self.store, file, self.versions, outbox)
        self.worker = Worker(self.store, {"escalate": self.paging, "send": lambda _job, _now: None})

    def alert(
        self,
        *flags: str,
        level: Level = Level.EMERGENCY,
        person: str = PERSON,
        said: str = "cant feel my legs",
        **session: object,
    ) -> None:
        """A turn of ``person`` that staff must be told of."""
        channel = "voice" if person.startswith("kiosk:") else "sms"

        def decide(before: Session | None) -> Turn:
            now = before or Session("back_pain", "1", channel, turns=1, last_at=self.now, **session)  # type: ignore[arg-type]
            return Turn(now, (Reply("ok", "x"),), (Alert(level, flags or ("saddle_numbness",)),))

        place = ("", "racks") if channel == "voice" else ("harbour", "")
        self.store.take_turn(person, None, self.now, decide, said, place)
        self.work()

    def work(self) -> None:
        """Does everything that is due."""
        while self.worker.work():
            pass

    def after(self, seconds: float) -> None:
        """Time goes by, and what comes due is done."""
        self.now += seconds
        self.work()

    def sent(self) -> list[Sent]:
        """What was put down since the last look."""
        columns = (sends.c.id, sends.c.kind, sends.c.channel, sends.c.recipient, sends.c.body)
        with self.store.database.transaction() as connection:
            rows = connection.execute(select(*columns).order_by(sends.c.id)).all()
        new = [Sent(*row) for row in rows if row.id not in self.seen]
        self.seen += [one.id for one in new]
        return new

    def paged(self) -> list[tuple[str, str]]:
        """Whom pages went to since the last look, and how."""
        return [(one.to, one.channel) for one in self.sent() if one.kind == "page"]

    def told(self) -> list[str]:
        """What the person was texted since the last look."""
        return [one.body for one in self.sent() if one.kind == "notice"]

    def becomes(self, state: str, send: int | None = None) -> None:
        """The sender reports on a page: the last one, unless ``send`` says which."""
        with self.store.database.transaction() as connection:
            page = (
                send
                or connection.execute(
                    select(sends.c.id).where(sends.c.kind == "page").order_by(sends.c.id.desc()).limit(1)
                ).scalar_one()
            )
            alert = connection.execute(
                update(sends).where(sends.c.id == page).values(state=state).returning(sends.c.alert)
            ).scalar_one()
            wake(connection, alert, f"send {page} {state}", self.now)
        self.work()

    def row(self) -> dict[str, object]:
        """The last alert."""
        with self.store.database.transaction() as connection:
            return dict(
                connection.execute(select(alerts).order_by(alerts.c.id.desc()).limit(1)).mappings().one()
            )

    @property
    def code(self) -> str:
        return str(self.row()["code"])

    def reply(self, number: str, body: str) -> str | None:
        """Staff text the line."""
        answer = self.staff.answer(number, body)
        self.work()
        return answer
