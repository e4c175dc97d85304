"""The wordings that a flow needs, compared with those that its languages have."""

from pathlib import Path

from flows.levels import Level
from flows.model import Ask, End, Flow, Say
from flows.source import Finding

# Wordings that the engine itself uses, whatever the flow.
ENGINE_WORDS = (
    "stop_now", "list_end", "again", "narrow", "yes_or_no", "silence", "foreign", "pictures", "help", "staff",
    "language", "opted_out", "opted_in", "quiet", "restarted", "remind", "remind_one",
    "remind_open", "remind_range", "reminded", "moved", "check_again", "broken",
    "button.yes", "button.no", "button.unsure", "button.none", "button.language",
)  # fmt: skip


def needed_words(flow: Flow) -> list[tuple[str, str]]:
    """Every wording key that the flow can use, with what needs it: ``flow.yaml line 12``."""
    needed = [(key, "every flow") for key in ENGINE_WORDS]
    needed += [(f"topic.{topic}", "the topics of flow.yaml") for topic in flow.topics]
    needed += [(f"after_end.{level.id}", "every flow") for level in Level]
    for flag in flow.flags.values():
        where = f"flags.yaml line {flag.line}"
        needed.append((f"ask.{flag.id}", where))
        if Level.EMERGENCY in (flag.level, *flag.rises.values()):
            needed += [(f"tell.{flag.id}", where), (f"aid.{flag.id}", where)]
    for step in flow.steps.values():
        where = f"{Path(step.file).name} line {step.line}"
        if isinstance(step, Say | End):
            needed.append((step.id, where))
        elif isinstance(step, Ask):
            keys = ["wait", "ask", "still"] if step.after else [""]
            if not step.expecting.flags or step.after:
                needed += [(f"{step.id}.{key}".rstrip("."), where) for key in keys]
            needed += [(f"item.{item[0]}", where) for item in step.expecting.items]
            answers = step.expecting.answers
            needed += [(f"option.{answers}.{option}", where) for option in step.expecting.options]
    return needed


def missing_words(flow: Flow) -> list[Finding]:
    """A finding for each wording that a language lacks or that nothing uses."""
    findings = []
    needed = dict(needed_words(flow))
    for wording in flow.wording.values():
        for key, where in needed.items():
            if key not in wording:
                what = f"no wording `{key}` (needed by {where})"
                findings.append(Finding(wording.file, 1, what, f"add `{key}`"))
        for key, words in wording.words.items():
            if key not in needed:
                mend = "remove it, or correct its name"
                findings.append(Finding(wording.file, words.line, f"nothing uses the wording `{key}`", mend))
    return findings
