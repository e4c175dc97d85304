"""How long it takes to understand a message and to decide what to say. Run: ``python -m bench.turn``

What the whole webhook carries is measured by `bench.load`.
"""

import statistics
import time
from collections.abc import Iterable, Sequence

from bench.messages import mixed
from flows.events import Text
from flows.line import load_line


def times_of_turns(conversations: Iterable[Sequence[str]]) -> list[float]:
    """Milliseconds of `hear` and `step` for each message of ``conversations``."""
    line = load_line()
    times: list[float] = []
    for texts in conversations:
        session = line.open("sms", "US")
        for number, text in enumerate(texts):
            start = time.perf_counter()
            turn = line.step(session, Text(line.hear(session, text)), 1.79e9 + number)
            times.append((time.perf_counter() - start) * 1000)
            session = turn.session
    return times


def main() -> None:
    """Measures and prints."""
    messages = mixed(1000)
    times = sorted(times_of_turns(messages[at : at + 10] for at in range(0, len(messages), 10)))
    print(
        f"understand + step, {len(times)} mixed messages: median {statistics.median(times):.2f} ms, "
        f"p99 {times[int(len(times) * 0.99)]:.2f} ms, slowest {times[-1]:.2f} ms"
    )


if __name__ == "__main__":
    main()
