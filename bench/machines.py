"""How many machines a million conversations a day take, from what one was seen to carry."""

from math import ceil

CONVERSATIONS = 1_000_000
# The median of simulated patients (`python -m flows simulate`).
TURNS = 7
# Assumed: gyms are full in the evening, and the busiest hour has an eighth of the day's texts.
PEAK = 3
# Half as much again as the peak, for the machine that is being restarted and the day that is unlike others.
HEADROOM = 1.5
_DAY_SECONDS = 24 * 3600


def needed() -> float:
    """Turns a second that the machines must carry together."""
    return CONVERSATIONS * TURNS / _DAY_SECONDS * PEAK * HEADROOM


def machines(per_second: float) -> int:
    """So many that carry ``per_second`` each."""
    return ceil(needed() / per_second)
