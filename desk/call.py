"""The page by phone: what is said, and what a pressed key means."""

import logging

from flask import Blueprint, Response, request
from twilio.twiml.voice_response import VoiceResponse

from desk.cases import Known, case_of, find, take
from desk.page import Case, call_text
from desk.roster import Contact, Roster
from desk.roster_file import RosterFile
from desk.staff import clock, name_of
from desk.words import words
from flows.broken import where
from settings import Settings
from sms.outbox import Outbox
from sms.signature import only_from_twilio
from store.store import Store

log = logging.getLogger(__name__)

# The voices that Twilio has.
_VOICES = {"en": "en-US", "es": "es-MX"}
_TIMES_SAID = 2
_KEY_SECONDS = 8


def call_twiml(case: Case, language: str, key_url: str) -> str:
    """What Twilio does on the phone: says the page, twice, and brings a pressed key to ``key_url``.

    Twilio has it all before it dials, so staff hear it even when this server cannot be reached.
    """
    voice = VoiceResponse()
    for _ in range(_TIMES_SAID):
        keys = voice.gather(num_digits=1, action=key_url, method="POST", timeout=_KEY_SECONDS)
        keys.say(call_text(case, language), language=_voice(language))
    voice.say(words(language, "call.goodbye"), language=_voice(language))
    return str(voice)


def key_url(public_url: str, alert: int, contact: str) -> str:
    """Where a key is brought that ``contact`` presses."""
    return f"{public_url}/desk/call/{alert}/{contact}"


def call_blueprint(store: Store, file: RosterFile, outbox: Outbox, settings: Settings) -> Blueprint:
    """``POST /desk/call/<alert>/<contact>``: 1 in ``Digits`` takes the alert, any other key says it again.

    403 for a wrong signature.
    """
    blueprint = Blueprint("call", __name__)
    blueprint.before_request(only_from_twilio(settings))

    @blueprint.post("/desk/call/<int:alert>/<name>")
    def key(alert: int, name: str) -> Response:
        roster = file.roster
        contact = (roster.contacts.get(name) if roster else None) or Contact(name, name, "")
        pressed = request.form.get("Digits", "") == "1"
        try:
            with store.database.transaction() as connection:
                known = find(connection, alert)
                if known is None:
                    return Response("There is no such alert.\n", 404, mimetype="text/plain")
                if pressed and take(connection, outbox, known, contact, store.now()):
                    return _said(contact.language, "call.got")
                if known.row.state == "open":
                    url = key_url(settings.public_url, alert, name)
                    return _twiml(call_twiml(case_of(connection, known, roster), contact.language, url))
                return _settled(known, contact, roster)
        except Exception as error:
            log.error("a pressed key could not be noted: %s", where(error))
            return _said(contact.language, "call.failed")

    return blueprint


def _settled(known: Known, contact: Contact, roster: Roster | None) -> Response:
    """What to say about an alert that is not open any more."""
    if known.row.state == "closed":
        return _said(contact.language, "call.closed")
    if known.row.acknowledged_by == contact.id:
        return _said(contact.language, "call.got")
    time = clock(roster, known, known.row.acknowledged_at)
    name = name_of(roster, known.row.acknowledged_by)
    return _said(contact.language, "call.taken", name=name, time=time)


def _said(language: str, key: str, **values: object) -> Response:
    voice = VoiceResponse()
    voice.say(words(language, key, **values), language=_voice(language))
    return _twiml(str(voice))


def _twiml(text: str) -> Response:
    return Response(text, mimetype="text/xml")


def _voice(language: str) -> str:
    return _VOICES.get(language, _VOICES["en"])
