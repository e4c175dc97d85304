"""Whether a browser that asks shows our own page: no other page may talk to a kiosk's server through it."""

import logging
from urllib.parse import urlsplit

from flask import Flask, Response, request

log = logging.getLogger(__name__)

_TALKED_TO = ("voice", "stream")


def only_from_our_page(app: Flask, public_url: str = "") -> None:
    """From now on turns and streams of ``app`` get 403 for another page's origin.

    Browsers send the origin with every WebSocket and ``POST``; programs send none, and may go on. A proxy
    must leave the ``Host`` as it was asked for, or ``public_url`` be what people open.
    """
    ours = urlsplit(public_url).netloc

    @app.before_request
    def check() -> Response | None:
        origin = request.headers.get("Origin") if request.blueprint in _TALKED_TO else None
        if origin is None or _host(origin) in {request.host.lower(), ours.lower()} - {""}:
            return None
        log.warning("a page from elsewhere was refused; behind a proxy, keep Host or set SPOTTER_PUBLIC_URL")
        return Response("This page belongs to another address.\n", 403, mimetype="text/plain")


def _host(origin: str) -> str:
    """Host and port of ``origin``, without the port that its scheme has anyway; ``""`` for none."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    usual = {"http": ":80", "https": ":443"}.get(parts.scheme, "")
    return parts.netloc.lower().removesuffix(usual) if usual else ""
