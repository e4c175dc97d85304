"""A person's phone, with Twilio between it and the real application."""

import itertools
from dataclasses import dataclass, field
from xml.etree import ElementTree

from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.datastructures import MultiDict

TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC_URL = "https://gym.example.com"

_ids = itertools.count(1)


def next_id() -> str:
    return f"SM{next(_ids):032x}"


def signature(url: str, fields: MultiDict[str, str], token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(url, fields))


def fields_of(sender: str, body: str, **more: str) -> MultiDict[str, str]:
    """All that Twilio posts with a message."""
    sid = more.get("MessageSid") or next_id()
    return MultiDict(
        {
            "ToCountry": "US",
            "ToState": "",
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "ToCity": "",
            "FromZip": "20001",
            "SmsSid": sid,
            "FromState": "DC",
            "SmsStatus": "received",
            "FromCity": "WASHINGTON",
            "Body": body,
            "FromCountry": "US",
            "To": "+12025550199",
            "NumSegments": "1",
            "MessageSid": sid,
            "AccountSid": "AC" + "0" * 32,
            "From": sender,
            "ApiVersion": "2010-04-01",
        }
        | more
    )


@dataclass
class Answer:
    """What came back: the status, and the messages in the TwiML."""

    status: int
    body: str

    @property
    def texts(self) -> list[str]:
        root = ElementTree.fromstring(self.body)
        assert root.tag == "Response"
        assert {child.tag for child in root} <= {"Message"}
        return [child.text or "" for child in root]

    @property
    def text(self) -> str:
        return " ".join(self.texts)


@dataclass
class Phone:
    """Texts the line as Twilio would: all its fields, signed for the public URL."""

    client: FlaskClient
    number: str = "+12025550123"
    extra: dict[str, str] = field(default_factory=dict)

    def fields(self, body: str, **more: str) -> MultiDict[str, str]:
        return fields_of(self.number, body, **self.extra | more)

    def post(self, fields: MultiDict[str, str], path: str = "/sms", signed: str | None = None) -> Answer:
        header = signature(PUBLIC_URL + path, fields) if signed is None else signed
        response = self.client.post(path, data=fields, headers={"X-Twilio-Signature": header})
        return Answer(response.status_code, response.get_data(as_text=True))

    def text(self, body: str, **more: str) -> Answer:
        return self.post(self.fields(body, **more))
