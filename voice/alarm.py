"""Red flags in words that are still being said: acted on without waiting for the end of the sentence."""

from flows.heard import Heard
from flows.levels import Level
from flows.model import Flow


def outright(flow: Flow, heard: Heard) -> frozenset[str]:
    """The emergencies that ``heard`` says outright; none where anything in it is denied, or may be."""
    doubtful = heard.flags("denied") or heard.yes_no in ("no", "unsure")
    if doubtful:
        return frozenset()
    present = (one for one in heard.mentions if one.polarity == "present")
    return frozenset(
        one.flag for one in present if flow.level_of(one.flag, one.qualifiers) == Level.EMERGENCY
    )


class Alarm:
    """Watches one utterance grow, and believes words the second time: a recogniser may take them back."""

    def __init__(self) -> None:
        self._before: frozenset[str] = frozenset()

    def begin(self) -> None:
        """A new utterance."""
        self._before = frozenset()

    def rings(self, emergencies: frozenset[str]) -> bool:
        """Whether one of the ``emergencies`` in the newest partial text was in the one before as well."""
        both = self._before & emergencies
        self._before = emergencies
        return bool(both)
