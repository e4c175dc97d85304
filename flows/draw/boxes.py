"""How large each thing is, from the text in it."""

from dataclasses import dataclass

from flows.draw.graph import Box, Graph
from flows.draw.interrupts import Interrupt
from flows.draw.text import opening, wrapped

WIDE = 256.0
END_WIDE = 212.0
PAD = 16.0
# How far the pointed sides of a route reach in.
POINT = 14.0
TEXT = 14
SMALL = 12
LINE = 18.0
# Height of the caption of a box with the room under it.
CAPTION = 24.0


@dataclass(frozen=True)
class Sized:
    """The text of a box in lines, and the height that it needs."""

    lines: tuple[str, ...]
    height: float


def sized_boxes(graph: Graph) -> dict[str, Sized]:
    """The lines and height of every box."""
    return {name: _end(box) if box.level is not None else _step(box) for name, box in graph.boxes.items()}


def _step(box: Box) -> Sized:
    if box.kind == "route":
        return Sized((), 40)
    lines = opening(box.text, WIDE - 2 * PAD, TEXT, 2)
    signs = len(box.signs) * LINE + (6 if box.signs else 0)
    return Sized(lines, 12 + CAPTION - 4 + len(lines) * LINE + signs + 10)


def _end(box: Box) -> Sized:
    lines = opening(box.text, END_WIDE - 2 * PAD, SMALL, 3)
    return Sized(lines, 48 + len(lines) * 16 + 8)


def sized_row(row: Interrupt, room: float) -> Sized:
    """The lines and height of a row of the panel, ``room`` pixels wide."""
    lines = wrapped(row.text, room, SMALL)
    return Sized(lines, LINE + len(lines) * 16)
