"""Somebody at the desk of a real server, with a browser that keeps a cookie and takes forms from pages."""

import http.client
import re
from contextlib import closing
from typing import Any
from urllib.parse import urlencode

_SECONDS = 30.0


class AtTheDesk:
    """The cookie is for TLS only, which ends at the proxy before a server: here it is carried by hand."""

    def __init__(self, port: int) -> None:
        self._port, self._cookie = port, ""

    def get(self, path: str) -> tuple[int, str]:
        return self._ask("GET", path)

    def submit(self, action: str, page: str = "/desk/", **fields: Any) -> tuple[int, str]:
        """The form on ``page`` that goes to ``action``, filled in."""
        _, shown = self.get(page)
        found = re.search(r'csrf_token" value="([^"]+)"', shown)
        return self._ask("POST", action, urlencode(fields | {"csrf_token": found[1] if found else ""}))

    def sign_in(self, name: str, password: str, **more: str) -> int:
        page = "/desk/sign-in"
        return self.submit(page, page, name=name, password=password, **more)[0]

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        headers = {"Cookie": self._cookie, "Content-Type": "application/x-www-form-urlencoded"}
        with closing(http.client.HTTPConnection("127.0.0.1", self._port, timeout=_SECONDS)) as server:
            server.request(method, path, body, headers)
            answer = server.getresponse()
            if given := answer.getheader("Set-Cookie"):
                self._cookie = given.partition(";")[0]
            return answer.status, answer.read().decode()
