"""Which language somebody speaks, told by their words: the one whose own words they mostly are."""

from collections.abc import Mapping

from flows.understanding import Understanding

# The command that asks for a language is called by its code: ``language.de``.
COMMAND = "language."


def language_of(ears: Mapping[str, Understanding], text: str) -> str:
    """The language in ``ears`` that knows most words of ``text``, and at least half of them.

    ``""`` when there is none, or when two know as many: "ok", a number or a name do not tell.
    """
    counts = {language: ear.known_words(text) for language, ear in ears.items()}
    most = max(known for known, _ in counts.values())
    best = [language for language, (known, all_of_them) in counts.items() if known == most]
    known, all_of_them = counts[best[0]]
    return best[0] if len(best) == 1 and 2 * known >= all_of_them > 0 else ""
