"""The words of a language: short forms, word forms, fillers, and words that are never corrected."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flows import source
from flows.hearing.grammar import Grammar
from flows.hearing.letters import plain, written
from flows.source import Finding, FlowError

_SECTIONS = {"short_forms", "forms", "articles", "fillers", "ordinary"}


@dataclass(frozen=True, eq=False)
class Words:
    """What one language's ``words.yaml`` says, with the ``grammar`` of the language.

    - ``short``: a spelling without apostrophes, or two written words, to the words it stands for
      (``cant`` to can, not; ``2 the`` to to, the). A spelling with an accent is that one only (``sí``
      is yes and ``si`` is if); all others are found with and without.
    - ``base_of``: an irregular form to its base (``feet`` to ``foot``).
    - ``articles``: words of a phrase that people leave out (``the``).
    - ``fillers``: words that may stand inside a phrase without changing it (``really``, ``my``).
    - ``ordinary``: everyday words that a spelling correction must leave alone.
    """

    short: Mapping[str, tuple[str, ...]]
    base_of: Mapping[str, str]
    articles: frozenset[str]
    fillers: frozenset[str]
    ordinary: frozenset[str]
    grammar: Grammar
    _stems: dict[str, str] = field(default_factory=dict, compare=False)

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that is spelt correctly as far as this language's words go."""
        spoken = {word for words in self.short.values() for word in words}
        return self.fillers | self.ordinary | frozenset(self.base_of) | spoken

    def stem(self, word: str) -> str:
        """The key under which all forms of ``word`` are found (``leaking``, ``leaks`` to ``leak``)."""
        known = self._stems.get(word)
        if known is None:
            known = self.base_of[word] if word in self.base_of else self.grammar.stems.of(word)
            known = self.base_of.get(known, known)
            if len(self._stems) < 50_000:
                self._stems[word] = known
        return known


def load_words(path: Path, grammar: Grammar) -> Words:
    """The words in ``words.yaml``. Raises `FlowError` for an unknown section or a value of odd shape."""
    data = source.read(path)
    findings = [
        Finding(str(path), data.at(name), f"unknown section `{name}`", f"use {', '.join(sorted(_SECTIONS))}")
        for name in data
        if name not in _SECTIONS
    ]
    for name in ("short_forms", "forms"):
        for key, value in (data.get(name) or {}).items():
            if not isinstance(value, str):
                line = data[name].at(key)
                findings.append(Finding(str(path), line, f"`{key}` is not text", "put the value in quotes"))
    if findings:
        raise FlowError(findings)
    short = {_spelling(key): tuple(value.split()) for key, value in (data.get("short_forms") or {}).items()}
    base_of = {
        form: base for base, forms in (data.get("forms") or {}).items() for form in [base, *forms.split()]
    }
    articles, fillers = frozenset(_list(data, "articles")), frozenset(_list(data, "fillers"))
    return Words(short, base_of, articles, fillers, frozenset(_list(data, "ordinary")), grammar)


def _spelling(key: str) -> str:
    """How a short form is looked up: with its accents, where it has any."""
    accented = any(unicodedata.combining(char) for char in unicodedata.normalize("NFD", key))
    return written(key) if accented else plain(key)


def _list(data: source.Mapping, name: str) -> list[str]:
    return str(data.get(name) or "").split()
