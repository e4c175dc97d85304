"""Lanes: the vertical lines between the flow and its ends, in an order with few crossings."""

from collections.abc import Mapping, Sequence


def lane_order(arrivals: Mapping[str, Sequence[float]], entries: Mapping[str, float]) -> list[str]:
    """The ends that need a lane, from left to right.

    ``arrivals``: the heights at which arrows for an end come in; ``entries``: the height of each end.
    An end whose arrows all come at its own height needs none.
    """
    order: list[str] = []
    for end, heights in arrivals.items():
        if any(abs(height - entries[end]) > 1 for height in heights):
            tries = [[*order[:place], end, *order[place:]] for place in range(len(order) + 1)]
            order = min(tries, key=lambda one: _crossings(one, arrivals, entries))
    return order


def _crossings(
    order: list[str], arrivals: Mapping[str, Sequence[float]], entries: Mapping[str, float]
) -> int:
    count = 0
    for place, end in enumerate(order):
        low = min(*arrivals[end], entries[end])
        high = max(*arrivals[end], entries[end])
        for other_place, other in enumerate(order):
            if other_place > place:
                count += sum(low < height < high for height in arrivals[other])
            elif other_place < place:
                count += low < entries[other] < high
    return count
