"""A clock that goes faster than time, the same one in every process on this machine."""

import time
from dataclasses import dataclass

# A wait of a minute takes six seconds. So does the lease of a killed worker's job.
PACE = 10.0


@dataclass(frozen=True)
class QuickClock:
    """It showed ``at`` (since 1970) when ``time.monotonic()``, the same for all processes, was ``since``."""

    at: float
    since: float

    def __call__(self) -> float:
        return self.at + (time.monotonic() - self.since) * PACE

    @classmethod
    def from_now(cls, at: float) -> "QuickClock":
        """One that shows ``at`` now."""
        return cls(at, time.monotonic())
