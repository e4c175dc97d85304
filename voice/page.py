"""The kiosk page at ``/``: its files and the headers that keep it to itself."""

from flask import Blueprint, Response, render_template

# Nothing inline, nothing from elsewhere. Spoken replies may be played from memory (``blob:``).
_POLICY = "; ".join(
    [
        "default-src 'self'",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    ]
)


def page_blueprint(emergency_number: str = "911", crisis_line: str = "988") -> Blueprint:
    """The page and its files, at ``/``, ``/static/voice/`` and ``/manifest.webmanifest``.

    ``emergency_number`` comes with the page, so that it is on the screen before the server was asked
    anything and when it cannot be reached. A reply that names ``crisis_line`` first has it shown first.
    """
    page = Blueprint(
        "page",
        __name__,
        static_folder="static",
        static_url_path="/static/voice",
        template_folder="templates",
    )

    @page.get("/")
    def kiosk() -> str:
        return render_template("kiosk.html", emergency_number=emergency_number, crisis_line=crisis_line)

    @page.get("/manifest.webmanifest")
    def manifest() -> Response:
        response = page.send_static_file("manifest.webmanifest")
        response.mimetype = "application/manifest+json"
        return response

    @page.after_request
    def keep_to_itself(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Permissions-Policy"] = "microphone=(self), camera=(), geolocation=()"
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        # A kiosk is left running for weeks: after an update it must not mix old files with new. Icons
        # change with the face and must be there when the server is not.
        drawn = response.mimetype == "image/svg+xml"
        response.headers["Cache-Control"] = "max-age=86400" if drawn else "no-cache"
        return response

    return page
