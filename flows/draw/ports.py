"""Ports: where arrows leave and enter the sides of a box."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from flows.draw.boxes import SMALL, WIDE
from flows.draw.graph import Arrow
from flows.draw.layers import Pair
from flows.draw.picture import Area
from flows.draw.plan import BACK_LABEL, Plan
from flows.draw.text import wrapped

SIDES = ("left", "right")
LABEL_LINE = 15.0
# Room under a label for its arrow, for an arrow that comes in, and at the corners of the box.
_UNDER = 9.0
_IN = 18.0
_CORNERS = 12.0
# The widest label, and the narrowest run of an arrow that its label must not pass.
_LABEL = 260.0
_RUN = 90.0
# Left of all boxes a label can stand over the arrows that lead back.
_LEFT = 90.0


@dataclass(frozen=True)
class Port:
    """One arrow at a side of a box, with its label in lines. ``key`` tells arrows apart."""

    key: Pair
    lines: tuple[str, ...] = ()

    @property
    def height(self) -> float:
        """The height that the port takes."""
        return len(self.lines) * LABEL_LINE + _UNDER if self.lines else _IN


# The ports from top to bottom, by box and side.
Sides = defaultdict[tuple[str, str], list[Port]]


def entry(name: str) -> Pair:
    """The key of the one port by which arrows enter a side of box ``name``."""
    return ("", name)


def label_lines(label: str, room: float) -> tuple[str, ...]:
    """``label`` in lines of at most ``room`` pixels."""
    return wrapped(label, room, SMALL)


def height_of(ports: Iterable[Port]) -> float:
    """The height that a side needs for its ``ports``."""
    return sum(port.height for port in ports) + _CORNERS


def heights(ports: list[Port], box: Area) -> dict[Pair, float]:
    """The y of each port on a side of ``box``. A single one is in the middle if its label fits above."""
    if len(ports) == 1:
        return {ports[0].key: max(box.middle, box.y + ports[0].height)}
    found, y = {}, box.middle - sum(port.height for port in ports) / 2
    for port in ports:
        found[port.key] = y + (port.height - 4 if port.lines else port.height / 2)
        y += port.height
    return found


def sides_of(plan: Plan, room: float) -> Sides:
    """All ports. On a side stand from the top: what enters, exits to ends, what goes further down.

    In this order arrows of one box never cross. ``room`` is free for labels right of all boxes.
    """
    sides: Sides = defaultdict(list)
    enters = [(way.pair[1], way.enters) for way in plan.ways if way.enters != "top"]
    enters += [(target, "left") for _, target in plan.back if plan.free_left(target)]
    for name, side in dict.fromkeys(enters):
        sides[name, side].append(Port(entry(name)))
    for pair in plan.back:
        if plan.free_left(pair[0]):
            sides[pair[0], "left"].append(_port(plan, plan.arrows[pair], "left", room))
    for arrow in sorted(plan.outer, key=lambda arrow: -(arrow.level or 0)):
        if plan.free_right(arrow.source):
            sides[arrow.source, "right"].append(_port(plan, arrow, "right", room))
    # The furthest first: it passes above the beginnings of the others.
    for way in sorted(plan.ways, key=lambda way: -abs(way.columns[1] - way.columns[0])):
        if way.leaves != "bottom":
            sides[way.pair[0], way.leaves].append(_port(plan, plan.arrows[way.pair], way.leaves, room))
    return sides


def _port(plan: Plan, arrow: Arrow, side: str, room: float) -> Port:
    """The port of an arrow that leaves sideways. Its label ends before the next column on its way."""
    pair = (arrow.source, arrow.target)
    if pair in plan.back:
        return Port(pair, label_lines(arrow.label, BACK_LABEL))
    right = side == "right"
    edge = plan.spot[arrow.source] + (WIDE / 2 if right else -WIDE / 2)
    row = plan.layers[plan.router.level[arrow.source]]
    ahead = [other for other in row if (plan.spot[other] > edge) == right]
    boxes = [abs(plan.spot[other] - edge) - WIDE / 2 for other in ahead if ">" not in other]
    far = min([plan.right - edge + room if right else edge - plan.left + _LEFT, *boxes])
    columns = [plan.spot[other] for other in ahead]
    columns += [way.columns[1] for way in plan.ways if way.pair == pair]
    reach = min([far, *(abs(x - edge) for x in columns)])
    return Port(pair, label_lines(arrow.label, min(reach if reach > _RUN else far, _LABEL) - 16))
