"""The kiosk page at ``/``: its files and the headers that keep it to itself."""

import json
from collections.abc import Mapping

from flask import Blueprint, Response, render_template

from voice.language import FIRST, kiosk_language

# Nothing inline, nothing from elsewhere.
_POLICY = "; ".join(
    [
        "default-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)


def page_blueprint(
    emergency_number: str = "911",
    crisis_line: str = "988",
    languages: Mapping[str, str] | None = None,
    heard: str = FIRST,
) -> Blueprint:
    """The page and its files, at ``/``, ``/static/voice/``, ``/offline.js`` and ``/manifest.webmanifest``.

    ``emergency_number`` comes with the page, so that it is on the screen before the server was asked
    anything and when it cannot be reached. A reply that names ``crisis_line`` first has it shown first.
    ``languages`` are code and own name of what can be chosen, the first one first; ``heard`` is the code
    of the one that the recogniser hears, ``""`` when there is none.
    """
    names = dict(languages or {FIRST: ""})
    words = {code: kiosk_language(code).page for code in names}
    first = next(iter(names))
    page = Blueprint(
        "page",
        __name__,
        static_folder="static",
        static_url_path="/static/voice",
        template_folder="templates",
    )

    @page.get("/")
    def kiosk() -> str:
        return render_template(
            "kiosk.html",
            emergency_number=emergency_number,
            crisis_line=crisis_line,
            languages=names,
            language=first,
            heard=heard,
            words=words[first],
        )

    @page.get("/static/voice/words.js")
    def page_words() -> Response:
        """Every word that the page says by itself, by language; a module, so it is there from the start."""
        text = json.dumps(words, ensure_ascii=False, indent=1)
        return Response(f"export const WORDS = {text};\n", mimetype="text/javascript")

    @page.get("/manifest.webmanifest")
    def manifest() -> Response:
        response = page.send_static_file("manifest.webmanifest")
        response.mimetype = "application/manifest+json"
        return response

    @page.get("/offline.js")
    def offline() -> Response:
        """Its place is what it may answer for: the whole page."""
        return page.send_static_file("offline.js")

    @page.after_request
    def keep_to_itself(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        # A kiosk is left running for weeks: after an update it must not mix old files with new. Icons
        # change with the face and must be there when the server is not.
        drawn = (response.mimetype or "").startswith("image/")
        response.headers["Cache-Control"] = "max-age=86400" if drawn else "no-cache"
        return response

    return page
