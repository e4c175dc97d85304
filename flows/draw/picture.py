"""A picture with everything placed, ready to be written down. Lengths are pixels from the top left."""

from dataclasses import dataclass, field

from flows.draw.boxes import Sized
from flows.draw.graph import Arrow

Point = tuple[float, float]


@dataclass(frozen=True)
class Area:
    """A rectangle: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """x of the right edge (px)."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """y of the lower edge (px)."""
        return self.y + self.h

    @property
    def middle(self) -> float:
        """y of the middle (px)."""
        return self.y + self.h / 2


@dataclass(frozen=True)
class Line:
    """One arrow: its corners, and its label in lines, the first with its baseline at ``at``.

    ``anchor`` is "end" where the label stands left of its arrow's beginning.
    """

    arrow: Arrow
    points: tuple[Point, ...]
    label: tuple[str, ...]
    at: Point
    anchor: str


@dataclass
class Picture:
    """Everything placed.

    - ``bands``: the grounds behind the screening.
    - ``panel``: the list of interrupts; ``rows``: its rows; ``exits``: their arrows to ends.
    """

    width: float = 0.0
    height: float = 0.0
    boxes: dict[str, Area] = field(default_factory=dict)
    sized: dict[str, Sized] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)
    bands: list[Area] = field(default_factory=list)
    panel: Area = Area(0, 0, 0, 0)
    rows: dict[str, tuple[Area, Sized]] = field(default_factory=dict)
    exits: dict[str, tuple[Point, ...]] = field(default_factory=dict)
