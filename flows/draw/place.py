"""Placing things in a row: as near as possible to where each wants to be, without overlap."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from flows.draw.layers import Pair


def spread(wanted: Sequence[float], apart: Sequence[float], least: float) -> list[float]:
    """Positions near ``wanted`` in the same order, where ``apart[i]`` lies at least between i and i+1.

    None is below ``least``. The sum of distances is the smallest possible (pool adjacent violators, on
    medians).
    """
    shift = [sum(apart[:place]) for place in range(len(wanted))]
    blocks: list[list[float]] = []
    for place, value in enumerate(wanted):
        blocks.append([value - shift[place]])
        while len(blocks) > 1 and _median(blocks[-2]) > _median(blocks[-1]):
            last = blocks.pop()
            blocks[-1] += last
    flat = [max(_median(block), least) for block in blocks for _ in block]
    return [value + moved for value, moved in zip(flat, shift, strict=True)]


def columns(
    rows: Sequence[Sequence[str]],
    chains: Mapping[Pair, list[str]],
    weight: Mapping[Pair, int],
    half: Mapping[str, float],
    gap: float,
) -> dict[str, float]:
    """The centre of each place from left to right.

    Places are tied together downwards into straight columns, the usual way and long arrows first; then
    every column goes as far left as its row allows. ``half`` is half the width of each place.
    """
    column = {name: [name] for row in rows for name in row}
    for upper, lower in _ties(rows, chains, weight):
        joined = column[upper] + column[lower]
        column.update(dict.fromkeys(joined, joined))
    left_of = {right: left for row in rows for left, right in pairwise(row)}
    spot: dict[str, float] = {}

    def place(name: str) -> float:
        if name not in spot:
            x = 0.0
            for part in column[name]:
                if part in left_of:
                    other = left_of[part]
                    x = max(x, place(other) + half[other] + gap + half[part])
            spot.update(dict.fromkeys(column[name], x))
        return spot[name]

    for name in column:
        place(name)
    return spot


def _ties(
    rows: Sequence[Sequence[str]], chains: Mapping[Pair, list[str]], weight: Mapping[Pair, int]
) -> list[Pair]:
    """The pieces of arrows that run straight: at most one up and down from each place, none crossing."""
    at = {name: (level, place) for level, row in enumerate(rows) for place, name in enumerate(row)}
    pieces = []
    for pair, chain in chains.items():
        for upper, lower in pairwise(chain):
            # A bend between two passages would be seen most, one between two boxes next.
            rank = {2: 0, 0: 1, 1: 2}[(">" in upper) + (">" in lower)]
            pieces.append((-weight[pair], rank, at[lower][1], upper, lower))
    ties: list[Pair] = []
    for *_, upper, lower in sorted(pieces, key=lambda piece: piece[:3]):
        level, a = at[upper]
        b = at[lower][1]
        there = [(at[u][1], at[v][1]) for u, v in ties if at[u][0] == level]
        if all((a - c) * (b - d) > 0 for c, d in there):
            ties.append((upper, lower))
    return ties


def _median(values: Sequence[float]) -> float:
    return sorted(values)[(len(values) - 1) // 2]
