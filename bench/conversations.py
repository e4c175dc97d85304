"""Whole conversations by text, as simulated patients hold them, and the signed requests that they come in."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from twilio.request_validator import RequestValidator

from flows.events import Text
from flows.line import BACK_PAIN, load_line
from flows.simulation.phrases import load_book
from flows.simulation.run import Conversation, converse, remembering
from flows.turn import Alert

TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC_URL = "https://bench.example.com"
# One conversation in so many is one that staff are told of.
ESCALATES = 20
_SEED = 5


@dataclass(frozen=True)
class Talk:
    """What one person says, in order. ``alerts``: staff are told of it."""

    texts: tuple[str, ...]
    alerts: bool


def talks(count: int) -> list[Talk]:
    """``count`` conversations, the same every time, every `ESCALATES`\\ th with an alert.

    Patients are drawn until there are enough of both kinds, since most of the drawn ones are very ill. Where
    the line waits some minutes and asks again, what they say after that comes at once.
    """
    line, book = remembering(load_line()), load_book(BACK_PAIN, "en")
    alarming: list[Talk] = []
    calm: list[Talk] = []
    wanted = count // ESCALATES
    number = 0
    while len(alarming) < wanted or len(calm) < count - wanted:
        talk = _talk(converse(line, book, _SEED, number, "sms"))
        (alarming if talk.alerts else calm).append(talk)
        number += 1
    rest = iter(calm)
    return [
        alarming[place // ESCALATES] if place % ESCALATES == ESCALATES - 1 else next(rest)
        for place in range(wanted * ESCALATES)
    ] + list(rest)[: count - wanted * ESCALATES]


def requests(talk: Talk, person: str) -> Iterator[bytes]:
    """The HTTP requests by which Twilio brings what ``person`` says, each with a MessageSid of its own."""
    validator = RequestValidator(TOKEN)
    for number, text in enumerate(talk.texts):
        sid = f"SM{int(person[1:]):016x}{number:016x}"
        fields = {"MessageSid": sid, "SmsSid": sid, "From": person, "To": "+12025559999", "Body": text}
        fields |= {"NumMedia": "0", "NumSegments": "1", "ApiVersion": "2010-04-01", "FromCountry": "US"}
        body = urlencode(fields).encode()
        head = (
            "POST /sms HTTP/1.1\r\nHost: bench\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            f"X-Twilio-Signature: {validator.compute_signature(f'{PUBLIC_URL}/sms', fields)}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body


def _talk(held: Conversation) -> Talk:
    texts = tuple(one.event.heard.text for one in held.spoken if isinstance(one.event, Text))
    alerts = any(isinstance(effect, Alert) for one in held.spoken for effect in one.turn.effects)
    return Talk(texts, alerts)
