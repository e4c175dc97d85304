"""What is certain of the people who stand at a step."""

from dataclasses import dataclass

from flows.levels import Level

# Answers that are heard in passing: a route may compare them although no question asks for them.
IN_PASSING = "duration_hours"


@dataclass(frozen=True)
class Situation:
    """Where people stand.

    - ``level``: the level of the conversation.
    - ``present``, ``denied``: flags of which that is certain; of those that matter to the ways only.
    - ``answered``: questions whose answer is kept; of those that a route compares only.
    - ``by``: how the last question was left: ``start`` (nobody was asked yet), ``answer``,
      ``nothing_hurts`` (an option instead of a first description, from somebody who told of no symptom),
      ``checked_in`` (the check-in, by somebody who told of no symptom, and not worse), ``unclear``, or
      ``told`` (something that leads to the screening).
    """

    step: str
    level: Level = Level.INFO
    present: frozenset[str] = frozenset()
    denied: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()
    by: str = "start"

    def settled(self, flags: tuple[str, ...]) -> bool:
        """Whether a question about ``flags`` is certainly answered: one is present, or all are denied."""
        return bool(self.present.intersection(flags)) or self.denied.issuperset(flags)

    def open(self, flag: str) -> bool:
        """Whether nobody may have asked about ``flag`` yet."""
        return flag not in self.present and flag not in self.denied

    def implied_by(self, other: "Situation") -> bool:
        """Whether no more is certain here than in ``other``, at the same step and level.

        Less than "present" is "denied", which somebody may take back at any time.
        """
        return (
            self.present <= other.present
            and self.denied <= other.denied | other.present
            and self.answered <= other.answered
        )
