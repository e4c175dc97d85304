"""A small Twilio of our own: it keeps what it is told, fails when it is told to, and signs its callbacks."""

import base64
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator

ACCOUNT = "AC" + "0" * 32
TOKEN = "0123456789abcdef0123456789abcdef"

# An error: its HTTP status and Twilio's code. "lost": accepted, but the answer never arrives; "late": it
# is accepted, and the answer takes longer than anybody waits; "refused": the connection is closed at once.
Fault = tuple[int, int | None] | Literal["lost", "late", "refused"]

OPTED_OUT = (400, 21610)
TOO_LONG = (400, 21617)
TOO_MANY = (429, 20429)
BROKEN = (503, None)

_sids = itertools.count(1)


@dataclass
class Row:
    """A message or a call, with the fields that were posted."""

    sid: str
    kind: Literal["Messages", "Calls"]
    to: str
    sender: str
    body: str
    direction: str
    status: str
    at: float
    posted: dict[str, str] = field(default_factory=dict)
    error: int | None = None

    def shown(self) -> dict[str, Any]:
        """As Twilio's JSON has it, as far as anybody looks."""
        date = format_datetime(datetime.fromtimestamp(self.at, UTC))
        return {
            "sid": self.sid,
            "account_sid": ACCOUNT,
            "to": self.to,
            "from": self.sender,
            "body": self.body,
            "direction": self.direction,
            "status": self.status,
            "num_media": "0",
            "error_code": self.error,
            "date_created": date,
            "date_sent": None if self.status in ("accepted", "queued") else date,
            "start_time": date,
        }


class StandIn:
    """Twilio at ``base``, until `stop`. ``clock`` dates what it keeps; faults are met in their order."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.rows: list[Row] = []
        self.faults: list[Fault] = []
        self.opted_out: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.base = f"http://127.0.0.1:{self._server.server_port}"
        serve = self._server.serve_forever
        threading.Thread(target=serve, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def sent(self, to: str | None = None) -> list[Row]:
        """What it was given to send, oldest first."""
        return [one for one in self.rows if one.direction == "outbound-api" and to in (None, one.to)]

    def text_in(self, sender: str, body: str, to: str) -> Row:
        """Somebody's message, whose webhook never reached us."""
        row = Row(_sid("SM"), "Messages", to, sender, body, "inbound", "received", self.clock())
        self.rows.append(row)
        return row

    def news(self, row: Row, status: str, error: int | None = None) -> tuple[str, dict[str, str], str]:
        """A status callback that says so: its URL, its fields and its signature."""
        row.status, row.error = status, error
        name = "Message" if row.kind == "Messages" else "Call"
        fields = {f"{name}Sid": row.sid, f"{name}Status": status, "AccountSid": ACCOUNT, "To": row.to}
        if error:
            fields["ErrorCode"] = str(error)
        url = row.posted["StatusCallback"]
        return url, fields, RequestValidator(TOKEN).compute_signature(url, fields)

    def accept(self, kind: Literal["Messages", "Calls"], posted: dict[str, str]) -> tuple[int, Any]:
        """What becomes of a request to send."""
        if len(posted.get("Body", "")) > 1600:
            return _error(TOO_LONG, posted)
        if posted["To"] in self.opted_out:
            return _error(OPTED_OUT, posted)
        sender = posted.get("From", posted.get("MessagingServiceSid", ""))
        prefix, body = ("SM", posted.get("Body", "")) if kind == "Messages" else ("CA", "")
        row = Row(
            _sid(prefix), kind, posted["To"], sender, body, "outbound-api", "queued", self.clock(), posted
        )
        self.rows.append(row)
        return 201, row.shown()

    def listed(self, kind: str, wanted: dict[str, str]) -> dict[str, Any]:
        """A list as Twilio gives it, newest first, filtered by day as coarsely as it does."""
        found = [one for one in self.rows if one.kind == kind and wanted.get("To") in (None, one.to)]
        if day := wanted.get("DateSent>"):
            found = [one for one in found if datetime.fromtimestamp(one.at, UTC).isoformat()[:10] >= day[:10]]
        shown = [one.shown() for one in sorted(found, key=lambda one: one.at, reverse=True)]
        return {kind.lower(): shown, "next_page_uri": None, "page": 0, "page_size": 50}


class Pointed(TwilioHttpClient):  # type: ignore[misc]
    """The real client's network, pointed at ``base`` instead of Twilio."""

    def __init__(self, base: str, timeout: float = 2.0) -> None:
        super().__init__(timeout=timeout)
        self._base = base

    def request(self, method: str, url: str, *args: Any, **more: Any) -> Response:
        return super().request(method, url.replace("https://api.twilio.com", self._base), *args, **more)


@contextmanager
def stand_in(clock: Callable[[], float]) -> Iterator[StandIn]:
    twilio = StandIn(clock)
    try:
        yield twilio
    finally:
        twilio.stop()


def _sid(prefix: str) -> str:
    return f"{prefix}{next(_sids):032x}"


def _error(fault: tuple[int, int | None], posted: Mapping[str, str]) -> tuple[int, Any]:
    """As Twilio puts it: with what was wrong, numbers and all."""
    status, code = fault
    message = f"refused: {posted.get('To')} cannot get {posted.get('Body')}"
    return status, {"status": status, "code": code, "message": message, "more_info": ""}


def _handler(twilio: StandIn) -> type[BaseHTTPRequestHandler]:
    known = "Basic " + base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            posted = dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True))
            self._answer(lambda kind: twilio.accept(kind, posted), posted)

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            sid = parts.path.rpartition("/")[2].removesuffix(".json")
            one = next((row for row in twilio.rows if row.sid == sid), None)
            if one:
                self._answer(lambda _: (200, one.shown()))
            else:
                wanted = dict(parse_qsl(parts.query))
                self._answer(lambda kind: (200, twilio.listed(kind, wanted)))

        def _answer(
            self, act: Callable[[Any], tuple[int, Any]], posted: Mapping[str, str] | None = None
        ) -> None:
            fault = twilio.faults.pop(0) if posted and twilio.faults else None
            kind = "Calls" if "/Calls" in self.path else "Messages"
            if self.headers.get("Authorization") != known:
                self._say(*_error((401, 20003), posted or {}))
            elif isinstance(fault, tuple):
                self._say(*_error(fault, posted or {}))
            elif fault == "refused":
                self.close_connection = True
            else:
                status, answer = act(kind)
                if fault == "late":
                    time.sleep(0.6)
                if fault is None:
                    self._say(status, answer)
                self.close_connection = True

        def _say(self, status: int, answer: Any) -> None:
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            # Whoever asked may be gone.
            with suppress(ConnectionError):
                self.end_headers()
                self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing: what happened is in the rows."""

    return Handler
