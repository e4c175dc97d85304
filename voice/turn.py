"""The kiosk's side of the web: ``POST /voice/turn`` and the spoken replies."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, jsonify, request, send_file
from werkzeug.exceptions import BadRequest, HTTPException, RequestEntityTooLarge

from flows.broken import where
from flows.countries import emergency_number
from voice.choose import Hearing
from voice.dialogue import Dialogue
from voice.exchange import Answer, Said, fields_of
from voice.pairing import NOT_PAIRED, Pairing, is_local
from voice.passing_speech import PassingSpeech
from voice.recogniser import RecogniserError
from voice.requests import KIOSK
from voice.speech_cache import SpeechCache
from voice.wav import MAX_BYTES, MAX_SECONDS, WavError, strict_pcm

log = logging.getLogger(__name__)

_SOUND = {"audio/wav", "audio/x-wav", "audio/wave", "audio/vnd.wave", "application/octet-stream"}
_EVENTS = ("started", "silence", "timed_out")
_FIELDS = ("conversation", "language", "kiosk", "token", "text", "event")
_LONGEST_TEXT = 1600
# A form carries a few lines around the sound.
_LARGEST_REQUEST = MAX_BYTES + 16 * 1024
# How much of a refused request is still read, and for how long.
_READ_ON_BYTES = 128 * 1024 * 1024
_READ_ON_SECONDS = 10.0


class _RefusedError(Exception):
    """A request that cannot be answered; the text names the mend."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class _Place:
    """The conversation's id, the language for a new one, and the kiosk's name and token.

    ``""`` where there is none.
    """

    conversation: str | None
    language: str
    kiosk: str
    token: str


def voice_blueprint(
    dialogue: Dialogue,
    hearing: Hearing,
    speech: Mapping[str, SpeechCache],
    pairing: Pairing,
    clock: Callable[[], float] = time.time,
) -> Blueprint:
    """``/voice/turn`` and ``/voice/audio/…``.

    A turn is a WAV (16 kHz, mono, 16 bit, at most 60 s) as the body, with ``?conversation=``, or as the
    field ``audio`` of a form, with the field ``conversation``; or JSON with ``conversation`` and either
    ``text`` or ``event``. Beside ``conversation``, ``language`` is what a new one is held in, and ``kiosk``
    is the kiosk's name in the roster; from another machine, ``token`` is the one that it was paired with.
    The answer is JSON, whose ``aside`` says how far it is with a number to text the advice to
    (`voice.exchange.Aside`); with status 4xx it is ``{"error": …}`` and names the mend.

    ``speech`` has the voice of each language; the first one stands in where a language has none.
    """
    blueprint = Blueprint("voice", __name__)
    number = emergency_number(dialogue.country)
    voice = next(iter(speech.values()))
    passing = PassingSpeech()

    @blueprint.post("/voice/turn")
    def turn() -> tuple[Response, int] | Response:
        request.max_content_length = _LARGEST_REQUEST
        try:
            at, sent = _sent()
            if not (is_local(request) or pairing.admits(at.kiosk, at.token)):
                raise _RefusedError(403, NOT_PAIRED)
        except (_RefusedError, WavError) as error:
            return _refusal(str(error), error.status)
        except RequestEntityTooLarge:
            return _refusal(f"too much sound: send at most {MAX_SECONDS} seconds at a time", 413)
        except HTTPException as error:
            return _refusal(f"the request cannot be read: {error.description}", error.code or 400)
        try:
            said = sent if isinstance(sent, Said) else Said("speech", _heard(sent))
        except Exception as error:
            log.error("the recogniser failed: %s", where(error))
            return jsonify(_spoken(dialogue.sorry(at.conversation, clock(), at.language), None))
        return jsonify(_spoken(dialogue.answer(at.conversation, said, clock(), at.language, at.kiosk), said))

    @blueprint.get("/voice/audio/<name>.wav")
    def audio(name: str) -> Response:
        wav = passing.find(name, clock())
        if wav is not None:
            response = Response(wav, mimetype="audio/wav", headers={"Cache-Control": "no-store"})
        elif path := voice.find(name):
            response = send_file(path, mimetype="audio/wav", conditional=True, max_age=24 * 3600)
        else:
            abort(404)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    def _heard(pcm: bytes) -> str:
        if hearing.recogniser is None:
            raise RecogniserError(hearing.sentence)
        return hearing.recogniser.transcribe(pcm).text

    def _spoken(answer: Answer, said: Said | None) -> dict[str, Any]:
        """The JSON of ``answer``. Without sound the words still go out."""
        said_aloud: dict[str, Any] = {"audio": None}
        try:
            if answer.replies:
                words, speaker = " ".join(answer.replies), speech.get(answer.language, voice)
                # A number that is read back and what staff wrote leave nothing on the disk.
                fleeting = bool(answer.aside) or answer.held
                name = passing.keep(speaker.say(words), clock()) if fleeting else speaker.keep(words)
                said_aloud["audio"] = f"/voice/audio/{name}.wav"
        except Exception as error:
            log.error("a reply was not spoken: %s", where(error))
            said_aloud["audio_error"] = "the voice is not working; read the words instead"
        heard = {"text": said.text} if said and said.text and not answer.aside else None
        return fields_of(answer, number) | {"heard": heard} | said_aloud

    def _refusal(message: str, status: int) -> tuple[Response, int]:
        _read_on()
        return jsonify({"error": message, "emergency_number": number}), status

    return blueprint


def _sent() -> tuple[_Place, Said | bytes]:
    """Where something was said, and what, or the samples in which it was."""
    kind = request.mimetype
    if kind == "application/json":
        return _from_json()
    if kind == "multipart/form-data":
        file = request.files.get("audio")
        if file is None:
            raise _RefusedError(400, "the form has no file called audio")
        return _place(request.form), strict_pcm(file.read())
    if kind in _SOUND:
        return _place(request.args), strict_pcm(request.get_data())
    raise _RefusedError(415, f"{kind or 'nothing'} is not understood: send a WAV as audio/wav, or JSON")


def _read_on() -> None:
    """Takes in the rest of a refused request: many clients listen for the answer only once all is sent."""
    body, give_up, left = request.environ["wsgi.input"], time.monotonic() + _READ_ON_SECONDS, _READ_ON_BYTES
    while left > 0 and time.monotonic() < give_up and (piece := body.read(64 * 1024)):
        left -= len(piece)


def _place(fields: Mapping[str, Any]) -> _Place:
    """A wrong name of a kiosk keeps nobody from being heard."""
    kiosk, token = fields.get("kiosk"), fields.get("token")
    named = isinstance(kiosk, str) and KIOSK.fullmatch(kiosk) is not None
    known = isinstance(token, str) and token.isascii()
    language, conversation = fields.get("language", ""), fields.get("conversation") or None
    return _Place(conversation, language, str(kiosk) if named else "", str(token) if known else "")


def _from_json() -> tuple[_Place, Said]:
    try:
        fields = request.get_json()
    except RequestEntityTooLarge:
        raise
    except (BadRequest, RecursionError):
        raise _RefusedError(400, "the body is not valid JSON") from None
    if not isinstance(fields, Mapping):
        raise _RefusedError(400, 'the JSON must be an object, such as {"event": "started"}')
    unknown = set(fields) - set(_FIELDS)
    if unknown:
        raise _RefusedError(400, f"unknown: {', '.join(sorted(unknown))}; use {', '.join(_FIELDS)}")
    conversation = fields.get("conversation")
    if not (conversation is None or (isinstance(conversation, str) and _is_unicode(conversation))):
        raise _RefusedError(400, "conversation must be text, or null to begin one")
    language = fields.get("language", "")
    if not isinstance(language, str) or not _is_unicode(language):
        raise _RefusedError(400, "language must be a code, such as the one in the last answer")
    if ("text" in fields) == ("event" in fields):
        raise _RefusedError(400, "send either text or event")
    return _place(fields), _said(fields)


def _said(fields: Mapping[str, Any]) -> Said:
    if "event" in fields:
        event = fields["event"]
        if event not in _EVENTS:
            raise _RefusedError(400, f"event must be one of {', '.join(_EVENTS)}")
        return Said(event)
    text = fields["text"]
    if not isinstance(text, str) or not text.strip() or not _is_unicode(text):
        raise _RefusedError(400, "text must be words")
    if len(text) > _LONGEST_TEXT:
        raise _RefusedError(413, f"text must have at most {_LONGEST_TEXT} characters")
    return Said("text", text)


def _is_unicode(text: str) -> bool:
    """JSON can carry half of a surrogate pair, which no database takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
