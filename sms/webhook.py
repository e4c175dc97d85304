"""Twilio's webhooks: messages come in at ``POST /sms``, what became of ours at ``POST /sms/status``."""

import logging
import time
from collections.abc import Callable

from flask import Blueprint, Response, request
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from settings import Settings
from sms.answering import Answering
from sms.message import Message
from sms.segments import bodies

log = logging.getLogger(__name__)

# The settings without which no webhook can be checked.
NEEDED_TO_CHECK = ("TWILIO_AUTH_TOKEN", "SPOTTER_PUBLIC_URL")
# Twilio's own requests are a few kB.
_LARGEST_REQUEST = 64 * 1024


def sms_blueprint(
    answering: Answering, settings: Settings, clock: Callable[[], float] = time.time
) -> Blueprint:
    """``/sms`` and ``/sms/status``: 403 for a wrong signature, 503 while the settings for one are missing."""
    blueprint = Blueprint("sms", __name__)
    missing = settings.missing(NEEDED_TO_CHECK)
    validator = RequestValidator(settings.twilio_auth_token)

    @blueprint.before_request
    def only_from_twilio() -> Response | None:
        if missing:
            log.error("a webhook cannot be checked: %s not set", " and ".join(missing))
            return _twiml([], 503)
        request.max_content_length = _LARGEST_REQUEST
        # Behind a proxy, the request's own host is not the one that Twilio signed.
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        url = f"{settings.public_url}{request.path}{query}"
        if validator.validate(url, request.form, request.headers.get("X-Twilio-Signature", "")):
            return None
        log.warning(
            "a webhook with a wrong signature was refused; it must be signed for %s", url.split("?")[0]
        )
        return Response("The signature is wrong.\n", 403, mimetype="text/plain")

    @blueprint.post("/sms")
    def inbound() -> Response:
        message = Message.from_form(request.form)
        if not message.sender:
            log.error("a message without a sender cannot be answered")
            return _twiml([])
        return _twiml(answering.answer(message, clock()))

    @blueprint.post("/sms/status")
    def status() -> Response:
        state, code = request.form.get("MessageStatus", ""), request.form.get("ErrorCode", "")
        if state in ("failed", "undelivered"):
            log.warning("a text was %s, Twilio's error %s", state, code if code.isdigit() else "not given")
        return Response(status=204)

    return blueprint


def _twiml(texts: list[str], status: int = 200) -> Response:
    response = MessagingResponse()
    for text in texts:
        for body in bodies(text):
            response.message(body)
    return Response(str(response), status, mimetype="text/xml")
