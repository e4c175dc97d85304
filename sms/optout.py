"""STOP, START and HELP as carriers and Twilio know them: a text that is one such word and nothing else."""

from dataclasses import replace

from flows.carrier_words import CARRIER_WORDS, Keyword
from flows.session import Session
from flows.turn import Cancel, Trace, Turn


def keyword(body: str, *, opted_out: bool) -> Keyword | None:
    """The keyword that ``body`` is, in any case and with or without a full stop.

    YES opts in only somebody who opted out: in a conversation it is an answer.
    """
    word = body.strip().rstrip(".!").rstrip().lower()
    if word == "yes" and not opted_out:
        return None
    return CARRIER_WORDS.get(word)


def noted(session: Session, kind: str, now: float) -> Turn:
    """The turn for ``OptOutType``: Twilio has answered already, so the state is kept and nothing is said."""
    after = replace(session, turns=session.turns + 1, last_at=now)
    trace = (Trace("command", kind.lower(), "OptOutType"),)
    if kind == "STOP":
        after = replace(after, opted_out=True, waiting="", due=0.0)
        return Turn(after, (), (Cancel("*"),), trace)
    if kind == "START":
        after = replace(after, opted_out=False)
    return Turn(after, (), (), trace)
