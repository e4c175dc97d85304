"""The wordings that a flow needs, compared with those that its languages have."""

from flows.levels import Level
from flows.model import Ask, End, Flow, Say
from flows.source import Finding

# Wordings that the engine itself uses, whatever the flow.
ENGINE_WORDS = (
    "stop_now", "list_end", "again", "narrow", "yes_or_no", "silence", "foreign", "pictures", "help", "staff",
    "language", "opted_out", "opted_in", "quiet", "restarted", "check_again", "broken",
    "button.yes", "button.no", "button.unsure", "button.none", "button.language",
)  # fmt: skip


def needed_words(flow: Flow) -> list[tuple[str, int]]:
    """Every wording key that the flow can use, with the line of ``flow.yaml`` or 1."""
    needed: list[tuple[str, int]] = [(key, 1) for key in ENGINE_WORDS]
    needed += [(f"topic.{topic}", 1) for topic in flow.topics]
    needed += [(f"after_end.{level.id}", 1) for level in Level]
    for flag in flow.flags.values():
        needed.append((f"ask.{flag.id}", 1))
        if Level.EMERGENCY in (flag.level, *flag.rises.values()):
            needed += [(f"tell.{flag.id}", 1), (f"aid.{flag.id}", 1)]
    for step in flow.steps.values():
        if isinstance(step, Say | End):
            needed.append((step.id, step.line))
        elif isinstance(step, Ask):
            keys = ["wait", "ask", "still"] if step.after else [""]
            if not step.expecting.flags or step.after:
                needed += [(f"{step.id}.{key}".rstrip("."), step.line) for key in keys]
            needed += [(f"item.{item[0]}", step.line) for item in step.expecting.items]
            answers = step.expecting.answers
            needed += [(f"option.{answers}.{option}", step.line) for option in step.expecting.options]
    return needed


def missing_words(flow: Flow) -> list[Finding]:
    """A finding for each wording that a language lacks or that nothing uses."""
    findings = []
    needed = dict(needed_words(flow))
    for wording in flow.wording.values():
        for key, line in needed.items():
            if key not in wording:
                what = f"no wording `{key}` (needed by flow.yaml line {line})"
                findings.append(Finding(wording.file, 1, what, f"add `{key}`"))
        for key, words in wording.words.items():
            if key not in needed:
                mend = "remove it, or correct its name"
                findings.append(Finding(wording.file, words.line, f"nothing uses the wording `{key}`", mend))
    return findings
