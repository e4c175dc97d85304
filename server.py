"""The server: settings in, one Flask application out. It wires the rooms together and decides nothing."""

import logging
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import Flask

from desk.call import call_blueprint
from desk.check_ins import CheckIns
from desk.console import Console, console_blueprint
from desk.doors import Doors, secret_key
from desk.hangup import load, reload, reload_on_hangup
from desk.kept import Kept, kept_blueprint
from desk.live import Live
from desk.metrics import Metrics
from desk.notice import notice_blueprint
from desk.overviews import Overviews, overviews_blueprint
from desk.roster_file import RosterFile
from desk.status import Report, leave_when_told, status_blueprint
from desk.summary import Summaries
from desk.taking_over import TakingOver
from desk.work import answering_for, store_for, worker_for
from desk.worker import Worker
from flows.countries import crisis_line, emergency_number
from flows.line import Line
from flows.published import Published
from flows.source import FlowError
from flows.versions import Versions
from rates import keep_rates
from serving import Server, cannot_listen
from settings import Settings, settings_at_start
from sms.answering import UNKEPT as TEXT
from sms.late import LateMessages
from sms.limits import Limits
from sms.outbox import Outbox
from sms.twilio_rest import NEEDED_TO_SEND
from sms.webhook import sms_blueprint
from store.journal import Journal
from store.replay import Replay
from store.store import Store
from voice.choose import Hearing
from voice.dialogue import UNKEPT as SPOKEN
from voice.dialogue import Dialogue
from voice.ears import STREAMS, open_ears
from voice.hands import Hands
from voice.language import FIRST, kiosk_language
from voice.listener import open_listener
from voice.origin import only_from_our_page
from voice.page import page_blueprint
from voice.pairing import Pairing
from voice.stream import stream_blueprint
from voice.turn import voice_blueprint
from voice.voices import Voices, voices_for

log = logging.getLogger("spotter")


@dataclass(frozen=True)
class Parts:
    """What takes seconds to load."""

    versions: Versions
    hearing: Hearing


@dataclass(frozen=True)
class Running:
    """What an application holds on to, as ``app.extensions["spotter"]``.

    ``leaving`` is set when it is about to end: then no new people are to be sent here.
    """

    store: Store
    versions: Versions
    worker: Worker | None
    report: Report
    roster: RosterFile
    leaving: threading.Event
    replay: Replay
    hearing: Hearing
    voices: Voices

    def reload(self, now: float) -> None:
        """Takes up a conversation that was published or changed. Never raises."""
        reload(self.versions, self.store, now)

    def close(self) -> None:
        """Ends the threads and closes the database."""
        if self.worker:
            self.worker.stop()
        self.replay.stop()
        if self.hearing.ears:
            self.hearing.ears.close()
        self.voices.close()
        self.store.database.close()


def load_parts(settings: Settings) -> Parts:
    """The conversation and the recogniser that ``settings`` name; what cannot be used is logged."""
    versions = Versions(settings.flow, Published(settings.versions_of(settings.flow)))
    load(versions)
    return Parts(versions, open_ears(settings.vosk_model, settings.data_dir))


def create_app(
    settings: Settings, parts: Parts | None = None, clock: Callable[[], float] | None = None
) -> Flask:
    """The whole line as a WSGI application.

    A part that cannot be had is left out and named in the banner and in ``/healthz``: without a usable
    conversation, people are still told whom to call.
    """
    parts = parts or load_parts(settings)
    versions, country = parts.versions, settings.country
    file = RosterFile(settings.roster)
    check_ins = CheckIns(versions, file)
    store = store_for(settings, check_ins, clock)
    store.open()
    languages = kiosk_languages(versions.newest)
    voices = voices_for(languages, settings.data_dir / "speech", settings.voice, settings.speed)
    report = Report(
        recogniser=parts.hearing.sentence,
        synthesiser=voices.sentence,
        missing=tuple(settings.missing(NEEDED_TO_SEND)),
    )
    journal = Journal(settings.data_dir / "journal", settings.open_keys())
    metrics, leaving = Metrics(store, versions, journal), threading.Event()
    answering = answering_for(settings, versions, store, file, journal)
    late = LateMessages.of(answering, settings)
    worker = None
    if settings.worker:
        worker = worker_for(settings, versions, store, file, check_ins, late, metrics.job_done)

    app = Flask("spotter", static_folder=None, template_folder=None)
    metrics.watch(app)
    keep_rates(app, emergency_number(country), settings.proxies)
    only_from_our_page(app, settings.public_url)
    texts = Summaries(versions, Outbox.of(settings), Limits.of(settings), check_ins, ready=not report.missing)
    dialogue = Dialogue(versions, store, country, journal, texts)
    replay = Replay(journal, store, {TEXT: late.from_journal, SPOKEN: dialogue.from_journal})
    numbers = emergency_number(country), crisis_line(country)
    app.register_blueprint(sms_blueprint(answering, store, settings, store.now))
    pairing = Pairing(store)
    app.register_blueprint(voice_blueprint(dialogue, parts.hearing, voices.speech, pairing, store.now))
    ears = parts.hearing.ears
    listen = (lambda: open_listener(ears, settings.wake_word)) if ears else None
    hands = Hands(dialogue, voices.speech, listen, parts.hearing.language, numbers[0], store.now)
    app.register_blueprint(stream_blueprint(hands, pairing, STREAMS, leaving))
    doors = Doors(store.database, store.now)
    doors.hang_in(app, secret_key(settings.secret_key, settings.data_dir))
    taking = TakingOver(store, versions, Outbox.of(settings))
    console = Console(taking, file, Live(store, leaving), doors)
    app.register_blueprint(console_blueprint(console))
    app.register_blueprint(overviews_blueprint(Overviews(console, versions, country)))
    app.register_blueprint(kept_blueprint(Kept(store), doors))
    app.register_blueprint(page_blueprint(*numbers, languages, parts.hearing.language))
    app.register_blueprint(call_blueprint(store, file, Outbox.of(settings), settings))
    app.register_blueprint(notice_blueprint(store, file))
    app.register_blueprint(status_blueprint(store, versions, report, file, journal, metrics, leaving))
    app.extensions["spotter"] = Running(
        store, versions, worker, report, file, leaving, replay, parts.hearing, voices
    )
    replay.start()
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


def banner(settings: Settings, versions: Versions, report: Report, paging: str) -> str:
    """Two lines: what to open, and what is missing."""
    texts = f"Texts come in at {settings.public_url}/sms." if settings.public_url else ""
    missing = f"Missing for texts: {', '.join(report.missing)}." if report.missing else "Texts are set up."
    told = "" if versions.newest and not versions.note else f"Conversation: {versions.sentence}. "
    key = "" if settings.secret_key else f" The desk's key is kept in {settings.data_dir / 'secret_key'}."
    return (
        f"Spotter is ready: open http://localhost:{settings.port} {texts}".rstrip()
        + f"\n{told}{missing} {paging}. {report.recogniser}.{key}"
    )


def serve(settings: Settings) -> Flask:
    """The application in the process that serves it: signals, spoken prompts and the banner with it."""
    app = create_app(settings)
    running: Running = app.extensions["spotter"]
    reload_on_hangup(running.versions, running.store)
    leave_when_told(running.leaving)
    if running.versions.newest:
        running.voices.prompts(running.versions.newest.flow, settings.country).start()
    print(banner(settings, running.versions, running.report, running.roster.sentence), flush=True)
    return app


def main() -> None:
    """Starts the server as the environment says. Ends with 2 when it cannot be started that way."""
    settings = settings_at_start()
    if reason := cannot_listen(settings.host, settings.port):
        print(reason, file=sys.stderr)
        sys.exit(2)
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        settings.pid_file.write_text(f"{os.getpid()}\n", encoding="utf-8")
    except OSError as error:
        log.error("%s cannot be written: %s", settings.pid_file, error.strerror)
    Server(settings.host, settings.port, partial(serve, settings), settings.proxies).run()


if __name__ == "__main__":
    main()
