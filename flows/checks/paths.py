"""Every way through a flow, with what is certain of the people who come along it.

The engine listens for flags in everything that is said, goes back to the screening when somebody turns
out to be urgent, leaves a question that stays unclear, and opens a closed conversation again. So the
ways are followed as the engine goes them, not only as `then` and `next` name them. A `Situation` says what
holds for everybody who is in it; what is not certain, such as a flag that may have been told in passing,
is left open. An emergency ends a conversation at once, so no way is followed after one.
"""

from collections import deque

from flows.checks.moves import Moves
from flows.checks.situation import Situation
from flows.levels import Level
from flows.model import Flow


def follow(flow: Flow) -> dict[Situation, Situation | None]:
    """All situations that people can come into, each with one that comes before it (``None``: a start).

    A step that does not exist has no way on, and a flag that is not known is left out. Where less is
    certain everything can happen that can happen where more is, so only the former is followed further.
    """
    moves = Moves(flow)
    before: dict[Situation, Situation | None] = {Situation(start): None for start in flow.starts}
    kept: dict[tuple[str, Level, str], list[Situation]] = {}
    waiting = deque(before)
    while waiting:
        at = waiting.popleft()
        alike = kept.setdefault((at.step, at.level, at.by), [])
        if any(other.implied_by(at) for other in alike):
            continue
        alike[:] = [*(other for other in alike if not at.implied_by(other)), at]
        for after in (*moves.onward(at), *moves.aside(at)):
            if after not in before:
                before[after] = at
                waiting.append(after)
    return before


def way_to(situation: Situation, before: dict[Situation, Situation | None]) -> str:
    """The steps of one way to ``situation``, in words."""
    steps: list[str] = []
    at: Situation | None = situation
    while at:
        if steps[-1:] != [at.step]:
            steps.append(at.step)
        at = before[at]
    return " > ".join(reversed(steps))
