"""What goes over the wire to Twilio, and what is made of its answers."""

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import requests
from twilio.http import HttpClient
from twilio.http.response import Response

from settings import Settings
from sms.carrier import NoCarrier, SendError
from sms.twilio_rest import Twilio, carrier_for

SETTINGS = Settings(
    data_dir=Path("unused"),
    public_url="https://gym.example.com",
    sms_from="+12025550199",
    twilio_account_sid="AC" + "0" * 32,
    twilio_auth_token="token",
)


@dataclass
class Wire(HttpClient):  # type: ignore[misc]
    """Stands where the network begins: takes requests down and answers them all alike."""

    status: int = 201
    answer: dict[str, Any] = field(default_factory=lambda: {"sid": "SM1", "status": "queued"})
    error: Exception | None = None
    sent: list[dict[str, str]] = field(default_factory=list)

    def request(self, method: str, url: str, data: dict[str, str], **_: object) -> Response:
        if self.error:
            raise self.error
        self.sent.append({"method": method, "url": url} | data)
        return Response(self.status, json.dumps(self.answer))


def test_a_text_is_sent_from_the_number_of_the_gym() -> None:
    wire = Wire()
    Twilio(SETTINGS, wire).text("+447400123456", "How is it now?", send=7, valid_for=300)
    assert wire.sent == [
        {
            "method": "POST",
            "url": f"https://api.twilio.com/2010-04-01/Accounts/{SETTINGS.twilio_account_sid}/Messages.json",
            "To": "+447400123456",
            "From": "+12025550199",
            "Body": "How is it now?",
            "StatusCallback": "https://gym.example.com/sms/status?send=7",
            "ValidityPeriod": 300,
        }
    ]


@pytest.mark.parametrize("sms_from", ["+12025550199", "whatsapp:+12025550199"])
def test_somebody_on_whatsapp_is_answered_there(sms_from: str) -> None:
    wire = Wire()
    twilio = Twilio(replace(SETTINGS, sms_from=sms_from), wire)
    twilio.text("whatsapp:+447400123456", "a", send=7, valid_for=None)
    twilio.text("+447400123456", "a", send=7, valid_for=None)
    assert [one["From"] for one in wire.sent] == ["whatsapp:+12025550199", "+12025550199"]


def test_a_messaging_service_picks_the_number() -> None:
    wire = Wire()
    Twilio(replace(SETTINGS, sms_from="MG" + "1" * 32), wire).text(
        "+447400123456", "a", send=7, valid_for=None
    )
    assert wire.sent[0]["MessagingServiceSid"] == "MG" + "1" * 32
    assert "From" not in wire.sent[0]


@pytest.mark.parametrize(
    ("status", "code", "again"),
    [(400, 21610, False), (400, 21211, False), (401, 20003, False), (429, 20429, True), (503, None, True)],
)
def test_a_refusal_says_whether_later_may_help(status: int, code: int | None, again: bool) -> None:
    wire = Wire(status, {"code": code, "message": "to +447400123456 refused", "status": status})
    with pytest.raises(SendError) as caught:
        Twilio(SETTINGS, wire).text("+447400123456", "secret", send=7, valid_for=None)
    assert (caught.value.again, caught.value.unknown) == (again, status >= 500)
    assert str(code or status) in str(caught.value)
    assert "447400123456" not in str(caught.value)


def test_without_a_network_later_may_help() -> None:
    with pytest.raises(SendError) as caught:
        Twilio(SETTINGS, Wire(error=requests.ConnectionError("no route to +447400123456"))).text(
            "+44", "a", send=7, valid_for=None
        )
    assert caught.value.again
    assert caught.value.unknown
    assert "447400123456" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("twilio_account_sid", "TWILIO_ACCOUNT_SID"),
        ("twilio_auth_token", "TWILIO_AUTH_TOKEN"),
        ("public_url", "SPOTTER_PUBLIC_URL"),
        ("sms_from", "SPOTTER_SMS_FROM"),
    ],
)
def test_without_a_setting_it_says_which_one(name: str, shown: str) -> None:
    carrier = carrier_for(replace(SETTINGS, **{name: ""}))  # type: ignore[arg-type]
    assert isinstance(carrier, NoCarrier)
    with pytest.raises(SendError, match=shown) as caught:
        carrier.text("+447400123456", "a", send=7, valid_for=None)
    assert not caught.value.again


def test_with_all_settings_it_is_the_real_thing() -> None:
    assert isinstance(carrier_for(SETTINGS), Twilio)
