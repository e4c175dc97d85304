"""The least that a Twilio webhook can be: a signature checked, a fixed answer. The yardstick."""

import os

from flask import Flask, Response, abort, request
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse


def bare() -> Flask:
    """An application with ``POST /sms`` and no memory."""
    app = Flask(__name__)
    validator = RequestValidator(os.environ["TWILIO_AUTH_TOKEN"])
    url = os.environ["SPOTTER_PUBLIC_URL"] + "/sms"

    @app.post("/sms")
    def inbound() -> Response:
        if not validator.validate(url, request.form, request.headers.get("X-Twilio-Signature", "")):
            abort(403)
        response = MessagingResponse()
        response.message("What happened, and what do you feel right now? Use your own words.")
        return Response(str(response), mimetype="text/xml")

    return app
