"""How thumbs and recognisers spell: seeded noise that never changes what a message means.

Words that deny ("not", "can't", "without") keep their letters, because a lost "not" would turn the
label round. Everything else may be mangled the way people and recognisers mangle it.
"""

import random
import re
from collections.abc import Callable

_NEAR = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij", "i": "uok", "o": "ipl",
    "p": "ol", "a": "qsz", "s": "adw", "d": "sfe", "f": "dgr", "g": "fht", "h": "gjy", "j": "hku", "k": "jli",
    "l": "kop", "z": "xas", "x": "zcs", "c": "xvd", "v": "cbf", "b": "vng", "n": "bmh", "m": "nkj",
}  # fmt: skip

_DENYING = re.compile(
    r"no|not|nor|non|none|nope|nah|never|neither|nothing|nobody|nowhere|without|cannot|unable|hardly|barely"
    r"|denies|denied|deny|apart|except|absence|lack|free|negative|stopped|gone|can['’]?t|won['’]?t|ain['’]?t"
    r"|(is|are|was|were|do|does|did|have|has|had|could|would|should)n['’]?t|cnt|dnt"
)

_TEXTESE = {
    "you": "u", "are": "r", "because": "cuz", "and": "n", "for": "4", "before": "b4", "have": "hav",
    "what": "wat", "please": "plz", "with": "wiv", "since": "sinc", "the": "da", "that": "dat",
    "tonight": "2nite", "today": "2day", "tomorrow": "2moro", "about": "bout", "your": "ur",
    "really": "rly", "right": "rite", "something": "sumthin", "just": "jus", "when": "wen",
    "should": "shud", "could": "cud", "would": "wud", "can't": "cnt", "don't": "dnt", "know": "kno",
    "feeling": "feelin", "going": "goin", "tingling": "tinglin", "having": "havin", "though": "tho",
    "through": "thru", "pain": "payn", "numb": "num", "night": "nite", "minutes": "mins", "my": "ma",
    "this": "dis", "they": "dey", "them": "dem", "okay": "k", "to": "2",
}  # fmt: skip

# What small recognisers wrote for these words. Each stays clear from the words around it.
_HEARD_AS = {
    "bowel": "vowel", "bowels": "vowels", "bladder": "ladder", "groin": "growing", "foot drop": "foot job",
    "numb": "some numb", "numbness": "numb ness", "tingling": "tinkling", "sciatica": "psy attica",
    "wee": "we", "pee": "p", "thighs": "ties", "calf": "half", "buttocks": "buttons",
    "deadlift": "dead lift", "squat": "squad", "saddle": "settle", "erection": "a rection",
    "genitals": "gentles", "anus": "annas", "faint": "feint", "fainted": "feinted", "hives": "highs",
    "seizure": "sea sure", "slurred": "slurd", "toes": "tows", "leaking": "leeking", "urine": "you're in",
    "abdomen": "abdo men", "breathe": "breath", "chest": "chess", "numbed": "numb", "glutes": "gloots",
    "weak": "week", "spine": "spying", "wheezing": "weezing", "feet": "feat", "heart": "hart",
    "tongue": "tung", "vomiting": "vomit in", "bleeding": "bleed in",
}  # fmt: skip

_DROPPABLE = {"the", "a", "an", "my", "is", "am", "are", "i", "of", "have"}


def is_denying(word: str) -> bool:
    """Whether ``word`` (with its punctuation) turns or clears a meaning, so that no letter may change."""
    return bool(_DENYING.fullmatch(word.lower().strip(".,;:!?\"'()")))


def thumb(word: str, rng: random.Random) -> str:
    """``word`` as a thumb might type it: one letter dropped, doubled, swapped or from the next key."""
    at = rng.randrange(1, len(word) - 1)
    slip = rng.randrange(4)
    if slip == 0:
        return word[:at] + word[at + 1 :]
    if slip == 1:
        return word[:at] + word[at] + word[at:]
    if slip == 2:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + rng.choice(_NEAR.get(word[at].lower(), word[at])) + word[at + 1 :]


def typos(text: str, rng: random.Random) -> str:
    """One slip in a short message, up to three in a long one."""
    words = text.split(" ")
    places = [i for i, word in enumerate(words) if len(word) >= 5 and word.isalpha() and not is_denying(word)]
    for i in rng.sample(places, min(len(places), 1 + len(words) // 12, 3)):
        words[i] = thumb(words[i], rng)
    return " ".join(words)


def bare(text: str, rng: random.Random) -> str:
    """Small letters, no punctuation, no apostrophes; now and then a missing space as well."""
    words = re.sub(r"[^\w\s/%&+-]", "", re.sub(r"['’]", "", text.lower())).split()
    joinable = [i for i in range(len(words) - 1) if not (is_denying(words[i]) or is_denying(words[i + 1]))]
    if joinable and rng.random() < 0.15:
        i = rng.choice(joinable)
        words[i : i + 2] = [words[i] + words[i + 1]]
    return " ".join(words)


def capitals(text: str, _rng: random.Random) -> str:
    """All capitals, as from a panicked person or a stuck key."""
    return text.upper()


def textese(text: str, rng: random.Random) -> str:
    """Some words as in quick text messages."""
    words = (_TEXTESE.get(word.lower(), word) if rng.random() < 0.7 else word for word in text.split(" "))
    return " ".join(words).replace("'", "")


def recognised(text: str, rng: random.Random) -> str:
    """As a small recogniser would write it: no punctuation, one word heard as another, or an "um"."""
    said = re.sub(r"[^\w\s']", " ", text.lower().replace("’", "'"))
    heard = [word for word in _HEARD_AS if re.search(rf"\b{word}\b", said)]
    if not heard or rng.random() < 0.3:
        words = said.split()
        words.insert(rng.randrange(len(words)) if len(words) > 4 else 0, rng.choice(["um", "uh", "er"]))
        said = " ".join(words)
    if heard:
        word = rng.choice(heard)
        said = re.sub(rf"\b{word}\b", _HEARD_AS[word], said, count=1)
    return " ".join(said.split())


def dropped(text: str, rng: random.Random) -> str:
    """Some of the small words left out; none that denies, nor any soon after it ("no i have numbness")."""
    words = text.split(" ")
    kept = []
    for i, word in enumerate(words):
        after_denial = any(is_denying(other) for other in words[max(0, i - 3) : i])
        if word.lower() not in _DROPPABLE or after_denial or rng.random() < 0.4:
            kept.append(word)
    return " ".join(kept)


def hasty(text: str, rng: random.Random) -> str:
    """Typos and no punctuation at once, the commonest look of a real message."""
    return bare(typos(text, rng), rng)


NOISES: tuple[Callable[[str, random.Random], str], ...] = (
    typos, typos, hasty, bare, textese, recognised, recognised, dropped, capitals,
)  # fmt: skip
