"""How the line is doing: ``/healthz`` for people and probes, ``/metrics`` for Prometheus."""

from dataclasses import asdict, dataclass

from flask import Blueprint, Response, jsonify

from desk.roster_file import RosterFile
from flows.levels import Level
from flows.line import Line
from flows.versions import Versions
from store.database import TROUBLE
from store.store import Store


@dataclass(frozen=True)
class Report:
    """What the server runs with: ``recogniser`` and ``synthesiser`` in use; ``missing`` is not set."""

    recogniser: str
    synthesiser: str
    missing: tuple[str, ...]


def status_blueprint(store: Store, versions: Versions, report: Report, file: RosterFile) -> Blueprint:
    """``/healthz`` answers 200 while conversations can be held and kept, otherwise 503.

    ``flow`` there says which conversation new people get, ``older`` which versions others are in, and
    ``understanding`` what hears the texts, and ``paging`` who is told of alerts, or why nobody is.
    """
    blueprint = Blueprint("status", __name__)

    @blueprint.get("/healthz")
    def health() -> tuple[Response, int]:
        database = _database(store)
        ok = versions.newest is not None and database == "ok"
        flow = {
            "flow": versions.sentence,
            "older": versions.older,
            "understanding": _understanding(versions.newest),
            "paging": file.sentence,
        }
        return jsonify({"ok": ok, "database": database} | flow | asdict(report)), 200 if ok else 503

    @blueprint.get("/metrics")
    def metrics() -> Response:
        return Response(_exposition(store), mimetype="text/plain; version=0.0.4")

    return blueprint


def _understanding(line: Line | None) -> str:
    if line is None:
        return "none"
    deaf = [language for language, ears in line.ears.items() if not ears.has_second_ears]
    return f"rules alone in {', '.join(deaf)}: see requirements-ears.txt" if deaf else "rules and second ears"


def _database(store: Store) -> str:
    try:
        with store.database.transaction():
            return "ok"
    except TROUBLE as error:
        return f"cannot be used ({type(error).__name__})"


def _exposition(store: Store) -> str:
    helps = {
        "turns": "Turns kept since the start, by the level of their conversation.",
        "alerts": "Alerts raised since the start, by level.",
    }
    lines: list[str] = []
    for name, text in helps.items():
        lines += [f"# HELP spotter_{name}_total {text}", f"# TYPE spotter_{name}_total counter"]
        lines += [
            f'spotter_{name}_total{{level="{level.id}"}} {store.counts[name, level.id]}' for level in Level
        ]
    return "\n".join(lines) + "\n"
