"""What a kiosk's page shows about the staff: asked for every few seconds while somebody needs them."""

import logging

from flask import Blueprint, Response, jsonify, request

from desk.cases import latest_of, told_words
from desk.roster_file import RosterFile
from desk.staff import name_of
from flows.broken import where
from store.store import Store

log = logging.getLogger(__name__)


def notice_blueprint(store: Store, file: RosterFile) -> Blueprint:
    """``GET /desk/notice?conversation=…``: ``{"told": "", "staff", "nobody" or "seen", "words": …}``.

    Whoever knows the conversation's name may ask. Nothing is said rather than anything untrue: with the
    database gone there are no words.
    """
    blueprint = Blueprint("notice", __name__)

    @blueprint.get("/desk/notice")
    def notice() -> Response:
        told, text = "", ""
        try:
            with store.database.transaction() as connection:
                known = latest_of(connection, f"kiosk:{request.args.get('conversation', '')}")
            if known is not None:
                told = known.row.told
                text = told_words(known, told, name_of(file.roster, known.row.acknowledged_by))
        except Exception as error:
            log.error("what the person was told is not known: %s", where(error))
        response = jsonify({"told": told, "words": text})
        response.headers["Cache-Control"] = "no-store"
        return response

    return blueprint
