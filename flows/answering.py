"""Taking what was said as the answer to the open question. Silence and doubt are never taken as "no"."""

from flows.draft import Draft
from flows.heard import Heard
from flows.levels import Level
from flows.model import Ask
from flows.questions import Question, asked_alone, known_answer, settled

# A description needs something to go on: a finding, or at least this many words of substance.
_WORDS_OF_SUBSTANCE = 2
_LETTERS_OF_SUBSTANCE = 3
# "Just asking, nothing hurts" still says that nothing hurts; with more words beside it tells of something.
_WORDS_BESIDE = 4
# "The left and the rigth" must not pass for one leg: with more words beside it, the other answer is in doubt.
_WORDS_BESIDE_A_DENIAL = 1


def described(heard: Heard) -> bool:
    """Whether the text says anything about what happened, beyond a question or a greeting."""
    if any(mention.polarity != "denied" for mention in heard.mentions) or heard.duration_hours is not None:
        return True
    if heard.command or heard.yes_no:
        return False
    asked = sum(len(_substance(span.phrase)) for name, span in heard.why if name.startswith("topic"))
    needed = _WORDS_OF_SUBSTANCE + (1 if asked else 0)
    return len(_substance(heard.text)) - asked >= needed


def _beside_choice(heard: Heard) -> int:
    """How many words of substance there are beside those that the choice rests on."""
    said = sum(len(_substance(span.phrase)) for name, span in heard.why if name == "choice")
    return len(_substance(heard.text)) - said


def _substance(text: str) -> list[str]:
    return [word for word in text.split() if sum(map(str.isalpha, word)) >= _LETTERS_OF_SUBSTANCE]


def answer(draft: Draft, question: Question, heard: Heard) -> bool:
    """Take ``heard`` as the answer to ``question``, which was open when it was said.

    True when the question was answered at least in part, so that the conversation moves on.
    """
    step = draft.flow.steps[draft.session.step]
    assert isinstance(step, Ask)
    expecting = question.expecting
    if expecting.kind == "checklist":
        taken = _checklist(draft, expecting.items, heard)
    elif step.adds:
        taken = _adds(draft, step, heard)
    elif expecting.kind == "yes_no":
        taken = _yes_no(draft, expecting.flags, heard)
    elif expecting.kind == "number":
        taken = _number(draft, step, heard)
    elif expecting.kind == "choice":
        taken = _choice(draft, step, heard)
    else:
        taken = _anything(draft, step, heard)
    return taken or known_answer(draft.flow, draft.session, step) is not None


def _remember(draft: Draft, name: str, flags: tuple[str, ...] = ()) -> None:
    draft.session.trail.append(f"{name}|{','.join(flags)}")
    draft.because("answer", name)


def confirm(draft: Draft, flag: str, heard: Heard, pictures: int) -> bool:
    """The one plain question about a flag: only a clear "no" clears it (clinical content, flags).

    True when it is settled; a question, a command or a picture instead of an answer leaves it open.
    """
    denied = flag in heard.flags("denied") and heard.yes_no != "yes"
    if heard.yes_no == "no" or (denied and heard.yes_no is None):
        draft.session.answers[f"confirm.{flag}"] = "no"
        draft.denied(flag)
        _deny(draft, [_same_item(draft, flag)])
    elif heard.yes_no is None and (heard.topics or heard.command or pictures):
        return False
    else:
        draft.because("answer", f"confirm.{flag}", "" if heard.yes_no == "yes" else "unclear counts as yes")
        draft.present(flag)
    draft.session.trail.append(f"?{flag}")
    return True


def _same_item(draft: Draft, flag: str) -> tuple[str, ...]:
    """The flags that the question about ``flag`` covers: its checklist item's, where it opens one."""
    step = draft.flow.steps[draft.session.step]
    items = step.expecting.items if isinstance(step, Ask) else ()
    return next((item for item in items if item[0] == flag), (flag,))


def _checklist(draft: Draft, items: tuple[tuple[str, ...], ...], heard: Heard) -> bool:
    told = set(heard.flags("present")) | set(heard.flags("unsure")) | set(heard.flags("denied"))
    named = any(told.intersection(item) for item in items)
    if draft.session.channel == "voice":
        return _spoken_list(draft, items, heard, named)
    if heard.ticked is not None:
        ticked = [items[place] for place in heard.ticked if place < len(items)]
        for item in ticked:
            if not any(flag in told for flag in item):
                draft.present(item[0])
        # An item named in words says nothing of the others; numbers and "none" answer the whole list.
        if not ticked or any(not told.intersection(item) for item in ticked):
            _deny(draft, [item for item in items if item not in ticked])
    elif heard.yes_no == "no":
        _deny(draft, list(items))
    elif heard.yes_no:
        _some(draft, items, heard)
        return True
    elif not named:
        return False
    _remember(draft, draft.session.step, tuple(flag for item in items for flag in item))
    return True


def _spoken_list(draft: Draft, items: tuple[tuple[str, ...], ...], heard: Heard, named: bool) -> bool:
    """Nobody sees a spoken list: a bare "no" answers all of it, after anything else it is asked singly."""
    if heard.yes_no == "no" and not heard.ticked and not named:
        _deny(draft, list(items))
        _remember(draft, draft.session.step, tuple(flag for item in items for flag in item))
        return True
    _some(draft, items, heard)
    return named or heard.yes_no is not None or heard.ticked is not None


def _some(draft: Draft, items: tuple[tuple[str, ...], ...], heard: Heard) -> None:
    """Which of a list it is, is asked singly. After a "yes", silence there does not clear all of it."""
    if heard.yes_no == "yes":
        draft.session.answers[f"some.{draft.session.step}"] = ",".join(item[0] for item in items)
    draft.change(singly=True)


def _deny(draft: Draft, items: list[tuple[str, ...]]) -> None:
    left = _left_open(draft)
    for item in items:
        for flag in item:
            if flag not in draft.session.confirm and flag not in left:
                draft.denied(flag)


def _left_open(draft: Draft) -> frozenset[str]:
    """What a "no" does not deny, because something else of the open list is there and can still mean it.

    A weak leg without pain down a leg says nothing of the other leg: that has a question of its own.
    """
    step = draft.flow.steps[draft.session.step]
    listed = step.expecting.items if isinstance(step, Ask) else ()
    there = any(draft.session.flags.get(flag) == "present" for item in listed for flag in item)
    return asked_alone(draft.flow) if there else frozenset()


def _yes_no(draft: Draft, flags: tuple[str, ...], heard: Heard) -> bool:
    if any(flag in heard.flags("present") for flag in flags):
        pass
    elif heard.yes_no == "yes":
        draft.present(flags[0])
    elif heard.yes_no == "no":
        _deny(draft, [flags])
    elif heard.yes_no == "unsure":
        draft.doubt(flags[0])
        if not draft.session.confirm:
            draft.because("answer", flags[0], "unclear counts as yes")
            draft.present(flags[0])
    elif not settled(draft.session, flags) and not any(flag in draft.session.confirm for flag in flags):
        return False
    _remember(draft, draft.session.step, flags)
    return True


def _adds(draft: Draft, step: Ask, heard: Heard) -> bool:
    value = heard.yes_no
    if value == "unsure" and draft.session.misses:
        worst_counts(draft, step)
        value = "yes"
    elif value == "yes":
        _present_with(draft, step)
    elif value != "no":
        return False
    draft.session.answers[step.id] = value
    _remember(draft, step.id)
    return True


def worst_counts(draft: Draft, step: Ask) -> None:
    """Take no clear answer to ``step``, which asks how bad a flag is, for a yes."""
    draft.because("answer", step.id, "unclear counts as yes")
    _present_with(draft, step)


def _present_with(draft: Draft, step: Ask) -> None:
    for flag, qualifier in step.adds.items():
        draft.present(flag, (qualifier,))


def _number(draft: Draft, step: Ask, heard: Heard) -> bool:
    if heard.number is None:
        return False
    draft.session.answers[step.id] = heard.number
    for flag, lowest in step.severe_from.items():
        if heard.number >= lowest:
            draft.present(flag)
    _remember(draft, step.id, tuple(step.severe_from))
    return True


def _choice(draft: Draft, step: Ask, heard: Heard) -> bool:
    if heard.choice not in step.expecting.options or heard.choice is None:
        return False
    draft.session.answers[step.id] = heard.choice
    meant = step.means.get(heard.choice, ())
    for flag in meant:
        draft.present(flag)
    sure = _beside_choice(heard) <= _WORDS_BESIDE_A_DENIAL
    for flag in (flag for option, flags in step.means.items() if option != heard.choice for flag in flags):
        if flag in meant:
            continue
        if sure or draft.flow.worst_of([flag]) < Level.EMERGENCY:
            _deny(draft, [(flag,)])
        else:
            draft.doubt(flag)
    if step.after:
        _ask_anew(draft, step.target(heard.choice))
    _remember(draft, step.id, step.flags)
    return True


def _ask_anew(draft: Draft, name: str) -> None:
    """What was denied before a wait may have come since: a question ``name`` about it is asked again."""
    step = draft.flow.steps[name]
    flags = set(step.flags) if isinstance(step, Ask) else set()
    asked = [one for one in draft.flow.steps.values() if isinstance(one, Ask)]
    # One "no" denied every flag of an item, so all of them are open again.
    for item in [item for one in asked for item in one.expecting.items if flags.intersection(item)]:
        flags.update(item)
    for flag in flags:
        if draft.session.flags.get(flag) == "denied":
            del draft.session.flags[flag]


def _anything(draft: Draft, step: Ask, heard: Heard) -> bool:
    # "Nothing hurts" ends the matter only for somebody who told of no symptom and of nothing else.
    unharmed = draft.session.level == Level.INFO and not draft.session.confirm
    choice = heard.choice if unharmed and _beside_choice(heard) <= _WORDS_BESIDE else None
    if choice is None and not described(heard):
        return False
    draft.session.answers[step.id] = choice or "*"
    _remember(draft, step.id)
    return True
