"""Whether a request is Twilio's own: the check before every webhook."""

import logging
from collections.abc import Callable

from flask import Response, request
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse

from settings import Settings

log = logging.getLogger(__name__)

# The settings without which no webhook can be checked.
NEEDED_TO_CHECK = ("TWILIO_AUTH_TOKEN", "SPOTTER_PUBLIC_URL")


def only_from_twilio(settings: Settings) -> Callable[[], Response | None]:
    """What a blueprint does first: 403 for a wrong signature, 503 while none can be checked."""
    missing = settings.missing(NEEDED_TO_CHECK)
    validator = RequestValidator(settings.twilio_auth_token)

    def check() -> Response | None:
        if missing:
            log.error("a webhook cannot be checked: %s not set", " and ".join(missing))
            return Response(str(MessagingResponse()), 503, mimetype="text/xml")
        # Behind a proxy, the request's own host is not the one that Twilio signed.
        query = f"?{request.query_string.decode('latin-1')}" if request.query_string else ""
        url = f"{settings.public_url}{request.path}{query}"
        if validator.validate(url, request.form, request.headers.get("X-Twilio-Signature", "")):
            return None
        log.warning(
            "a webhook with a wrong signature was refused; it must be signed for %s", url.split("?")[0]
        )
        return Response("The signature is wrong.\n", 403, mimetype="text/plain")

    return check
