"""How a reply is read out: the same words as on the screen, with its figures made speakable."""

import re

_DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
_TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen"]
_TEENS += ["fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]

# A measured quantity is read as a number, whatever its length; anything else that long is dialled.
_UNITS = "kilos?|kilograms?|kg|pounds?|lbs?|grams?|metres?|meters?|seconds?|minutes?|times|steps|percent|%"
_GROUPS = re.compile(rf"(\w )?(?<![\d.,:/])(\+?\d+(?:[ -]\d+)*)(?![.,:/]?\d)(?!\s?(?:{_UNITS})\b)")
_RANGE = re.compile(r"\b(\d{1,3})\s?[-–]\s?(\d{1,3})\b")
_OUT_OF = re.compile(r"\b(\d{1,2})/(10|100)\b")
_SMALL = re.compile(r"(?<![\w.,:/])\d{1,2}(?![.,:/]?\d|\w)")


def spoken(text: str) -> str:
    """``text`` with figures as words, on one line.

    A number to dial is read digit by digit after a short pause, since "nine hundred eleven" is no
    number to call, and it is said twice when the text names it once. ``15 to 20`` and ``15-20`` are
    "fifteen to twenty"; ``8/10`` is "eight out of ten". A quantity of three figures or more, and a
    decimal, are left to the synthesiser.
    """
    line = " ".join(text.split())
    dialled = [number for _, number in _GROUPS.findall(line) if _is_dialled(number)]
    line = _GROUPS.sub(lambda found: _dial(found, twice=dialled.count(found[2]) == 1), line)
    line = _OUT_OF.sub(r"\1 out of \2", _RANGE.sub(r"\1 to \2", line))
    return _SMALL.sub(lambda found: _words(int(found[0])), line)


def _is_dialled(number: str) -> bool:
    groups = re.findall(r"\d+", number)
    return len(groups) > 2 or any(len(group) > 2 for group in groups)


def _dial(found: re.Match[str], *, twice: bool) -> str:
    word, number = found[1], found[2]
    if not _is_dialled(number):
        return found[0]
    groups = re.findall(r"\d+", number)
    digits = ", ".join(" ".join(_DIGITS[int(digit)] for digit in group) for group in groups)
    said = f"plus {digits}" if number.startswith("+") else digits
    if twice:
        said = f"{said}{';' if len(groups) > 1 else ','} {said}"
    goes_on = found.string[found.end() : found.end() + 1] == " "
    return f"{word[0] + ', ' if word else ''}{said}{',' if goes_on else ''}"


def _words(number: int) -> str:
    if number < 10:
        return _DIGITS[number]
    if number < 20:
        return _TEENS[number - 10]
    tens = _TENS[number // 10 - 2]
    return f"{tens} {_DIGITS[number % 10]}" if number % 10 else tens
