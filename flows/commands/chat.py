"""``python -m flows chat``: the conversation on standard input and output, for people and for programs."""

import argparse
import json
import select
import sys
import time
from pathlib import Path

from flows.events import Event, Silence, Speech, Started, Text, TimedOut
from flows.line import BACK_PAIN, Line, load_line
from flows.session import Session
from flows.source import FlowError
from flows.turn import Turn


def run(argv: list[str]) -> int:
    """Hold one conversation until it is closed or the input ends. 1 when the flow is broken."""
    parser = argparse.ArgumentParser(prog="python -m flows chat", description=__doc__)
    parser.add_argument("--channel", choices=("sms", "voice"), default="sms")
    parser.add_argument("--json", action="store_true", help="one JSON object a turn instead of plain text")
    parser.add_argument("--country", default="US", help="whose emergency number is given (ISO 3166 code)")
    parser.add_argument("--language", default="", help="the language's code; without it your words tell it")
    parser.add_argument("--flow", type=Path, default=BACK_PAIN, help="the flow's folder")
    options = parser.parse_args(argv)
    try:
        line = load_line(options.flow)
    except FlowError as error:
        print(error, file=sys.stderr)
        return 1
    if options.language not in ("", *line.flow.wording):
        parser.error(f"the flow has no language {options.language}; use {' or '.join(line.flow.wording)}")
    _talk(line, line.open(options.channel, options.country, options.language), options.json)
    return 0


def _talk(line: Line, session: Session, as_json: bool) -> None:
    event: Event = Started()
    while True:
        turn = line.step(session, event, time.time())
        # Written and read back between any two turns, as the channels do.
        session = Session.from_json(turn.session.to_json())
        _show(turn, as_json)
        text = _next_line(session, as_json)
        if text is None:
            return
        event = _event(line, session, text)


def _show(turn: Turn, as_json: bool) -> None:
    if as_json:
        record = {
            "replies": [reply.text for reply in turn.replies],
            "step": turn.session.step,
            "asks": list(turn.asks),
            "level": turn.session.level.id,
            "done": turn.session.done,
        }
        print(json.dumps(record), flush=True)
        return
    for reply in turn.replies:
        print(f"\n  {reply.text.replace(chr(10), chr(10) + '  ')}")
    if turn.session.done:
        print(f"\n  [{turn.session.level.id}]  (say more, or press Ctrl-D to leave)")
    print("\n> ", end="", flush=True)


def _next_line(session: Session, as_json: bool) -> str | None:
    """The next line typed; an empty one when a wait is over first; ``None`` at the end of the input."""
    if session.waiting and not as_json:
        left = max(0.0, session.due - time.time())
        if not select.select([sys.stdin], [], [], left)[0]:
            return ""
    text = sys.stdin.readline()
    return text.rstrip("\n") if text else None


def _event(line: Line, session: Session, text: str) -> Event:
    """An empty line is time passing: the end of a wait, or silence."""
    if not text.strip() and session.waiting:
        return TimedOut(session.waiting)
    if not text.strip() and session.channel == "voice":
        return Silence()
    heard = line.hear(session, text)
    return Speech(heard) if session.channel == "voice" else Text(heard)
