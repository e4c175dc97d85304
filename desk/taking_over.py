"""What staff do with a conversation from the console: take it or let it go, answer, hand back, close."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from desk.cases import close, of_conversation, release, take
from desk.roster import Contact
from flows.events import HandedBack, StaffSaid
from flows.session import Session
from flows.turn import Turn
from flows.versions import Versions
from sms.outbox import Outbox
from store.alerts import raise_alert
from store.store import Entry, Store, Then
from store.tables import sessions

# The kind of a text that somebody of the staff wrote to a person.
STAFF = "staff"
# What an alert can come to.
OUTCOMES = {
    "ambulance": "Ambulance called",
    "doctor": "Sent to a doctor",
    "helped": "Looked after here",
    "gone": "Not found or not reached",
    "false": "False alarm",
    "other": "Something else",
}


class OverError(RuntimeError):
    """The conversation is over: nothing can be said in it any more."""


@dataclass(frozen=True)
class TakingOver:
    """Every call is one transaction; each raises one of `store.database.TROUBLE` when it cannot be kept."""

    store: Store
    versions: Versions
    outbox: Outbox

    def acknowledge(self, conversation: int, name: str) -> bool:
        """``name`` is on it; false when it is not open any more."""
        with self.store.database.transaction() as connection:
            known = of_conversation(connection, conversation)
            now = self.store.now()
            return known is not None and take(connection, self.outbox, known, _contact(name), now)

    def release(self, conversation: int, name: str) -> bool:
        """``name`` is not on it after all, and staff are paged anew; false when it was not theirs."""
        with self.store.database.transaction() as connection:
            known = of_conversation(connection, conversation)
            now = self.store.now()
            return known is not None and release(connection, known, _contact(name), now)

    def open_again(self, conversation: int) -> bool:
        """What was closed needs somebody after all; false when it is not closed.

        It is an alert of its own, with a code of its own, since the old one's may be another's by now.
        """
        with self.store.database.transaction() as connection:
            known = of_conversation(connection, conversation)
            if known is None or known.row.state != "closed":
                return False
            turn, now = int(known.row.turn), self.store.now()
            raise_alert(
                connection, session=conversation, turn=turn, level=known.level, flags=known.flags, now=now
            )
            return True

    def say(self, conversation: int, name: str, words: str, key: str) -> None:
        """``name`` answers the person with ``words`` themselves, ``""`` to only take the conversation over.

        By text they go out as an SMS; at a kiosk they are spoken and shown. ``key`` keeps the same ones from
        being said twice. Raises `OverError` when there is nobody to say it to any more, or they texted STOP.
        """

        def put(connection: Connection, entry: Entry) -> None:
            known = of_conversation(connection, entry.session)
            if known is not None:
                take(connection, self.outbox, known, _contact(name), entry.now)
            for reply in entry.turn.replies:
                self.outbox.put(
                    connection,
                    key=f"{STAFF}:{key}",
                    kind=STAFF,
                    to=entry.person,
                    body=reply.text,
                    alert=known.id if known else None,
                    session=entry.session,
                    now=entry.now,
                )

        self._turn(conversation, StaffSaid(name, words), f"{STAFF}:{key}", put)

    def hand_back(self, conversation: int, name: str) -> None:
        """The conversation goes on by itself. Raises `OverError` when it is over."""
        now = self.store.now()

        def put(connection: Connection, entry: Entry) -> None:
            if not entry.person.startswith("kiosk:"):
                self.outbox.put_replies(connection, entry, key=f"{STAFF}:{entry.id}", kind=STAFF)

        self._turn(conversation, HandedBack(name), f"back:{conversation}:{now:.3f}", put)

    def close(self, conversation: int, name: str, outcome: str) -> bool:
        """The alert is over and came to ``outcome``, one of `OUTCOMES`; false when there is none to close."""
        with self.store.database.transaction() as connection:
            known = of_conversation(connection, conversation)
            if known is None or known.row.state == "closed":
                return False
            close(connection, self.outbox, known, _contact(name), self.store.now(), outcome)
            return True

    def _turn(self, conversation: int, event: StaffSaid | HandedBack, key: str, put: Then) -> None:
        with self.store.database.transaction() as connection:
            of = select(sessions.c.person).where(sessions.c.id == conversation)
            person = connection.execute(of).scalar_one_or_none()
        if person is None:
            raise OverError("There is no such conversation.")
        now = self.store.now()

        def decide(session: Session | None) -> Turn:
            if session is None:
                raise OverError("They have left: this conversation is over.")
            if session.opted_out and isinstance(event, StaffSaid) and event.words:
                raise OverError("They texted STOP: nothing may be sent to them.")
            line, current = self.versions.place(session)
            return line.step(current, event, now)

        def then(connection: Connection, entry: Entry) -> None:
            if entry.session != conversation:
                raise OverError("They have begun a new conversation: answer there.")
            put(connection, entry)

        self.store.take_turn(str(person), key, now, decide, then=then)


def _contact(name: str) -> Contact:
    """Somebody at the console, as the alerts know them."""
    return Contact(name, name, "")
