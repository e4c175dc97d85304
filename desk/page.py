"""What staff read and hear of an alert: where, how urgent, the person's own words, and why."""

from collections.abc import Sequence
from dataclasses import dataclass

from desk.roster import Site
from desk.words import has_words, order_of, words
from flows.levels import Level
from flows.segments import segments
from sms.segments import plain

_MOST_SEGMENTS = 3
_MOST_FLAGS = 4
# A call is heard, not read: more than this is not kept in mind.
_LONGEST_SAID = 200


@dataclass(frozen=True)
class Case:
    """An alert as staff need it. ``said`` are the person's own words in the conversation, oldest first.

    ``person`` is who it is about: their number, or ``kiosk:…`` for somebody at the ``kiosk`` of that name,
    who may have given a ``phone``.
    """

    code: str
    level: Level
    flags: tuple[str, ...]
    said: tuple[str, ...]
    person: str
    site: Site | None
    kiosk: str
    phone: str = ""


def page_text(case: Case, language: str) -> str:
    """The text message, in at most three segments: the person's words are cut to what fits, latest kept."""
    said = plain(" / ".join(case.said))
    while True:
        text = plain(_worded("staff.page", case, language, said))
        if segments(text).count <= _MOST_SEGMENTS or not said:
            return text
        said = _shortened(said, len(said) - 10)


def call_text(case: Case, language: str) -> str:
    """What is said on the phone."""
    said = " / ".join(" ".join(one.split()) for one in case.said)
    return _worded("call.page", case, language, _shortened(said, _LONGEST_SAID))


def _worded(key: str, case: Case, language: str, said: str) -> str:
    return words(
        language,
        key,
        level=words(language, f"level.{case.level.id}"),
        place=place_of(case, language),
        words=said,
        why=why(case.flags, language),
        code=case.code,
    )


def place_of(case: Case, language: str) -> str:
    """Where the person is: the site, and the kiosk or the last digits of the number that they text from."""
    site = case.site.name if case.site else words(language, "place.somewhere")
    if case.person.startswith("kiosk:"):
        kiosk = (case.site.kiosks.get(case.kiosk) if case.site else None) or case.kiosk
        place = words(language, "place.kiosk", site=site, kiosk=kiosk).strip(" ,")
        return place + (words(language, "place.phone", digits=case.phone[-4:]) if case.phone else "")
    return words(language, "place.text", site=site, digits=case.person[-4:])


def why(flags: Sequence[str], language: str) -> str:
    """The reasons in plain words, the most urgent ones first and not too many."""
    if not flags:
        return words(language, "no_flags")
    # The most urgent ones come first in the wording.
    sorted_flags = sorted(flags, key=lambda flag: order_of(f"flag.{flag}"))
    named = [plain_flag(flag, language) for flag in sorted_flags[:_MOST_FLAGS]]
    if len(flags) > _MOST_FLAGS:
        named.append(words(language, "more_flags", count=len(flags) - _MOST_FLAGS))
    return ", ".join(named)


def plain_flag(flag: str, language: str) -> str:
    """One flag in plain words."""
    key = f"flag.{flag}"
    return words(language, key) if has_words(key) else flag.replace("_", " ")


def _shortened(text: str, most: int) -> str:
    """The end of ``text``, in whole words where it has several."""
    if len(text) <= most:
        return text
    kept = text[len(text) - most :].removeprefix("...")
    return "..." + (kept.partition(" ")[2] or kept[3:]) if most > 3 else ""
