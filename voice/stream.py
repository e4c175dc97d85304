"""The kiosk's stream: the WebSocket ``/voice/stream``, its threads and its bounds."""

import json
import logging
import socket
import threading
import time
from typing import Any

from flask import Blueprint, request
from flask_sock import Sock
from simple_websocket import ConnectionClosed, Server

from flows.broken import where
from voice.conversation import Conversation
from voice.hands import Hands
from voice.inbox import Allowance, Inbox
from voice.mouth import Uttered
from voice.outbox import SLOWEST, Outbox
from voice.pairing import NOT_PAIRED, Pairing, is_local
from voice.requests import Hello, Request, RequestError, request_of
from voice.wav import RATE

log = logging.getLogger(__name__)

# Two seconds of sound.
LARGEST_MESSAGE = 64_000
# A hello is waited for so long (s): on this machine it is optional, and from elsewhere it is on its way.
_GREETING, _GREETING_FROM_ELSEWHERE = 0.5, 3.0
# Whether a kiosk is still paired is asked so often (s).
_ADMITTED = 60.0
_TICK = 0.1
TOO_SLOW, TOO_MUCH, TRY_LATER, LEAVING, UNPAIRED = 4000, 1009, 1013, 1001, 1008


class _ClosingError(Exception):
    """The stream is to end with this code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Streams:
    """All open streams: at most ``most`` at a time, and none any more once ``leaving`` is set."""

    def __init__(self, hands: Hands, pairing: Pairing, most: int, leaving: threading.Event) -> None:
        self._hands, self._pairing, self._leaving = hands, pairing, leaving
        self._places = threading.BoundedSemaphore(most)

    def serve(self, ws: Server, *, local: bool) -> None:
        """Holds one stream until it ends. Unless ``local``, it must be a paired kiosk's. Never raises."""
        if not self._places.acquire(blocking=False):
            self._refuse(ws, _ClosingError(TRY_LATER, "too many kiosks are connected: try again later"))
            return
        try:
            _keep_alive(ws.sock)
            _Stream(self._hands, ws, None if local else self._pairing).hold(self._leaving)
        except Exception as error:
            log.error("a stream ended: %s", where(error))
        finally:
            self._places.release()

    def _refuse(self, ws: Server, why: _ClosingError) -> None:
        try:
            ws.send(json.dumps(_told(str(why), self._hands, closing=True)))
            ws.close(why.code, str(why))
        except (ConnectionClosed, OSError):
            pass


class _Stream:
    """One connection: its reader is the caller of `hold`, and never waits for anything but the client.

    ``pairing`` is ``None`` for a client that needs none.
    """

    def __init__(self, hands: Hands, ws: Server, pairing: Pairing | None) -> None:
        self._hands, self._ws, self._pairing = hands, ws, pairing
        self._admitted = 0.0
        self._inbox = Inbox()
        self._outbox = Outbox(ws.send)
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
        worker.join(SLOWEST)
        self._hang_up()

    def _read(self, leaving: threading.Event) -> None:
        allowance = Allowance()
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
        except _ClosingError as error:
            self._closing = error
        except Exception as error:
            log.error("a stream's conversation ended: %s", where(error))
        finally:
            conversation.close()
            self._ended.set()

    def _converse(self, conversation: Conversation) -> None:
        first = self._inbox.get(_GREETING_FROM_ELSEWHERE if self._pairing else _GREETING)
        hello, message = _greeting(first)
        self._admit(hello)
        conversation.greet(hello, hello.kiosk)
        while not self._ended.is_set():
            if isinstance(message, bytes):
                self._hear(conversation, message)
            elif isinstance(message, str):
                hello = self._ask(conversation, message) or hello
            elif message is not None:
                conversation.uttered(message)
            conversation.tick()
            if time.monotonic() - self._admitted > _ADMITTED:
                self._admit(hello)
            message = self._inbox.get(_TICK)

    def _admit(self, hello: Hello) -> None:
        """Raises `_ClosingError` unless the kiosk may be here."""
        if self._pairing and not self._pairing.admits(hello.kiosk, hello.token):
            raise _ClosingError(UNPAIRED, NOT_PAIRED)
        self._admitted = time.monotonic()

    def _hear(self, conversation: Conversation, pcm: bytes) -> None:
        if len(pcm) % 2:
            self._complain("sound must be whole samples: 16 kHz, mono, 16 bit")
        else:
            conversation.hear(pcm)

    def _ask(self, conversation: Conversation, text: str) -> Hello | None:
        """Does what ``text`` asks for, and gives what it says of the kiosk, if anything."""
        try:
            asked: Request = request_of(text)
        except RequestError as error:
            self._complain(str(error))
            return None
        if not isinstance(asked, Hello):
            conversation.ask(asked)
            return None
        self._admit(asked)
        conversation.greet(asked, asked.kiosk)
        return asked

    def _complain(self, error: str) -> None:
        self._outbox.tell(_told(error, self._hands, closing=False))

    def _uttered(self, uttered: Uttered) -> None:
        self._inbox.put(uttered)

    def _hang_up(self) -> None:
        why = self._closing
        if why and why.code != TOO_SLOW:
            self._outbox.tell(_told(str(why), self._hands, closing=True))
        sent = self._outbox.close(1.0, drop=bool(why and why.code == TOO_SLOW))
        try:
            if sent and why:
                self._ws.close(why.code, str(why))
            elif not sent:
                self._ws.sock.shutdown(socket.SHUT_RDWR)
        except (ConnectionClosed, OSError):
            pass


def _told(error: str, hands: Hands, *, closing: bool) -> dict[str, Any]:
    """The message that something is wrong, with whom to call."""
    return {
        "type": "error", "error": error, "emergency_number": hands.emergency_number, "closing": closing
    }  # fmt: skip


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


def stream_blueprint(hands: Hands, pairing: Pairing, most: int, leaving: threading.Event) -> Blueprint:
    """The WebSocket ``/voice/stream`` for at most ``most`` kiosks."""
    blueprint = Blueprint("stream", __name__)
    streams = Streams(hands, pairing, most, leaving)

    @Sock().route("/voice/stream", bp=blueprint)  # type: ignore[untyped-decorator]
    def stream(ws: Server) -> None:
        streams.serve(ws, local=is_local(request))

    @blueprint.record_once
    def bound(state: Any) -> None:
        state.app.config["SOCK_SERVER_OPTIONS"] = {"max_message_size": LARGEST_MESSAGE}

    return blueprint
