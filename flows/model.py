"""A flow as data: its steps, topics, flags and wording. `flows.loader` reads it, the engine walks it.

``file`` and ``line`` say where a step stands.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flows.flags import Flag
from flows.heard import Expecting
from flows.levels import Level
from flows.wording import Wording


@dataclass(frozen=True)
class Say:
    """Say the wording called after the step, then go on."""

    id: str
    next: str
    line: int = 0
    file: str = ""


@dataclass(frozen=True)
class Condition:
    """One line of a route. Exactly one of ``flag``, ``level``, ``answer`` is set, or none: "else".

    - ``flag``: that flag is present.
    - ``level``: the conversation is at that level or above.
    - ``answer``: the answer given at that step equals ``equals`` or, for numbers, is ``at_least``.
    """

    to: str
    flag: str = ""
    level: Level | None = None
    answer: str = ""
    equals: str = ""
    at_least: float | None = None
    line: int = 0


@dataclass(frozen=True)
class Route:
    """Go to the first condition that holds. The last one always holds."""

    id: str
    conditions: tuple[Condition, ...]
    line: int = 0
    file: str = ""


@dataclass(frozen=True)
class Ask:
    """Ask the wording called after the step, and wait.

    - ``expecting``: what counts as an answer.
    - ``then``: answer to next step; the key ``*`` stands for every answer.
    - ``means``: option to the flags that choosing it makes present.
    - ``severe_from``: flag to the number from which it is present (a 0 to 10 score).
    - ``adds``: flag to the qualifier that a yes adds to it.
    - ``unclear``: where the fallback ladder leads when no rung brought an answer.
    - ``after``: seconds to wait before asking; until then the wording ``<id>.wait`` is said.
    - ``spoken``: how many items of a checklist one question names by voice.
    """

    id: str
    expecting: Expecting
    then: Mapping[str, str]
    means: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    severe_from: Mapping[str, int] = field(default_factory=dict)
    adds: Mapping[str, str] = field(default_factory=dict)
    unclear: str = ""
    after: float = 0.0
    spoken: int = 1
    line: int = 0
    file: str = ""

    def at_once(self, channel: str) -> int:
        """How many items of a checklist one question on ``channel`` may name."""
        return self.spoken if channel == "voice" else len(self.expecting.items)

    def target(self, answer: str) -> str:
        """The step that ``answer`` leads to."""
        return self.then.get(answer) or self.then["*"]

    @property
    def flags(self) -> tuple[str, ...]:
        """Every flag that this question can bring up, in the order asked."""
        found = [*self.expecting.flags, *self.adds, *self.severe_from]
        for group in (*self.expecting.items, *self.means.values()):
            found += group
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True)
class End:
    """Give the disposition of ``level`` and close.

    ``without_screening``: why people may come here before everything of ``must_ask`` was asked:
    ``nothing_hurts``, ``answers_unclear`` or ``checked_in``; see `flows.checks.screening`.
    """

    id: str
    level: Level
    without_screening: str = ""
    line: int = 0
    file: str = ""


Step = Say | Route | Ask | End


@dataclass(frozen=True)
class CheckIn:
    """How people are, days later: ``question`` is put to them ``days`` after an end at one of ``levels``."""

    question: str
    levels: tuple[Level, ...]
    days: tuple[int, ...]


@dataclass(frozen=True)
class Flow:
    """One conversation, complete.

    - ``ends``: the end step for each level, and for the flags that have one of their own.
    - ``screening``: where a conversation resumes when something new or worse is told after its end.
    - ``must_ask``: flags that are asked about, unless they were told, before any advice below emergency.
    - ``unclear``: the end for a person whose answers stay unclear; it brings in a human.
    - ``reopen_question``, ``reopen_answers``: after the end, these answers mean "check again".
    - ``check_in``: the question that comes some days after the end; ``None`` when there is none.
    - ``topics``: ids of the questions people may ask at any point, worded ``topic.<id>``.
    - ``language``: the one that is spoken until the person's words, or their choice, tell another.
    - ``turn_limit``: after so many turns a human takes over.
    - ``moved``: a step of an older version to the one that took its place.
    """

    id: str
    version: str
    start: str
    screening: str
    unclear: str
    reopen_question: str
    reopen_answers: tuple[str, ...]
    steps: Mapping[str, Step]
    ends: Mapping[str, str]
    flags: Mapping[str, Flag]
    topics: tuple[str, ...]
    wording: Mapping[str, Wording]
    language: str
    turn_limit: int = 60
    moved: Mapping[str, str] = field(default_factory=dict)
    must_ask: tuple[str, ...] = ()
    check_in: CheckIn | None = None

    @property
    def starts(self) -> tuple[str, ...]:
        """The steps that a fresh conversation may begin with: where people begin it, and the check-in."""
        return (self.start, self.check_in.question) if self.check_in else (self.start,)

    def words_in(self, language: str) -> Wording:
        """The wording in ``language``; in the flow's own where it has none, or none was chosen yet."""
        return self.wording.get(language) or self.wording[self.language]

    @property
    def language_names(self) -> dict[str, str]:
        """Each language's code and its name in itself, the flow's own first."""
        codes = sorted(self.wording, key=lambda code: (code != self.language, code))
        named = [code for code in codes if "button.language" in self.wording[code]]
        return {code: self.wording[code].text("button.language", "voice") for code in named}

    def level_of(self, flag: str, qualifiers: Iterable[str] = ()) -> Level:
        """The level that ``flag`` means when it is present with ``qualifiers``."""
        return self.flags[flag].level_with(qualifiers)

    def worst_of(self, flags: Iterable[str]) -> Level:
        """The most urgent level that any of ``flags`` can mean, whatever is heard with it."""
        return max(self.level_of(flag, self.flags[flag].rises) for flag in flags)
