"""Careful spelling correction: only towards the words the rules use, never away from an ordinary word.

Candidates are found with deletion neighbourhoods (every word of the vocabulary is filed under itself
with one or two letters left out), so a look-up costs a few dictionary reads.
"""

from collections.abc import Iterable

_ONE_EDIT_FROM = 5
_TWO_EDITS_FROM = 8
_SPLIT_FROM = 6


class Speller:
    """Corrects towards ``targets``; ``known`` words stay as they are, also with one of ``inflections``.

    Among candidates equally near, those in ``likely`` win. A word that is as near to one of
    ``ordinary`` is left alone.
    """

    def __init__(
        self,
        targets: Iterable[str],
        known: Iterable[str],
        likely: Iterable[str] = (),
        ordinary: Iterable[str] = (),
        inflections: Iterable[str] = (),
    ) -> None:
        self._targets = frozenset(word for word in targets if word.isalpha())
        self._likely = frozenset(likely)
        self._ordinary = frozenset(word for word in ordinary if word.isalpha())
        self._known = frozenset(known) | self._targets
        self._inflections = tuple(inflections)
        self._near: dict[str, list[str]] = {}
        for word in sorted(self._targets | self._ordinary):
            if len(word) >= _ONE_EDIT_FROM - 1:
                two = len(word) >= _TWO_EDITS_FROM and word in self._likely
                for key in _deletions(word, 2 if two else 1):
                    self._near.setdefault(key, []).append(word)

    def knows(self, word: str) -> bool:
        """Whether ``word`` is spelt as the rules, or as ordinary language, spell it."""
        return word in self._known or not word.isalpha()

    def correct(self, word: str) -> tuple[str, ...]:
        """``word`` as the rules spell it: itself, one corrected word, or the two words run together."""
        if self.knows(word) or len(word) < 4:
            return (word,)
        limit = 2 if len(word) >= _TWO_EDITS_FROM else 1
        best: tuple[int, bool, int, str] | None = None
        for key in _deletions(word, limit):
            for target in self._near.get(key, ()):
                distance = _distance(word, target, limit)
                if distance > limit:
                    continue
                if distance and len(target) < _ONE_EDIT_FROM and not _swapped(word, target):
                    continue
                if distance and word[0] != target[0] and (len(word) < 6 or distance > 1):
                    continue
                found = (distance, target not in self._likely, abs(len(target) - len(word)), target)
                if best is None or found < best:
                    best = found
        if best and best[-1] in self._ordinary:
            return (word,)
        if best and (best[:2] == (1, False) or not self._inflected(word)):
            return (best[-1],)
        if len(word) >= _SPLIT_FROM:
            for cut in range(2, len(word) - 1):
                first, second = word[:cut], word[cut:]
                if first in self._known and second in self._targets and len(second) > 2:
                    return (first, second)
        return (word,)

    def _inflected(self, word: str) -> bool:
        """Whether ``word`` is a form of a known word ("grinning" of "grin")."""
        endings = (ending for ending in self._inflections if word.endswith(ending))
        return any(len(word) > len(ending) + 3 and word[: -len(ending)] in self._known for ending in endings)

    def rejoins(self, first: str, second: str) -> bool:
        """Whether two written words are one word of the rules that was split by mistake."""
        if first in self._known and second in self._known:
            return False
        return len(first) + len(second) > 4 and first + second in self._targets


def _deletions(word: str, count: int) -> set[str]:
    """``word`` itself, and ``word`` with up to ``count`` of its letters left out."""
    shorter = keys = {word}
    for _ in range(count):
        shorter = {one[:at] + one[at + 1 :] for one in shorter for at in range(len(one))}
        keys = keys | shorter
    return keys


def _swapped(word: str, target: str) -> bool:
    return len(word) == len(target) and sorted(word) == sorted(target)


def _distance(first: str, second: str, limit: int) -> int:
    """Optimal string alignment distance (insert, delete, replace, swap neighbours), cut at ``limit`` + 1."""
    if abs(len(first) - len(second)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(second) + 1))
    for i, char in enumerate(first, 1):
        previous, row = row, [i]
        for j, other in enumerate(second, 1):
            cost = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (char != other))
            if i > 1 and j > 1 and char == second[j - 2] and first[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = previous
        if min(row) > limit:
            return limit + 1
    return row[-1]
