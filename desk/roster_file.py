"""The file that the roster is kept in: read strictly, and again whenever it changes."""

import logging
import re
import threading
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers

from desk.roster import Contact, Roster, Shift, Site
from flows import source
from flows.levels import Level
from flows.shapes import ANY_TEXT, TEXT, Listing, Number, Text, by_name, entries, sifted
from flows.source import Finding, FlowError

log = logging.getLogger(__name__)

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WAYS = ("text", "call")
# The log holds no numbers, the wrong ones of staff neither: `python -m desk roster` shows them.
_LIKE_A_NUMBER = re.compile(r"\+?\d[\d ().-]{5,}\d")
_WHY = "Nobody is paged by a roster that cannot be read as it was meant."

_NAME = Text(means="a name in small letters", like="front_desk", pattern=r"^[a-z0-9][a-z0-9_-]*$")
_PHONE = Text(means="a phone number with its country", like='"+12025550111"', pattern=r"^\+[1-9]\d{6,14}$")
_CLOCK = Text(means="a time of day", like='"06:00"', pattern=r"^([01]\d|2[0-3]):[0-5]\d$")
_CONTACTS = Listing(means="a list of names under `contacts`", like="[sam, alex]", each=_NAME)
_SECONDS = Number(means="a number of seconds from 10 up", like="60", lowest=10)
_FILE = entries(
    {
        "contacts": by_name(
            entries(
                {
                    "name": TEXT,
                    "number": _PHONE,
                    "ways": Listing(
                        means="a list of text and call",
                        like="[text, call]",
                        each=Text(means="text or call", like="text", words=_WAYS),
                    ),
                    "language": Text(means="a language's two letters", like="es", pattern="^[a-z]{2}$"),
                },
                optional=frozenset({"ways", "language"}),
                like='{name: "Sam", number: "+12025550111"}',
            ),
            '{sam: {name: "Sam", number: "+12025550111"}}',
            _NAME,
        ),
        "sites": by_name(
            entries(
                {
                    "name": TEXT,
                    "zone": Text(means="a time zone", like='"America/New_York"'),
                    "wait": entries(
                        {"emergency": _SECONDS, "urgent": _SECONDS}, like="{emergency: 60, urgent: 180}"
                    ),
                    "numbers": Listing(means="a list of phone numbers", like='["+12025550199"]', each=_PHONE),
                    "kiosks": by_name(ANY_TEXT, '{racks: "by the racks"}', _NAME),
                    "shifts": Listing(
                        means="a list of shifts",
                        like='[{days: [mon], from: "06:00", to: "14:00", contacts: [sam]}]',
                        each=entries(
                            {
                                "days": Listing(
                                    means=f"a list of days ({', '.join(_DAYS)})",
                                    like="[mon, tue]",
                                    each=Text(means="a day", like="mon", words=_DAYS),
                                ),
                                "from": _CLOCK,
                                "to": _CLOCK,
                                "contacts": _CONTACTS,
                            }
                        ),
                    ),
                    "fallback": _CONTACTS,
                },
                optional=frozenset({"numbers", "kiosks", "fallback"}),
                like='{name: "Harbour Street", zone: "America/New_York", ...}',
            ),
            '{harbour: {name: "Harbour Street", ...}}',
            _NAME,
        ),
    }
)


def load_roster(path: Path) -> Roster:
    """The roster in the file ``path``. Raises `FlowError` with everything that is wrong in it."""
    findings: list[Finding] = []
    data = source.gather(path, findings)
    roster = _Reader(sifted(data, _FILE, findings), findings).roster() if data is not None else None
    if findings or roster is None:
        raise FlowError([replace(one, why=_WHY) for one in findings])
    return roster


class _Reader:
    """Makes a roster of well-shaped data. What does not fit together is noted."""

    def __init__(self, data: source.Mapping, findings: list[Finding]) -> None:
        self._data, self._findings = data, findings
        self._contacts: dict[str, Contact] = {}
        # Where each phone number and kiosk was first named.
        self._owners: dict[str, str] = {}

    def roster(self) -> Roster:
        for name, entry in self._data.get("contacts", {}).items():
            line = entry.at("number")
            number = self._number(entry.get("number", ""), line, f"contact `{name}`")
            ways = tuple(entry.get("ways", _WAYS))
            self._contacts[name] = Contact(
                name, entry.get("name", ""), number, ways, entry.get("language", "en")
            )
        sites = {name: self._site(name, entry) for name, entry in self._data.get("sites", {}).items()}
        return Roster(self._contacts, sites)

    def _site(self, name: str, entry: source.Mapping) -> Site:
        for kiosk in (kiosks := entry.get("kiosks", source.Mapping())):
            self._only_here(f"kiosk `{kiosk}`", kiosks.at(kiosk), f"site `{name}`")
        numbers = [
            self._number(one, entry.at("numbers"), f"site `{name}`") for one in entry.get("numbers", [])
        ]
        wait = {Level.from_id(level): float(seconds) for level, seconds in entry.get("wait", {}).items()}
        return Site(
            id=name,
            name=entry.get("name", ""),
            zone=self._zone(entry.get("zone", "UTC"), entry.at("zone")),
            wait=wait,
            numbers=frozenset(numbers),
            kiosks=dict(kiosks),
            shifts=tuple(self._shift(one) for one in entry.get("shifts", [])),
            fallback=self._known(entry.get("fallback", []), entry.at("fallback")),
        )

    def _shift(self, entry: source.Mapping) -> Shift:
        days = frozenset(map(_DAYS.index, entry.get("days", [])))
        begin, end = (time.fromisoformat(entry.get(name, "00:00")) for name in ("from", "to"))
        return Shift(days, begin, end, self._known(entry.get("contacts", []), entry.at("contacts")))

    def _known(self, names: list[str], line: int) -> tuple[Contact, ...]:
        for name in names:
            if name not in self._contacts:
                known = ", ".join(self._contacts) or "nobody"
                mend = f"add `{name}` under `contacts`, or use one of: {known}"
                self._wrong(line, f"there is no contact `{name}`", mend)
        return tuple(self._contacts[name] for name in names if name in self._contacts)

    def _number(self, number: str, line: int, owner: str) -> str:
        if number and not phonenumbers.is_valid_number(phonenumbers.parse(number)):
            mend = "check its digits; it begins with + and the country's code"
            self._wrong(line, f"`{number}` is no phone number", mend)
        elif number:
            self._only_here(f"`{number}`", line, owner)
        return number

    def _only_here(self, what: str, line: int, owner: str) -> None:
        first = self._owners.setdefault(what, owner)
        if first != owner:
            self._wrong(line, f"{what} stands at {first} too", "keep one of the two")

    def _zone(self, name: str, line: int) -> ZoneInfo:
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            mend = "use a name such as America/New_York or Europe/London"
            self._wrong(line, f"there is no time zone `{name}`", mend)
            return ZoneInfo("UTC")

    def _wrong(self, line: int, what: str, mend: str) -> None:
        self._findings.append(Finding(self._data.file, line, what, mend))


class RosterFile:
    """The roster in the file ``path`` as it is now. Safe to use from many threads.

    With a mistake in it, the one before still holds; the log says what is wrong.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._guard = threading.Lock()
        self._seen: Any = ()
        self._roster: Roster | None = None
        self._note = ""

    @property
    def roster(self) -> Roster | None:
        """The roster; ``None`` when there is none that can be used, and nobody is paged."""
        with self._guard:
            self._look()
            return self._roster

    @property
    def sentence(self) -> str:
        """Who is paged, or why nobody is."""
        with self._guard:
            self._look()
            if self._roster is None:
                return f"Nobody is paged: {self._note}"
            people, sites = len(self._roster.contacts), len(self._roster.sites)
            told = f"Alerts go to {people} staff at {sites} site{'s' if sites > 1 else ''}"
            return f"{told}; {self._note}" if self._note else told

    def _look(self) -> None:
        try:
            found = self._path.stat()
        except OSError:
            found = None
        seen = found and (found.st_mtime_ns, found.st_size, found.st_ino)
        if seen == self._seen:
            return
        self._seen = seen
        if found is None:
            self._note = f"{self._path} is not there"
        else:
            try:
                self._roster, self._note = load_roster(self._path), ""
                return
            except (FlowError, OSError) as error:
                log.error("the roster cannot be used:\n%s", _LIKE_A_NUMBER.sub("…", str(error)))
                self._note = f"{self._path} cannot be used (the log says why)"
        if self._roster is not None:
            self._note += ", so the roster before still holds"
            log.error(self._note)
