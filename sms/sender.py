"""Texts that are not the answer to a webhook, sent through Twilio's REST interface."""

from typing import Protocol

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from settings import Settings
from sms.segments import bodies

# The settings without which no text can be sent but the answer to a webhook.
NEEDED_TO_SEND = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "SPOTTER_PUBLIC_URL", "SPOTTER_SMS_FROM")
# Twilio answers within a second or two; a worker must not hang on one text.
_TIMEOUT_SECONDS = 10.0


class SendError(RuntimeError):
    """A text that was not sent. ``again``: trying later may help. Never holds the text or the number."""

    def __init__(self, reason: str, *, again: bool) -> None:
        super().__init__(reason)
        self.again = again


class Sender(Protocol):
    """Sends a text to a person, who may be at ``whatsapp:+…``."""

    def send(self, to: str, text: str) -> None:
        """Hands ``text`` over to be delivered. Raises `SendError`."""


class Twilio:
    """The real thing. It is also what makes `twilio.rest` load, which takes a moment, at start."""

    def __init__(self, settings: Settings, http: HttpClient | None = None) -> None:
        http = http or TwilioHttpClient(timeout=_TIMEOUT_SECONDS)
        client = Client(settings.twilio_account_sid, settings.twilio_auth_token, http_client=http)
        self._messages = client.messages
        self._from = settings.sms_from
        self._status_url = f"{settings.public_url}/sms/status"

    def send(self, to: str, text: str) -> None:
        for body in bodies(text):
            try:
                self._messages.create(to=to, body=body, status_callback=self._status_url, **self._origin(to))
            except TwilioRestException as error:
                again = error.status == 429 or error.status >= 500
                raise SendError(f"Twilio's error {error.code or error.status}", again=again) from None
            except (TwilioException, OSError) as error:
                raise SendError(type(error).__name__, again=True) from None

    def _origin(self, to: str) -> dict[str, str]:
        if self._from.startswith("MG"):
            return {"messaging_service_sid": self._from}
        prefix = "whatsapp:" if to.startswith("whatsapp:") else ""
        return {"from_": prefix + self._from.removeprefix("whatsapp:")}


class NoSender:
    """Stands in while the settings for sending are missing."""

    def __init__(self, missing: list[str]) -> None:
        self._missing = missing

    def send(self, to: str, text: str) -> None:  # noqa: ARG002
        raise SendError(f"{' and '.join(self._missing)} not set", again=False)


def sender_for(settings: Settings) -> Sender:
    """The sender that ``settings`` allow."""
    missing = settings.missing(NEEDED_TO_SEND)
    return NoSender(missing) if missing else Twilio(settings)
