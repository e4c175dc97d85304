"""What can happen at any moment of a conversation. It is shown once, beside the flow, as a list."""

from dataclasses import dataclass

from flows.draw.graph import words_of
from flows.draw.text import spoken
from flows.levels import Level
from flows.model import Flow

# What people can say to the line itself, whatever is being asked.
COMMANDS = ("help", "repeat", "back", "restart", "staff", "stop", "start")


@dataclass(frozen=True)
class Interrupt:
    """One of them. ``end`` is the end step it leads to at once; empty where the conversation goes on."""

    name: str
    text: str
    title: str
    end: str = ""


def interrupts_of(flow: Flow) -> tuple[Interrupt, ...]:
    """All interrupts of ``flow``: those that end it first."""
    found = [*_emergencies(flow), _unclear(flow), _urgent(flow), _after_end(flow), *_check_in(flow)]
    found += _topics(flow)
    return (*found, _commands(flow))


def _emergencies(flow: Flow) -> list[Interrupt]:
    """The flags that end a conversation at once, by the end they have (`flows.draft.Draft.end_for`)."""
    signs: dict[str, list[str]] = {}
    for flag in flow.flags.values():
        words = [word for word, level in flag.rises.items() if level == Level.EMERGENCY]
        end = flow.ends.get(flag.id, flow.ends[Level.EMERGENCY.id])
        if flag.level == Level.EMERGENCY:
            signs.setdefault(end, []).append(flag.id)
        else:
            signs.setdefault(end, []).extend(f"{flag.id} ({word})" for word in words)
    usual = flow.ends[Level.EMERGENCY.id]
    found = []
    for end in sorted(signs, key=lambda end: end != usual):
        named = ", ".join(map(spoken, signs[end]))
        title = "Ends the conversation at once:" + "".join(f"\n{_question(flow, one)}" for one in signs[end])
        name, text = ("An emergency sign", named) if end == usual else (named.capitalize(), "has its own end")
        found.append(Interrupt(name, text, title, end))
    return found


def _question(flow: Flow, name: str) -> str:
    flag = name.partition(" ")[0]
    sources = ", ".join(flow.flags[flag].sources)
    return f"{spoken(name)}: {words_of(flow).words[f'ask.{flag}'].voice} (source: {sources})"


def _unclear(flow: Flow) -> Interrupt:
    words = words_of(flow).words
    title = "Not understood, or nobody speaks:\nThe question again: " + words["again"].voice
    title += "\nA narrower one: " + words["narrow"].voice
    title += f"\nThen `{flow.unclear}`, and the same after {flow.turn_limit} turns."
    return Interrupt("No clear answer", "asked again, then more narrowly, then this end", title, flow.unclear)


def _urgent(flow: Flow) -> Interrupt:
    flags = [flag.id for flag in flow.flags.values() if flag.level == Level.URGENT]
    title = "Asks only what is open of the screening:" + "".join(
        f"\n{_question(flow, flag)}" for flag in flags
    )
    return Interrupt("An urgent sign", "only what is still open of the screening is asked", title)


def _after_end(flow: Flow) -> Interrupt:
    answers = " or ".join(map(spoken, flow.reopen_answers))
    text = f"{answers}, or a new sign: back to the screening"
    return Interrupt("After the end", text, f"{answers}: {words_of(flow).words['check_again'].voice}")


def _check_in(flow: Flow) -> list[Interrupt]:
    if flow.check_in is None:
        return []
    days = " and ".join(map(str, flow.check_in.days))
    levels = " or ".join(spoken(level.id) for level in flow.check_in.levels)
    text = f"{days} {'day' if days == '1' else 'days'} after {levels}: {flow.check_in.question}"
    words = words_of(flow).words[flow.check_in.question].sms
    return [Interrupt("Some days later", text, f"{text}\n{words}")]


def _topics(flow: Flow) -> list[Interrupt]:
    if not flow.topics:
        return []
    words = words_of(flow).words
    title = "Answered, then the open question again:"
    title += "".join(f"\n{spoken(topic)}: {words[f'topic.{topic}'].voice}" for topic in flow.topics)
    text = "answered, then on: " + ", ".join(map(spoken, flow.topics))
    return [Interrupt("Side questions", text, title)]


def _commands(flow: Flow) -> Interrupt:
    said = ", ".join([*COMMANDS, *flow.language_names.values()])
    return Interrupt("Commands", said, f"Words to the line itself: {said}")
