"""What is kept of a person is theirs: by text they can have it, and have it forgotten, after a yes."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from desk.words import words
from sms.segments import plain
from store.export import kept_of
from store.forget import forget_person, in_hand, keep_handled
from store.requests import Request, ask, asked
from store.store import Store

# What people text, in any case and without a full stop: what it is for, and its language.
_ASKED: Mapping[str, tuple[str, str]] = {
    "export": ("export", "en"),
    "export my data": ("export", "en"),
    "delete my data": ("delete", "en"),
    "exportar": ("export", "es"),
    "exportar mis datos": ("export", "es"),
    "borrar mis datos": ("delete", "es"),
}
_YES: Mapping[str, tuple[str, str]] = {
    "yes export": ("export", "en"),
    "yes delete": ("delete", "en"),
    "si exportar": ("export", "es"),
    "si borrar": ("delete", "es"),
}
# So much of what somebody said is texted back: about ten texts. The staff have all of it.
_MOST_CHARACTERS = 1200


class Rights:
    """Answers ``EXPORT`` and ``DELETE MY DATA``. Nothing of such a text is kept but that it was handled."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def answer(self, sender: str, body: str, inbound: str | None, now: float) -> str | None:
        """The answer to a text about somebody's data; ``None`` when it is about anything else.

        ``inbound`` is its idempotency key. Raises one of `TROUBLE`: then nothing was done.
        """
        said = " ".join(re.findall(r"\w+", _bare(body)))
        if said not in _ASKED and said not in _YES:
            return None

        def work(connection: Connection) -> str | None:
            before = asked(connection, sender, now)
            if said in _ASKED:
                kind, language = _ASKED[said]
                if before is None or before.inbound is None or before.inbound != inbound:
                    ask(connection, sender, kind, now)
                told = words(language, f"rights.ask_{kind}")
            else:
                kind, language = _YES[said]
                if before is None or before.kind != kind:
                    return None
                told = self._done(connection, sender, before, language, inbound, now)
            keep_handled(connection, [inbound], now)
            return plain(told)

        return self._store.database.keep(sender, work)

    def _done(
        self,
        connection: Connection,
        person: str,
        request: Request,
        language: str,
        inbound: str | None,
        now: float,
    ) -> str:
        if request.inbound not in (None, inbound or ""):
            return words(language, "rights.done")
        if request.kind == "export":
            ask(connection, person, "export", now, inbound or "")
            return _export(kept_of(connection, person), language)
        if request.inbound is None:
            if in_hand(connection, person):
                return words(language, "rights.in_hand")
            forget_person(connection, person, now)
            ask(connection, person, "delete", now, inbound or "")
        return words(language, "rights.deleted")


def _export(kept: Mapping[str, Any], language: str) -> str:
    """What the person texted, newest conversation first, as much as a few texts hold."""
    # At a kiosk anybody can give any number: those conversations only the staff hand out.
    own = [one for one in kept["conversations"] if one["channel"] == "sms"]
    parts = []
    for one in reversed(own):
        said = " / ".join(turn["said"] for turn in one["turns"] if turn["said"])
        day = datetime.fromtimestamp(one["started_at"], UTC).date().isoformat()
        parts.append(words(language, "rights.conversation", day=day, said=said))
    text = " ".join(parts)
    if len(text) > _MOST_CHARACTERS:
        text = f"{text[:_MOST_CHARACTERS].rpartition(' ')[0]} ..."
    key = "rights.export" if own else "rights.nothing"
    return words(language, key, conversations=text)


def _bare(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in spread if not unicodedata.combining(one))
