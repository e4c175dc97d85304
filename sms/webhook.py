"""Twilio's webhooks: messages come in at ``POST /sms``, what became of ours at ``POST /sms/status``."""

import logging
import time
from collections.abc import Callable

from flask import Blueprint, Response, request
from twilio.twiml.messaging_response import MessagingResponse

from flows.broken import where
from settings import Settings
from sms.answering import Answering
from sms.carrier import LOST, News
from sms.message import Message
from sms.outbox import note
from sms.segments import bodies
from sms.signature import only_from_twilio
from store.database import TROUBLE
from store.store import Store

log = logging.getLogger(__name__)


def sms_blueprint(
    answering: Answering, store: Store, settings: Settings, clock: Callable[[], float] = time.time
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
        news = News.from_form(request.form, request.args.get("send", ""))
        if news is None:
            return Response(status=204)
        if news.state in LOST:
            told = {"send": news.send, "state": news.state, "error": news.error}
            log.warning("send %(send)s was %(state)s, Twilio's error %(error)s", told)
        try:
            with store.database.transaction() as connection:
                note(connection, news, clock())
        except TROUBLE as error:
            # Twilio does not say it again; the reconcile job asks for it later.
            told = {"send": news.send, "error": where(error)}
            log.error("news of send %(send)s could not be kept: %(error)s", told)
            return Response(status=503)
        return Response(status=204)

    return blueprint


def _twiml(texts: list[str]) -> Response:
    response = MessagingResponse()
    for text in texts:
        for body in bodies(text):
            response.message(body)
    return Response(str(response), mimetype="text/xml")
