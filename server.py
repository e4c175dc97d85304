"""The server: settings in, one Flask application out. It wires the rooms together and decides nothing."""

import logging
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from desk.status import Parts, status_blueprint
from desk.worker import Worker
from flows.countries import emergency_number
from flows.line import Line, load_line
from flows.source import FlowError
from settings import Settings, SettingsError
from sms.answering import Answering
from sms.sender import sender_for
from sms.webhook import missing_for_sms, sms_blueprint
from store.store import Store
from voice.page import page_blueprint

# One process, because a speech model is large; its threads also carry open WebSockets.
_THREADS = 16
_BOOT_SECONDS = 120


def create_app(settings: Settings, clock: Callable[[], float] = time.time) -> Flask:
    """The whole line as a WSGI application.

    A part that cannot be had is left out and named in the banner and in ``/healthz``: without a usable
    conversation, texts are still answered with whom to call.
    """
    app = Flask("spotter", static_folder=None, template_folder=None)
    line, trouble = _conversation(settings)
    store = Store(settings.database_url)
    sender = sender_for(settings)
    answering = Answering(line, store, settings.country)
    parts = Parts(
        flow=f"{line.flow.id} {line.flow.version}" if line else "",
        trouble=trouble,
        recogniser="",
        synthesiser="",
        missing=_missing(settings, trouble),
    )
    app.register_blueprint(sms_blueprint(answering, settings, clock))
    app.register_blueprint(page_blueprint(emergency_number(settings.country)))
    app.register_blueprint(status_blueprint(store, parts))
    if line and settings.worker:
        Worker(line, store, sender, clock).start()
    app.extensions["spotter"] = parts
    return app


def _conversation(settings: Settings) -> tuple[Line | None, str]:
    try:
        return load_line(settings.flow), ""
    except FlowError as error:
        return None, f"the conversation cannot be used:\n{error}"


def _missing(settings: Settings, trouble: str) -> tuple[str, ...]:
    sms = missing_for_sms(settings)
    return tuple(
        filter(None, [trouble, f"{' and '.join(sms)}: texts are not answered until set" if sms else ""])
    )


def banner(settings: Settings, parts: Parts) -> str:
    """Two lines: what to open, and what is missing."""
    texts = f"; texts come in at {settings.public_url}/sms" if settings.public_url else ""
    missing = "; ".join(parts.missing) or "nothing"
    return f"Spotter listens: open http://localhost:{settings.port}{texts}\nMissing: {missing}"


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told everything here instead of in a file of its own."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        super().__init__()

    def load_config(self) -> None:
        told: dict[str, Any] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
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
        print(banner(self._settings, app.extensions["spotter"]), flush=True)
        return app


def main() -> None:
    """Starts the server as the environment says. Ends with 2 when a setting cannot be used."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    _Server(settings).run()


if __name__ == "__main__":
    main()
