"""What was understood from one utterance, and what the conversation was hoping to hear.

These are plain data. `flows.understanding` makes a `Heard`; `flows.engine` consumes it; neither
knows how the other works.
"""

from dataclasses import dataclass
from typing import Literal

Polarity = Literal["present", "unsure", "denied"]
YesNo = Literal["yes", "no", "unsure"]
ExpectingKind = Literal["anything", "yes_no", "number", "choice", "checklist"]


@dataclass(frozen=True)
class Span:
    """The piece of the text that a finding rests on, and the rule that read it.

    ``text[start:end]`` of the original text is ``phrase`` (code points, half open). ``rule`` is the
    id of the rule in the language's YAML.
    """

    phrase: str
    start: int
    end: int
    rule: str


@dataclass(frozen=True)
class Mention:
    """One flag that the text speaks of.

    ``qualifiers`` are words from the flag's ``rises`` table in ``flags.yaml`` that the text adds,
    such as ``worsening`` for a leg that gets weaker quickly.
    """

    flag: str
    polarity: Polarity
    span: Span
    qualifiers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Expecting:
    """What the open question can be answered with.

    - ``anything``: a free description; beside it only the ``options`` of ``answers``, if any.
    - ``yes_no``: ``flags`` are the flags that a yes would mean.
    - ``number``: a whole number from ``lowest`` to ``highest``.
    - ``choice``: one option of the answer set ``answers``, whose ids are ``options`` in shown order;
      ``by_place`` says that "2" and "the second" count by that order.
    - ``checklist``: a numbered list; ``items[i]`` are the flags that item ``i`` asks about.
    """

    kind: ExpectingKind = "anything"
    flags: tuple[str, ...] = ()
    answers: str = ""
    options: tuple[str, ...] = ()
    by_place: bool = True
    items: tuple[tuple[str, ...], ...] = ()
    lowest: int = 0
    highest: int = 10


ANYTHING = Expecting()


@dataclass(frozen=True)
class Heard:
    """Everything understood from one utterance.

    - ``mentions``: flags, at most one `Mention` for each flag and polarity; where a flag is spoken of
      twice, the most worrying wins (present, then unsure, then denied).
    - ``yes_no``: the answer to a ``yes_no`` question, or to a checklist as a whole ("yes" with no
      item named). ``None`` when nothing in the text answers it: silence is not "no".
    - ``number``: the answer to a ``number`` question; ``None`` when there is none or several disagree.
    - ``choice``: option id of a ``choice`` question, or one offered beside a free description.
    - ``ticked``: zero-based items of a ``checklist``; ``()`` is "none of those", ``None`` no answer.
    - ``duration_hours``: how long ago it began or how long it has lasted ("since Tuesday" is counted
      as 72, since no clock is read).
    - ``command``: one of help, repeat, back, restart, staff, stop, start, thanks, greeting, slower,
      louder, faster, quieter, remind (in ``duration_hours``), or ``language.`` and the code of the language
      asked for.
    - ``topics``: ids of the questions asked ("ice or heat?"), in the order asked.
    - ``foreign``: most of its words belong to no language that is understood.
    - ``language``: the language that the text told; ``""`` when the conversation stays in its own.
    - ``why``: spans for the answer, command, topic and duration findings, keyed by field name.
    """

    text: str
    mentions: tuple[Mention, ...] = ()
    yes_no: YesNo | None = None
    number: int | None = None
    choice: str | None = None
    ticked: tuple[int, ...] | None = None
    duration_hours: float | None = None
    command: str | None = None
    topics: tuple[str, ...] = ()
    foreign: bool = False
    why: tuple[tuple[str, Span], ...] = ()
    language: str = ""

    def flags(self, polarity: Polarity) -> tuple[str, ...]:
        """Ids of the flags heard with ``polarity``, in the order they were said."""
        return tuple(m.flag for m in self.mentions if m.polarity == polarity)
