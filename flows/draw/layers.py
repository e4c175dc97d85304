"""Layers: which steps stand on one height, and in which order from left to right."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise

# Sweeps of ordering and placing; the result settles long before.
_SWEEPS = 12
Pair = tuple[str, str]


def back_pairs(start: str, names: Sequence[str], pairs: Sequence[Pair]) -> set[Pair]:
    """The pairs that lead back to a step on the way to them; without these there is no circle."""
    after: dict[str, list[str]] = {name: [] for name in names}
    for source, target in pairs:
        after[source].append(target)
    back: set[Pair] = set()
    done: set[str] = set()
    open_: list[str] = []

    def visit(name: str) -> None:
        open_.append(name)
        for target in after[name]:
            if target in open_:
                back.add((name, target))
            elif target not in done:
                visit(target)
        done.add(open_.pop())

    for name in (start, *names):
        if name not in done:
            visit(name)
    return back


def layers_of(names: Sequence[str], pairs: Iterable[Pair]) -> dict[str, int]:
    """The layer of each step: one below the lowest step that leads to it. ``pairs`` hold no circle."""
    pairs = list(pairs)
    layer = dict.fromkeys(names, 0)
    for _ in names:
        for source, target in pairs:
            layer[target] = max(layer[target], layer[source] + 1)
    return layer


def chains_of(pairs: Iterable[Pair], layer: Mapping[str, int]) -> dict[Pair, list[str]]:
    """For each pair the places it runs through, one a layer: the two steps and passages in between."""
    return {
        (source, target): [
            source,
            *(f"{source}>{target}@{level}" for level in range(layer[source] + 1, layer[target])),
            target,
        ]
        for source, target in pairs
    }


def ordered(
    layer: Mapping[str, int],
    chains: Mapping[Pair, list[str]],
    weight: Mapping[Pair, int],
    leaving: Collection[str],
) -> list[list[str]]:
    """The places of each layer from left to right, with few crossings (barycentres, sweeping down and up).

    Where that decides nothing the heaviest pairs come first and the longest last, so that the usual way
    stays straight and detours go right; the steps in ``leaving`` go furthest right, beside the ends.
    """
    rows: list[list[str]] = [[] for _ in range(max(layer.values(), default=0) + 1)]
    rank = {name: (0, name in leaving, 0) for name in layer}
    near: dict[str, list[list[str]]] = {name: [[], []] for name in layer}
    for name in layer:
        rows[layer[name]].append(name)
    for pair, chain in chains.items():
        rank[pair[1]] = min(rank[pair[1]], (-weight[pair], pair[1] in leaving, 0))
        for place in chain[1:-1]:
            rank[place], near[place] = (-weight[pair], False, len(chain)), [[], []]
            rows[layer[pair[0]] + chain.index(place)].append(place)
        for upper, lower in pairwise(chain):
            near[upper][1].append(lower)
            near[lower][0].append(upper)
    spot: dict[str, float] = {}
    for row in rows:
        row.sort(key=lambda name: rank[name])
        spot.update({name: place - (len(row) - 1) / 2 for place, name in enumerate(row)})
    best, fewest = [list(row) for row in rows], _crossings(rows, near)
    for sweep in range(_SWEEPS):
        side = sweep % 2
        for row in rows if side == 0 else reversed(rows):
            middle = {
                name: sum(spot[other] for other in near[name][side]) / len(near[name][side])
                for name in row
                if near[name][side]
            }
            row.sort(key=lambda name: (middle.get(name, spot[name]), rank[name]))
            spot.update({name: place - (len(row) - 1) / 2 for place, name in enumerate(row)})
        crossings = _crossings(rows, near)
        if crossings < fewest:
            best, fewest = [list(row) for row in rows], crossings
    return best


def _crossings(rows: list[list[str]], near: Mapping[str, list[list[str]]]) -> int:
    count = 0
    for upper, lower in pairwise(rows):
        lines = [(a, lower.index(name)) for a, place in enumerate(upper) for name in near[place][1]]
        count += sum((a - c) * (b - d) < 0 for a, b in lines for c, d in lines) // 2
    return count
