"""The ways that the checks follow are those of the engine: random conversations never leave them."""

import random

from flows import engine
from flows.checks.moves import Moves
from flows.checks.paths import follow
from flows.checks.situation import Situation
from flows.events import DaysLater, Event, Silence, Text, TimedOut
from flows.heard import Heard, Mention, Polarity, Span
from flows.levels import Level
from flows.line import BACK_PAIN
from flows.loader import load_flow
from flows.model import Ask, End
from flows.questions import open_question
from flows.session import Channel, Session

FLOW = load_flow(BACK_PAIN)
WAYS = follow(FLOW)
POLARITIES: tuple[Polarity, ...] = ("present", "unsure", "denied", "denied", "denied")
BELOW_EMERGENCY = [flag for flag in FLOW.flags if FLOW.flags[flag].level < Level.EMERGENCY]


def said(chance: random.Random, session: Session) -> Heard:
    """Something that could be heard now: an answer of the open question, a flag, a command or nothing."""
    expecting = open_question(FLOW, session).expecting
    mentions = []
    if chance.random() < 0.15:
        flag = chance.choice(BELOW_EMERGENCY if chance.random() < 0.5 else list(FLOW.flags))
        polarity = chance.choice(POLARITIES)
        word = chance.choice([(), *((rise,) for rise in FLOW.flags[flag].rises)])
        mentions = [Mention(flag, polarity, Span(flag, 0, 1, "test"), word if polarity == "present" else ())]
    answers: dict[str, object] = {}
    if chance.random() < (0.4 if expecting.kind == "number" else 0.8):
        ticked = [place for place in range(len(expecting.items)) if chance.random() < 0.1]
        kinds: dict[str, dict[str, object]] = {
            "yes_no": {"yes_no": chance.choice(["yes", "no", "no", "no", "unsure"])},
            "number": {"number": chance.randint(expecting.lowest, expecting.highest)},
            "choice": {"choice": chance.choice(expecting.options or ("",))},
            "checklist": {"ticked": tuple(ticked)},
            "anything": {"choice": chance.choice(expecting.options)} if expecting.options else {},
        }
        answers = kinds[expecting.kind]
        if chance.random() < 0.2:
            answers["duration_hours"] = 100.0
    elif chance.random() < 0.3:
        answers = {"command": chance.choice(["back", "repeat", "help", "stop", "start", "start"])}
    if "command" in answers:
        mentions = []  # a message that tells of a symptom is never a command
    text = "my lower back went while lifting" if chance.random() < 0.7 else ""
    return Heard(text, tuple(mentions), **answers)  # type: ignore[arg-type]


def event(chance: random.Random, session: Session) -> Event:
    if not session.step and chance.random() < 0.3:
        return DaysLater()
    if session.waiting and chance.random() < 0.7:
        return TimedOut(session.waiting)
    return Silence() if chance.random() < 0.07 else Text(said(chance, session))


def foreseen(session: Session, told: set[str]) -> bool:
    """Whether some situation of this step says nothing that is untrue of ``session``.

    ``told`` are the flags that were present or denied at any time.
    """
    present = {flag for flag, state in session.flags.items() if state == "present"}
    return any(
        at.present <= present and at.denied <= told and at.answered <= set(session.answers)
        for at in BY_STEP.get((session.step, session.level), ())
    )


BY_STEP: dict[tuple[str, Level], list[Situation]] = {}
for situation in WAYS:
    BY_STEP.setdefault((situation.step, situation.level), []).append(situation)


def converse(seed: int, channel: Channel) -> set[str]:
    """The steps of one random conversation, each of which must be foreseen with what is certain there."""
    chance = random.Random(seed)
    session = Session(FLOW.id, FLOW.version, channel)
    told: set[str] = set()
    seen: set[str] = set()
    for turn in range(40):
        was_done = session.done
        session = engine.step(FLOW, session, event(chance, session), now=turn * 200.0).session
        seen.add(session.step)
        if session.level == Level.EMERGENCY:
            break
        states = session.flags.items()
        told = set() if was_done and not session.done else told - {f for f, s in states if s == "unsure"}
        told |= {flag for flag, state in states if state in ("present", "denied")}
        step = FLOW.steps[session.step]
        if isinstance(step, Ask) and not session.confirm:
            assert foreseen(session, told), (seed, turn, session)
        if isinstance(step, End) and not step.without_screening and not session.confirm:
            unasked = set(FLOW.must_ask) - told
            assert not [f for f in unasked if FLOW.worst_of([f]) > session.level], (seed, turn, session)
    return seen


def test_no_conversation_leaves_the_ways() -> None:
    channels: tuple[Channel, ...] = ("sms", "voice")
    seen = set[str]().union(*(converse(seed, channel) for seed in range(400) for channel in channels))
    asked = {name for name, step in FLOW.steps.items() if isinstance(step, Ask)} - {"spread_leg"}
    assert seen >= asked | {"urgent", "unclear", "see_provider", "stop_today", "modify", "not_hurting"}


def test_what_was_denied_may_have_been_told_since_by_somebody_at_its_level() -> None:
    moves, denied = Moves(FLOW), frozenset({"radiating"})
    calm = Situation("spread_leg", Level.STOP_TODAY, denied=denied)
    assert {after.step for after in moves.onward(calm)} == {"not_eased"}
    urgent = Situation("spread_leg", Level.URGENT, denied=denied)
    assert {after.step for after in moves.onward(urgent)} == {"not_eased", "about_legs"}
