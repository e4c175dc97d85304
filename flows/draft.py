"""A turn in the making: what the engine changes while it handles one event, and how it moves on."""

from collections.abc import Iterable
from dataclasses import replace

from flows.countries import crisis_line, emergency_number
from flows.heard import Mention
from flows.levels import Level
from flows.model import Ask, Condition, End, Flow, Route, Say
from flows.questions import buttons, known_answer, likeness, open_question, unasked
from flows.session import Session
from flows.turn import Alert, Cancel, Effect, Reply, Schedule, Trace, Turn
from flows.turn import End as Ended
from flows.wording import as_list

# A walk longer than this is a loop in the flow.
_STEP_LIMIT = 100


class Draft:
    """The mutable workspace of one call of `flows.engine.step`. The session given in is never touched."""

    def __init__(self, flow: Flow, session: Session, now: float) -> None:
        self.flow = flow
        self.now = now
        self.level_before = session.level
        self.unasked = unasked(flow, session)
        self.session = replace(
            session,
            flags=dict(session.flags),
            qualifiers={flag: list(words) for flag, words in session.qualifiers.items()},
            answers=dict(session.answers),
            confirm=list(session.confirm),
            trail=list(session.trail),
            turns=session.turns + 1,
            last_at=now,
        )
        self.replies: list[Reply] = []
        self.effects: list[Effect] = []
        self.trace: list[Trace] = []

    def change(self, **fields: object) -> None:
        """Replace fields of the session."""
        self.session = replace(self.session, **fields)  # type: ignore[arg-type]

    def because(self, what: str, name: str, rule: str = "") -> None:
        """Add a line to the trace."""
        self.trace.append(Trace(what, name, rule))

    # -- words

    def words(self, key: str, **more: object) -> str:
        """The wording ``key`` in the person's language and channel, with every name filled in."""
        wording = self.flow.words_in(self.session.language)
        channel = self.session.channel
        flag = self.pressing_flag()
        values = {
            "emergency": emergency_number(self.session.country, wording.language),
            "crisis": crisis_line(self.session.country, wording.language),
            "tell": wording.text(f"tell.{flag}", channel) if flag else "",
            "aid": wording.text(f"aid.{flag}", channel) if flag else "",
            "languages": ", ".join(self.flow.language_names.values()),
            **{name: str(value) for name, value in more.items()},
        }
        return wording.text(key, channel, values)

    def say(self, key: str, **more: object) -> None:
        """Add the wording ``key`` to the replies, with ``more`` names filled in."""
        self.replies.append(Reply(self.words(key, **more), key))

    def ask(self) -> None:
        """Ask the open question, once more if need be."""
        question = open_question(self.flow, self.session)
        if not question.keys:
            return
        lines = [self.words(key) for key in question.keys]
        text = as_list(lines, self.session.channel) if len(lines) > 1 else lines[0]
        self.replies.append(Reply(text, question.keys[0]))

    # -- flags

    def pressing_flag(self) -> str:
        """The emergency flag that is told to the ambulance: the first present one in the flow's order."""
        present = [flag for flag in self.flow.flags if self.session.flags.get(flag) == "present"]
        for flag in present:
            if self.flow.level_of(flag, self.session.qualifiers.get(flag, ())) == Level.EMERGENCY:
                return flag
        return ""

    def present(self, flag: str, qualifiers: Iterable[str] = ()) -> None:
        """Note that the person has ``flag``; the level can only rise by it."""
        words = self.session.qualifiers.get(flag, [])
        added = [word for word in qualifiers if word not in words]
        if added:
            self.session.qualifiers[flag] = words + added
        self.session.flags[flag] = "present"
        if flag in self.session.confirm:
            self.session.confirm.remove(flag)
        self.session = self.session.raised(self.flow.level_of(flag, words + added))

    def denied(self, flag: str) -> None:
        """Note that the person does not have ``flag``, unless it was heard as present before."""
        if self.session.flags.get(flag) != "present":
            self.session.flags[flag] = "denied"
        if flag in self.session.confirm:
            self.session.confirm.remove(flag)

    def doubt(self, flag: str) -> None:
        """Queue the one plain question about ``flag`` if its answer can still change anything."""
        worst = self.flow.worst_of([flag])
        asked = self.session.flags.get(flag) == "denied" and f"confirm.{flag}" in self.session.answers
        if self.session.flags.get(flag) == "present" or flag in self.session.confirm or asked:
            return
        if worst >= Level.SEE_PROVIDER and (worst > self.session.level or worst == Level.EMERGENCY):
            self.session.flags[flag] = "unsure"
            self.session.confirm.append(flag)
            self.session.confirm.sort(key=list(self.flow.flags).index)

    def mention(self, mention: Mention) -> None:
        """Note one finding of `understand` and its reason."""
        span = mention.span
        name = f"{mention.flag} {mention.polarity}"
        self.trace.append(Trace("flag", name, span.rule, span.phrase, span.start, span.end))
        if mention.polarity == "present":
            self.present(mention.flag, mention.qualifiers)
        elif mention.polarity == "denied":
            self.denied(mention.flag)
        else:
            self.doubt(mention.flag)

    # -- moving on

    def walk(self, name: str) -> None:
        """Go from step ``name`` to the next question that is not answered yet, or to an end."""
        for _ in range(_STEP_LIMIT):
            step = self.flow.steps[name]
            self.because("step", name)
            if isinstance(step, Say):
                self.say(step.id)
                name = step.next
            elif isinstance(step, Route):
                name = next(c.to for c in step.conditions if self.holds(c))
            elif isinstance(step, End):
                self.finish(step)
                return
            else:
                answer = known_answer(self.flow, self.session, step)
                if answer is None:
                    self.open(step)
                    return
                name = step.target(answer)
        raise RecursionError(f"the flow {self.flow.id} runs in a circle at step {name}")

    def holds(self, condition: Condition) -> bool:
        """Whether a line of a route applies now."""
        if condition.flag:
            return self.session.flags.get(condition.flag) == "present"
        if condition.level is not None:
            return self.session.level >= condition.level
        if condition.answer:
            given = self.session.answers.get(condition.answer)
            if condition.at_least is not None:
                return isinstance(given, int | float) and given >= condition.at_least
            return given == condition.equals
        return True

    def open(self, step: Ask) -> None:
        """Make ``step`` the open question. One with a wait is asked when the wait is over."""
        self.change(step=step.id, misses=0, silences=0, singly=False, lost=False)
        if step.after:
            self.change(waiting=step.id, due=self.now + step.after)
            self.effects.append(Schedule(step.id, step.after))
        self.ask()

    def stop_waiting(self) -> None:
        """Forget a wait that is no longer needed."""
        if self.session.waiting:
            self.effects.append(Cancel(self.session.waiting))
            self.change(waiting="", due=0.0)

    def finish(self, end: End) -> None:
        """Give a disposition: that of ``end``, or of the level already reached when it is more urgent."""
        if self.session.level > end.level:
            end = self.end_for(self.session.level)
        self.stop_waiting()
        self.session = self.session.raised(end.level)
        self.change(step=end.id, done=True, confirm=[], misses=0, silences=0, singly=False, lost=False)
        self.say(end.id)
        self.effects.append(Ended(end.level))

    def end_for(self, level: Level) -> End:
        """The end step of ``level``, or the pressing flag's own one."""
        name = level.id
        if level == Level.EMERGENCY and self.pressing_flag() in self.flow.ends:
            name = self.pressing_flag()
        step = self.flow.steps[self.flow.ends[name]]
        assert isinstance(step, End)
        return step

    def emergency(self, further: bool = False) -> bool:
        """End with the emergency advice when the level rose to it, or a ``further`` one was told."""
        if self.session.level < Level.EMERGENCY or not (further or self.level_before < Level.EMERGENCY):
            return False
        self.replies.clear()
        end = self.end_for(Level.EMERGENCY)
        self.because("step", end.id)
        self.finish(end)
        return True

    @property
    def rose(self) -> bool:
        """Whether this event made the conversation urgent."""
        return self.level_before < Level.URGENT <= self.session.level

    def move_on(self) -> None:
        """After an answer: the next plain question, the rest of this one, or the next step.

        Once somebody must be seen today, only what is open of the screening still matters.
        """
        self.change(misses=0, silences=0)
        if self.session.lost:
            self.carry_on()
            return
        if self.rose:
            self.stop_waiting()
            self.change(step=self.flow.screening)
        step = self.flow.steps[self.session.step]
        assert isinstance(step, Ask)
        answer = known_answer(self.flow, self.session, step)
        if self.session.confirm:
            self.ask()
        elif answer is None:
            self.carry_on()
        else:
            self.stop_waiting()
            self.walk(step.target(answer))

    def carry_on(self) -> None:
        """Pick up where it was: the open question again, the disposition after the end, a wait in peace.

        A conversation whose question went away when the flow changed goes on at the screening.
        """
        if self.session.lost:
            self.say("moved")
            self.walk(self.flow.screening)
        elif self.session.done:
            self.say(f"after_end.{self.session.level.id}")
        elif not self.session.paused or self.session.confirm:
            self.ask()
        elif not self.replies:
            self.say(f"{self.session.step}.still")

    def turn(self) -> Turn:
        """The finished turn. A level that rose to urgent or above tells staff."""
        if self.session.level > self.level_before and self.session.level >= Level.URGENT:
            self.alert()
        question = open_question(self.flow, self.session)
        # As long as the conversation is lost, nothing new was put to the person.
        asked = self.session.asked if self.session.lost else likeness(question)
        return Turn(
            replace(self.session, asked=asked),
            tuple(self.replies),
            tuple(self.effects),
            tuple(self.trace),
            question.asks,
            buttons(self.flow, self.session, question),
            self.flow.words_in(self.session.language).language,
        )

    def alert(self) -> None:
        """Tell staff, with the flags that are present."""
        flags = tuple(flag for flag, state in self.session.flags.items() if state == "present")
        self.effects.append(Alert(self.session.level, flags))
