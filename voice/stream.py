"""The kiosk's stream: the WebSocket ``/voice/stream``, its threads and its bounds."""

import json
import logging
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server

from flows.broken import where
from voice.conversation import Conversation, Hands
from voice.mouth import Uttered
from voice.requests import Hello, Request, RequestError, request_of
from voice.wav import RATE

log = logging.getLogger(__name__)

# Two seconds of sound.
LARGEST_MESSAGE = 64_000
# Sound that waits to be heard (bytes), and messages of all kinds.
_MOST_SOUND = 120 * RATE * 2
_MOST_MESSAGES = 8000
# Sound may come so much faster than it is spoken, in the long run, and so many seconds of it at once.
_FASTER, _BURST = 20.0, 240.0
# What a slow client has not taken yet (bytes), and how long one message may take it (s).
_MOST_UNSENT = 8_000_000
_SLOWEST = 10.0
_GREETING = 0.5
_TICK = 0.1
TOO_SLOW, TOO_MUCH, TRY_LATER, LEAVING = 4000, 1009, 1013, 1001


class _Inbox:
    """What came and was not done yet. One thread puts, another takes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._messages: deque[bytes | str | Uttered] = deque()
        self._sound = 0

    def put(self, message: bytes | str | Uttered) -> bool:
        """False when there is too much already."""
        size = len(message) if isinstance(message, bytes) else 0
        with self._changed:
            if self._sound + size > _MOST_SOUND or len(self._messages) >= _MOST_MESSAGES:
                return False
            self._messages.append(message)
            self._sound += size
            self._changed.notify()
        return True

    def get(self, timeout: float) -> bytes | str | Uttered | None:
        """The next message; ``None`` when none came in time."""
        with self._changed:
            if not self._messages:
                self._changed.wait(timeout)
            if not self._messages:
                return None
            message = self._messages.popleft()
            self._sound -= len(message) if isinstance(message, bytes) else 0
            return message


class _Outbox:
    """What the client has not taken yet. Filled by any thread, sent by its own."""

    def __init__(self, send: Callable[[str | bytes], None]) -> None:
        self._send = send
        self._changed = threading.Condition()
        self._messages: deque[str | bytes] = deque()
        self._unsent = 0
        self._since: float | None = None
        self._over = False
        self.too_slow = False
        self._thread = threading.Thread(target=self._run, name="stream out", daemon=True)
        self._thread.start()

    def tell(self, message: Mapping[str, Any]) -> None:
        self._put(json.dumps(message, ensure_ascii=False))

    def sound(self, message: Mapping[str, Any], wav: bytes) -> None:
        self._put(json.dumps(message, ensure_ascii=False), wav)

    def _put(self, *messages: str | bytes) -> None:
        with self._changed:
            if self._unsent > _MOST_UNSENT:
                self.too_slow = True
            if self.too_slow or self._over:
                return
            self._messages.extend(messages)
            self._unsent += sum(map(len, messages))
            self._changed.notify()

    @property
    def stuck(self) -> bool:
        """Whether the client does not take what is sent."""
        with self._changed:
            return self.too_slow or (self._since is not None and time.monotonic() - self._since > _SLOWEST)

    def close(self, patience: float, *, drop: bool = False) -> bool:
        """Sends what is left, unless that is to be dropped. False when ``patience`` (s) is not enough."""
        with self._changed:
            self._over = True
            if drop:
                self._messages.clear()
            self._changed.notify()
        self._thread.join(patience)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._messages and not self._over:
                    self._changed.wait()
                if not self._messages:
                    return
                message = self._messages.popleft()
                self._since = time.monotonic()
            try:
                self._send(message)
            except (ConnectionClosed, OSError):
                return
            with self._changed:
                self._unsent -= len(message)
                self._since = None


class _Allowance:
    """How much sound may come: as much as is spoken, a good deal faster, and some at once (s)."""

    def __init__(self) -> None:
        self._left, self._at = _BURST, time.monotonic()

    def takes(self, seconds: float) -> bool:
        now = time.monotonic()
        self._left = min(_BURST, self._left + (now - self._at) * _FASTER) - seconds
        self._at = now
        return self._left >= 0


class _ClosingError(Exception):
    """The stream is to end with this code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Streams:
    """All open streams: at most ``most`` at a time, and none any more once ``leaving`` is set."""

    def __init__(self, hands: Hands, most: int, leaving: threading.Event) -> None:
        self._hands, self._leaving = hands, leaving
        self._places = threading.BoundedSemaphore(most)

    def serve(self, ws: Server) -> None:
        """Holds one stream until it ends. Never raises."""
        if not self._places.acquire(blocking=False):
            self._refuse(ws, _ClosingError(TRY_LATER, "too many kiosks are connected: try again later"))
            return
        try:
            _keep_alive(ws.sock)
            _Stream(self._hands, ws).hold(self._leaving)
        except Exception as error:
            log.error("a stream ended: %s", where(error))
        finally:
            self._places.release()

    def _refuse(self, ws: Server, why: _ClosingError) -> None:
        number = self._hands.emergency_number
        told = {"type": "error", "error": str(why), "emergency_number": number, "closing": True}
        try:
            ws.send(json.dumps(told))
            ws.close(why.code, str(why))
        except (ConnectionClosed, OSError):
            pass


class _Stream:
    """One connection: its reader is the caller of `hold`, and never waits for anything but the client."""

    def __init__(self, hands: Hands, ws: Server) -> None:
        self._hands, self._ws = hands, ws
        self._inbox = _Inbox()
        self._outbox = _Outbox(ws.send)
        self._ended = threading.Event()
        self._closing: _ClosingError | None = None

    def hold(self, leaving: threading.Event) -> None:
        worker = threading.Thread(target=self._work, name="stream", daemon=True)
        worker.start()
        try:
            self._read(leaving)
        except ConnectionClosed:
            pass
        except _ClosingError as error:
            self._closing = error
        self._ended.set()
        worker.join(_SLOWEST)
        self._hang_up()

    def _read(self, leaving: threading.Event) -> None:
        allowance = _Allowance()
        while not self._ended.is_set():
            message = self._ws.receive(timeout=_TICK)
            if leaving.is_set():
                raise _ClosingError(LEAVING, "this server is restarting: connect again")
            if self._outbox.stuck:
                raise _ClosingError(TOO_SLOW, "too slow: what was sent was not taken in time")
            if message is None:
                continue
            if isinstance(message, bytes) and not allowance.takes(len(message) / 2 / RATE):
                raise _ClosingError(TOO_MUCH, "too much sound: send it as it is spoken")
            if not self._inbox.put(message):
                raise _ClosingError(TOO_MUCH, "too much at once: send sound as it is spoken")

    def _work(self) -> None:
        conversation = Conversation(self._hands, self._outbox, self._uttered)
        try:
            self._converse(conversation)
        except Exception as error:
            log.error("a stream's conversation ended: %s", where(error))
        finally:
            conversation.close()
            self._ended.set()

    def _converse(self, conversation: Conversation) -> None:
        first = self._inbox.get(_GREETING)
        hello, rest = _greeting(first)
        conversation.greet(hello, hello.kiosk)
        message = rest
        while not self._ended.is_set():
            if isinstance(message, bytes):
                self._hear(conversation, message)
            elif isinstance(message, str):
                self._ask(conversation, message)
            elif message is not None:
                conversation.uttered(message)
            conversation.tick()
            message = self._inbox.get(_TICK)

    def _hear(self, conversation: Conversation, pcm: bytes) -> None:
        if len(pcm) % 2:
            self._complain("sound must be whole samples: 16 kHz, mono, 16 bit")
        else:
            conversation.hear(pcm)

    def _ask(self, conversation: Conversation, text: str) -> None:
        try:
            asked: Request = request_of(text)
        except RequestError as error:
            self._complain(str(error))
            return
        if isinstance(asked, Hello):
            conversation.greet(asked, asked.kiosk)
        else:
            conversation.ask(asked)

    def _complain(self, error: str) -> None:
        number = self._hands.emergency_number
        self._outbox.tell({"type": "error", "error": error, "emergency_number": number, "closing": False})

    def _uttered(self, uttered: Uttered) -> None:
        self._inbox.put(uttered)

    def _hang_up(self) -> None:
        why = self._closing
        if why:
            number = self._hands.emergency_number
            told = {"type": "error", "error": str(why), "emergency_number": number, "closing": True}
            if why.code != TOO_SLOW:
                self._outbox.tell(told)
        sent = self._outbox.close(1.0, drop=bool(why and why.code == TOO_SLOW))
        try:
            if sent and why:
                self._ws.close(why.code, str(why))
            elif not sent:
                self._ws.sock.shutdown(socket.SHUT_RDWR)
        except (ConnectionClosed, OSError):
            pass


def _greeting(first: bytes | str | Uttered | None) -> tuple[Hello, bytes | str | Uttered | None]:
    """The client's hello, or a plain one; and what else came first."""
    if isinstance(first, str):
        try:
            asked = request_of(first)
        except RequestError:
            return Hello(), first
        if isinstance(asked, Hello):
            return asked, None
    return Hello(), first


def _keep_alive(sock: socket.socket) -> None:
    """A kiosk whose power is cut says no good-bye. (A ping could come between the pieces of a message.)"""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, seconds in (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), seconds)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def stream_blueprint(hands: Hands, most: int, leaving: threading.Event) -> Blueprint:
    """The WebSocket ``/voice/stream`` for at most ``most`` kiosks."""
    blueprint = Blueprint("stream", __name__)
    streams = Streams(hands, most, leaving)

    @Sock().route("/voice/stream", bp=blueprint)  # type: ignore[untyped-decorator]
    def stream(ws: Server) -> None:
        streams.serve(ws)

    @blueprint.record_once
    def bound(state: Any) -> None:
        state.app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": LARGEST_MESSAGE}

    return blueprint
