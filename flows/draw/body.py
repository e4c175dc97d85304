"""The steps of a flow in layers from top to bottom, with the arrows between them.

Arrows to ends get only their beginning here; `flows.draw.layout` leads them on to the ends.
"""

from flows.draw import ports
from flows.draw.boxes import POINT, WIDE, Sized
from flows.draw.graph import Arrow, Graph
from flows.draw.layers import Pair
from flows.draw.picture import Area, Line, Point
from flows.draw.plan import LANE, Plan
from flows.draw.ports import LABEL_LINE, Sides, entry, sides_of
from flows.draw.routes import Way

_GAP = 32.0
_TRACK = 14.0
# A band of the screening: room above its first layer for its heading, beside it and below.
_HEADING = 36.0
_RIM = 16.0
# The room for a label under a box, right of its arrow.
_BELOW = WIDE / 2 + 8


class Body:
    """The steps of ``graph`` placed below ``top``.

    ``room`` is free right of them for labels. ``lines`` are finished arrows, ``exits`` the beginnings of
    those to an end, ``bottom`` is where it all ends.
    """

    def __init__(self, graph: Graph, plan: Plan, sized: dict[str, Sized], top: float, room: float) -> None:
        self.graph, self.plan = graph, plan
        self.labels = {(arrow.source, arrow.target): arrow.label for arrow in graph.arrows}
        self.ways = {way.pair for way in plan.ways}
        self.sides: Sides = sides_of(plan, room)
        self.boxes: dict[str, Area] = {}
        self.tracks: dict[tuple[Pair, int], float] = {}
        self.bottom = self._place(sized, top)
        self.lines = [self._line(way) for way in plan.ways]
        self.lines += [self._back(place, pair) for place, pair in enumerate(plan.back)]
        self.exits = [self._exit(arrow) for arrow in plan.outer]

    # -- heights

    def _place(self, sized: dict[str, Sized], top: float) -> float:
        # A gap above the first layer is needed only by arrows that lead back there.
        y = self._gap(-1, top) if any(gap < 0 for _, gap in self._turns()) else top
        runs = self._screening()
        for level in range(len(self.plan.layers)):
            names = self.plan.steps(level)
            y += _HEADING if level in [run[0] for run in runs] else 0
            high = {
                name: max(
                    sized[name].height, *(ports.height_of(self.sides[name, side]) for side in ports.SIDES)
                )
                for name in names
            }
            most = max(high.values())
            for name in names:
                middle = (most - high[name]) / 2
                self.boxes[name] = Area(self.plan.spot[name] - WIDE / 2, y + middle, WIDE, high[name])
            y += most + (_RIM + 8 if level in [run[-1] for run in runs] else 0)
            y = self._gap(level, y)
        return y

    def _gap(self, level: int, y: float) -> float:
        """Lay out the gap under ``level``, which begins at ``y``; gives where it ends.

        Labels of arrows that run straight down come first, then each arrow that runs sideways with its own.
        """
        at = self.plan.router.level
        turning = [pair for pair, gap in self._turns() if gap == level]
        straight = [w.pair for w in self.plan.ways if w.leaves == "bottom" and at[w.pair[0]] == level]
        room = max((self._below(pair) for pair in straight if pair not in turning), default=0.0)
        track = y + room
        for pair in turning:
            starts = at[pair[0]] == level and (pair in straight or pair not in self.ways)
            track += max(_TRACK, self._below(pair) + 8 if starts else 0)
            self.tracks[pair, level] = track
        return max(y + room + _GAP, track + _GAP if turning else 0)

    def _below(self, pair: Pair) -> float:
        """The height of a label under a box."""
        return len(ports.label_lines(self.labels[pair], _BELOW)) * LABEL_LINE

    def _turns(self) -> list[tuple[Pair, int]]:
        """Every arrow that runs sideways in a gap, with the layer above the gap."""
        level = self.plan.router.level
        turns = [(way.pair, gap) for way in self.plan.ways for gap in way.jogs]
        for source, target in self.plan.back:
            turns += [((source, target), level[source])] if not self.plan.free_left(source) else []
            turns += [((source, target), level[target] - 1)] if not self.plan.free_left(target) else []
        for arrow in self.plan.outer:
            if not self.plan.free_right(arrow.source):
                turns.append(((arrow.source, arrow.target), level[arrow.source]))
        return turns

    def _screening(self) -> list[list[int]]:
        """Runs of layers in which every step belongs to the screening."""
        runs: list[list[int]] = []
        for level in range(len(self.plan.layers)):
            if all(self.graph.boxes[name].screening for name in self.plan.steps(level)):
                if not runs or runs[-1][-1] != level - 1:
                    runs.append([])
                runs[-1].append(level)
        return runs

    def bands(self) -> list[Area]:
        """The ground behind each run of screening layers."""
        found = []
        for run in self._screening():
            boxes = [self.boxes[name] for level in run for name in self.plan.steps(level)]
            top, bottom = min(box.y for box in boxes) - _HEADING, max(box.bottom for box in boxes) + _RIM
            left, right = self.plan.left - _RIM, self.plan.right + _RIM
            found.append(Area(left, top, right - left, bottom - top))
        return found

    # -- lines

    def _side(self, name: str, side: str, key: Pair) -> Point:
        """Where the port ``key`` at a side of box ``name`` is."""
        box = self.boxes[name]
        y = ports.heights(self.sides[name, side], box)[key]
        # A route's sides are pointed in the middle.
        inset = POINT * abs(y - box.middle) / (box.h / 2) if self.graph.boxes[name].kind == "route" else 0
        return (box.x + inset if side == "left" else box.right - inset, y)

    def _line(self, way: Way) -> Line:
        (source, target), columns = way.pair, way.columns
        x = columns[0]
        if way.leaves == "bottom":
            points = [(x, self.boxes[source].bottom)]
        else:
            points = [self._side(source, way.leaves, way.pair)]
            x = columns[1]
            points.append((x, points[0][1]))
        for level in way.jogs:
            y = self.tracks[way.pair, level]
            points.append((x, y))
            x = columns[level - self.plan.router.level[source] + 1]
            points.append((x, y))
        if way.enters == "top":
            points.append((x, self.boxes[target].y))
        else:
            end = self._side(target, way.enters, entry(target))
            points += [(x, end[1]), end]
        arrow = self.plan.arrows[way.pair]
        if way.leaves == "bottom":
            return self._under(arrow, tuple(points))
        return self._beside(arrow, tuple(points), way.leaves)

    def _under(self, arrow: Arrow, points: tuple[Point, ...]) -> Line:
        """A line that leaves downwards. Its label is right of its beginning, or on it where it turns."""
        lines = ports.label_lines(arrow.label, _BELOW)
        (x, y), (_, turn) = points[:2]
        if ((arrow.source, arrow.target), self.plan.router.level[arrow.source]) not in self.tracks:
            return Line(arrow, points, lines, (x + 9, y + 16), "start")
        y = turn - 6 - (len(lines) - 1) * LABEL_LINE
        left = len(points) > 2 and points[2][0] < x
        return Line(arrow, points, lines, (x - 9 if left else x + 9, y), "end" if left else "start")

    def _beside(self, arrow: Arrow, points: tuple[Point, ...], side: str) -> Line:
        """A line that leaves sideways; its label stands on it."""
        port = next(p for p in self.sides[arrow.source, side] if p.key == (arrow.source, arrow.target))
        box, y = self.boxes[arrow.source], points[0][1]
        x = box.right + 10 if side == "right" else box.x - 10
        at = (x, y - 6 - (len(port.lines) - 1) * LABEL_LINE)
        return Line(arrow, points, port.lines, at, "start" if side == "right" else "end")

    def _back(self, place: int, pair: Pair) -> Line:
        """A line that leads back up, left of everything."""
        (source, target), arrow, level = pair, self.plan.arrows[pair], self.plan.router.level
        x = self.plan.lane - place * LANE
        if self.plan.free_left(target):
            end = self._side(target, "left", entry(target))
            into = [(x, end[1]), end]
        else:
            y, column = self.tracks[pair, level[target] - 1], self.plan.spot[target]
            into = [(x, y), (column, y), (column, self.boxes[target].y)]
        if self.plan.free_left(source):
            start = self._side(source, "left", pair)
            return self._beside(arrow, (start, (x, start[1]), *into), "left")
        y, column = self.tracks[pair, level[source]], self.plan.spot[source]
        return self._under(arrow, ((column, self.boxes[source].bottom), (column, y), (x, y), *into))

    def _exit(self, arrow: Arrow) -> Line:
        pair = (arrow.source, arrow.target)
        if self.plan.free_right(arrow.source):
            return self._beside(arrow, (self._side(arrow.source, "right", pair),), "right")
        box = self.boxes[arrow.source]
        y = self.tracks[pair, self.plan.router.level[arrow.source]]
        return self._under(arrow, ((box.x + WIDE / 2, box.bottom), (box.x + WIDE / 2, y)))
