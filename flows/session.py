"""Where one person's conversation stands: plain data that survives being written and read back."""

import json
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from flows.levels import Level

Channel = Literal["sms", "voice"]

# The kind of a wait that the person asked for. One that belongs to a step is called after it.
REMIND = "remind"
# The kind of the wait while somebody of the staff talks with the person themselves.
HOLD = "hold"

# A stale answer must never count: after this many seconds of silence a fresh conversation begins.
EXPIRY_SECONDS: dict[str, float] = {"sms": 24 * 3600.0, "voice": 120.0}
# At a kiosk an emergency stands for longer: whoever comes to help reads it there, and staff write to them.
_EMERGENCY_SECONDS = 600.0


class BadSessionError(ValueError):
    """A stored session that cannot be read back."""


@dataclass(frozen=True)
class Session:
    """One conversation's state.

    - ``language``: the one chosen by name or told by the person's words; until then ``""``, and the flow's
      own is spoken.
    - ``flags``: flag id to ``present``, ``denied`` or ``unsure``.
    - ``qualifiers``: flag id to what was added about it (``worsening``).
    - ``answers``: step id to the answer given there.
    - ``confirm``: flags waiting for their one plain question, first one first.
    - ``singly``: whether the open checklist is asked one item at a time instead of as a list.
    - ``trail``: questions already answered, oldest first, so that "back" can return to one.
    - ``misses``, ``silences``: how often in a row the open question was not answered.
    - ``waiting``: kind of the pending ``Schedule``; ``due`` its time. Times are seconds since 1970.
    - ``done``: the disposition was given; ``opted_out``: STOP was received, so nothing is sent.
    - ``asked``: what the question that was put last asks for, as `flows.questions.likeness` writes it.
    - ``lost``: that question went away when the flow changed, and the next turn goes on at the screening.
    - ``held_by``: who of the staff talks with the person themselves, while the conversation is ``held``.
    - ``notes``: what they wrote to somebody at a kiosk and was not spoken there yet, oldest first.

    ``version`` names the version of the flow, with the first digits of its content's hash (``2-77aa10c3``).
    """

    flow: str
    version: str
    channel: Channel
    language: str = ""
    country: str = "US"
    step: str = ""
    level: Level = Level.INFO
    flags: dict[str, str] = field(default_factory=dict)
    qualifiers: dict[str, list[str]] = field(default_factory=dict)
    answers: dict[str, str | int] = field(default_factory=dict)
    confirm: list[str] = field(default_factory=list)
    singly: bool = False
    trail: list[str] = field(default_factory=list)
    misses: int = 0
    silences: int = 0
    turns: int = 0
    waiting: str = ""
    due: float = 0.0
    last_at: float = 0.0
    done: bool = False
    opted_out: bool = False
    asked: str = ""
    lost: bool = False
    held_by: str = ""
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> str:
        """This session as one JSON object; `from_json` reads it back equal."""
        return json.dumps(vars(self) | {"level": self.level.id}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Session":
        """The session that `to_json` wrote. Raises `BadSessionError` when it is not one."""
        try:
            data: dict[str, Any] = json.loads(text)
            return cls(**(data | {"level": Level.from_id(data["level"])}))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise BadSessionError(f"not a stored session: {error}") from error

    def expired(self, now: float) -> bool:
        """Whether the person has been silent so long that ``now`` starts a fresh conversation.

        So it does when their last turn is as far in the future: the clock was wrong then, and nobody knows
        how old it is.
        """
        since, most = max(self.last_at, self.due if self.waiting else 0.0), expiry(self.channel, self.level)
        return self.turns > 0 and (now - since > most or self.last_at - now > most)

    @property
    def paused(self) -> bool:
        """Whether the open question waits for its time, and not for an answer."""
        return self.waiting not in ("", REMIND, HOLD)

    @property
    def held(self) -> bool:
        """Whether somebody of the staff talks with the person themselves, so that nothing is asked."""
        return self.waiting == HOLD

    def raised(self, level: Level) -> "Session":
        """This session at ``level`` or its own level, whichever is more urgent."""
        return replace(self, level=max(self.level, level))


def expiry(channel: Channel, level: Level) -> float:
    """After how many seconds of silence a conversation is over."""
    longer = _EMERGENCY_SECONDS if level == Level.EMERGENCY else 0.0
    return max(EXPIRY_SECONDS[channel], longer)
