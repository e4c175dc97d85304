"""What is known in the end: who texted what, what the database keeps, and what Twilio was given."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import Connection, select

from store.tables import alerts, check_ins, jobs, sends
from tests.crash.cast import Message, Person
from tests.replay import Conversation, conversations
from tests.twilio.standin import Row

# What is due is done within so many seconds, when nobody is killed.
_SOON_SECONDS = 30.0
ON_THE_WAY = ("queued", "sending", "unknown")


@dataclass(frozen=True)
class Evidence:
    """All of it at ``now``. ``handed_over`` is what Twilio was given to send."""

    now: float
    people: Sequence[Person]
    staff: Sequence[Message]
    handed_over: Sequence[Row]
    conversations: Sequence[Conversation]
    alerts: Sequence[Any]
    check_ins: Sequence[Any]
    jobs: Sequence[Any]
    sends: Sequence[Any]

    @classmethod
    def gathered(
        cls,
        connection: Connection,
        people: Sequence[Person],
        staff: Sequence[Message],
        rows: Iterable[Row],
        now: float,
    ) -> "Evidence":
        """The tables as they are ``now``."""
        tables = (connection.execute(select(one)).all() for one in (alerts, check_ins, jobs, sends))
        ours = [row for row in rows if row.direction == "outbound-api"]
        return cls(now, people, staff, ours, conversations(connection), *tables)

    @cached_property
    def times_sent(self) -> Counter[int]:
        """How often Twilio was given each row of the outbox."""
        return Counter(_send_of(row) for row in self.handed_over)

    @cached_property
    def late_pages(self) -> list[tuple[int, float]]:
        """Pages that left after somebody had taken the alert: its row, and how long after that they began."""
        taken = {one.id: one.acknowledged_at for one in self.alerts if one.acknowledged_at}
        pages = {one.id: one for one in self.sends if one.kind == "page" and one.alert in taken}
        left = [(pages[send], row.at) for row in self.handed_over if (send := _send_of(row)) in pages]
        return [(page.alert, page.sent_at - taken[page.alert]) for page, at in left if at > taken[page.alert]]

    @property
    def late(self) -> list[str]:
        """What was due some time ago and is not done."""
        old = self.now - _SOON_SECONDS
        due = [one for one in self.jobs if one.state == "waiting" and one.due < old]
        waiting = [one for one in self.sends if one.state in ON_THE_WAY and one.created_at < old]
        return [f"job {one.id} ({one.kind}) is late" for one in due] + [
            f"send {one.id} ({one.kind}) is still {one.state}" for one in waiting
        ]

    def lines(self) -> Iterator[str]:
        """The counts."""
        levels = Counter(one.row.level for one in self.conversations)
        messages = sum(len(person.sent) for person in self.people)
        turns = sum(len(one.turns) for one in self.conversations)
        yield (
            f"{len(self.people)} people in {len(self.conversations)} conversations ({_listed(levels)}): "
            f"{messages} messages of people and {len(self.staff)} of staff accepted, {turns} turns kept"
        )
        twice = Counter(one.kind for one in self.sends if self.times_sent[one.id] > 1)
        kinds = Counter(one.kind for one in self.sends)
        yield f"outbox: {_listed(kinds)}; sent twice: {_listed(twice)}"
        states, flying = Counter(one.state for one in self.alerts), Counter(one for one, _ in self.late_pages)
        most = max(flying.values(), default=0)
        yield f"alerts: {_listed(states)}; {len(flying)} had pages in flight when taken, at most {most}"
        yield f"check-ins: {_listed(Counter(one.state for one in self.check_ins))}"


def _send_of(row: Row) -> int:
    return int(parse_qs(urlsplit(row.posted["StatusCallback"]).query)["send"][0])


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items())) or "none"
