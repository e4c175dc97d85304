"""Triage levels, from a question answered to an emergency."""

from enum import IntEnum


class Level(IntEnum):
    """How urgent a conversation is. Larger is more urgent, so ``max`` picks the worst.

    The order is that of the clinical content's level table (Schmitt-Thompson style dispositions).
    """

    INFO = 0
    MODIFY = 1
    STOP_TODAY = 2
    SEE_PROVIDER = 3
    URGENT = 4
    EMERGENCY = 5

    @property
    def id(self) -> str:
        """The name used in YAML, logs and JSON, such as ``see_provider``."""
        return self.name.lower()

    @classmethod
    def from_id(cls, name: str) -> "Level":
        """The level called ``name`` (``"stop_today"``). Raises ``KeyError`` for an unknown name."""
        return cls[name.upper()]
