"""How a reply is read out: the same words as on the screen, with its figures made speakable."""

import re
from functools import cache

from voice.language import FIRST, Figures, kiosk_language

_RANGE = re.compile(r"\b(\d{1,3})\s?[-–]\s?(\d{1,3})\b")
_ALWAYS = re.compile(r"\b24/7\b")
_OUT_OF = re.compile(r"\b(\d{1,2})/(10|100)\b")
_SMALL = re.compile(r"(?<![\w.,:/])\d{1,2}(?![.,:/]?\d|\w)")


def spoken_twice(text: str, language: str = FIRST) -> frozenset[str]:
    """The numbers to dial that ``text`` names once, and that are therefore said twice."""
    groups = _groups(kiosk_language(language).figures.units)
    dialled = [number for _, number in groups.findall(" ".join(text.split())) if _is_dialled(number)]
    return frozenset(number for number in dialled if dialled.count(number) == 1)


def spoken(text: str, language: str = FIRST, *, twice: bool | frozenset[str] = True) -> str:
    """``text`` with figures as words of ``language``, on one line.

    A number to dial is read digit by digit after a short pause, since "nine hundred eleven" is no
    number to call, and it is said twice when the text names it once, unless ``twice`` is false or does not
    hold it.
    ``15 to 20`` and ``15-20`` are "fifteen to twenty"; ``8/10`` is "eight out of ten", ``24/7`` is
    "twenty four seven", ``5 kg`` is "five kilos". A quantity of three figures or more, and a decimal,
    are left to the synthesiser.
    """
    figures = kiosk_language(language).figures
    groups = _groups(figures.units)
    line = " ".join(text.split())
    if isinstance(twice, bool):
        twice = spoken_twice(line, language) if twice else frozenset()
    line = groups.sub(lambda found: _dial(found, figures, twice=found[2] in twice), line)
    line = _ALWAYS.sub(figures.always, line)
    line = _short(tuple(figures.short)).sub(lambda found: f" {figures.short[found[1]]}", line)
    line = _RANGE.sub(rf"\1 {figures.to} \2", line)
    line = _OUT_OF.sub(rf"\1 {figures.out_of} \2", line)
    return _SMALL.sub(lambda found: _words(int(found[0]), figures), line)


@cache
def _groups(units: str) -> re.Pattern[str]:
    """Figures that may be a number to dial, with the word before them.

    A measured quantity is read as a number, whatever its length; anything else that long is dialled.
    """
    return re.compile(rf"(\w )?(?<![\d.,:/])(\+?\d+(?:[ -]\d+)*)(?![.,:/]?\d)(?!\s?(?:{units})\b)")


@cache
def _short(units: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<=\d)\s?({'|'.join(units)})\b")


def _is_dialled(number: str) -> bool:
    groups = re.findall(r"\d+", number)
    return len(groups) > 2 or any(len(group) > 2 for group in groups)


def _dial(found: re.Match[str], figures: Figures, *, twice: bool) -> str:
    word, number = found[1], found[2]
    if not _is_dialled(number):
        return found[0]
    groups = re.findall(r"\d+", number)
    digits = ", ".join(" ".join(figures.digits[int(digit)] for digit in group) for group in groups)
    said = f"{figures.plus} {digits}" if number.startswith("+") else digits
    if twice:
        said = f"{said}{';' if len(groups) > 1 else ','} {said}"
    goes_on = found.string[found.end() : found.end() + 1] == " "
    return f"{word[0] + ', ' if word else ''}{said}{',' if goes_on else ''}"


def _words(number: int, figures: Figures) -> str:
    if number < 10:
        return figures.digits[number]
    if not (figures.teens and figures.tens):
        return str(number)
    if number < 20:
        return figures.teens[number - 10]
    tens = figures.tens[number // 10 - 2]
    return f"{tens} {figures.digits[number % 10]}" if number % 10 else tens
