"""The server: settings in, one Flask application out. It wires the rooms together and decides nothing."""

import errno
import logging
import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from desk.status import Report, status_blueprint
from desk.worker import Worker
from flows.countries import crisis_line, emergency_number
from flows.line import Line, load_line
from flows.source import FlowError
from settings import Settings, SettingsError
from sms.answering import Answering
from sms.sender import NEEDED_TO_SEND, sender_for
from sms.webhook import sms_blueprint
from store.store import Store
from voice.choose import Hearing, choose_recogniser
from voice.dialogue import Dialogue
from voice.language import FIRST, kiosk_language
from voice.page import page_blueprint
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.speech_cache import SpeechCache
from voice.turn import voice_blueprint

# One process, because a speech model is large; its threads also carry open WebSockets.
_THREADS = 16
_BOOT_SECONDS = 120

log = logging.getLogger("spotter")


@dataclass(frozen=True)
class Parts:
    """What takes seconds to load. ``line`` is ``None`` when the conversation cannot be used."""

    line: Line | None
    hearing: Hearing


@dataclass(frozen=True)
class Running:
    """What an application holds on to, as ``app.extensions["spotter"]``."""

    store: Store
    worker: Worker | None
    report: Report

    def close(self) -> None:
        """Ends the worker and closes the database."""
        if self.worker:
            self.worker.stop()
        self.store.database.close()


def load_parts(settings: Settings) -> Parts:
    """The conversation and the recogniser that ``settings`` name; what cannot be used is logged."""
    try:
        line = load_line(settings.flow)
    except FlowError as error:
        log.error("the conversation cannot be used:\n%s", error)
        line = None
    return Parts(line, choose_recogniser(settings.vosk_model, settings.data_dir))


def create_app(
    settings: Settings, parts: Parts | None = None, clock: Callable[[], float] = time.time
) -> Flask:
    """The whole line as a WSGI application.

    A part that cannot be had is left out and named in the banner and in ``/healthz``: without a usable
    conversation, people are still told whom to call.
    """
    parts = parts or load_parts(settings)
    line, country = parts.line, settings.country
    store = Store(settings.database_url)
    languages = kiosk_languages(line)
    voices = {code: Pyttsx3Synthesiser(kiosk_language(code).voice) for code in languages}
    folder = settings.data_dir / "speech"
    speech = {code: SpeechCache(voice, folder, language=code) for code, voice in voices.items()}
    report = Report(
        usable=line is not None,
        flow=f"{line.flow.id}, version {line.flow.version}" if line else "the conversation cannot be used",
        understanding=_understanding(line),
        recogniser=parts.hearing.sentence,
        synthesiser=", ".join(voice.name for voice in voices.values()),
        missing=tuple(settings.missing(NEEDED_TO_SEND)),
    )
    worker = Worker(line, store, sender_for(settings), clock) if line and settings.worker else None

    app = Flask("spotter", static_folder=None, template_folder=None)
    app.register_blueprint(sms_blueprint(Answering(line, store, country), settings, clock))
    app.register_blueprint(voice_blueprint(Dialogue(line, store, country), parts.hearing, speech, clock))
    numbers = emergency_number(country), crisis_line(country)
    app.register_blueprint(page_blueprint(*numbers, languages, parts.hearing.language))
    app.register_blueprint(status_blueprint(store, report))
    app.extensions["spotter"] = Running(store, worker, report)
    if worker:
        worker.start()
    return app


def kiosk_languages(line: Line | None) -> dict[str, str]:
    """Code and own name of the languages at the kiosk: the conversation's, as far as the page has them."""
    names: dict[str, str] = {}
    for code, name in line.flow.language_names.items() if line else ():
        try:
            kiosk_language(code)
            names[code] = name
        except FlowError as error:
            log.error("the kiosk does not offer %s:\n%s", name, error)
    return names or {FIRST: ""}


def _understanding(line: Line | None) -> str:
    """What hears the texts."""
    if line is None:
        return "none"
    deaf = [language for language, ears in line.ears.items() if not ears.has_second_ears]
    return f"rules alone in {', '.join(deaf)}: see requirements-ears.txt" if deaf else "rules and second ears"


def banner(settings: Settings, report: Report) -> str:
    """Two lines: what to open, and what is missing."""
    texts = f"Texts come in at {settings.public_url}/sms." if settings.public_url else ""
    missing = f"Missing for texts: {', '.join(report.missing)}." if report.missing else "Texts are set up."
    trouble = "" if report.usable else f"{report.flow} (see above). "
    return (
        f"Spotter is ready: open http://localhost:{settings.port} {texts}".rstrip()
        + f"\n{trouble}{missing} {report.recogniser}."
    )


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told everything here instead of in a file of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        told: dict[str, Any] = {
            "bind": f"{host}:{self._settings.port}",
            "worker_class": "gthread",
            "threads": _THREADS,
            "timeout": _BOOT_SECONDS,
            "graceful_timeout": 10,
            "keepalive": 30,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        for name, value in told.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        app = create_app(self._settings)
        print(banner(self._settings, app.extensions["spotter"].report), flush=True)
        return app


def _cannot_listen(settings: Settings) -> str:
    """Why the server cannot listen where it was told to, with the mend; ``""`` when it can."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"Port {settings.port} is in use. Try another: PORT=8123 make run"
        where = f"SPOTTER_HOST {settings.host}, PORT {settings.port}"
        return f"Spotter cannot listen at {where}: {error.strerror}. Try SPOTTER_HOST=127.0.0.1 PORT=8123"
    return ""


def main() -> None:
    """Starts the server as the environment says. Ends with 2 when it cannot be started that way."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    if reason := _cannot_listen(settings):
        print(reason, file=sys.stderr)
        sys.exit(2)
    _Server(settings).run()


if __name__ == "__main__":
    main()
