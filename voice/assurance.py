"""Being sure: which answers are read back before they count, and how good hearing must be to spare that."""

from dataclasses import replace
from functools import cache

from flows.answer_phrases import yes_no_phrases
from flows.content import languages_of
from flows.line import BACK_PAIN
from voice.meaning import Meant
from voice.noticed import Evidence
from voice.plain_words import plain_words
from voice.talk_events import Doubt, Words

# A voice stands out from the room by this much where a recogniser's "no" can be believed (dB).
_CLEAR_DB = 15.0
# Less of a voice than this is a breath or a bump (s).
_SHORTEST = 0.15
# What Whisper writes for "numb" at times, and both of its decodings alike, 22 dB above the noise.
_NUMB = frozenset({"none", "nun", "known"})
# Signs that people name in a word which sounds like "no".
_SOUND_LIKE_NO = frozenset({"saddle_numbness", "leg_numbness"})
# As long as what "now and then" is taken for: "no end then", "no and men".
_SHORT = 4


def sure(evidence: Evidence | None, text: str) -> bool:
    """Whether ``text`` was heard so well that even a "no" is believed. Typed, it has no ``evidence``."""
    if evidence is None:
        return True
    if not _NUMB.isdisjoint(plain_words(text)):
        return False
    clear = evidence.snr_db >= _CLEAR_DB and evidence.seconds >= _SHORTEST
    return clear and evidence.agreed and not evidence.cut_off


def plain(meant: Meant, text: str, language: str) -> bool:
    """Whether a "no" that was surely heard is no other word: "numb" and "now and then" come out as "no" too.

    So a bare "no" is never plain where numbness is asked about, nor is a short one with words in it that
    nobody says beside a "no" in ``language``, the one that is heard.
    """
    words = plain_words(text)
    if meant.heard.yes_no != "no" or len(words) > _SHORT:
        return True
    asks = meant.question.asks if meant.question else ()
    if len(words) == 1:
        return _SOUND_LIKE_NO.isdisjoint(asks)
    return all(word in _words_of_no(language) or word.endswith("n't") for word in words)


@cache
def _words_of_no(language: str) -> frozenset[str]:
    phrases = yes_no_phrases(languages_of(BACK_PAIN) / language)
    return frozenset(word for one in phrases if one.option == "no" for word in plain_words(one.text))


def doubt(meant: Meant) -> Doubt:
    """How words that were not surely heard are read back, ``""`` when they may count as they are.

    Read back is what would lower the worry: a "no" or a "none of these" to a screening question, a choice or
    a number that means less than another does, "it does not hurt" before anything was asked, and whatever is
    denied in passing. So is "start over", which forgets the signs. A grave sign is acted on, and never asked
    away; "no, just tight" has none.
    """
    heard, question = meant.heard, meant.question
    if question is None or meant.grave:
        return ""
    if heard.command == "restart" or heard.choice in meant.closing:
        return "text"
    if question.asks:
        if heard.yes_no == "no":
            return "no"
        if heard.ticked == ():
            return "none"
        if heard.number is not None or (heard.choice and heard.choice not in meant.raising):
            return "text"
    return "text" if heard.flags("denied") else ""


def weighed(text: str, evidence: Evidence | None, meant: Meant | None, language: str) -> Words:
    """Final words with what they may do. Typed ones come without ``evidence``.

    ``meant`` is ``None`` when nobody can tell what they mean. A yes counts as agreed only where both readings
    of it were alike; a no always does.
    """
    words = Words(text, typed=evidence is None)
    if meant is None:
        return words
    believed = sure(evidence, text) and plain(meant, text, language)
    answered = {"yes": True, "no": False}.get(meant.agrees.yes_no or "")
    agreed = evidence is None or evidence.agreed
    return replace(
        words,
        doubt="" if believed else doubt(meant),
        agrees=answered if agreed or answered is False else None,
        command=meant.heard.command or "",
        worrying=bool(meant.grave),
    )
