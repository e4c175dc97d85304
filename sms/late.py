"""Handles messages long after they came: fetched from Twilio, or out of the journal."""

from dataclasses import replace

from sqlalchemy import Connection

from settings import Settings
from sms.answering import Answering, Late
from sms.message import Message
from sms.outbox import REPLY, Outbox
from store.journal import Unkept
from store.store import Entry


class LateMessages:
    """What is to be said about one goes into the outbox; after ``answered_within`` seconds, nothing is."""

    def __init__(self, answering: Answering, outbox: Outbox, answered_within: float) -> None:
        self._answering = answering
        self._outbox = outbox
        self._answered_within = answered_within

    @classmethod
    def of(cls, answering: Answering, settings: Settings) -> "LateMessages":
        """As ``settings`` say."""
        return cls(answering, Outbox.of(settings), settings.answer_hours * 3600.0)

    def take(self, message: Message, came: float, now: float, *, answered: bool = False) -> None:
        """Handles ``message``, once; raises when it cannot. ``answered``: there is no more to be said."""

        def put(connection: Connection, entry: Entry) -> None:
            self._outbox.put_replies(connection, entry, key=f"reply:{message.id}", kind=REPLY)

        late = Late(came, answer=not answered and now - came <= self._answered_within)
        self._answering.take(message, now, late=late, then=put)

    def from_journal(self, unkept: Unkept, now: float) -> None:
        """The journal's hand for texts. Who was told to call an ambulance is not told again."""
        fields = dict(unkept.fields)
        answered = bool(fields.pop("answered"))
        message = Message(**fields)
        self.take(replace(message, id=message.id or unkept.key), unkept.at, now, answered=answered)
