"""What a run of simulated patients shows: figures, tables, and a conversation in full."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flows.events import Speech, Text
from flows.levels import Level
from flows.simulation.run import REASONS, UNHEARD, Conversation, Outcome

_SHOWN = 10


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The run as numbers: shares from 0 to 1, turns as median and 95th percentile, milliseconds.

    ``levels`` is truth level to end level to count. ``failures`` are the numbers of the patients whose
    emergency was ``missed`` or ``skipped`` (see `flows.simulation.run.Outcome`).
    """
    under = [one for one in outcomes if one.level < one.truth]
    untold = Counter(fact for one in under for fact in one.untold)
    seconds = sum(one.seconds for one in outcomes)
    return {
        "patients": len(outcomes),
        "right": _share(outcomes, lambda one: one.level == one.truth),
        "under_triage": _share(outcomes, lambda one: one.level < one.truth),
        "under_triage_why": {why: sum(one.why_lower == why for one in under) for why in REASONS},
        "under_triage_of_emergencies": _share(
            [one for one in outcomes if one.truth == Level.EMERGENCY], lambda one: one.level < one.truth
        ),
        "over_triage": _share(outcomes, lambda one: one.level > one.truth),
        "over_triage_of_clear_speakers": _share(
            [one for one in outcomes if one.clear], lambda one: one.level > one.truth
        ),
        "turns_without_flags": _spread(one.turns for one in outcomes if one.mild),
        "turns_without_flags_sms": _spread(o.turns for o in outcomes if o.mild and o.channel == "sms"),
        "turns_without_flags_voice": _spread(o.turns for o in outcomes if o.mild and o.channel == "voice"),
        "turns_to_level_named_first": _spread(one.to_named for one in outcomes if one.to_named is not None),
        "turns_all": _spread(one.turns for one in outcomes),
        "dead_ends": dict(Counter(one.dead_end for one in outcomes if one.dead_end)),
        "unsure_loops": sum(one.loop for one in outcomes),
        "ms_per_patient": 1000 * seconds / max(1, len(outcomes)),
        "patients_per_second_and_core": len(outcomes) / seconds if seconds else 0.0,
        "levels": {
            truth.id: {
                level.id: sum(one.truth == truth and one.level == level for one in outcomes)
                for level in Level
            }
            for truth in Level
        },
        "untold": dict(untold.most_common(_SHOWN)),
        "unheard_emergencies": sum(
            one.truth == Level.EMERGENCY and one.why_lower == UNHEARD for one in outcomes
        ),
        "unheard": [
            {"level": one.truth.id, "patient": one.number, "fact": fact, "text": text}
            for one in sorted(under, key=lambda one: -one.truth)
            for fact, text in one.unheard
        ],
        "failures": sorted(one.number for one in outcomes if one.failed),
    }


def _share(outcomes: Sequence[Outcome], holds: Callable[[Outcome], bool]) -> float:
    return sum(map(holds, outcomes)) / max(1, len(outcomes))


def _spread(turns: Iterable[int]) -> dict[str, int]:
    ordered = sorted(turns)
    if not ordered:
        return {"patients": 0, "median": 0, "p95": 0}
    middle, high = ordered[len(ordered) // 2], ordered[len(ordered) * 95 // 100]
    return {"patients": len(ordered), "median": middle, "p95": high}


def as_text(found: dict[str, Any]) -> str:
    """`figures` for a terminal."""
    lines = [f"{found['patients']:,} patients"]
    lines += [f"  {label:<52} {found[key]:>7.2%}" for key, label in _SHARES]
    lines.append("messages of the patient" + " " * 31 + "median   p95")
    lines += [f"  {label:<52} {found[key]['median']:>5} {found[key]['p95']:>5}" for key, label in _TURNS]
    dead = ", ".join(f"{count} {why}" for why, count in found["dead_ends"].items())
    lines.append(f"dead ends: {dead or 'none'}; one question open for long: {found['unsure_loops']}")
    speed = found["patients_per_second_and_core"]
    lines.append(f"time: {found['ms_per_patient']:.1f} ms a patient, {speed:,.0f} a second on one core")
    lines.append("\ntruth (rows), level reached (columns)")
    lines.append(" " * 14 + "".join(f"{level.id:>13}" for level in Level))
    for truth, row in found["levels"].items():
        lines.append(f"{truth:<14}" + "".join(f"{count:>13}" for count in row.values()))
    why = ", ".join(f"{count} {why}" for why, count in found["under_triage_why"].items() if count)
    lines.append(f"\nwhy under-triage: {why or 'none'}")
    untold = ", ".join(f"{fact} {count}" for fact, count in found["untold"].items())
    lines.append(f"never asked, never told: {untold or 'nothing'}")
    if found["unheard"]:
        lines.append(
            "\ntold in words, unasked, not understood, and ended lower; the most urgent of "
            f"{len(found['unheard'])}, of which {found['unheard_emergencies']} emergencies"
        )
        lines += [f"  {one['patient']:>6}  {one['fact']}: {one['text']}" for one in found["unheard"][:_SHOWN]]
    lines.append(f"\nfailures: {len(found['failures'])}")
    return "\n".join(lines)


_SHARES = (
    ("right", "ended at the right level"),
    ("under_triage", "under-triage"),
    ("under_triage_of_emergencies", "  of true emergencies"),
    ("over_triage", "over-triage"),
    ("over_triage_of_clear_speakers", "  of clear speakers"),
)
_TURNS = (
    ("turns_without_flags", "nothing that must be seen: to the end"),
    ("turns_without_flags_sms", "  by text"),
    ("turns_without_flags_voice", "  by voice"),
    ("turns_to_level_named_first", "a flag named in the first message: to its level"),
    ("turns_all", "everybody: to the end"),
)


def in_full(talk: Conversation, seed: int) -> str:
    """One conversation with its hidden truth, and how to run it again."""
    truth, outcome = talk.truth, talk.outcome
    flags = ", ".join(" ".join([flag, *words]) for flag, words in truth.flags.items()) or "none"
    answers = ", ".join(f"{step} {answer}" for step, answer in truth.answers.items())
    again = f"--seed {seed} --channel {outcome.channel} --only {outcome.number}"
    lines = [
        f"patient {outcome.number}; again by: {again}",
        f"  flags: {flags}; during the wait: {', '.join(truth.later) or 'none'}",
        f"  began {truth.hours} h ago; {answers}",
    ]
    for spoken in talk.spoken:
        event = spoken.event
        said = event.heard.text if isinstance(event, Text | Speech) else f"({type(event).__name__})"
        lines.append(f"{spoken.now - talk.spoken[0].now:>8.0f} s  > {said}")
        for reply in spoken.turn.replies:
            lines += [f"              {line}" for line in reply.text.split("\n")]
        session = spoken.turn.session
        asks = f", asks {' '.join(spoken.turn.asks)}" if spoken.turn.asks else ""
        lines.append(f"              [{session.step}, {session.level.id}{asks}]")
    verdict = f"truth {outcome.truth.id}, ended {outcome.level.id}"
    if outcome.missed:
        verdict = f"FAILURE: {', '.join(outcome.missed)} was told; {verdict}"
    elif outcome.skipped:
        verdict = f"FAILURE: {', '.join(outcome.skipped)} was not asked about; {verdict}"
    lines.append(verdict + (f"; dead end: {outcome.dead_end}" if outcome.dead_end else ""))
    return "\n".join(lines)
