"""Where people can go from a situation: the engine's rules, applied to what is certain and what is not.

`flows.engine` is the truth; random conversations with it never leave what these moves allow (tests).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import product

from flows.checks.situation import IN_PASSING, Situation
from flows.levels import Level
from flows.model import Ask, Condition, End, Flow, Route, Say
from flows.questions import asked_alone, without_alone

# What an answer makes certain: flags that are present, and flags that are denied.
_Told = tuple[frozenset[str], frozenset[str]]
_NOTHING: _Told = (frozenset(), frozenset())


class Moves:
    """Where people can go from a situation, as the engine lets them."""

    def __init__(self, flow: Flow) -> None:
        self.flow = flow
        conditions = [
            one for step in flow.steps.values() if isinstance(step, Route) for one in step.conditions
        ]
        self._matter = {*flow.must_ask, *(one.flag for one in conditions)} & set(flow.flags)
        self._compared = {one.answer for one in conditions if one.answer}
        self._levels = sorted(
            {level for flag in flow.flags.values() for level in (flag.level, *flag.rises.values())}
            - {Level.EMERGENCY}
        )

    # -- straight on

    def onward(self, at: Situation) -> Iterator[Situation]:
        """Where a step leads by itself, or by an answer to its question."""
        step = self.flow.steps.get(at.step)
        if isinstance(step, Say):
            yield replace(at, step=step.next)
        elif isinstance(step, Route):
            for condition in self.tested(step, at):
                yield from self._holding(condition, at)
        elif isinstance(step, Ask):
            for answer, told, kept in self._answers(step, at):
                by = self._left_by(step, at, answer)
                if answer in step.then or "*" in step.then:
                    for after in self._after(at, step.target(answer), told, step.id if kept else "", by):
                        yield self._anew(after) if step.after else after

    def _left_by(self, step: Ask, at: Situation, answer: str) -> str:
        """How a question is left with ``answer``, as `Situation.by` has it."""
        if self.flow.check_in and step.id == self.flow.check_in.question:
            calm = at.level == Level.INFO and answer not in self.flow.reopen_answers
            return "checked_in" if calm else "answer"
        instead = step.expecting.kind == "anything" and answer != "*" and at.by == "start"
        return "nothing_hurts" if instead else "answer"

    def tested(self, step: Route, at: Situation) -> Iterator[Condition]:
        """The lines of a route that may be looked at."""
        for condition in step.conditions:
            yield condition
            if not self._can_fail(condition, at):
                return

    def _holding(self, condition: Condition, at: Situation) -> Iterator[Situation]:
        """Where ``condition`` leads, if it can hold."""
        flag = condition.flag
        if flag and flag not in self.flow.flags:
            return
        if flag:
            # Somebody who has the flag is at its level at least.
            if at.level >= self.flow.flags[flag].level:
                known = at.present | {flag}
                yield replace(at, step=condition.to, present=known, denied=at.denied - {flag})
        elif condition.level is not None:
            if at.level >= condition.level:
                yield replace(at, step=condition.to)
        elif not condition.answer or condition.answer in (*at.answered, IN_PASSING):
            yield replace(at, step=condition.to)

    def _can_fail(self, condition: Condition, at: Situation) -> bool:
        if condition.flag:
            return condition.flag not in at.present
        if condition.level is not None:
            return at.level < condition.level
        return bool(condition.answer)

    def _after(
        self, at: Situation, to: str, told: _Told, answered: str = "", by: str = "answer"
    ) -> Iterator[Situation]:
        """Where people go once ``told`` was told: on, or to the screening when it makes them urgent."""
        present, denied = told
        level = max([at.level, *(self.flow.flags[flag].level for flag in present)])
        if level == Level.EMERGENCY:
            return
        rose = at.level < Level.URGENT <= level
        present = at.present | (present & self._matter)
        yield Situation(
            step=self.flow.screening if rose else to,
            level=level,
            present=present,
            denied=(at.denied | (denied & self._matter)) - present,
            answered=at.answered | ({answered} & self._compared),
            by="told" if rose else by,
        )

    def _anew(self, at: Situation) -> Situation:
        """After a wait, a question is put again to those who denied it before."""
        step = self.flow.steps.get(at.step)
        return replace(at, denied=at.denied - set(step.flags)) if isinstance(step, Ask) else at

    # -- answers

    def _answers(self, step: Ask, at: Situation) -> Iterator[tuple[str, _Told, bool]]:
        """Each answer to a question, what it makes certain, and whether it is kept as an answer.

        A question whose answer was told already is not asked, and then no answer is kept.
        """
        expecting = step.expecting
        if expecting.kind == "checklist":
            for parts in product(*(self._about(item) for item in self.open_items(step, at))):
                yield "*", self._left_open(step, at, _together(parts)), False
        elif step.adds:
            yield "yes", (self._known(step.adds), frozenset()), True
            yield "yes", (self._known(step.adds), frozenset()), False
            yield "no", _NOTHING, True
        elif expecting.kind == "yes_no":
            known = at.settled(expecting.flags)
            for told in [_NOTHING] if known else self._about(expecting.flags):
                present = told[0] or at.present.intersection(expecting.flags)
                yield "yes" if present else "no", told, False
            if known:
                for flag in self._taken_back(expecting.flags, at):
                    yield "yes", (frozenset({flag}), frozenset()), False
        elif expecting.kind == "number":
            yield "*", _NOTHING, True
            for flag in self._known(step.severe_from):
                yield "*", (frozenset({flag}), frozenset()), True
                yield "*", (frozenset({flag}), frozenset()), False
        elif expecting.kind == "choice":
            yield from self._choices(step, at)
        else:
            yield "*", _NOTHING, True
            if at.level == Level.INFO:
                yield from ((option, _NOTHING, True) for option in expecting.options)

    def _choices(self, step: Ask, at: Situation) -> Iterator[tuple[str, _Told, bool]]:
        meant = {option: self._known(flags) for option, flags in step.means.items()}
        every = self._known(flag for flags in meant.values() for flag in flags)
        if self.questions(step, at):
            for option in step.expecting.options:
                mine = meant.get(option, frozenset())
                yield option, (mine, every - mine), True
        if step.means and not step.after:
            for option, flags in meant.items():
                for flag in flags - at.denied | self._taken_back(flags, at):
                    yield option, (frozenset({flag}), frozenset()), False
            if (other := _only_other(step)) and not every & at.present:
                yield other, (frozenset(), every), False

    def questions(self, step: Ask, at: Situation) -> list[tuple[str, ...]]:
        """The questions that a step puts to people one by one, by the flags that each is about.

        None when its answer is certainly known already.
        """
        expecting = step.expecting
        if expecting.kind == "checklist":
            return self.open_items(step, at)
        if expecting.kind == "yes_no" and expecting.flags and not step.adds:
            return [] if at.settled(expecting.flags) else [expecting.flags]
        if step.means and not step.after:
            every = self._known(flag for flags in step.means.values() for flag in flags)
            if every & at.present or (every <= at.denied and _only_other(step)):
                return []
        return [step.flags]

    def open_items(self, step: Ask, at: Situation) -> list[tuple[str, ...]]:
        """The items of a checklist that are asked: neither answered nor pointless at this level."""
        items = [tuple(flag for flag in item if flag in self.flow.flags) for item in step.expecting.items]
        return [
            item
            for item in items
            if item
            and not (at.settled(item) or at.settled(without_alone(self.flow, item)))
            and self.flow.worst_of(item) > at.level
        ]

    def _left_open(self, step: Ask, at: Situation, told: _Told) -> _Told:
        """``told`` in answer to a list: while something of it is there, "no" leaves some flags open."""
        present, denied = told
        there = (present | at.present).intersection(step.flags)
        return (present, denied - asked_alone(self.flow)) if there else told

    def _about(self, flags: tuple[str, ...]) -> list[_Told]:
        """What a yes-or-no question about ``flags`` can make certain: one of them, or none."""
        known = [flag for flag in flags if flag in self.flow.flags]
        one: list[_Told] = [(frozenset({flag}), frozenset()) for flag in known]
        return [*one, (frozenset(), frozenset(known))]

    def _known(self, flags: Iterable[str]) -> frozenset[str]:
        return frozenset(flags) & set(self.flow.flags)

    def _taken_back(self, flags: Iterable[str], at: Situation) -> frozenset[str]:
        """Those of ``flags`` that were denied, and may have been told all the same since."""
        return frozenset(flag for flag in at.denied & set(flags) if at.level >= self.flow.flags[flag].level)

    # -- aside

    def aside(self, at: Situation) -> Iterator[Situation]:
        """Where people go without an answer: unclear, back, telling of something else, after the end."""
        step = self.flow.steps.get(at.step)
        if isinstance(step, Ask):
            for to in (self.flow.unclear, step.unclear):
                if to:
                    yield replace(at, step=to, by="unclear")
            # "Back" comes to a question again, which is then open, at the level reached meanwhile.
            flags = frozenset(step.flags) - frozenset(step.adds) if self.questions(step, at) else frozenset()
            again = replace(
                at,
                present=at.present - flags,
                denied=at.denied - flags,
                answered=at.answered - {step.id},
            )
            for level in (at.level, *(level for level in self._levels if level > at.level)):
                yield replace(again, level=level)
                if at.level < Level.URGENT <= level:
                    yield replace(at, step=self.flow.screening, level=level, by="told")
            # "Back" to the one plain question about a flag can deny it; its level stays.
            for flag in at.present:
                yield replace(at, present=at.present - {flag}, denied=at.denied | {flag})
        elif isinstance(step, End):
            level = max(at.level, step.level)
            if level < Level.EMERGENCY:
                yield Situation(self.flow.screening, level, present=at.present, by="told")


def _only_other(step: Ask) -> str:
    """The one option that means no flag; ``""`` when there are none or several."""
    others = [option for option in step.expecting.options if option not in step.means]
    return others[0] if len(others) == 1 else ""


def _together(told: Iterable[_Told]) -> _Told:
    present, denied = _NOTHING
    for more_present, more_denied in told:
        present, denied = present | more_present, denied | more_denied
    return present, denied
