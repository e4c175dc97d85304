"""What may stand in the files of ``meaning/<language>/``: phrases, and rules made of them.

`flows.hearing.meaning` reads these files; the sections and polarities are the ones that it knows.
"""

from flows.hearing.meaning import _KINDS, _POLARITIES
from flows.shapes import ANY_TEXT, TEXT, Listing, Shape, Text, by_name, entries

# A concept such as `leg.both` is also a `leg`.
_CONCEPT = Text(means="a name in small letters", like="leg.both", pattern=r"^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$")
_PHRASES = by_name(
    ANY_TEXT.about(
        "How people say it, with commas between. `a/b` is either word, `[word]` may be left out, `word!` is "
        "that very form; any other word stands for all its forms."
    ),
    '{numb: "numb, no feeling"}',
    _CONCEPT,
)
_RULES = Listing(means="a list of rules", like='["numb + saddle, within 9"]', each=TEXT).about(
    "One rule a line: `+` is near in any order, `>` is followed by, `a|b` is either concept. After a comma: "
    "within N, unless a|b, doubt a|b, with a|b, alone, ever, negated."
)
_SECTIONS = {
    "symptoms": "What somebody has; a no before it turns a rule round.",
    "places": "Parts of the body; the nearest symptom owns a place.",
    "words": "What makes or unmakes a rule beside them: gym talk, a time, a doubt.",
    "normal": "Words for: all is well.",
    "harmless": "Idioms: nothing inside them is heard.",
}
_POLARITY = {
    "present": "Each of these means that the person has it.",
    "unsure": "Each of these means that the line asks about it.",
    "denied": "Each of these means that the person says they do not have it.",
}
_RULES_OF_FLAG: dict[str, Shape] = {name: _RULES.about(_POLARITY[name]) for name in _POLARITIES}
_RULES_OF_FLAG["adds"] = by_name(_RULES, '{worsening: ["worse_fast + leg"]}').about(
    "What adds one of the words under `rises` in flags.yaml to the flag."
)

ANSWERS_FILE = entries(
    {
        "answers": by_name(_PHRASES, "{onset_kind: {sharp: ..., dull: ...}}").about(
            "The options of each answer set, and how people put them."
        )
    }
).about("meaning/<language>/answers.yaml: how people put each option of a question with a choice.")

TOPICS_FILE = entries(
    {
        "topics": by_name(_PHRASES, "{ice_heat: {asked: ..., about: ...}}").about(
            "`asked` is a question as it stands; `about` needs a question of `frame` around it."
        )
    }
).about("meaning/<language>/topics.yaml: how people ask about the topics of flow.yaml.")

SYMPTOMS_FILE = entries(
    {
        **{section: _PHRASES.about(_SECTIONS[section]) for section in _KINDS},
        "flags": by_name(
            entries(_RULES_OF_FLAG, optional=frozenset(_RULES_OF_FLAG), like='{present: ["numb + saddle"]}'),
            '{saddle_numbness: {present: ["numb + saddle"]}}',
        ).about("Which of these together mean a flag."),
    },
    optional=frozenset({*_KINDS, "flags"}),
).about("meaning/<language>/symptoms/*.yaml: how people say what they have.")
