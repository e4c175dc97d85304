"""The phrase book: what simulated patients say, and how thumbs and recognisers spell it."""

import random
import re
from collections.abc import Mapping
from pathlib import Path

from flows import source
from flows.source import Finding, FlowError

_EITHER = re.compile(r"\(([^()]*)\)")
# A lost "not" would turn a message round, so words that deny keep their letters.
_DENIES = re.compile(r"no.*|never|none|without|nothing|can.?t|cannot|\w+n'?t", re.IGNORECASE)
_SHORTEST = 5
_LONG_TEXT = 12

# Everything the patients need beside the words for flags and options, which a flow may lack.
_NEEDED = (
    "foremost", "denied_by_the_well", "complaint", "nothing_hurts", "harmless", "joints", "yes", "no",
    "vague", "vague_number", "vague_choice", "none", "some", "ticks", "between", "score", "questions",
    "asides", "wrong", "greetings", "waiting", "takes_back", "corrects", "changes_mind", "numbers",
)  # fmt: skip


class Book:
    """Phrasings by dotted key, such as ``flags.bladder_bowel``."""

    def __init__(self, phrasings: Mapping[str, tuple[str, ...]]) -> None:
        self._phrasings = phrasings

    def __contains__(self, key: str) -> bool:
        return key in self._phrasings

    def all(self, key: str) -> tuple[str, ...]:
        """Every phrasing of ``key`` as it stands in the file."""
        return self._phrasings[key]

    def under(self, prefix: str) -> tuple[str, ...]:
        """What comes after ``prefix`` in the keys that begin with it."""
        return tuple(
            key.removeprefix(prefix + ".") for key in self._phrasings if key.startswith(prefix + ".")
        )

    def say(self, key: str, rng: random.Random) -> str:
        """One phrasing of ``key``, with every ``(a|b)`` decided."""
        return spelt_out(rng.choice(self._phrasings[key]), rng)


def spelt_out(phrasing: str, rng: random.Random) -> str:
    """``phrasing`` with one alternative of each ``(a|b)``."""
    text = _EITHER.sub(lambda either: rng.choice(either.group(1).split("|")), phrasing)
    return re.sub(" +", " ", text) if "(" in phrasing else text


def load_book(folder: Path, language: str) -> Book:
    """What patients say in ``language`` to the flow in ``folder``, from ``patients/<language>.yaml``.

    Raises `flows.source.FlowError` with everything that is wrong in it.
    """
    path = folder / "patients" / f"{language}.yaml"
    data = source.read(path)
    phrasings: dict[str, tuple[str, ...]] = {}
    findings = list(_collect(data, "", phrasings))
    findings += [
        Finding(str(path), 1, f"no `{key}`", f"add `{key}:` with phrasings, one a line")
        for key in _NEEDED
        if key not in phrasings
    ]
    if findings:
        raise FlowError(findings)
    return Book(phrasings)


def _collect(data: source.Mapping, prefix: str, phrasings: dict[str, tuple[str, ...]]) -> list[Finding]:
    findings: list[Finding] = []
    for key, value in data.items():
        name = prefix + key
        if isinstance(value, source.Mapping):
            findings += _collect(value, name + ".", phrasings)
            continue
        lines = value.rstrip("\n").split("\n") if isinstance(value, str) else value
        if isinstance(lines, list) and all(isinstance(line, str) and line for line in lines):
            phrasings[name] = tuple(lines)
        else:
            what = f"`{name}` is not a list of phrasings"
            findings.append(Finding(data.file, data.at(key), what, "write one phrasing a line"))
    return findings


def slips(text: str, rng: random.Random) -> str:
    """``text`` as a hasty thumb types it: a slip in one or two words, often bare of capitals and marks."""
    words = text.split(" ")
    places = [
        place
        for place, word in enumerate(words)
        if len(word) >= _SHORTEST and word.isalpha() and not _DENIES.fullmatch(word)
    ]
    for place in rng.sample(places, min(len(places), 1 + len(words) // _LONG_TEXT)):
        words[place] = _slip(words[place], rng)
    typed = " ".join(words)
    return bare(typed) if rng.random() < 1 / 2 else typed


def _slip(word: str, rng: random.Random) -> str:
    """One letter lost, doubled, or swapped with the next; never the first or the last."""
    at = rng.randrange(1, len(word) - 2)
    lost, doubled = word[:at] + word[at + 1 :], word[:at] + word[at] + word[at:]
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return rng.choice([lost, doubled, swapped])


def bare(text: str) -> str:
    """``text`` without capitals and punctuation, as recognisers write it."""
    return " ".join(re.sub(r"[^\w\s'/]", " ", text.lower()).split())
