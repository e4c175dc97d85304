"""The way of each arrow between steps: where it leaves, where it bends, where it arrives.

An arrow runs down in the columns of its passages. Where it changes column it bends beside the box that it
comes from or goes to if nothing stands in the way there, otherwise in the gap between two layers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flows.draw.layers import Pair


@dataclass
class Way:
    """One arrow's way, before heights are known.

    - ``leaves``, ``enters``: "bottom", "top", "left" or "right" of its first and last box.
    - ``columns``: the x of each place that it runs through.
    - ``jogs``: the gaps (number of the layer above) in which it changes column.
    """

    pair: Pair
    chain: list[str]
    columns: list[float]
    leaves: str = "bottom"
    enters: str = "top"
    jogs: list[int] = field(default_factory=list)


class Router:
    """Decides the ways of all arrows from the order, columns and half widths of the places."""

    def __init__(
        self, rows: Sequence[Sequence[str]], spot: Mapping[str, float], half: Mapping[str, float]
    ) -> None:
        self.rows, self.spot, self.half = rows, spot, half
        self.level = {name: level for level, row in enumerate(rows) for name in row}

    def free(self, name: str, to: float) -> bool:
        """Whether nothing stands between the side of box ``name`` and the column ``to``."""
        low, high = sorted((self.spot[name], to))
        return not any(
            other != name and ">" not in other and low < self.spot[other] + self.half[other] + 8
            and self.spot[other] - self.half[other] - 8 < high
            for other in self.rows[self.level[name]]
        )  # fmt: skip

    def beside(self, name: str, to: float) -> bool:
        """Whether the column ``to`` runs beside box ``name`` and is reached from its side."""
        return abs(self.spot[name] - to) > self.half[name] + 8 and self.free(name, to)

    def side(self, name: str, to: float) -> str:
        """The side of box ``name`` that looks at the column ``to``."""
        return "left" if to < self.spot[name] else "right"

    def way(self, pair: Pair, chain: list[str], label: float, only: bool) -> Way:
        """The way of one arrow.

        ``label`` is the room that its label needs beside its first box; ``only`` says that no other arrow
        between steps leaves that box.
        """
        columns = [self.spot[place] for place in chain]
        way = Way(pair, chain, columns)
        source, target = pair
        bends = [place for place in range(len(chain) - 1) if columns[place] != columns[place + 1]]
        last = len(chain) - 2
        needed = self.half[source] + label
        room = columns[0] - needed if columns[1] < columns[0] else columns[0] + needed
        early = 0 in bends and self.beside(source, columns[1]) and self.free(source, room)
        late = last in bends and self.beside(target, columns[last])
        if last == 0 and early and late:
            early, late = not only, only
        if early:
            way.leaves = self.side(source, columns[1])
            bends.remove(0)
        if late and last in bends:
            way.enters = self.side(target, columns[last])
            bends.remove(last)
        way.jogs = [self.level[source] + place for place in bends]
        return way
