"""The console's pages about people: the alerts, one conversation, and what staff do with it."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from desk.board import board, card
from desk.cases import of_conversation
from desk.doors import Doors, may_not
from desk.live import Live
from desk.page import plain_flag
from desk.roster_file import RosterFile
from desk.sign_ins import LONGEST_SECONDS
from desk.taking_over import OUTCOMES, OverError, TakingOver
from desk.transcript import transcript
from desk.unsent import unsent
from desk.users import Role
from flows.draw.style import LOOKS
from flows.holding import HOLD_SECONDS
from flows.session import BadSessionError, Session
from store.tables import sessions

# As much as somebody may write at once: ten segments of a text.
LONGEST_WORDS = 1530


@dataclass(frozen=True)
class Console:
    """What the pages stand on. Nothing is shown or done before it stands in the trail of the ``doors``."""

    taking: TakingOver
    file: RosterFile
    live: Live
    doors: Doors


def console_blueprint(console: Console) -> Blueprint:
    """``/desk/`` with the alerts, ``/desk/conversations/…`` with one conversation, ``/desk/live``.

    All of it is for people who are signed in. What they do comes as forms and is answered with the page
    that shows what came of it.
    """
    pages = Blueprint("console", __name__, template_folder="templates")
    signed_in, record = console.doors.signed_in, console.doors.record
    taking, store, file = console.taking, console.taking.store, console.file

    pages.register_error_handler(TooManyRequests, console.doors.must_wait)

    @pages.app_context_processor
    def everywhere() -> dict[str, object]:
        return {"looks": LOOKS, "plain_flag": plain_flag}

    @pages.errorhandler(OverError)
    def over(error: OverError) -> ResponseReturnValue:
        written = unsent()
        if written and written.fields.get("words", "").strip():
            told = {"why": error, "words": written.fields["words"], **(request.view_args or {})}
            return render_template("refused.html", **told), 409
        flash(str(error))
        return _back_to_the_conversation()

    @pages.get("/desk/")
    @signed_in()
    def alerts() -> str:
        record("looked at the alerts")
        return render_template("alerts.html", **newest())

    @pages.get("/desk/alerts")
    @signed_in(touch=False)
    def alerts_now() -> str:
        """What an open page of the alerts shows anew. Whoever opened it stands in the trail."""
        return render_template("cards.html", **newest())

    def newest() -> dict[str, object]:
        with store.database.reading() as connection:
            cards = board(connection, file.roster, store.now())
        return {"cards": cards, "paging": file.sentence}

    # A screen that nobody touches tells no more of people, but it must not go silent.
    @pages.get("/desk/live")
    @signed_in(touch=False, idle=LONGEST_SECONDS)
    def live() -> Response:
        return console.live.stream()

    @pages.get("/desk/alarm")
    @signed_in(touch=False, idle=LONGEST_SECONDS)
    def alarm() -> Response:
        """For a page that does not get the stream."""
        return Response(str(console.live.look().alarm), mimetype="text/plain")

    @pages.get("/desk/awake")
    @signed_in(touch=False)
    def awake() -> Response:
        """Whether an open page may still show what it shows."""
        return Response(status=204)

    def allow(conversation: int) -> None:
        """Staff see those who need somebody. The words of others are for leads."""
        with store.database.reading() as connection:
            alerted = of_conversation(connection, conversation) is not None
        if not alerted and g.user.role < Role.LEAD:
            abort(may_not(Role.LEAD))

    def note(action: str, conversation: int, details: str = "") -> None:
        allow(conversation)
        record(action, f"conversation {conversation}", details)

    @pages.get("/desk/conversations/<int:conversation>")
    @signed_in()
    def show(conversation: int) -> str:
        note("looked at a conversation", conversation)
        return render_template("conversation.html", **about(conversation))

    @pages.get("/desk/conversations/<int:conversation>/talk")
    @signed_in(touch=False)
    def show_now(conversation: int) -> str:
        """What an open page of a conversation shows anew."""
        allow(conversation)
        return render_template("news.html", **about(conversation))

    def about(conversation: int) -> dict[str, object]:
        now = store.now()
        with store.database.reading() as connection:
            row = connection.execute(select(sessions).where(sessions.c.id == conversation)).one_or_none()
            if row is None:
                abort(404)
            known = of_conversation(connection, conversation)
            shown = card(connection, known, file.roster, now) if known else None
            lines = transcript(connection, conversation)
        site = file.roster.site(row.site, row.kiosk) if file.roster else None
        session = _session(row.state)
        return {
            "row": row,
            "card": shown,
            "closed": known is not None and known.row.state == "closed",
            "outcome": OUTCOMES.get(known.row.outcome, "") if known else "",
            "lines": lines,
            "clock": lambda at: f"{datetime.fromtimestamp(at, site.zone if site else UTC):%H:%M}",
            "session": session,
            "over": session is None or session.expired(now),
            "at_kiosk": row.person.startswith("kiosk:"),
            "left": max(0.0, session.due - now) if session and session.held else 0.0,
            "pause": int(HOLD_SECONDS // 60),
            "outcomes": OUTCOMES,
            "longest": LONGEST_WORDS,
            "key": secrets.token_urlsafe(12),
        }

    @pages.post("/desk/conversations/<int:conversation>/take")
    @signed_in()
    def take(conversation: int) -> AnyResponse:
        note("acknowledged", conversation)
        taking.acknowledge(conversation, g.user.name)
        return _back_to_the_conversation(conversation)

    @pages.post("/desk/conversations/<int:conversation>/release")
    @signed_in()
    def release(conversation: int) -> AnyResponse:
        note("let go", conversation)
        taking.release(conversation, g.user.name)
        return _back_to_the_conversation(conversation)

    @pages.post("/desk/conversations/<int:conversation>/open-again")
    @signed_in()
    def open_again(conversation: int) -> AnyResponse:
        note("opened again", conversation)
        taking.open_again(conversation)
        return _back_to_the_conversation(conversation)

    @pages.post("/desk/conversations/<int:conversation>/say")
    @signed_in()
    def say(conversation: int) -> AnyResponse:
        words, key = request.form.get("words", "").strip()[:LONGEST_WORDS], request.form.get("key", "")[:64]
        note("wrote" if words else "took over", conversation)
        taking.say(conversation, g.user.name, words, key or secrets.token_urlsafe(12))
        return _back_to_the_conversation(conversation)

    @pages.post("/desk/conversations/<int:conversation>/back")
    @signed_in()
    def back(conversation: int) -> AnyResponse:
        note("handed back", conversation)
        taking.hand_back(conversation, g.user.name)
        return _back_to_the_conversation(conversation)

    @pages.post("/desk/conversations/<int:conversation>/close")
    @signed_in()
    def close(conversation: int) -> AnyResponse:
        outcome = request.form.get("outcome", "")
        if outcome not in OUTCOMES:
            flash("Choose what came of it.")
            return _back_to_the_conversation(conversation)
        note("closed", conversation, outcome)
        taking.close(conversation, g.user.name, outcome)
        return _back_to_the_conversation(conversation)

    return pages


def _back_to_the_conversation(conversation: int | None = None) -> AnyResponse:
    named = conversation if conversation is not None else (request.view_args or {}).get("conversation")
    return redirect(url_for("console.show", conversation=named), 303)


def _session(state: str) -> Session | None:
    try:
        return Session.from_json(state)
    except BadSessionError:
        return None
