"""Where everything stands: interrupts on top, steps below, ends in a column at the right."""

import math
from itertools import accumulate, pairwise

from flows.draw.body import Body
from flows.draw.boxes import END_WIDE, sized_boxes, sized_row
from flows.draw.graph import Graph
from flows.draw.interrupts import Interrupt
from flows.draw.lanes import lane_order
from flows.draw.picture import Area, Line, Picture, Point
from flows.draw.place import spread
from flows.draw.plan import plan_of

MARGIN = 24.0
_HEAD = 88.0
_LANE = 13.0
# Between the flow and the lanes stand the labels of arrows that leave for an end.
_LABELS = 160.0
_END_GAP = 14.0
# The panel: room around its text, its heading, the column of rows without an end.
PANEL_PAD = 24.0
_PANEL_HEAD = 56.0
_PANEL_LEFT = 248.0
_ROW_GAP = 12.0
_FOOT = 72.0


def layout_of(graph: Graph, interrupts: tuple[Interrupt, ...]) -> Picture:
    """The picture of ``graph``. The same flow gives the same picture."""
    picture = Picture(sized=sized_boxes(graph))
    plan = plan_of(graph, MARGIN)
    _panel(picture, interrupts, Area(MARGIN, _HEAD, max(plan.right + _LABELS - MARGIN, 640), 0))
    body = Body(graph, plan, picture.sized, picture.panel.bottom + 36, _LABELS)
    picture.boxes.update(body.boxes)
    picture.lines += body.lines
    picture.bands = body.bands()
    lowest = _ends(picture, graph, interrupts, body.exits)
    picture.height = max(body.bottom, lowest) + _FOOT
    return picture


def _panel(picture: Picture, interrupts: tuple[Interrupt, ...], area: Area) -> None:
    """Place the interrupts: at the right those that end the conversation, beside their ends."""
    x, y = area.x + PANEL_PAD, area.y + _PANEL_HEAD
    for row in interrupts:
        if not row.end:
            size = sized_row(row, _PANEL_LEFT)
            picture.rows[row.name] = (Area(x, y, _PANEL_LEFT, size.height), size)
            y += size.height + _ROW_GAP
    lowest = y
    x, y = x + _PANEL_LEFT + 64, area.y + 20
    room = area.right - x - PANEL_PAD
    for row in interrupts:
        if row.end:
            size = sized_row(row, room)
            high = max(size.height, picture.sized[row.end].height) + _END_GAP
            picture.rows[row.name] = (Area(x, y, area.right - x, high), size)
            y += high
    picture.panel = Area(area.x, area.y, area.w, max(lowest, y) + 8 - area.y)


def _ends(picture: Picture, graph: Graph, interrupts: tuple[Interrupt, ...], exits: list[Line]) -> float:
    """Place the ends near what leads to them, and lead all exits there; gives the lowest point."""
    arrivals: dict[str, list[float]] = {
        name: [] for name, box in graph.boxes.items() if box.level is not None
    }
    for row in interrupts:
        if row.end:
            arrivals[row.end].append(picture.rows[row.name][0].middle)
    for line in exits:
        arrivals[line.arrow.target].append(line.points[-1][1])
    high = {end: picture.sized[end].height for end in arrivals}
    middles = {row.end: picture.rows[row.name][0].middle for row in reversed(interrupts) if row.end}
    lowest = max((middles[end] + high[end] / 2 for end in middles), default=_HEAD)
    # An end that nothing leads to stands last.
    others = sorted(
        (end for end in arrivals if end not in middles), key=lambda end: min(arrivals[end], default=math.inf)
    )
    wanted = list(accumulate((min(arrivals[end], default=0.0) for end in others), max))
    apart = [(high[a] + high[b]) / 2 + _END_GAP for a, b in pairwise(others)]
    least = lowest + _END_GAP + max((high[end] for end in others[:1]), default=0.0) / 2
    middles.update(zip(others, spread(wanted, apart, least), strict=True))
    order = lane_order({end: ys for end, ys in arrivals.items() if ys}, middles)
    x = picture.panel.right + 16
    edge = x + len(order) * _LANE + 16
    for end in arrivals:
        picture.boxes[end] = Area(edge, middles[end] - high[end] / 2, END_WIDE, high[end])
    lane = {end: x + order.index(end) * _LANE if end in order else edge for end in arrivals}

    def lead(points: tuple[Point, ...], end: str) -> tuple[Point, ...]:
        y = points[-1][1]
        if abs(y - middles[end]) < 1:
            return (*points, (edge, y))
        return (*points, (lane[end], y), (lane[end], middles[end]), (edge, middles[end]))

    for line in exits:
        points = lead(line.points, line.arrow.target)
        picture.lines.append(Line(line.arrow, points, line.label, line.at, line.anchor))
    for row in interrupts:
        if row.end:
            start = (picture.panel.right, picture.rows[row.name][0].middle)
            picture.exits[row.name] = lead((start,), row.end)
    picture.width = edge + END_WIDE + MARGIN
    return max((picture.boxes[end].bottom for end in arrivals), default=0.0)
