"""Text in a picture: how wide it is about, how it is broken into lines, and ids as words.

The viewer's own system font draws the picture, so widths are those of a wide one (DejaVu Sans): with a
narrower font there is a little more air, and nothing is ever cut off.
"""

import re

_NARROW = frozenset("ijl.,:;'|!()[]")
_SLIM = frozenset(' frtI-"/')
_BROAD = frozenset("mwMW@%…→")


def spoken(name: str) -> str:
    """An id as words: ``leg_weakness`` becomes "leg weakness"."""
    return name.replace("_", " ")


def width(text: str, size: float, bold: bool = False) -> float:
    """About how many pixels ``text`` takes at ``size`` pixels."""
    ems = 0.0
    for letter in text:
        if letter in _NARROW:
            ems += 0.33
        elif letter in _SLIM:
            ems += 0.39
        elif letter in _BROAD:
            ems += 0.93
        else:
            ems += 0.70 if letter.isupper() else 0.6
    return ems * size * (1.1 if bold else 1.0)


def wrapped(text: str, room: float, size: float, most: int = 99, bold: bool = False) -> tuple[str, ...]:
    """``text`` in lines of at most ``room`` pixels; beyond ``most`` lines the rest becomes "…"."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width(longer, size, bold) <= room:
            lines[-1] = longer
        else:
            lines.append(word)
    if len(lines) > most:
        last = lines[most - 1]
        while " " in last and width(last + " …", size, bold) > room:
            last = last.rpartition(" ")[0]
        lines = [*lines[: most - 1], last.rstrip(".,:;") + " …"]
    return tuple(lines)


def opening(text: str, room: float, size: float, most: int) -> tuple[str, ...]:
    """The whole sentences at the beginning of ``text`` that fit into ``most`` lines, or as much as fits.

    A first sentence of one word or two says too little to stand alone.
    """
    sentences = re.split(r"(?<=[.?!]) ", text)
    for count in range(len(sentences), 0, -1):
        start = " ".join(sentences[:count])
        lines = wrapped(start, room, size)
        if len(lines) <= most and len(start.split()) > 2:
            return lines
    return wrapped(text, room, size, most)
