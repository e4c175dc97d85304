"""Whether staff did something with a kiosk's conversation that the person there does not know yet."""

from collections.abc import Callable

from flows.session import Session
from voice.talk_events import FromStaff

# The database is asked so often (s).
_EVERY = 1.0
# And ten times as seldom as a look takes, so that a slow one keeps nobody from being heard.
_SHARE = 10.0
# What could not be said is tried again after so long (s).
_AGAIN = 30.0


class Staff:
    """Watches over one conversation. ``clock`` only runs forward (s)."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._next = self._again = float("-inf")
        self._told = -1

    def look(self, standing: Callable[[], Session | None], held: bool) -> FromStaff | None:
        """What there is to tell, looked up once a second by ``standing``, which never raises.

        ``held`` is whether the person knows that staff answer.
        """
        began = self._clock()
        if began < self._next:
            return None
        session = standing()
        now = self._clock()
        self._next = now + max(_EVERY, _SHARE * (now - began))
        news = _news(session, held) if session else None
        # A turn that was told is counted; without it the same is not told over and over.
        if session is None or news is None or (session.turns == self._told and now < self._again):
            return None
        self._told, self._again = session.turns, now + _AGAIN
        return news


def _news(session: Session, held: bool) -> FromStaff | None:
    if session.notes or (session.held and not held):
        return FromStaff("timed_out")
    return FromStaff("started") if held and not session.held else None
