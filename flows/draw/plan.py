"""The plan of a picture: which steps stand in which layer and column, and which way arrows take."""

from dataclasses import dataclass

from flows.draw.boxes import SMALL, WIDE
from flows.draw.graph import Arrow, Graph
from flows.draw.layers import Pair, back_pairs, chains_of, layers_of, ordered
from flows.draw.place import columns
from flows.draw.routes import Router, Way
from flows.draw.text import width, wrapped

_PASSAGE = 8.0
_BETWEEN = 28.0
# Less room than this beside a box is too little for a long label.
_LABEL = 120.0
# Arrows that lead back: their distance, and the room for a label.
LANE = 14.0
BACK_LABEL = 110.0
# Arrows that are taken when nothing special was said: they run straight down.
_USUAL = {"always", "any answer", "anything else", "otherwise"}


@dataclass(frozen=True)
class Plan:
    """Everything that is known before heights are.

    - ``arrows``: those between steps, by their two ends; ``outer``: those to an end of the conversation.
    - ``back``: the pairs that lead back up, short ones first; ``ways``: the ways of all others.
    - ``layers``: steps and passages of arrows from left to right; ``spot``: the centre of each.
    - ``left``, ``right``: where the steps begin and end; ``lane``: where the first arrow runs back up.
    """

    arrows: dict[Pair, Arrow]
    outer: list[Arrow]
    back: list[Pair]
    ways: list[Way]
    layers: list[list[str]]
    spot: dict[str, float]
    left: float
    right: float
    lane: float
    router: Router

    def steps(self, level: int) -> list[str]:
        """The steps of a layer, without the passages."""
        return [name for name in self.layers[level] if ">" not in name]

    def free_left(self, name: str) -> bool:
        """Whether nothing stands left of step ``name``, where arrows run that lead back."""
        return self.router.free(name, self.left - WIDE)

    def free_right(self, name: str) -> bool:
        """Whether nothing stands between step ``name`` and the ends at the right."""
        return self.router.free(name, self.right + WIDE)


def plan_of(graph: Graph, margin: float) -> Plan:
    """The plan of the steps of ``graph``, with everything right of ``margin``."""
    names = [name for name, box in graph.boxes.items() if box.level is None]
    arrows = {(arrow.source, arrow.target): arrow for arrow in graph.arrows if arrow.level is None}
    outer = [arrow for arrow in graph.arrows if arrow.level is not None]
    back = back_pairs(graph.start, names, list(arrows))
    down = [pair for pair in arrows if pair not in back]
    level = layers_of(names, down)
    chains = chains_of(down, level)
    usual = {pair for pair in down if _USUAL & set(arrows[pair].reasons)}
    spine = _spine(graph.start, usual)
    weight = {pair: 9 if pair in spine else 3 if pair in usual else 1 for pair in down}
    layers = ordered(level, chains, weight, {arrow.source for arrow in outer})
    # The usual way keeps the width of a box free all the way down.
    half = dict.fromkeys(level, WIDE / 2)
    for pair, chain in chains.items():
        half.update(dict.fromkeys(chain[1:-1], WIDE / 2 if pair in spine else _PASSAGE))
    # Left of the boxes stand the labels of arrows that lead back, and left of these run the arrows.
    labels = [width(line, SMALL) for pair in back for line in wrapped(arrows[pair].label, BACK_LABEL, SMALL)]
    lane = margin + LANE * len(back)
    left = round(lane + max([20.0, *(label + 20 for label in labels)]))
    at = columns(layers, chains, weight, half, _BETWEEN)
    lowest = min(at[name] - half[name] for name in at)
    spot = {name: x - lowest + left for name, x in at.items()}
    router = Router(layers, spot, half)
    ways = []
    for pair, chain in chains.items():
        only = sum(other[0] == pair[0] for other in chains) == 1
        ways.append(router.way(pair, chain, min(width(arrows[pair].label, SMALL), _LABEL), only))
    return Plan(
        arrows=arrows,
        outer=outer,
        back=sorted(back, key=lambda pair: (level[pair[0]] - level[pair[1]], pair)),
        ways=ways,
        layers=layers,
        spot=spot,
        left=left,
        right=max(x + half[name] for name, x in spot.items()),
        lane=lane,
        router=router,
    )


def _spine(start: str, usual: set[Pair]) -> set[Pair]:
    """The way of somebody to whom nothing special applies, from ``start`` on."""
    after = dict(usual)
    found, name = set(), start
    while name in after:
        found.add((name, after[name]))
        name = after[name]
    return found
