"""The page by phone: Twilio asks here what to say, and what a pressed key means."""

import logging
from collections.abc import Callable

from flask import Blueprint, Response, request, url_for
from sqlalchemy import Connection, select
from twilio.twiml.voice_response import VoiceResponse

from desk.cases import Known, case_of, find, take
from desk.page import call_text
from desk.roster import Contact, Roster
from desk.roster_file import RosterFile
from desk.staff import clock, name_of
from desk.words import words
from flows.broken import where
from settings import Settings
from sms.signature import only_from_twilio
from store.store import Store
from store.tables import sends

log = logging.getLogger(__name__)

# The voices that Twilio has.
_VOICES = {"en": "en-US", "es": "es-MX"}
_TIMES_SAID = 2
_KEY_SECONDS = 8

_Decide = Callable[[Connection, Known, Contact, Roster | None], Response]


def call_blueprint(store: Store, file: RosterFile, settings: Settings) -> Blueprint:
    """``/desk/call/<id>``, with the id of a row of the table sends: 403 for a wrong signature.

    Whatever happens inside, staff who pick up are told that there is an alert.
    """
    blueprint = Blueprint("call", __name__)
    blueprint.before_request(only_from_twilio(settings))

    def answer(send: int, decide: _Decide, sorry: str) -> Response:
        roster = file.roster
        try:
            with store.database.transaction() as connection:
                row = connection.execute(select(sends).where(sends.c.id == send)).one_or_none()
                known = find(connection, row.alert) if row is not None and row.alert else None
                if row is None or known is None:
                    return Response("There is no such call.\n", 404, mimetype="text/plain")
                contact = roster.contacts.get(row.contact) if roster else None
                return decide(connection, known, contact or Contact(row.contact, row.contact, ""), roster)
        except Exception as error:
            log.error("a call could not be carried on: %s", where(error))
            return _spoken("en", words("en", sorry))

    @blueprint.post("/desk/call/<int:send>")
    def speak(send: int) -> Response:
        def page(connection: Connection, known: Known, contact: Contact, roster: Roster | None) -> Response:
            if known.row.state != "open":
                return _settled(known, contact, roster)
            language = contact.language
            voice = VoiceResponse()
            for _ in range(_TIMES_SAID):
                action = url_for("call.key", send=send)
                keys = voice.gather(num_digits=1, action=action, method="POST", timeout=_KEY_SECONDS)
                keys.say(call_text(case_of(connection, known, roster), language), language=_voice(language))
            voice.say(words(language, "call.goodbye"), language=_voice(language))
            return Response(str(voice), mimetype="text/xml")

        return answer(send, page, "call.broken")

    @blueprint.post("/desk/call/<int:send>/key")
    def key(send: int) -> Response:
        if request.form.get("Digits") != "1":
            return speak(send)

        def settle(connection: Connection, known: Known, contact: Contact, roster: Roster | None) -> Response:
            if take(connection, known, contact, store.now()):
                return _spoken(contact.language, words(contact.language, "call.got"))
            return _settled(known, contact, roster)

        return answer(send, settle, "call.failed")

    return blueprint


def _settled(known: Known, contact: Contact, roster: Roster | None) -> Response:
    """What to say about an alert that is not open any more."""
    if known.row.state == "closed":
        return _spoken(contact.language, words(contact.language, "call.closed"))
    if known.row.acknowledged_by == contact.id:
        return _spoken(contact.language, words(contact.language, "call.got"))
    time = clock(roster, known, known.row.acknowledged_at)
    name = name_of(roster, known.row.acknowledged_by)
    return _spoken(contact.language, words(contact.language, "call.taken", name=name, time=time))


def _spoken(language: str, text: str) -> Response:
    voice = VoiceResponse()
    voice.say(text, language=_voice(language))
    return Response(str(voice), mimetype="text/xml")


def _voice(language: str) -> str:
    return _VOICES.get(language, _VOICES["en"])
