"""What is kept of a number, for those who run the line: all of it, or that it is forgotten."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from desk.doors import Doors
from desk.users import Role
from store.export import kept_of
from store.forget import forget_person, in_hand
from store.store import Store

_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_IN_HAND = "Staff still have an alert about this number: close it, or reply DONE and its code."
_WRONG = "Write the whole number with its country, such as +15551234567."


class InHandError(Exception):
    """Staff still have an alert about the number, and need what was said."""


@dataclass(frozen=True)
class Kept:
    """What ``store`` has of a number, by text or WhatsApp or from a kiosk."""

    store: Store

    def export(self, number: str) -> str:
        """All of it, as JSON; times in seconds since 1970."""
        with self.store.database.reading() as connection:
            told = [kept_of(connection, way) for way in _ways(number)]
        return json.dumps(told, ensure_ascii=False, indent=2)

    def forget(self, number: str) -> int:
        """Deletes all of it but a STOP, and says how many conversations that were.

        Raises `InHandError` while staff have an alert about it.
        """
        with self.store.database.transaction() as connection:
            if any(in_hand(connection, way) for way in _ways(number)):
                raise InHandError(_IN_HAND)
            return sum(forget_person(connection, way, self.store.now()) for way in _ways(number))


def _ways(number: str) -> tuple[str, str]:
    return number, f"whatsapp:{number}"


def kept_blueprint(kept: Kept, doors: Doors) -> Blueprint:
    """``/desk/kept``, for admins: somebody asks for what is kept of them, or to have it forgotten.

    The number is in no address and not in the trail.
    """
    pages = Blueprint("kept", __name__, template_folder="templates")
    pages.register_error_handler(TooManyRequests, doors.must_wait)

    @pages.get("/desk/kept")
    @doors.signed_in(Role.ADMIN)
    def form() -> str:
        return render_template("kept.html")

    @pages.post("/desk/kept/export")
    @doors.signed_in(Role.ADMIN)
    def export() -> AnyResponse:
        def file(number: str) -> Response:
            doors.record("export", "a number")
            named = {"Content-Disposition": 'attachment; filename="kept.json"'}
            return Response(kept.export(number), mimetype="application/json", headers=named)

        return _with_number(file)

    @pages.post("/desk/kept/forget")
    @doors.signed_in(Role.ADMIN)
    def forget() -> AnyResponse:
        def gone(number: str) -> AnyResponse:
            if request.form.get("sure") != "yes":
                return _told("Nothing was done. Tick the box if all of it is to be forgotten.")
            doors.record("delete", "a number")
            try:
                return _told(forgotten(kept.forget(number)), "done")
            except InHandError as error:
                return _told(str(error))

        return _with_number(gone)

    return pages


def forgotten(conversations: int) -> str:
    """What is said once it is done."""
    what = "1 conversation was" if conversations == 1 else f"{conversations} conversations were"
    return f"{what} forgotten. If they had texted STOP, that still holds."


def _with_number(act: Callable[[str], AnyResponse]) -> AnyResponse:
    number = re.sub(r"[\s().-]", "", request.form.get("number", "")[:40])
    return act(number) if _NUMBER.fullmatch(number) else _told(_WRONG)


def _told(words: str, kind: str = "wrong") -> AnyResponse:
    flash(words, kind)
    return redirect(url_for("kept.form"), 303)
