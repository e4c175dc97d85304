"""Kills machines at any moment and starts them again, as often as it is told to."""

import random
import time
from collections import Counter
from collections.abc import Callable

from tests.crash.machines import Machine, Machines
from tests.crash.quick_clock import QuickClock

# From one kill to the next, and until a dead machine is started again.
_BETWEEN = (0.0, 0.6)
_DEAD = (0.0, 0.4)
# A process that was started so shortly before is not ready yet.
_BOOTING_SECONDS = 0.35


class Killer:
    """``kill -9``. `killed` counts the processes by their part, and by "booting" those not ready yet."""

    def __init__(self, machines: Machines, seed: int) -> None:
        self.killed: Counter[str] = Counter()
        self._machines = machines
        self._random = random.Random(seed)
        self._to_start: list[tuple[float, Machine]] = []

    @property
    def sentence(self) -> str:
        """What was killed."""
        killed = self.killed
        return (
            f"{killed['server']} kills of servers and {killed['worker']} of workers, "
            f"{killed['booting']} of them while they booted,"
        )

    @property
    def kills(self) -> int:
        """How often."""
        return self.killed["server"] + self.killed["worker"]

    def run(self, kills: int, clock: QuickClock, between: Callable[[], object] = lambda: None) -> None:
        """Starts all and kills so often, with ``between`` done after each kill; in the end all run again."""
        self._start_all(clock)
        for _ in range(kills):
            self._pause(self._random.uniform(*_BETWEEN), clock)
            while not (alive := [one for one in self._machines.all if one.group is not None]):
                self._pause(0.05, clock)
            self._kill(self._random.choice(alive))
            between()
        self._start_all(clock)

    def cut_power(self) -> None:
        """Kills all that is there, at once. The next `run` starts it again."""
        for one in self._machines.all:
            self._kill(one)

    def _start_all(self, clock: QuickClock) -> None:
        for one in self._machines.all:
            if one.group is None:
                self._machines.start(one, clock)
        self._to_start.clear()
        self._machines.wait()

    def _kill(self, machine: Machine) -> None:
        now = time.monotonic()
        self._machines.kill(machine)
        self.killed[machine.part] += 1
        self.killed["booting"] += now - machine.started < _BOOTING_SECONDS
        self._to_start.append((now + self._random.uniform(*_DEAD), machine))

    def _pause(self, seconds: float, clock: QuickClock) -> None:
        give_up = time.monotonic() + seconds
        while (now := time.monotonic()) < give_up:
            for due, machine in self._to_start.copy():
                if due <= now:
                    self._machines.start(machine, clock)
                    self._to_start.remove((due, machine))
            time.sleep(0.01)
