"""How the application is served: gunicorn with one process, and threads that slow clients cannot use up."""

import errno
import signal
import socket
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger

from connections import BoundedWorker
from desk.live import PAGES
from proxies import HERE, Network
from voice.ears import STREAMS

# One process beside the recogniser's. Each open stream of a kiosk and each open page of the console holds a
# thread, so there are as many more; webhooks have their own. Fewer connections than a process may have files.
_THREADS = 16 + STREAMS + PAGES
_CONNECTIONS = 800
_BOOT_SECONDS = 120


class _Arbiter(Arbiter):  # type: ignore[misc]
    """gunicorn's parent process. SIGHUP makes the child load the conversation anew, not start anew."""

    def handle_hup(self) -> None:
        self.kill_workers(signal.SIGHUP)


class _Log(Logger):  # type: ignore[misc]
    """gunicorn's log, in one stream and form with everybody's."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def warning(self, msg: str, *args: Any, **more: Any) -> None:
        """Says from where: of what gunicorn tells of a bad request, that is all that is written."""
        super().warning(msg, *args, stacklevel=3, **more)


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told everything here instead of in a file of its own.

    ``load`` makes the application, in the process that serves it. ``proxies`` are believed whom they ask for.
    """

    def __init__(
        self, host: str, port: int, load: Callable[[], Flask], proxies: Sequence[Network] = HERE
    ) -> None:
        self._host, self._port, self._load, self._proxies = host, port, load, proxies
        super().__init__()

    def load_config(self) -> None:
        """What gunicorn is told."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        told: dict[str, Any] = {
            "bind": f"{host}:{self._port}",
            "worker_class": BoundedWorker,
            "threads": _THREADS,
            "worker_connections": _CONNECTIONS,
            "timeout": _BOOT_SECONDS,
            "graceful_timeout": 10,
            "keepalive": 30,
            "loglevel": "warning",
            "logger_class": _Log,
            "control_socket_disable": True,
            "forwarded_allow_ips": ",".join(map(str, self._proxies)),
            # A proxy passes on what the client named SCRIPT_NAME, which would move /metrics to another path.
            "forwarder_headers": "",
        }
        for name, value in told.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, in the process that serves it."""
        return self._load()

    def run(self) -> None:
        """Serves until it is told to stop."""
        _Arbiter(self).run()


def cannot_listen(host: str, port: int) -> str:
    """Why the server cannot listen where it was told to, with the mend; ``""`` when it can."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return f"Port {port} is in use. Try another: PORT=8123 make run"
        where = f"SPOTTER_HOST {host}, PORT {port}"
        return f"Spotter cannot listen at {where}: {error.strerror}. Try SPOTTER_HOST=127.0.0.1 PORT=8123"
    return ""
