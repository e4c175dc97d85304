"""The log: one JSON object a line, or plain lines for who sits at a terminal. Never anybody's words."""

import json
import logging
import resource
import sys
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

from flows.broken import where

# Whose messages we wrote ourselves: they hold no texts, numbers or secrets. The rest is what we run on.
_OURS = ("flows", "sms", "voice", "desk", "store", "spotter")

log = logging.getLogger("spotter")


def start_log(stream: TextIO | None = None) -> None:
    """Everything that this process logs goes to ``stream`` (standard error), from `logging.INFO` up.

    Of other people's libraries, from `logging.WARNING` up. What nobody caught is logged too, instead of
    printed with what it says.
    """
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines() if stream.isatty() else JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(True)
    # A record that cannot be written would be printed with all that is in it.
    logging.raiseExceptions = False
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def leave_no_core() -> None:
    """A process that crashes writes no copy of its memory: that holds keys, numbers and what people said.

    That goes for the processes that it starts, too. A limit of 1 also keeps Linux from handing the copy to a
    program, as a limit of 0 does not (core(5)).
    """
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    limit = 0 if most == 0 else 1
    resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))


def entry(record: logging.LogRecord) -> dict[str, Any]:
    """What is written of ``record``: ``time`` (ISO 8601, UTC), ``level``, ``logger``, ``message``.

    Values that were given by name (``log.error("job %(job)s failed", {"job": 17})``) stand beside it under
    their names, and an exception as its type and place: its own text may quote a person, or a database.
    """
    ours = record.name.partition(".")[0] in _OURS
    fields = dict(record.args) if ours and isinstance(record.args, Mapping) else {}
    fields |= {
        "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage() if ours else _theirs(record),
    }
    if record.exc_info and (error := record.exc_info[1]):
        fields["exception"] = where(error)
    return fields


class JsonLines(logging.Formatter):
    """A JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """``record`` as one line."""
        fields = entry(record)
        first = {name: fields.pop(name) for name in ("time", "level", "logger", "message")}
        return json.dumps(first | fields, default=str, ensure_ascii=False)


class Lines(logging.Formatter):
    """The same for people."""

    def format(self, record: logging.LogRecord) -> str:
        """``record`` as one line."""
        fields = entry(record)
        clock = f"{datetime.fromtimestamp(record.created):%H:%M:%S}"
        error = f" ({fields['exception']})" if "exception" in fields else ""
        return f"{clock} {fields['level']} {fields['logger']}: {fields['message']}{error}"


def _theirs(record: logging.LogRecord) -> str:
    """A library's message with only numbers filled in: it may log a request, and that a person's words.

    Where it has filled in all by itself, the place in its code stands for it.
    """
    place = f"{record.module}.py:{record.lineno}"
    if not record.args or not isinstance(record.args, tuple):
        return f"see {place}"
    shown = tuple(one if isinstance(one, int | float) else "…" for one in record.args)
    try:
        return f"{record.msg % shown} ({place})"
    except (TypeError, ValueError):
        return f"see {place}"


def _uncaught(
    kind: type[BaseException], error: BaseException | None, traceback: TracebackType | None
) -> None:
    if not issubclass(kind, KeyboardInterrupt | SystemExit):
        log.critical("nobody caught an error", exc_info=(kind, error or kind(), traceback))
