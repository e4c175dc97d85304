"""How many people went which way, as marks on the picture of the conversation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from flows.draw.picture import Picture, Point

# A mark of so many pixels, and so many more for each figure.
_HIGH, _WIDE, _FIGURE = 18.0, 12.0, 7.0


@dataclass(frozen=True)
class Went:
    """``steps``: how many people came to each; ``arrows``: how many went from one to the next."""

    steps: Mapping[str, int] = field(default_factory=dict)
    arrows: Mapping[tuple[str, str], int] = field(default_factory=dict)


def marks(picture: Picture, went: Went) -> Iterator[str]:
    """The marks, to be drawn above everything else: on the arrows, and on the boxes' upper right corners."""
    for line in picture.lines:
        source, target = line.arrow.source, line.arrow.target
        if count := went.arrows.get((source, target), 0):
            yield _mark(_middle(line.points), count, "way", f"{source} → {target}")
    for name, area in picture.boxes.items():
        if count := went.steps.get(name, 0):
            yield _mark((area.right - 14, area.y), count, "came", name)


def _middle(points: tuple[Point, ...]) -> Point:
    """The middle of the longest straight piece."""

    def length(piece: tuple[Point, Point]) -> float:
        (x, y), (to_x, to_y) = piece
        return abs(to_x - x) + abs(to_y - y)

    (x, y), (to_x, to_y) = max(pairwise(points), key=length)
    return (x + to_x) / 2, (y + to_y) / 2


def _mark(at: Point, count: int, style: str, about: str) -> str:
    text = f"{count:,}"
    wide = _WIDE + _FIGURE * len(text)
    x, y = at[0] - wide / 2, at[1] - _HIGH / 2
    people = "1 person" if count == 1 else f"{text} people"
    return (
        f'<g class="went {style}"><title>{about}: {people}</title>'
        f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{_HIGH:g}" rx="9"/>'
        f'<text x="{at[0]:g}" y="{at[1] + 4:g}" text-anchor="middle">{text}</text></g>'
    )
