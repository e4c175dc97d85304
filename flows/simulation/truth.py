"""What a simulated patient really has, and the level that this amounts to by the flow's own rules."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flows.draft import Draft
from flows.levels import Level
from flows.model import Ask, End, Flow, Route, Say
from flows.session import Session

# How serious the worst is that somebody comes with: rare things are made common, or none would be met.
_WORST = ((None, 0.4), (Level.SEE_PROVIDER, 0.1), (Level.URGENT, 0.25), (Level.EMERGENCY, 0.25))
_HOURS = ((1, 0.6), (24, 0.15), (48, 0.1), (96, 0.07), (168, 0.05), (504, 0.03))
_ANOTHER_FLAG = 0.25
_QUALIFIED = 0.4
_NOTHING_HURTS = 0.1
_COMES_WITH_THE_WAIT = 0.03
_STEP_LIMIT = 100

Present = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Truth:
    """One patient's body.

    - ``flags``: flag to its qualifiers, from the first message on; ``later``: flags that come while the
      line waits.
    - ``answers``: step id to the true answer, for questions of a choice, a number or a description.
    - ``hours``: how long ago it began.
    """

    flags: Present
    later: tuple[str, ...]
    answers: Mapping[str, str | int]
    hours: int

    def present(self, waited: bool) -> Present:
        """The flags that there are before the line's wait, or after it."""
        return {**dict.fromkeys(self.later if waited else (), ()), **self.flags}


def draw(flow: Flow, rng: random.Random) -> Truth:
    """A truth that fits ``flow``, by chance."""
    worst = rng.choices([level for level, _ in _WORST], [share for _, share in _WORST])[0]
    hours = rng.choices([hours for hours, _ in _HOURS], [share for _, share in _HOURS])[0]
    flags: dict[str, tuple[str, ...]] = {}
    later: list[str] = []
    answers: dict[str, str | int] = {}
    questions = [step for step in flow.steps.values() if isinstance(step, Ask)]
    if worst is None and rng.random() < _NOTHING_HURTS:
        return Truth({}, (), {step.id: _nothing_hurts(step) for step in questions}, 0)
    serious = [flag for flag in flow.flags if flow.worst_of([flag]) >= Level.SEE_PROVIDER]
    first = [flag for flag in serious if flow.level_of(flag) == worst]
    chosen = [rng.choice(first)] if first else []
    while chosen and rng.random() < _ANOTHER_FLAG:
        chosen.append(rng.choice(serious))
    for flag in chosen:
        flags[flag] = tuple(word for word in flow.flags[flag].rises if rng.random() < _QUALIFIED)
    for step in questions:
        if step.expecting.kind == "number":
            answers[step.id] = score = _score(step, rng)
            flags.update({flag: () for flag, lowest in step.severe_from.items() if score >= lowest})
        elif step.expecting.kind == "choice":
            option = _option(step, flags, rng)
            answers[step.id] = option
            meant = step.means.get(option, ())
            if step.after:
                later += [*meant, *_afterwards(flow, step, option, rng)]
            elif meant and not any(flag in flags for flag in meant):
                flags[meant[0]] = ()
    return Truth(flags, tuple(flag for flag in later if flag not in flags), answers, hours)


def _nothing_hurts(step: Ask) -> str | int:
    """The answer to ``step`` of somebody with nothing wrong, who may be asked it all the same."""
    if step.expecting.kind == "number":
        return step.expecting.lowest
    options = step.expecting.options
    return next((option for option in options if option not in step.means), options[0]) if options else "*"


def _score(step: Ask, rng: random.Random) -> int:
    return rng.randint(step.expecting.lowest, step.expecting.highest)


def _option(step: Ask, flags: Present, rng: random.Random) -> str:
    """The true option: one that means a flag only if the flag is there, except after a wait."""
    options = list(step.expecting.options)
    if step.after:
        return rng.choice(options)
    fitting = [option for option, meant in step.means.items() if any(flag in flags for flag in meant)]
    harmless = [option for option in options if option not in step.means]
    return rng.choice(fitting or harmless or options)


def _afterwards(flow: Flow, step: Ask, option: str, rng: random.Random) -> Iterable[str]:
    """Flags that come with the wait: what ``option`` is asked about next, or something bad and new."""
    following = flow.steps[step.target(option)]
    if isinstance(following, Ask) and following.expecting.kind == "yes_no" and rng.random() < 1 / 2:
        yield from following.expecting.flags[:1]
    if rng.random() < _COMES_WITH_THE_WAIT:
        yield rng.choice([flag for flag in flow.flags if flow.level_of(flag) == Level.EMERGENCY])


def true_answer(step: Ask, truth: Truth, present: Present) -> str:
    """What an honest person with ``present`` answers to ``step``, as a key of its ``then``."""
    if step.adds:
        return "yes" if any(word in present.get(flag, ()) for flag, word in step.adds.items()) else "no"
    if step.expecting.kind == "yes_no":
        return "yes" if any(flag in present for flag in step.expecting.flags) else "no"
    return str(truth.answers.get(step.id, "*"))


def amounts_to(flow: Flow, truth: Truth) -> Level:
    """The level at which ``flow`` must end if it came to know the whole ``truth``.

    The flags count by themselves, whatever the steps do: a flow that forgets to ask is wrong here, too.
    """
    name, waited = flow.start, False
    for _ in range(_STEP_LIMIT):
        step = flow.steps[name]
        waited = waited or (isinstance(step, Ask) and step.after > 0)
        present = truth.present(waited)
        level = max((flow.level_of(flag, words) for flag, words in present.items()), default=Level.INFO)
        if level == Level.EMERGENCY:
            return level
        if isinstance(step, End):
            return max(level, step.level)
        if isinstance(step, Say):
            name = step.next
        elif isinstance(step, Route):
            known = Session(
                flow.id, flow.version, "sms", level=level, flags=dict.fromkeys(present, "present"),
                answers={**truth.answers, "duration_hours": truth.hours},
            )  # fmt: skip
            draft = Draft(flow, known, 0.0)
            name = next(condition.to for condition in step.conditions if draft.holds(condition))
        else:
            name = step.target(true_answer(step, truth, present))
    raise RecursionError(f"the flow {flow.id} runs in a circle at step {name}")


def facts(present: Present) -> frozenset[str]:
    """What there is to tell: each ``flag``, and ``flag.qualifier`` for each of its qualifiers."""
    return frozenset(present).union(f"{flag}.{word}" for flag, words in present.items() for word in words)
