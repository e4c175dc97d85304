"""The desk's door: nothing of the desk is shown or done without signing in here."""

import contextlib
import logging
import os
import secrets
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import TooManyRequests

from desk.sign_ins import IDLE_SECONDS, LONGEST_SECONDS, SignIns
from desk.trail import Trail
from desk.unsent import Unsent, unsent
from desk.users import CrowdedError, RefusedError, Role, User, Users
from flows.broken import where
from store.database import TROUBLE, Database

P = ParamSpec("P")
R = TypeVar("R", bound=ResponseReturnValue)
View = Callable[P, ResponseReturnValue]

_TOKEN = "desk"
# Nothing inline, nothing from elsewhere, in nobody's frame.
_POLICY = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
_MOST_TYPED = 200
_SHORTEST_KEY = 32

log = logging.getLogger(__name__)


class Doors:
    """Who comes in. ``clock`` gives seconds since 1970."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self.users, self.sign_ins, self.trail = Users(database), SignIns(database), Trail(database)
        self._clock = clock
        self._forms = CSRFProtect()

    def hang_in(self, app: Flask, secret_key: str) -> None:
        """Prepares ``app``: its cookies, its forms, and what every page of the desk says to browsers."""
        app.config |= {
            "SECRET_KEY": secret_key,
            "SESSION_COOKIE_NAME": "spotter_desk",
            "SESSION_COOKIE_PATH": "/desk",
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SECURE": True,
            "SESSION_COOKIE_SAMESITE": "Strict",
            "PERMANENT_SESSION_LIFETIME": LONGEST_SECONDS,
            # Only the desk has forms; texts and kiosks prove themselves in other ways.
            "WTF_CSRF_CHECK_DEFAULT": False,
            "WTF_CSRF_TIME_LIMIT": None,
        }
        self._forms.init_app(app)
        app.register_error_handler(CSRFError, _stale)
        app.register_blueprint(self._blueprint())

    def signed_in(
        self, role: Role = Role.STAFF, *, touch: bool = True, idle: float = IDLE_SECONDS
    ) -> Callable[[View[P]], View[P]]:
        """A view for those who have ``role`` or more; they are ``flask.g.user``.

        Others are sent to sign in, or told that they may not. What a page asks for by itself is not to count
        as use: ``touch=False``. What tells of nobody may be asked by a page that was not used for longer:
        ``idle``. A form must have come from a page of ours.
        """

        def keep(view: View[P]) -> View[P]:
            @wraps(view)
            def kept(*args: P.args, **named: P.kwargs) -> ResponseReturnValue:
                try:
                    user = self.sign_ins.user(session.get(_TOKEN, ""), self._clock(), touch=touch, idle=idle)
                    if user is None:
                        return self._stranger(touch)
                    g.user = user
                    if user.role < role:
                        return may_not(role)
                    if request.method not in ("GET", "HEAD"):
                        self._forms.protect()
                    return view(*args, **named)
                except TROUBLE as error:
                    return _gone(error)

            kept.needs_role = role  # type: ignore[attr-defined]
            return kept

        return keep

    def _stranger(self, touch: bool) -> ResponseReturnValue:
        """The answer to somebody who is not signed in, or was. What they wrote on a page of ours is kept."""
        if request.method == "GET" and touch:
            return redirect(url_for("doors.sign_in", next=request.full_path.rstrip("?")))
        if request.method == "GET":
            abort(401)
        return self._form(self._waiting()), 401

    def must_wait(self, error: TooManyRequests) -> ResponseReturnValue:
        """The answer to whoever asks too often: a page for people, and what it was for programs."""
        answer = error.get_response()
        if request.accept_mimetypes.best_match(("application/json", "text/html")) != "text/html":
            return answer
        seconds = answer.headers["Retry-After"]
        page = render_template("must_wait.html", seconds=seconds, unsent=self._waiting())
        return page, 429, {"Retry-After": seconds}

    def _waiting(self) -> Unsent | None:
        """What somebody wrote on a page of ours, and was not taken."""
        with contextlib.suppress(CSRFError):
            self._forms.protect()
            return unsent()
        return None

    def record(self, action: str, about: str = "", details: str = "") -> None:
        """Puts into the trail what the signed-in user does."""
        user: User = g.user
        self.trail.record(self._clock(), user.name, action, about, details)

    def _blueprint(self) -> Blueprint:
        blueprint = Blueprint(
            "doors", __name__, url_prefix="/desk", template_folder="templates",
            static_folder="static", static_url_path="/static",
        )  # fmt: skip

        @blueprint.route("/sign-in", methods=["GET", "POST"])
        def sign_in() -> ResponseReturnValue:
            if request.method == "GET":
                return self._form()
            self._forms.protect()
            waiting = unsent()
            name, password, code = (
                request.form.get(one, "")[:_MOST_TYPED] for one in ("name", "password", "code")
            )
            try:
                user = self.users.checked(name.strip(), password, code, self._clock())
                self.trail.record(self._clock(), user.name, "sign in")
                begun = self.sign_ins.begin(user, self._clock())
            except RefusedError as refused:
                # A name that is nobody's may be a password in the wrong field; the trail is kept for ever.
                if refused.tried:
                    self.trail.record(self._clock(), name.strip(), "refused")
                return self._form(waiting, wrong=True), 401
            except CrowdedError:
                return self._form(waiting, crowded=True), 503
            session.clear()
            session.permanent = True
            session[_TOKEN] = begun
            if waiting:
                return render_template("unsent.html", unsent=waiting)
            return redirect(_within(request.form.get("next", "")))

        blueprint.register_error_handler(TooManyRequests, self.must_wait)
        for trouble in TROUBLE:
            blueprint.register_error_handler(trouble, _gone)

        @blueprint.post("/sign-out")
        @self.signed_in()
        def sign_out() -> ResponseReturnValue:
            self.record("sign out")
            self.sign_ins.end(session.pop(_TOKEN, ""))
            session.clear()
            return redirect(url_for("doors.sign_in"))

        @blueprint.after_app_request
        def harden(response: Response) -> Response:
            if request.path.startswith("/desk"):
                response.headers.setdefault("Content-Security-Policy", _POLICY)
                response.headers.setdefault("Referrer-Policy", "same-origin")
                response.headers.setdefault("X-Content-Type-Options", "nosniff")
                if request.endpoint != "doors.static":
                    response.headers["Cache-Control"] = "no-store"
            return response

        return blueprint

    def _form(self, waiting: Unsent | None = None, *, wrong: bool = False, crowded: bool = False) -> str:
        onward = _within(request.values.get("next", ""))
        told = {"wrong": wrong, "crowded": crowded, "unsent": waiting}
        return render_template("sign_in.html", onward=onward, **told)


def may_not(role: Role) -> Response:
    """The answer to somebody who is signed in, but with less than ``role``."""
    return make_response(render_template("may_not.html", role=role), 403)


def _within(path: str) -> str:
    """``path`` if it is one of the desk's own, otherwise the desk's first page."""
    return path if path.startswith("/desk/") and "//" not in path and "\\" not in path else "/desk/"


def _stale(_: Any) -> ResponseReturnValue:
    return render_template("stale.html"), 400


def _gone(error: Exception) -> ResponseReturnValue:
    log.error("the desk cannot be used, since the database cannot: %s", where(error))
    return render_template("gone.html", unsent=unsent()), 503


def secret_key(given: str, data_dir: Path) -> str:
    """What cookies are signed with: ``given``, or one that is made once and kept where only we read it.

    Where it cannot be kept, one that lasts until the next start: the line itself must not wait for that.
    """
    path = data_dir / "secret_key"
    try:
        key = given or _kept_key(path)
        if len(key) < _SHORTEST_KEY:
            raise ValueError("it is too short: remove the file")
        return key
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        log.error("%s cannot be used, so each start signs everybody out: %s", path, why)
        return secrets.token_hex(32)


def _kept_key(path: Path) -> str:
    """The key in ``path``, whole or not there at all, whoever else starts at the same moment."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
        try:
            with os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
                file.write(secrets.token_hex(32))
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(made, path)
        finally:
            made.unlink(missing_ok=True)
    return path.read_text(encoding="ascii").strip()
