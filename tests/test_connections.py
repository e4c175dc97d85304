"""Slow clients against the real gunicorn: they get no thread, and texts are answered all the while."""

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.serving import served
from connections import Head, head_of
from tests.hasty import LARGE

TEXT = b"POST /sms HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nBody"
UPLOAD = b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n"


def upload(address: str) -> bytes:
    """As a proxy on this machine passes it on."""
    return UPLOAD.replace(b"Host: x", b"Host: x\r\nX-Forwarded-For: " + address.encode())


LARGE_ONE = b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"
PATIENCE = 20.0


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with served("tests.hasty:hasty()", {}, worker="tests.hasty.HastyWorker") as (port, _):
        yield port


@contextmanager
def clients(port: int, count: int, sent: bytes) -> Iterator[list[socket.socket]]:
    """So many who send this and nothing more."""
    with ExitStack() as stack:
        all_of_them = []
        for _ in range(count):
            client = stack.enter_context(socket.socket())
            # Hardly takes anything either.
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(PATIENCE)
            client.connect(("127.0.0.1", port))
            client.sendall(sent)
            all_of_them.append(client)
        yield all_of_them


def answer(client: socket.socket) -> bytes:
    """All that comes until the server closes or has answered."""
    got = b""
    with suppress(ConnectionError):
        while piece := client.recv(65536):
            got += piece
            head, found, body = got.partition(b"\r\n\r\n")
            length = re.search(rb"(?i)content-length: (\d+)", head)
            if found and length and len(body) >= int(length[1]):
                break
    return got


def texted(port: int) -> float:
    """How long a text waits for its answer (s)."""
    began = time.monotonic()
    with clients(port, 1, TEXT) as [phone]:
        assert answer(phone).endswith(b"\r\n\r\n4")
    return time.monotonic() - began


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"POST /sms HTTP/1.1\r\nHost: x\r\nX-A: ",
        TEXT[:-1],
        UPLOAD,
        LARGE_ONE,
    ],
)
def test_whoever_is_slow_holds_up_no_text(port: int, sent: bytes) -> None:
    with clients(port, 60, sent):
        assert max(texted(port) for _ in range(10)) < 1.0


def test_who_trickles_is_cut_off(port: int) -> None:
    began = time.monotonic()
    with clients(port, 1, b"GET /large HTTP/1.1\r\n") as [slow], suppress(ConnectionError):
        while time.monotonic() - began < PATIENCE:
            slow.sendall(b"X-A: b\r\n")
            slow.settimeout(0.1)
            with suppress(TimeoutError):
                assert slow.recv(1) == b""
                break
    assert time.monotonic() - began < PATIENCE


def test_who_takes_nothing_or_sends_no_more_is_cut_off(port: int) -> None:
    with clients(port, 1, LARGE_ONE) as [slow]:
        with clients(port, 1, UPLOAD) as [other]:
            assert b"200 OK" not in answer(other)
        time.sleep(1.5)
        assert len(answer(slow)) < LARGE


def test_only_so_many_large_uploads_at_once(port: int) -> None:
    first, second = (clients(port, 4, upload(address)) for address in ("54.0.0.1", "54.0.0.2"))
    with first, second, clients(port, 1, upload("54.0.0.3")) as [ninth]:
        assert answer(ninth).startswith(b"HTTP/1.1 503 ")
    given_back(port)


@pytest.mark.parametrize("sent", [UPLOAD, upload("54.0.0.1"), upload("10.0.0.9, 54.0.0.1")])
def test_one_address_does_not_have_all_places_for_large_uploads(port: int, sent: bytes) -> None:
    with clients(port, 4, sent):
        with clients(port, 1, sent) as [fifth]:
            assert answer(fifth).startswith(b"HTTP/1.1 503 ")
        with clients(port, 1, upload("54.0.0.2") + bytes(1_000_000)) as [other]:
            assert answer(other).endswith(b"\r\n\r\n1000000")
    given_back(port)


def given_back(port: int) -> None:
    """Waits until there is a place again."""
    for _ in range(50):
        with clients(port, 1, UPLOAD + bytes(1_000_000)) as [later]:
            if answer(later).endswith(b"\r\n\r\n1000000"):
                return
        time.sleep(0.1)
    raise AssertionError("the places were not given back")


def test_requests_in_pieces_on_one_connection_are_answered_in_turn(port: int) -> None:
    with clients(port, 1, b"") as [phone]:
        for sent in (TEXT, UPLOAD + bytes(1_000_000), TEXT):
            for at in (0, 10, 40):
                phone.sendall(sent[at : {0: 10, 10: 40}.get(at, len(sent))])
            assert answer(phone).startswith(b"HTTP/1.1 200 OK")
        phone.sendall(TEXT + TEXT)
        assert answer(phone)
        asked = b"POST /sms HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n"
    with clients(port, 1, asked) as [careful]:
        assert b"100 Continue" in careful.recv(1000)
        careful.sendall(b"Body")
        assert answer(careful).endswith(b"\r\n\r\n4")


def test_an_address_has_only_so_many_connections_that_wait(port: int) -> None:
    with clients(port, 120, b"POST /sms ") as waiting:
        # It is closed with what it sent unread, long before its time.
        waiting[0].settimeout(0.8)
        with suppress(ConnectionResetError):
            assert waiting[0].recv(1) == b""


def test_what_the_beginning_of_a_request_says() -> None:
    assert head_of(TEXT) == Head(0, webhook=True)
    assert head_of(TEXT[:-3]) == Head(3, webhook=True)
    assert head_of(UPLOAD) == Head(0, large=True)
    assert head_of(upload("54.0.0.1")) == Head(0, large=True, forwarded=" 54.0.0.1")
    assert head_of(b"POST /sms HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n") == Head(0, large=True)
    assert head_of(b"GET /voice/stream?a HTTP/1.1\r\nUpgrade: websocket\r\n\r\n") == Head(0, staying=True)
    assert head_of(b"POST /desk/call/1/sam HTTP/1.1\r\n\r\n").webhook
    assert head_of(b"x" * 16 * 1024) == Head(0)


@given(st.binary(max_size=300))
def test_any_bytes_are_gunicorns_to_refuse_or_waited_for(seen: bytes) -> None:
    assert head_of(seen).missing >= 0
    assert head_of(b"POST /body HTTP/1.1\r\n" + seen).missing >= 0
