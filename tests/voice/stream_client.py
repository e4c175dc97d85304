"""A program of somebody else's at the other end of the stream: a real WebSocket to a real server."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from simple_websocket import Client, ConnectionClosed
from werkzeug.serving import make_server

from voice.wav import RATE

PIECE = RATE * 2 // 10
SILENCE = bytes(PIECE)
PATIENCE = 20.0


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """A server for ``app`` while it lasts; gives the address of its stream."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = True  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"ws://127.0.0.1:{server.server_port}/voice/stream"
    finally:
        server.shutdown()
        server.server_close()


@dataclass
class Program:
    """What it got so far, in order; a sound stands behind the message that announced it."""

    ws: Client
    got: list[Any] = field(default_factory=list)

    @classmethod
    @contextmanager
    def connect(cls, url: str) -> Iterator["Program"]:
        """A program that is connected while it lasts."""
        program = cls(Client.connect(url))
        try:
            yield program
        finally:
            with suppress(ConnectionClosed, OSError):
                program.ws.close()

    def send(self, kind: str, **fields: Any) -> None:
        self.ws.send(json.dumps({"type": kind} | fields))

    def push(self, pcm: bytes, *, tail: float = 2.0) -> None:
        """Sends sound as fast as it can, and silence behind it."""
        pcm += bytes(int(tail * RATE) * 2)
        for at in range(0, len(pcm), PIECE):
            self.ws.send(pcm[at : at + PIECE])

    def next(self) -> Any:
        message = self.ws.receive(timeout=PATIENCE)
        assert message is not None, f"nothing more came behind {self.kinds()}"
        self.got.append(message if isinstance(message, bytes) else json.loads(message))
        return self.got[-1]

    def until(self, kind: str, **fields: Any) -> Any:
        """The next message of this kind with these fields; what came before it is in ``got``."""
        while True:
            message = self.next()
            if isinstance(message, dict) and fields.items() | {("type", kind)} <= message.items():
                return message

    def kinds(self) -> list[str]:
        return [one["type"] if isinstance(one, dict) else "wav" for one in self.got]
