"""The server's worker with little patience, so that a test need not wait for it, and the least to serve."""

from flask import Flask, request

import connections

connections._HEAD_SECONDS = 1.0
connections._THREAD_SECONDS = 2.0

HastyWorker = connections.BoundedWorker
LARGE = 30_000_000


def hasty() -> Flask:
    """``POST /sms`` and ``/body`` say how much was sent; ``/large`` is more than any buffer takes."""
    app = Flask(__name__)

    @app.post("/sms")
    @app.post("/body")
    def body() -> str:
        return str(len(request.get_data()))

    @app.get("/large")
    def large() -> bytes:
        return bytes(LARGE)

    return app
