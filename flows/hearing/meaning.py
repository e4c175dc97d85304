"""Loading what a flow understands: the language's own words and the flow's concepts, rules and answers.

Everything that is wrong is reported at once, each with file, line and mend.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flows import source
from flows.flags import Flags
from flows.heard import Polarity
from flows.hearing.grammar import Grammar, load_grammar
from flows.hearing.phrases import Phrase, PhraseIndex, parse_phrase, words_of
from flows.hearing.rules import Rule, RuleBook, parse_rule
from flows.hearing.spelling import Speller
from flows.hearing.tokens import Reader
from flows.hearing.words import Words, load_words
from flows.source import Finding, FlowError

# Concepts that the layers look for by name; a language has to say all of them.
_NEGATION = ("no", "not", "no_next", "soft_not", "doubt", "post_no", "not_a_denial", "contrast",
             "ends_denial", "until", "then", "joiner", "subject", "owner", "thing", "moves_on",
             "any_more")  # fmt: skip
_TIME = ("past", "was", "is", "over", "not_past", "lately", "what_if", "if", "asks", "opener", "speaker",
         "other_person")  # fmt: skip
_REPLIES = (
    "yes", "no", "unsure", "vague", "limit", "partly", "told", "began", "one_side", "both_sides", "all_well",
    "usual", "earlier", "beside", "correction", "asking", "all_items", "no_items",
)  # fmt: skip
_KINDS = {
    "symptoms": "symptom",
    "places": "place",
    "words": "word",
    "normal": "normal",
    "harmless": "harmless",
}
_POLARITIES: tuple[Polarity, ...] = ("present", "unsure", "denied")

Concepts = dict[str, list[Phrase]]


@dataclass(frozen=True)
class Meaning:
    """Everything loaded for one flow and language, compiled for use.

    - ``index``: all concepts that rules and scopes use; ``kinds`` says of each whether it is a
      ``symptom``, ``place``, ``word``, ``normal``, ``harmless`` or of the ``language``.
    - ``replies``, ``commands``, ``topics``, ``choices``, ``moments``: indexes of other things one can say;
      concepts there are ``yes``; ``help``; ``ice_heat.asked``; ``since.today``; ``0.5`` (hours ago).
    - ``grammar``: the small words and endings that the layers ask for by name.
    - ``numbers``: number word to value; ``units``: unit of time to hours.
    """

    words: Words
    grammar: Grammar
    reader: Reader
    index: PhraseIndex
    kinds: Mapping[str, str]
    rules: RuleBook
    replies: PhraseIndex
    commands: PhraseIndex
    topics: PhraseIndex
    choices: PhraseIndex
    moments: PhraseIndex
    numbers: Mapping[str, float]
    units: Mapping[str, float]


def load_meaning(language_dir: Path, meaning_dir: Path, flags: Flags) -> Meaning:
    """What ``meaning_dir`` (of a flow) and ``language_dir`` say, compiled.

    ``flags`` are the flags that rules may name. Raises `FlowError` with every finding.
    """
    grammar = load_grammar(language_dir / "grammar.yaml")
    words = load_words(language_dir / "words.yaml", grammar)
    got = _Collector(words)
    main: Concepts = {}
    kinds: dict[str, str] = {}
    for file, sections in (("negation.yaml", _NEGATION), ("time.yaml", _TIME)):
        main |= got.fixed(source.read(language_dir / file), sections)
        kinds |= dict.fromkeys(sections, "language")
    files = [source.read(path) for path in sorted((meaning_dir / "symptoms").glob("*.yaml"))]
    for data in files:
        got.known_keys(data, (*_KINDS, "flags"))
        for section, kind in _KINDS.items():
            group = got.section(data, section)
            for name in group:
                if name in main:
                    got.wrong(group, name, f"the concept `{name}` stands twice", "rename one of them")
                main[name] = list(got.phrases(group, name))
                kinds[name] = kind
    rules = [rule for data in files for rule in _rules(got, data, flags, main)]
    replies = got.fixed(source.read(language_dir / "replies.yaml"), _REPLIES)
    commands = got.flat(source.read(language_dir / "commands.yaml"))
    topics = got.nested(source.read(meaning_dir / "topics.yaml"), "topics")
    choices = got.nested(source.read(meaning_dir / "answers.yaml"), "answers")
    time = source.read(language_dir / "numbers.yaml")
    got.known_keys(time, ("numbers", "units", "moments"))
    numbers, units, moments = (got.table(time, name) for name in ("numbers", "units", "moments"))
    if got.findings:
        raise FlowError(got.findings)
    spoken_moments: Concepts = {}
    for phrase, hours in moments.items():
        spoken_moments.setdefault(str(hours), []).append(parse_phrase(phrase, words))
    groups = {"index": main, "replies": replies, "commands": commands, "topics": topics,
              "choices": choices, "moments": spoken_moments}  # fmt: skip
    indexes = {name: PhraseIndex(group, words) for name, group in groups.items()}
    # Spelling is corrected towards what flags, answers and topics are made of, not towards context words.
    parts = frozenset().union(*(part for rule in rules for part in rule.parts))
    likely = words_of(one for name in parts if kinds[name] in ("symptom", "place") for one in main[name])
    content = [one for name in parts for one in main[name]]
    content += [one for group in (choices, topics) for phrases in group.values() for one in phrases]
    targets = words_of(content) - words.fillers - words.ordinary
    known = words.vocabulary.union({*numbers, *units}, *(
        words_of(one for phrases in group.values() for one in phrases) for group in groups.values()
    ))  # fmt: skip
    return Meaning(
        words=words,
        grammar=grammar,
        reader=Reader(words, Speller(targets, known, likely, words.ordinary, grammar.inflections)),
        kinds=kinds,
        rules=RuleBook(rules, kinds),
        numbers=numbers,
        units=units,
        **indexes,
    )


def _rules(got: "_Collector", data: source.Mapping, flags: Flags, concepts: Concepts) -> Iterator[Rule]:
    group = got.section(data, "flags")
    for flag in group:
        if flag not in flags:
            got.wrong(group, flag, f"unknown flag `{flag}`", "use an id from the flow's flags.yaml")
            continue
        entry = got.section(group, flag)
        got.known_keys(entry, (*_POLARITIES, "adds"))
        for polarity in _POLARITIES:
            yield from _lines(got, entry, polarity, flag, polarity, concepts)
        adds = got.section(entry, "adds")
        for word in adds:
            if word not in flags[flag].rises:
                mend = f"use one of: {', '.join(flags[flag].rises) or 'none'} (`rises` in flags.yaml)"
                got.wrong(adds, word, f"`{flag}` has no `{word}`", mend)
            yield from _lines(got, adds, word, flag, "present", concepts, word)


def _lines(
    got: "_Collector", owner: source.Mapping, key: str, flag: str, polarity: Polarity, concepts: Concepts,
    adds: str = "",
) -> Iterator[Rule]:  # fmt: skip
    """The rules listed at ``owner[key]``; what cannot be read is reported."""
    lines = owner.get(key) or []
    if not isinstance(lines, list):
        got.wrong(owner, key, f"`{key}` is not a list", "start each rule with a dash")
        return
    for line in lines:
        try:
            rule = parse_rule(flag, str(line), polarity, adds)
        except ValueError as error:
            got.wrong(owner, key, str(error), "write it like `numb + saddle, within 6`")
            continue
        unknown = sorted(rule.concepts() - set(concepts))
        if unknown:
            mend = "add it to a file in symptoms/ or correct the name"
            got.wrong(owner, key, f"`{line}` names the unknown concept {', '.join(unknown)}", mend)
        yield rule


class _Collector:
    """Reads the parts of the files, and gathers what is wrong with them."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self.findings: list[Finding] = []

    def wrong(self, owner: source.Mapping, key: str, what: str, mend: str, below: int = 0) -> None:
        self.findings.append(Finding(owner.file, owner.at(key) + below, what, mend))

    def known_keys(self, data: source.Mapping, allowed: tuple[str, ...]) -> None:
        for key in data:
            if key not in allowed:
                self.wrong(data, key, f"unknown key `{key}`", f"use {', '.join(allowed)}")

    def section(self, data: source.Mapping, name: str) -> source.Mapping:
        """The mapping at ``data[name]``; an empty one when it is none."""
        value = data.get(name)
        if isinstance(value, source.Mapping):
            return value
        if value is not None:
            self.wrong(data, name, f"`{name}` is not a mapping", "put `name: phrases` below it")
        empty = source.Mapping()
        empty.file, empty.lines = data.file, {}
        return empty

    def phrases(self, owner: source.Mapping, key: str) -> Iterator[Phrase]:
        """The phrases written at ``owner[key]``, separated by commas; the bad ones reported."""
        value = owner[key]
        if not isinstance(value, str):
            self.wrong(owner, key, f"`{key}` is not text", "write its phrases as text, with commas between")
            return
        row = 0
        for phrase in value.split(","):
            if phrase.strip():
                try:
                    yield parse_phrase(phrase, self._words)
                except ValueError as error:
                    self.wrong(owner, key, str(error), "write words with a space between", row)
            row += phrase.count("\n")

    def fixed(self, data: source.Mapping, names: tuple[str, ...]) -> Concepts:
        """The concepts ``names``, all of which must be there, and no other."""
        self.known_keys(data, names)
        for name in names:
            if name not in data:
                self.wrong(data, name, f"`{name}` is missing", f"add `{name}:` with its phrases")
        return self.flat(data)

    def flat(self, data: source.Mapping) -> Concepts:
        """``name: phrases``."""
        return {name: list(self.phrases(data, name)) for name in data}

    def nested(self, data: source.Mapping, top: str) -> Concepts:
        """``group: {name: phrases}`` under the key ``top``, as concepts ``group.name``."""
        self.known_keys(data, (top,))
        groups = self.section(data, top)
        return {
            f"{group}.{name}": list(self.phrases(entry, name))
            for group in groups
            for entry in [self.section(groups, group)]
            for name in entry
        }

    def table(self, data: source.Mapping, name: str) -> dict[str, float]:
        """``"word, word": number``."""
        group = self.section(data, name)
        table: dict[str, float] = {}
        for key, value in group.items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                self.wrong(group, key, f"`{key}` is not a number", "write figures after it")
                continue
            table |= {word.strip(): float(value) for word in key.split(",")}
        return table
