"""The console's pages beside the alerts: history, today, the ways people went, the roster, the simulator."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, redirect, render_template, request, session, url_for
from markupsafe import Markup
from werkzeug.exceptions import TooManyRequests
from werkzeug.wrappers import Response as AnyResponse

from desk import charts
from desk.console import Console
from desk.history import found
from desk.on_duty import on_duty
from desk.simulator import LONGEST_TEXT, MOST_TEXTS, tried
from desk.taking_over import OUTCOMES
from desk.today import today
from desk.users import Role
from desk.ways import people_since, ways
from flows.draw.style import LOOKS
from flows.draw.svg import draw
from flows.levels import Level
from flows.versions import Versions

_LONGEST_SEARCH = 100
# The last search, until they sign out: so the way back from a conversation leads to what was found.
_SEARCH = "search"
_WEEK = 7 * 24 * 3600.0
# The picture brings its own style, and nothing else may come with it.
_PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"


@dataclass(frozen=True)
class Overviews:
    """What the pages stand on: the ``console`` and the conversation that is served, in ``country``."""

    console: Console
    versions: Versions
    country: str


def overviews_blueprint(overviews: Overviews) -> Blueprint:
    """``/desk/history``, ``/desk/today``, ``/desk/ways``, ``/desk/roster`` and ``/desk/simulator``."""
    pages = Blueprint("overviews", __name__, template_folder="templates")
    console = overviews.console
    signed_in, note = console.doors.signed_in, console.doors.record
    store, file = console.taking.store, console.file
    pages.register_error_handler(TooManyRequests, console.doors.must_wait)

    @pages.get("/desk/history")
    @signed_in(Role.LEAD)
    def history() -> str:
        wanted, named = session.get(_SEARCH, ("", ""))
        level = next((one for one in Level if one.id == named), None)
        note("looked at the history")
        with store.database.reading() as connection:
            results = found(connection, wanted, level)
        begun = {one.id: f"{datetime.fromtimestamp(one.started_at, clocks()):%d %b %H:%M}" for one in results}
        return render_template(
            "history.html",
            results=results,
            begun=begun,
            wanted=wanted,
            chosen=level,
            outcomes=OUTCOMES,
            levels=sorted(Level)[::-1],
        )

    @pages.post("/desk/history")
    @signed_in(Role.LEAD)
    def search() -> AnyResponse:
        """What is looked for may be a name or a number: it stands in no address, and not in the trail."""
        wanted = request.form.get("q", "").strip()[:_LONGEST_SEARCH]
        session[_SEARCH] = (wanted, request.form.get("level", "")[:_LONGEST_SEARCH])
        note("searched")
        return redirect(url_for("overviews.history"), 303)

    @pages.get("/desk/today")
    @signed_in()
    def numbers() -> str:
        now, zone = store.now(), clocks()
        with store.database.reading() as connection:
            day = today(connection, now, zone)
        hours = Markup(charts.hours(day.hours, datetime.fromtimestamp(now, zone).hour))
        return render_template("today.html", day=day, hours=hours, levels=Markup(charts.levels(day.levels)))

    @pages.get("/desk/ways")
    @signed_in()
    def went() -> str:
        with store.database.reading() as connection:
            people = people_since(connection, store.now() - _WEEK)
        return render_template("ways.html", people=people)

    @pages.get("/desk/ways.svg")
    @signed_in(touch=False)
    def picture() -> Response:
        newest = overviews.versions.newest
        if newest is None:
            return Response("No conversation is served just now.\n", 503)
        with store.database.reading() as connection:
            walked = ways(connection, store.now() - _WEEK)
        drawn = draw(newest.flow, walked)
        response = Response(drawn, mimetype="image/svg+xml")
        response.headers["Content-Security-Policy"] = _PICTURE_POLICY
        return response

    @pages.get("/desk/roster")
    @signed_in()
    def roster() -> str:
        note("looked at the roster")
        now = file.roster and on_duty(file.roster, store.now())
        return render_template("roster.html", now=now or "", sentence=file.sentence)

    @pages.route("/desk/simulator", methods=["GET", "POST"])
    @signed_in()
    def simulator() -> str:
        newest = overviews.versions.newest
        texts = [one for one in request.form.getlist("text") if one.strip()][:MOST_TEXTS]
        shown = tried(newest, texts, overviews.country, store.now()) if newest else None
        return render_template("simulator.html", tried=shown, texts=texts, longest=LONGEST_TEXT)

    @pages.get("/desk/levels.css")
    def colours() -> Response:
        """The levels' colours, as everywhere else. Nothing in it is anybody's."""
        dark = "".join(f"--level-{one.id}:{look.dark};" for one, look in LOOKS.items())
        light = "".join(f"--level-{one.id}:{look.light};" for one, look in LOOKS.items())
        uses = "".join(f'[data-level="{one.id}"]{{--level:var(--level-{one.id})}}' for one in LOOKS)
        css = f":root{{{dark}}}@media (prefers-color-scheme:light){{:root{{{light}}}}}{uses}"
        return Response(css, mimetype="text/css")

    def clocks() -> ZoneInfo:
        """Those of the first gym."""
        sites = list(file.roster.sites.values()) if file.roster else []
        return sites[0].zone if sites else ZoneInfo("UTC")

    return pages
