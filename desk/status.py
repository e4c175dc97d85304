"""How the line is doing: ``/healthz`` for people and alarms, ``/readyz`` for balancers, ``/metrics``."""

import signal
import threading
from dataclasses import asdict, dataclass
from types import FrameType

from flask import Blueprint, Response, jsonify, request

from desk.look import Look
from desk.metrics import Metrics
from desk.roster_file import RosterFile
from flows.line import Line
from flows.versions import Versions
from store.database import TROUBLE
from store.jobs import Counts
from store.journal import Journal
from store.store import Store

# Whoever asks waits a few seconds at most, and there are others to ask.
_PATIENCE_SECONDS = 2.0
_SEE_JOBS = "`spotter desk jobs` says which"


@dataclass(frozen=True)
class Report:
    """What the server runs with: ``recogniser`` and ``synthesiser`` in use; ``missing`` is not set."""

    recogniser: str
    synthesiser: str
    missing: tuple[str, ...]


def status_blueprint(
    store: Store,
    versions: Versions,
    report: Report,
    file: RosterFile,
    journal: Journal,
    metrics: Metrics,
    leaving: threading.Event,
) -> Blueprint:
    """Answers in two or three seconds at most, to everybody, and never with a text, a number or a secret.

    ``/healthz`` answers 200 while conversations can be held and kept, otherwise 503. ``flow`` there says
    which conversation new people get, ``older`` which versions others are in, ``understanding`` what hears
    the texts, ``paging`` who is told of alerts, or why nobody is, ``jobs`` what is late or given up, and
    ``journal`` how many messages wait there to be kept, and how many were set aside.

    ``/readyz`` answers 200 while new people should be sent here: the same, and not ``leaving``. Where no
    speech can be recognised a kiosk still takes typing and touch, so that holds nobody off.
    """
    blueprint = Blueprint("status", __name__)
    look = Look(lambda: store.jobs.counts(store.now()), _PATIENCE_SECONDS)

    @blueprint.get("/healthz")
    def health() -> tuple[Response, int]:
        database, jobs = _database(look)
        ok = versions.newest is not None and database == "ok"
        flow = {
            "flow": versions.sentence,
            "older": versions.older,
            "understanding": _understanding(versions.newest),
            "paging": file.sentence,
            "jobs": jobs,
            "journal": {"waiting": journal.count(), "aside": journal.aside()},
        }
        return jsonify({"ok": ok, "database": database} | flow | asdict(report)), 200 if ok else 503

    @blueprint.get("/readyz")
    def ready() -> tuple[Response, int]:
        told = {"conversation": "ok" if versions.newest else "cannot be used", "database": _database(look)[0]}
        told["server"] = "is stopping" if leaving.is_set() else "ok"
        well = set(told.values()) == {"ok"}
        return jsonify({"ready": well} | told), 200 if well else 503

    @blueprint.get("/metrics")
    def all_metrics() -> Response:
        body, content_type = metrics.exposition(request.headers.get("Accept", ""))
        return Response(body, content_type=content_type)

    return blueprint


def leave_when_told(leaving: threading.Event) -> None:
    """From now on SIGTERM sets ``leaving`` before it does what it did: balancers with an open connection ask.

    Only the main thread may ask for it.
    """
    stop = signal.getsignal(signal.SIGTERM)

    def leave(number: int, frame: FrameType | None) -> None:
        leaving.set()
        if callable(stop):
            stop(number, frame)

    signal.signal(signal.SIGTERM, leave)


def _understanding(line: Line | None) -> str:
    if line is None:
        return "none"
    deaf = [language for language, ears in line.ears.items() if not ears.has_second_ears]
    return f"rules alone in {', '.join(deaf)}: see requirements-ears.txt" if deaf else "rules and second ears"


def _database(look: Look[Counts]) -> tuple[str, str]:
    """How the database and its jobs are. To count them it must be there, ours, free and up to date."""
    try:
        return "ok", _jobs(look())
    except TimeoutError:
        return "does not answer", "not known"
    except TROUBLE as error:
        return f"cannot be used ({type(error).__name__})", "not known"


def _jobs(counts: Counts) -> str:
    told = [f"{counts.late} late: is a worker running?"] if counts.late else []
    told += [f"{counts.dead} given up: {_SEE_JOBS}"] if counts.dead else []
    return "; ".join(told) or "ok"
