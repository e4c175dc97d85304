"""How the line is doing: ``/healthz`` for people and probes, ``/metrics`` for Prometheus."""

from dataclasses import asdict, dataclass

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from flows.levels import Level
from store.database import BusyError
from store.store import Store


@dataclass(frozen=True)
class Report:
    """What the server runs with. ``flow`` says which conversation, or why there is none.

    ``understanding``, ``recogniser`` and ``synthesiser`` say what is in use; ``missing`` what is not set.
    """

    usable: bool
    flow: str
    understanding: str
    recogniser: str
    synthesiser: str
    missing: tuple[str, ...]


def status_blueprint(store: Store, report: Report) -> Blueprint:
    """``/healthz`` answers 200 while conversations can be held and kept, otherwise 503."""
    blueprint = Blueprint("status", __name__)

    @blueprint.get("/healthz")
    def health() -> tuple[Response, int]:
        database = _database(store)
        ok = report.usable and database == "ok"
        return jsonify({"ok": ok, "database": database} | asdict(report)), 200 if ok else 503

    @blueprint.get("/metrics")
    def metrics() -> Response:
        return Response(_exposition(store), mimetype="text/plain; version=0.0.4")

    return blueprint


def _database(store: Store) -> str:
    try:
        with store.database.transaction():
            return "ok"
    except (SQLAlchemyError, OSError, BusyError) as error:
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
