"""Who gets a thread of the server, and for how long: gunicorn's worker, made safe from slow clients.

A thread is dear: there are a few dozen, and the next text of somebody who is ill needs one. So a request gets
one only when it is there as a whole (large ones: with its head), webhooks have threads of their own, and who
neither sends nor takes for a minute is cut off. The sockets are watched with ``MSG_PEEK``, so that what has
come stays there for gunicorn to read.
"""

import contextlib
import re
import socket
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_network
from selectors import EVENT_READ
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

from proxies import speaks_for

# A request with a body of up to so many bytes waits outside until all of it is there. Twilio's largest has
# 25 kB.
_SMALL = 32 * 1024
_LONGEST_HEAD = 16 * 1024
_HEAD_SECONDS = 10.0
_THREAD_SECONDS = 60.0
# Requests that may be incomplete at one time, from one address, and larger ones that may be under way, in all
# and from one address, which is not to have all places for a minute.
_INCOMPLETE = 100
_LARGE, _LARGE_EACH = 8, 4
_WEBHOOK_THREADS = 16
_WEBHOOKS = re.compile(rb"POST /(sms|sms/status|desk/call/[^ ?]*)[ ?]")
# These answer for as long as somebody listens, and drop slow clients themselves.
_STAYING = re.compile(rb"GET /(voice/stream|desk/live)[ ?]")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
# Nobody knows how long these are, or they are only sent once somebody asks for them.
_UNTOLD = re.compile(rb"\r\n(transfer-encoding|expect):", re.IGNORECASE)
_FORWARDED = re.compile(rb"\r\nx-forwarded-for:([^\r]*)", re.IGNORECASE)
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nConnection: close\r\nContent-Type: text/plain\r\n"
    b"Content-Length: 30\r\n\r\nToo much at once: try again.\r\n"
)


@dataclass(frozen=True)
class Head:
    """What the first bytes of a request say. ``missing``: so many more must come before it gets a thread.

    ``forwarded`` is what a large one names as the addresses that it came from.
    """

    missing: int
    webhook: bool = False
    staying: bool = False
    large: bool = False
    forwarded: str = ""


def head_of(seen: bytes) -> Head:
    """Reads as much of a request as has come. What is malformed is gunicorn's to refuse."""
    end = seen.find(b"\r\n\r\n")
    if end < 0:
        return Head(0 if len(seen) >= _LONGEST_HEAD else 1)
    webhook, staying = bool(_WEBHOOKS.match(seen)), bool(_STAYING.match(seen))
    head = seen[: end + 2]
    length = _LENGTH.search(head)
    body = int(length[1]) if length else 0
    if body > _SMALL or _UNTOLD.search(head):
        # No webhook is so large, so it gets none of their threads.
        named = b",".join(_FORWARDED.findall(head)).decode("latin-1")
        return Head(0, staying=staying, large=True, forwarded=named)
    return Head(max(0, end + 4 + body - len(seen)), webhook, staying)


@dataclass
class _Incomplete:
    """A connection whose request is not there yet."""

    until: float
    address: str
    seen: int = 0


class BoundedWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threads, for whole requests only."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._incomplete: dict[TConn, _Incomplete] = {}
        # When each connection that has a thread is to be cut off.
        self._until: dict[TConn, float] = {}
        # The address that each large request under way is from.
        self._large: dict[TConn, str] = {}
        self._proxies = tuple(map(ip_network, self.cfg.forwarded_allow_ips))
        self._webhooks = ThreadPoolExecutor(_WEBHOOK_THREADS, "webhook")

    def accept(self, listener: socket.socket) -> None:
        """Takes up a connection, without a thread."""
        try:
            client, address = listener.accept()
        except OSError:
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, client, address, listener.getsockname())
        conn.data_ready = True
        self._await(conn)

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """The next request on a connection that was kept."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._await(conn)
        # It is there already, and a server that ends waits for nobody who has sent nothing.
        self._more(conn, client)

    def murder_pending(self) -> None:
        """Called every second: cuts off who is too slow."""
        now = time.monotonic()
        for conn, one in list(self._incomplete.items()):
            # Who has sent nothing yet is nobody to wait for when the server ends.
            if now > one.until or not (self.alive or one.seen):
                self._give_up(conn)
        for conn, until in list(self._until.items()):
            if now > until:
                with contextlib.suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RDWR)

    def enqueue_req(self, conn: TConn) -> None:
        """A thread for a request that was read along with the one before it."""
        self._until[conn] = time.monotonic() + _THREAD_SECONDS
        self._submit(self.tpool, conn)

    def finish_request(self, conn: TConn, done: "Future[Any]") -> None:
        """Gives the thread's place back."""
        self._until.pop(conn, None)
        self._large.pop(conn, None)
        super().finish_request(conn, done)

    def _await(self, conn: TConn) -> None:
        address = str(conn.client[0]) if conn.client else ""
        if Counter(one.address for one in self._incomplete.values())[address] >= _INCOMPLETE:
            self._give_up(next(conn for conn, one in self._incomplete.items() if one.address == address))
        self._incomplete[conn] = _Incomplete(time.monotonic() + _HEAD_SECONDS, address)
        conn.sock.setblocking(False)
        self.poller.register(conn.sock, EVENT_READ, partial(self._more, conn))

    def _more(self, conn: TConn, _client: socket.socket) -> None:
        """Something came, or the client left."""
        one = self._incomplete[conn]
        try:
            seen = conn.sock.recv(_LONGEST_HEAD + _SMALL, socket.MSG_PEEK)
        except BlockingIOError:
            return
        except OSError:
            seen = b""
        if len(seen) <= one.seen:
            self._give_up(conn)
            return
        one.seen = len(seen)
        head = head_of(seen)
        # The poller wakes us, and a thread reads, only when so much is there.
        wanted = len(seen) + head.missing if head.missing else 1
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, wanted)
        if not head.missing:
            self._admit(conn, head)

    def _admit(self, conn: TConn, head: Head) -> None:
        """A thread for ``conn``, as soon as one is free."""
        self.poller.unregister(conn.sock)
        address = speaks_for(self._incomplete.pop(conn).address, head.forwarded, self._proxies)
        if head.large and not self._has_place(address):
            with contextlib.suppress(OSError):
                conn.sock.send(_BUSY)
            self._close(conn)
            return
        if head.large:
            self._large[conn] = address
        if not head.staying:
            self._until[conn] = time.monotonic() + _THREAD_SECONDS
        pool = self._webhooks if head.webhook else self.tpool
        self._submit(pool, conn)

    def _has_place(self, address: str) -> bool:
        """Whether one more large request of ``address`` may be under way."""
        taken = list(self._large.values())
        return len(taken) < _LARGE and taken.count(address) < _LARGE_EACH

    def _submit(self, pool: ThreadPoolExecutor, conn: TConn) -> None:
        def finished(done: "Future[Any]") -> None:
            self.method_queue.defer(self.finish_request, conn, done)

        pool.submit(self.handle, conn).add_done_callback(finished)

    def _give_up(self, conn: TConn) -> None:
        self.poller.unregister(conn.sock)
        del self._incomplete[conn]
        self._close(conn)

    def _close(self, conn: TConn) -> None:
        self.nr_conns -= 1
        conn.close()
