"""Twilio's webhooks: messages come in at ``POST /sms``, what became of ours at ``POST /sms/status``."""

import logging
import time
from collections.abc import Callable

from flask import Blueprint, Response, request
from twilio.twiml.messaging_response import MessagingResponse

from settings import Settings
from sms.answering import Answering
from sms.message import Message
from sms.segments import bodies
from sms.signature import only_from_twilio

log = logging.getLogger(__name__)


def sms_blueprint(
    answering: Answering, settings: Settings, clock: Callable[[], float] = time.time
) -> Blueprint:
    """``/sms`` and ``/sms/status``: 403 for a wrong signature, 503 while the settings for one are missing."""
    blueprint = Blueprint("sms", __name__)
    blueprint.before_request(only_from_twilio(settings))

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


def _twiml(texts: list[str]) -> Response:
    response = MessagingResponse()
    for text in texts:
        for body in bodies(text):
            response.message(body)
    return Response(str(response), mimetype="text/xml")
