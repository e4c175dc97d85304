"""The protocol of whoever carries texts and calls, and what is said of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from sms.message import Message

Way = Literal["sms", "call"]
State = Literal["queued", "sending", "sent", "delivered", "failed", "undelivered", "unknown", "unneeded"]
# It did not arrive, and never will.
LOST: tuple[State, ...] = ("failed", "undelivered")

# What Twilio says of a message or a call, in our words. All else is "sent": in their hands, and not final.
_FINAL: dict[str, State] = {
    "delivered": "delivered",
    "read": "delivered",
    "completed": "delivered",
    "undelivered": "undelivered",
    "busy": "undelivered",
    "no-answer": "undelivered",
    "failed": "failed",
    "canceled": "failed",
}


def state_of(status: str) -> State:
    """Our state for Twilio's ``MessageStatus`` or ``CallStatus``."""
    return _FINAL.get(status, "sent")


class SendError(RuntimeError):
    """What was asked for was not done, or not for certain. Never holds the text or the number.

    ``again``: trying later may help. ``unknown``: it may have been done all the same. ``code``: Twilio's.
    """

    def __init__(self, reason: str, *, again: bool, unknown: bool = False, code: str = "") -> None:
        super().__init__(reason)
        self.again, self.unknown, self.code = again, unknown, code


@dataclass(frozen=True)
class Carried:
    """One of our texts or calls as the carrier has it; ``at``: when it was handed over, None if not known."""

    sid: str
    state: State
    body: str = ""
    at: float | None = None
    error: str | None = None


@dataclass(frozen=True)
class News:
    """A status callback: ``sid`` is in ``state`` now. ``send`` is our row of it, if the callback says so."""

    send: int | None
    sid: str
    state: State
    error: str | None

    @classmethod
    def from_form(cls, form: Mapping[str, str], send: str) -> "News | None":
        """What Twilio's fields say; ``None`` when they name no message or call."""
        sid = form.get("MessageSid") or form.get("SmsSid") or form.get("CallSid")
        status = form.get("MessageStatus") or form.get("SmsStatus") or form.get("CallStatus")
        if not sid or not status:
            return None
        code = form.get("ErrorCode", "")
        row = int(send) if send.isascii() and send.isdigit() and len(send) < 16 else None
        return cls(row, sid, state_of(status), code if code.isascii() and code.isdigit() else None)


@dataclass(frozen=True)
class Received:
    """A message that the carrier has for us, and when it came in."""

    message: Message
    at: float


class Carrier(Protocol):
    """Carries texts and calls. Every call takes seconds at worst, and raises `SendError`.

    ``send`` is our row of it, which status callbacks bring back; ``since`` is in seconds since 1970.
    """

    def text(self, to: str, body: str, *, send: int, valid_for: int | None) -> Carried:
        """Hands over a text to ``to``, who may be at ``whatsapp:+…``; void after ``valid_for`` seconds."""

    def call(self, to: str, twiml: str, *, send: int) -> Carried:
        """Places a call that does what ``twiml`` says."""

    def outgoing(self, way: Way, to: str, since: float) -> list[Carried]:
        """What was handed over for ``to``, newest first."""

    def look_up(self, way: Way, sid: str) -> Carried:
        """What became of one."""

    def received(self, since: float) -> list[Received]:
        """The messages that came in, oldest first."""


class NoCarrier:
    """Stands in while the settings for sending are ``missing``."""

    def __init__(self, missing: list[str]) -> None:
        self._reason = f"{' and '.join(missing)} not set"

    def text(self, to: str, body: str, *, send: int, valid_for: int | None) -> Carried:  # noqa: ARG002
        """Raises `SendError`: nothing can be sent."""
        raise SendError(self._reason, again=False)

    def call(self, to: str, twiml: str, *, send: int) -> Carried:  # noqa: ARG002
        """Raises `SendError`: nobody can be called."""
        raise SendError(self._reason, again=False)

    def outgoing(self, way: Way, to: str, since: float) -> list[Carried]:  # noqa: ARG002
        """Nothing was ever sent."""
        return []

    def look_up(self, way: Way, sid: str) -> Carried:  # noqa: ARG002
        """Raises `SendError`: there is nothing to look up."""
        raise SendError(self._reason, again=False)

    def received(self, since: float) -> list[Received]:  # noqa: ARG002
        """Nothing was ever received."""
        return []
