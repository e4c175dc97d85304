"""One inbound message, as Twilio describes it in the fields of its webhook."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """A message from ``sender``, who is the person: ``+1…``, or ``whatsapp:+1…``, which is kept apart.

    ``id`` is Twilio's MessageSid, ``None`` when missing. ``pictures`` counts attachments.
    ``recipient`` is the number of ours that was texted, ``""`` when missing.
    ``opt_out`` is STOP, START or HELP when Twilio has answered the message itself, else ``""``.
    """

    id: str | None
    sender: str
    body: str
    pictures: int
    opt_out: str
    recipient: str = ""

    @classmethod
    def from_form(cls, form: Mapping[str, str]) -> "Message":
        """The message in Twilio's fields; unknown fields are ignored, missing ones are empty."""
        media = form.get("NumMedia", "")
        return cls(
            id=form.get("MessageSid") or form.get("SmsSid") or None,
            sender=form.get("From", "").strip(),
            body=form.get("Body", ""),
            pictures=int(media) if media.isascii() and media.isdigit() and len(media) < 4 else 0,
            opt_out=form.get("OptOutType", "").strip().upper(),
            recipient=form.get("To", "").strip(),
        )
