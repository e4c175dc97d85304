"""What may stand in ``flow.yaml`` and in the files that it includes."""

from dataclasses import replace

from flows.shapes import (
    LEVEL,
    LEVELS,
    NAME,
    NAMES,
    NUMBER,
    TEXT,
    TEXTS,
    WHOLE,
    Either,
    Entries,
    Listing,
    Shape,
    Text,
    by_name,
    entries,
)

_TO = NAME.about("The step that comes next.")
_FLAG = NAME.about("A flag of flags.yaml.")
_FLAGS = replace(NAMES, like="[radiating]")
_UNCLEAR = NAME.about("The step to go to when no way of asking brought an answer; else the flow's `unclear`.")
_AFTER = replace(NUMBER, means="a number from 1 up", lowest=1).about(
    "Seconds to wait before asking. Until then wording `<step>.wait` is said; `<step>.ask` is the question."
)

SAY = entries(
    {"say": NAME.about("Say the wording called after this step. Repeat the step's name here."), "next": _TO},
    like="{say: opening, next: describe}",
    marks=("say",),
).about("Says its wording and goes on.")

END = entries(
    {
        "end": LEVEL.about("How urgent it is. A level already reached that is more urgent wins."),
        "without_screening": Text(
            means="nothing_hurts, answers_unclear or checked_in",
            like="answers_unclear",
            words=("nothing_hurts", "answers_unclear", "checked_in"),
        ).about("Why people may come here before everything of `must_ask` was asked."),
    },
    optional=frozenset({"without_screening"}),
    like="{end: urgent}",
    marks=("end",),
).about("Says its wording, which is what the person should do, and closes the conversation.")


def _line(tests: dict[str, Shape]) -> Entries:
    known = {**tests, "to": _TO}
    return entries(known, like="{flag: radiating, to: which_legs}", marks=tuple(tests))


_ANSWER = NAME.about("The question whose answer is looked at, by its step; or `duration_hours`.")
_AT_LEAST = NUMBER.about("The answer is this number or a larger one.")
ELSE_LINE = entries(
    {"else": NAME.about("The step that comes next when no line above holds.")},
    like="{else: pain_score}",
    marks=("else",),
)
ROUTE_LINE = Either(
    means="a line of a route",
    like="{flag: radiating, to: which_legs}",
    kinds=(
        _line({"flag": _FLAG.about("Holds when the person has this flag.")}),
        _line({"level": LEVEL.about("Holds when the conversation is at this level or a more urgent one.")}),
        _line({"answer": _ANSWER, "at_least": _AT_LEAST}),
        _line({"answer": _ANSWER, "equals": TEXT.about("The answer is this one.")}),
        ELSE_LINE,
    ),
    wrong="has a line that cannot be read",
    mend="give it `to` and one of flag, level, answer with equals or at_least; the last line only `else`",
)
ROUTE = entries(
    {
        "route": Listing(
            means="a list of lines",
            like="[{flag: both_legs, to: urgent}, {else: pain_score}]",
            each=ROUTE_LINE,
        ).about("Goes to the first line that holds. The last line is `else`."),
    },
    marks=("route",),
).about("Chooses the next step by what is known. Says nothing.")

_ANY = '{"*": pain_score}'
_STAR = by_name(_TO, _ANY, Text(means='"*", any answer', like='"*"', words=("*",))).about(
    'The next step: `{"*": <step>}`, whatever the answer.'
)
_BY_OPTION = by_name(
    _TO, _ANY, Text(means='an option or "*"', like='"*"', pattern=r"^(\*|[a-z][a-z0-9_]*)$")
).about('The next step for each option; "*" stands for every other answer.')
_BY_YES_NO = by_name(
    _TO,
    '{"yes": which_legs, "no": pain_score}',
    Text(means='"yes", "no" or "*"', like='"yes"', words=("yes", "no", "*")),
).about('The next step for "yes" and for "no" (in quotes), or for "*", any answer.')
_ANSWERS = NAME.about(
    "The answer set of meaning/<language>/answers.yaml that says how people put the options."
)
_OPTIONS = NAMES.about("The options, in the order they are shown.")


def _ask(
    kind: str, about: str, known: dict[str, Shape], optional: tuple[str, ...] = (), mark: str = ""
) -> Entries:
    return entries(
        {"ask": Text(means=f"`{kind}`", like=kind, words=(kind,)).about(about), **known, "unclear": _UNCLEAR},
        optional=frozenset({"unclear", "after", *optional}),
        like=f"{{ask: {kind}, then: {_ANY}}}",
        marks=("ask", mark) if mark else ("ask",),
    ).about(about)


_OFFERING = _ask(
    "anything",
    "A free description, beside which an option such as `not_hurting` is understood.",
    {"then": _BY_OPTION, "answers": _ANSWERS, "options": _OPTIONS, "after": _AFTER},
    mark="options",
)
_ASKS = (
    _OFFERING,
    replace(_OFFERING, marks=("ask", "answers")),
    _ask("anything", "A free description.", {"then": _STAR, "after": _AFTER}),
    _ask(
        "yes_no",
        "Whether something makes a flag worse. Wording `<step>`.",
        {
            "adds": by_name(NAME, "{leg_weakness: worsening}").about(
                "A yes adds this word to the flag, which `rises` by it (flags.yaml)."
            ),
            "then": _BY_YES_NO,
            "after": _AFTER,
        },
        mark="adds",
    ),
    _ask(
        "yes_no",
        "Whether the person has a flag. Wording `ask.<first flag>`.",
        {"flags": _FLAGS.about("A yes means the first of them, a no denies them all."), "then": _BY_YES_NO},
    ),
    _ask(
        "number",
        "A number from `lowest` to `highest`.",
        {
            "lowest": WHOLE.about("The smallest answer; 0 unless said."),
            "highest": WHOLE.about("The largest answer; 10 unless said."),
            "severe_from": by_name(WHOLE, "{severe_pain: 8}").about(
                "The number from which a flag is present."
            ),
            "then": _STAR,
            "after": _AFTER,
        },
        optional=("lowest", "highest", "severe_from"),
    ),
    _ask(
        "choice",
        "One of several options.",
        {
            "answers": _ANSWERS,
            "options": _OPTIONS,
            "means": by_name(_FLAGS, "{both: [both_legs]}").about("The flags that an option makes present."),
            "then": _BY_OPTION,
            "after": _AFTER,
        },
        optional=("means",),
    ),
    _ask(
        "checklist",
        "Several symptoms at once: a numbered list by text, short spoken questions by voice.",
        {
            "items": Listing(
                means="a list of lists of flags",
                like="[[radiating, leg_numbness], [both_legs]]",
                each=_FLAGS,
            ).about("The flags that each item asks about. Wording `item.<first flag>`."),
            # More than three are not remembered by somebody who only hears them.
            "spoken": replace(WHOLE, means="a whole number from 1 to 3", lowest=1, highest=3, like="2").about(
                "How many items one question names by voice; 1 unless said."
            ),
            "then": _STAR,
        },
        optional=("spoken",),
    ),
)
ASK = Either(
    means="a question",
    like="{ask: yes_no, flags: [radiating], then: {...}}",
    kinds=_ASKS,
    wrong="is no kind of question",
    mend="use anything, yes_no, number, choice or checklist",
    marks=("ask",),
).about("Asks, and waits for the answer.")

STEP = Either(
    means="a step",
    like="{say: opening, next: describe}",
    kinds=(SAY, ASK, ROUTE, END),
    wrong="is a step of no kind",
    mend="begin it with say:, ask:, route: or end:",
)
STEPS = by_name(STEP, "{opening: {say: opening, next: describe}}").about(
    "The steps, by name. A wording is called after the step that says it."
)

STEPS_FILE = entries({"steps": STEPS}).about("A file of further steps, named by `include` in flow.yaml.")

FLOW_FILE = entries(
    {
        "flow": NAME.about("The name of the conversation."),
        # It becomes part of the name of a folder.
        "version": Text(
            means="the number of a version, in quotes", like='"2.1"', pattern=r"^[0-9]+(\.[0-9]+)*$"
        ).about("The version, in quotes. Raise it with every change you publish."),
        "language": Text(means="a language's two letters", like="en", pattern="^[a-z]{2}$").about(
            "The language that is spoken until a person's words, or their choice, tell another."
        ),
        "start": NAME.about("The step a conversation begins with."),
        "screening": NAME.about(
            "The question to go back to when something new or worse is told after the end."
        ),
        "unclear": NAME.about("Where a person goes whose answers stay unclear. It brings in a human."),
        "turn_limit": replace(WHOLE, means="a whole number from 1 up", lowest=1, like="60").about(
            "After so many turns a human takes over."
        ),
        "must_ask": NAMES.about(
            "Flags that are asked about, unless they were told, before any advice below `emergency`."
        ),
        "include": Listing(
            means="a list of files in this folder",
            like="[legs.yaml]",
            each=Text(means="a file in this folder", like="legs.yaml", pattern=r"^[a-z0-9_]+\.yaml$"),
        ).about("Files with further `steps`. No step may have the name of another."),
        "ends": by_name(_TO, "{emergency: emergency}").about(
            f"The end step for each level ({', '.join(LEVELS)}), and for flags with an end of their own."
        ),
        "moved": by_name(
            NAME.about("The question or end that takes its place."), "{pain_score: how_bad}"
        ).about("Steps of an older version that were removed or renamed, for people who stand at one."),
        "reopen": entries(
            {
                "question": NAME.about("A question with a choice."),
                "answers": NAMES.about("Those of its answers that mean, after the end: check again."),
            },
            like="{question: pause, answers: [worse]}",
        ).about("What somebody may say after the end so that the line checks again."),
        "check_in": entries(
            {
                "question": NAME.about("A question with a choice."),
                "levels": Listing(means="a list of levels", like="[stop_today]", each=LEVEL).about(
                    "After an end at one of these levels. A later end at any level but `info` replaces it."
                ),
                "days": Listing(means="a list of days", like="[1, 3]", each=replace(WHOLE, lowest=1)).about(
                    "How many days after the end, in order."
                ),
            },
            like="{question: check_in, levels: [stop_today], days: [1, 3]}",
        ).about("The question that people are texted some days after the end: how is it now?"),
        "topics": replace(TEXTS, like="[warm_up, core]").about(
            "Questions people may ask at any point. Wording `topic.<name>`."
        ),
        "steps": STEPS,
    },
    optional=frozenset({"check_in", "include", "language", "moved", "must_ask"}),
).about("flow.yaml: which question comes when, and where each answer leads.")
