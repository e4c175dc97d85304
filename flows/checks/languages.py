"""What a language lacks before a flow can be held in it."""

from collections.abc import Iterator
from pathlib import Path

from flows.content import languages_of
from flows.line import Line
from flows.source import Finding
from flows.translation import source_language

# A language may do without these.
_OPTIONAL = frozenset({"homophones.yaml"})


def files_missing(line: Line, folder: Path) -> Iterator[Finding]:
    """A finding for each file that the source language has and another language of the flow has not."""
    original = source_language(line.flow)
    for language in line.flow.wording:
        for parent in (languages_of(folder), folder / "meaning"):
            for path in sorted((parent / original).glob("*.yaml")):
                wanted = parent / language / path.name
                if not wanted.exists() and path.name not in _OPTIONAL:
                    why = f"Without it nothing that is said in `{language}` is understood."
                    mend = f"translate {path}"
                    yield Finding(str(wanted), 1, "the file is missing", mend, why)


def flags_unheard(line: Line, folder: Path) -> Iterator[Finding]:
    """A finding for each flag that nobody can tell of in a language, because no rule there means it."""
    for language, ears in line.ears.items():
        for flag in line.flow.flags.values():
            if flag.id not in ears.flags:
                what = f"nothing that is said in `{language}` is heard as `{flag.id}`"
                why = f"Somebody who tells of it ({flag.level.id}) would go unnoticed until asked about it."
                mend = f"add a rule with `present:` for it to a file in meaning/{language}/symptoms"
                yield Finding(str(folder / "flags.yaml"), flag.line, what, mend, why)
