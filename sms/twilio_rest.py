"""The carrier itself: Twilio, through its REST interface."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from settings import Settings
from sms.carrier import Carried, Carrier, NoCarrier, Received, SendError, Way, state_of
from sms.message import Message

# The settings without which nothing can be sent but the answer to a webhook.
NEEDED_TO_SEND = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SPOTTER_PUBLIC_URL", "SPOTTER_SMS_FROM")
# Twilio answers within a second or two; a worker must not hang on one text.
_TIMEOUT_SECONDS = 10.0
# How far back one number's list is looked through, and how much of a list comes at once.
_RECENT = 100
_PAGE_SIZE = 1000


class Twilio:
    """The real thing. It is also what makes `twilio.rest` load, which takes a moment, at start."""

    def __init__(self, settings: Settings, http: HttpClient | None = None) -> None:
        http = http or TwilioHttpClient(timeout=_TIMEOUT_SECONDS)
        client = Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=http)
        self._messages, self._calls = client.messages, client.calls
        self._from = settings.sms_from
        self._status_url = f"{settings.public_url}/sms/status"

    def text(self, to: str, body: str, *, send: int, valid_for: int | None) -> Carried:
        """Sends a text, as `Carrier.text`."""
        told: dict[str, Any] = {"status_callback": self._news_of(send)} | self._origin(to)
        if valid_for is not None:
            told["validity_period"] = valid_for
        with _errors():
            return _carried(self._messages.create(to=to, body=body, **told))

    def call(self, to: str, twiml: str, *, send: int) -> Carried:
        """Places a call that speaks ``twiml``, as `Carrier.call`."""
        if self._from.startswith("MG"):
            raise SendError("SPOTTER_SMS_FROM is a Messaging Service, which cannot call", again=False)
        origin = self._from.removeprefix("whatsapp:")
        with _errors():
            placed = self._calls.create(to=to, from_=origin, twiml=twiml, status_callback=self._news_of(send))
            return _carried(placed)

    def outgoing(self, way: Way, to: str, since: float) -> list[Carried]:
        """What we sent to ``to`` since then, as `Carrier.outgoing`."""
        listing = self._messages if way == "sms" else self._calls
        with _errors():
            # No filter by the date of sending: what still waits at Twilio has none.
            found = [_carried(one) for one in listing.list(to=to, limit=_RECENT) if _is_ours(one)]
        return [one for one in found if one.at is None or one.at >= since]

    def look_up(self, way: Way, sid: str) -> Carried:
        """What became of one, as `Carrier.look_up`."""
        with _errors():
            return _carried((self._messages if way == "sms" else self._calls)(sid).fetch())

    def received(self, since: float) -> list[Received]:
        """What people sent us since then, as `Carrier.received`."""
        day = datetime.fromtimestamp(since, UTC)
        with _errors():
            found = [
                Received(_message(one), _seconds(one.date_sent or one.date_created) or since)
                for where in self._addresses()
                for one in self._messages.list(date_sent_after=day, page_size=_PAGE_SIZE, **where)
                if one.direction == "inbound"
            ]
        return sorted((one for one in found if one.at >= since), key=lambda one: one.at)

    def _addresses(self) -> list[dict[str, str]]:
        if self._from.startswith("MG"):
            return [{}]
        number = self._from.removeprefix("whatsapp:")
        return [{"to": number}, {"to": f"whatsapp:{number}"}]

    def _news_of(self, send: int) -> str:
        return f"{self._status_url}?send={send}"

    def _origin(self, to: str) -> dict[str, str]:
        if self._from.startswith("MG"):
            return {"messaging_service_sid": self._from}
        prefix = "whatsapp:" if to.startswith("whatsapp:") else ""
        return {"from_": prefix + self._from.removeprefix("whatsapp:")}


def carrier_for(settings: Settings) -> Carrier:
    """The carrier that ``settings`` allow."""
    missing = settings.missing(NEEDED_TO_SEND)
    return NoCarrier(missing) if missing else Twilio(settings)


@contextmanager
def _errors() -> Iterator[None]:
    """Makes a `SendError` of everything that Twilio and the network raise."""
    try:
        yield
    except TwilioRestException as error:
        ours = error.status >= 500
        code = str(error.code or error.status)
        again = ours or error.status == 429
        raise SendError(f"Twilio's error {code}", again=again, unknown=ours, code=code) from None
    except (TwilioException, OSError, ValueError) as error:
        raise SendError(type(error).__name__, again=True, unknown=True) from None


def _carried(row: Any) -> Carried:
    # A call has no body, and no error code.
    error = getattr(row, "error_code", None)
    body, at = getattr(row, "body", None) or "", _seconds(row.date_created)
    return Carried(row.sid, state_of(row.status or ""), body, at, str(error) if error else None)


def _is_ours(row: Any) -> bool:
    # Answers to a webhook are "outbound-reply": no row of the outbox.
    return str(row.direction) == "outbound-api"


def _message(row: Any) -> Message:
    pictures = int(row.num_media or 0)
    return Message(
        id=row.sid,
        sender=row.from_ or "",
        body=row.body or "",
        pictures=pictures,
        opt_out="",
        recipient=row.to or "",
    )


def _seconds(at: datetime | None) -> float | None:
    return at.timestamp() if at else None
