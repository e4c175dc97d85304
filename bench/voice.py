"""How well and how quickly the kiosk hears. Run: ``python -m bench.voice`` or ``--part words`` (see PARTS).

The whole takes an hour or two on a quiet machine; ``--quick`` gives a first idea. The voices are synthetic:
people are harder and easier to understand, each in their own way.
"""

import argparse
import json
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from faster_whisper import WhisperModel

from bench.gym_sounds import CHATTER, Say, mixed, music, noises, voices
from bench.heard import Condition, Spoken, conditions, hear, live, noticed_in, spoken, wrong_words
from flows.heard import Expecting, Heard
from flows.line import Line, load_line
from flows.questions import Question
from settings import Settings
from voice.assurance import plain, sure
from voice.ears import Ears
from voice.endpointing import PACES, Kind
from voice.listener import Ended, Listener, Woken, open_listener
from voice.meaning import Meant
from voice.vad import SileroDetector
from voice.wake import PackagedWake, PackagedWord
from voice.wav import RATE, to_floats, to_pcm
from voice.whisper_recogniser import packaged_model

_CORPUS = Path(__file__).resolve().parent.parent / "tests" / "corpus" / "check.jsonl"
_SENTENCES = (
    "I hurt my lower back.",
    "My back feels tight and stiff after squats.",
    "It is a dull ache on both sides of the spine.",
    "I can't feel anything between my legs.",
    "The pain shoots down my left leg to the foot.",
    "I haven't been able to pee since this morning.",
    "I dropped the bar and felt something pop.",
    "It started two days ago and it gets worse when I sit.",
)
_YES = ("yes", "yeah", "yes it does", "yes I do", "yep")
_NO = ("no", "nope", "no it doesn't", "not at all", "no I don't")
# Answers that must never be taken for "no".
_NEITHER = ("yes", "numb", "now and then", "I don't know", "both legs", "oh yes", "a little", "not sure")
_NUMBERS = ("one", "three", "four", "seven", "eight", "ten", "two", "five out of ten")
_FIGURES = (1, 3, 4, 7, 8, 10, 2, 5)
_QUESTION = "saddle_numbness"


@dataclass(frozen=True)
class Hall:
    """What everything is measured with."""

    ears: Ears
    line: Line
    people: dict[str, Say]
    conditions: list[Condition]
    quick: bool
    hours: float
    settings: Settings

    def few(self, many: Sequence[str]) -> Sequence[str]:
        return many[:3] if self.quick else many

    def spoken(self, texts: Iterable[str], condition: Condition) -> Iterable[tuple[str, Spoken]]:
        """Each text by each voice in ``condition``, each time at another moment of the noise."""
        dice = random.Random(condition.name)
        for text in texts:
            for say in self.people.values():
                yield text, spoken(say, text, condition, dice.randrange(RATE * 10))

    def meant(self, ended: Ended, kind: Kind) -> str:
        """ "yes", "no", "unsure", a number, or "" for an answer that is asked for again."""
        if kind == "number":
            number = self._understood(ended, Expecting("number")).number
            return "" if number is None else str(number)
        return self._understood(ended, Expecting("yes_no", flags=(_QUESTION,))).yes_no or ""

    def believed(self, ended: Ended) -> bool:
        """Whether a "no" to the question counts as it is."""
        asks = Question(Expecting("yes_no", flags=(_QUESTION,)), (_QUESTION,), (_QUESTION,))
        heard, text = self._understood(ended, asks.expecting), ended.transcript.text
        return sure(ended.evidence, text) and plain(Meant(heard, heard, asks), text, "en")

    def _understood(self, ended: Ended, expecting: Expecting) -> Heard:
        return self.line.ears["en"].understand(ended.transcript.text, expecting)


def words(hall: Hall, listener: Listener) -> None:
    """Word error of open speech through the whole path."""
    table("word error", "", "words", "wrong")
    for condition in hall.conditions:
        said = wrong = 0
        for text, sound in hall.spoken(hall.few(_SENTENCES), condition):
            bare, found = _bare(text), _bare(hear(listener, sound.pcm, "open").transcript.text)
            said, wrong = said + len(bare), wrong + wrong_words(bare, found)
        row(condition.name, said, _share(wrong, said))


def answers(hall: Hall, listener: Listener) -> None:
    """Yes, no and numbers: right, wrong or asked again; and the "no" that nobody said."""
    table(
        "answers", "", "yes/no right", "asked again", "wrong", "number right", "wrong no", "after confirming"
    )
    for condition in hall.conditions:
        right = again = wrong = numbers = wrong_no = accepted = 0
        wanted = dict.fromkeys(_YES, "yes") | dict.fromkeys(_NO, "no")
        asked = list(hall.spoken([*hall.few(_YES), *hall.few(_NO)], condition))
        for text, sound in asked:
            found = hall.meant(hear(listener, sound.pcm, "yes_no"), "yes_no")
            right, again = right + (found == wanted[text]), again + (found in ("", "unsure"))
            wrong += found in ("yes", "no") and found != wanted[text]
        figures = dict(zip(_NUMBERS, map(str, _FIGURES), strict=True))
        counted = list(hall.spoken(hall.few(_NUMBERS), condition))
        for text, sound in counted:
            numbers += hall.meant(hear(listener, sound.pcm, "number"), "number") == figures[text]
        others = list(hall.spoken(_NEITHER, condition))
        for number, (_, sound) in enumerate(others):
            ended = hear(listener, sound.pcm, "yes_no")
            if hall.meant(ended, "yes_no") != "no":
                continue
            wrong_no += 1
            # "I heard no. Is that right?" They say no, and may be misheard once more.
            say = list(hall.people.values())[number % len(hall.people)]
            confirms = hear(listener, spoken(say, "no", condition, number * RATE).pcm, "yes_no")
            accepted += hall.believed(ended) or hall.meant(confirms, "yes_no") == "yes"
        every = len(asked)
        row(
            condition.name,
            _share(right, every),
            _share(again, every),
            _share(wrong, every),
            _share(numbers, len(counted)),
            _share(wrong_no, len(others)),
            _share(accepted, len(others)),
        )


def flags(hall: Hall, listener: Listener) -> None:
    """How many of what people say of each sign are caught: understood, or asked about."""
    lines = [json.loads(one) for one in _CORPUS.read_text(encoding="utf-8").splitlines()]
    texts: dict[str, list[str]] = {}
    for one in lines:
        if one["kind"] == "flag" and len(one["present"]) == 1 and len(one["text"]) < 70:
            texts.setdefault(one["present"][0], []).append(one["text"])
    chosen = [one for one in hall.conditions if one.name in ("quiet", "pink noise 10 dB", "babble 10 dB")]
    table("signs caught", "", "as text", *(one.name for one in chosen))
    people = list(hall.people.values())
    for flag, said in sorted(texts.items()):
        some = random.Random(flag).sample(said, min(len(said), 2 if hall.quick else 12))
        found = [_share(sum(_caught(hall.line, flag, text) for text in some), len(some))]
        for condition in chosen:
            caught = 0
            for number, text in enumerate(some):
                sound = spoken(people[number % len(people)], text, condition, number * RATE)
                caught += _caught(hall.line, flag, hear(listener, sound.pcm, "open").transcript.text)
            found.append(_share(caught, len(some)))
        row(flag, *found)


def times(hall: Hall, listener: Listener) -> None:
    """From the end of speech to the text, at the pace of speech. The first sound is at most 50 ms later."""
    table("end of speech to text", "", "median ms", "p95 ms", "cut off early", "pause that ends ms")
    said: dict[Kind, Sequence[str]] = {"yes_no": [*_YES, *_NO], "number": _NUMBERS, "open": _SENTENCES}
    for kind, texts in said.items():
        found = [
            live(listener, sound, kind)[0] for _, sound in hall.spoken(hall.few(texts), hall.conditions[0])
        ]
        waits = sorted(one * 1000 for one in found if one is not None)
        cut = _share(found.count(None), len(found))
        p95 = f"{waits[int(len(waits) * 0.95)]:.0f}"
        row(kind, f"{statistics.median(waits):.0f}", p95, cut, f"{PACES[kind].pause * 1000:.0f}")


def cost(hall: Hall, listener: Listener) -> None:
    """Real-time factor, memory, kiosks per core, and what the pipeline costs beyond the bare recogniser.

    The bare one is faster-whisper with the same model and search, as its authors deliver it.
    """
    sounds = [sound for _, sound in hall.spoken(hall.few(_SENTENCES), hall.conditions[0])]
    seconds = sum(len(one.pcm) for one in sounds) / 2 / RATE
    bare = _bare_whisper()
    bare(sounds[0].pcm)
    ours, processor = _seconds(lambda: [hall.ears.transcribe(one.pcm) for one in sounds]), time.process_time()
    alone = _seconds(lambda: [bare(one.pcm) for one in sounds])
    processor = time.process_time() - processor
    here, there = time.process_time(), _cpu_of(hall.ears.pid)
    for one in sounds:
        live(listener, one, "open")
    here, there = time.process_time() - here, _cpu_of(hall.ears.pid) - there
    table("cost", "", "")
    row("bare faster-whisper, real-time factor", f"{alone / seconds:.3f}")
    row("the same recordings through our process, ratio (target 1.10)", f"{ours / alone:.2f}")
    row("processor of whole streams, words so far and all, ratio", f"{(here + there) / processor:.2f}")
    row("a stream while people talk: cores, server", f"{here / seconds:.3f}")
    row("a stream while people talk: cores, recogniser", f"{there / seconds:.3f}")
    row("kiosks per core, all talking at once", f"{seconds / (here + there):.1f}")
    row("memory of the recogniser's process, MB", f"{_memory_of(hall.ears.pid):.0f}")


def wake(hall: Hall, listener: Listener) -> None:
    """How well each packaged phrase wakes, and what music and chatter do to an idle kiosk meanwhile."""
    table("woken by its phrase", "", *(condition.name for condition in hall.conditions))
    for word in PackagedWord:
        idle = Listener(hall.ears.open(), SileroDetector(), PackagedWake(word))
        found = []
        for condition in hall.conditions:
            sounds = [sound for _, sound in hall.spoken([word.title()], condition)]
            found.append(f"{sum(_woken(idle, one.pcm) > 0 for one in sounds)} of {len(sounds)}")
        row(word, *found)
        idle.close()
    minutes = round(hall.hours * 60)
    table(f"{minutes} minutes of music and chatter, idle", "", "")
    chatter = [say(text) for text in CHATTER for say in hall.people.values()]
    _woken(listener, to_pcm(0.05 * music(60, 0)))
    memory, busy, false = 0.0, 0.0, 0
    for minute in range(minutes):
        dice = random.Random(minute)
        talk = np.resize(np.concatenate(dice.sample(chatter, len(chatter) // 2)), 60 * RATE)
        loud = mixed(talk, music(60, minute), dice.choice((0.0, 10.0, 20.0)))
        # What is kept for the next minute's sound is there by then.
        if minute == min(10, minutes // 2):
            memory = _memory_of(os.getpid())
        began = time.process_time()
        false += _woken(listener, loud)
        busy += time.process_time() - began
    row("false wakes", false)
    row("memory grew by, MB", f"{_memory_of(os.getpid()) - memory:.1f}")
    row("an idle hour of it costs, minutes of one core", f"{busy / minutes:.2f}")


PARTS: dict[str, Callable[[Hall, Listener], None]] = {
    "words": words,
    "answers": answers,
    "flags": flags,
    "times": times,
    "cost": cost,
    "wake": wake,
}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--part", choices=PARTS, action="append", help="this part only; may be given again")
    parser.add_argument("--quick", action="store_true", help="two voices and few words")
    parser.add_argument(
        "--hours", type=float, default=2.0, help="of music and chatter (default: %(default)s)"
    )
    given = parser.parse_args()
    settings = Settings.from_environment(os.environ)
    people, missing = voices()
    around = conditions(noises(20, people))
    if given.quick:
        people = dict(list(people.items())[::3])
    for one in missing:
        print(f"NOT MEASURED: {one}", file=sys.stderr)
    ears = Ears(settings.vosk_model, settings.data_dir)
    print(f"{ears.name}; voices: {', '.join(people)}; {os.cpu_count()} cores")
    hall = Hall(ears, load_line(), people, around, given.quick, given.hours, settings)
    for part in given.part or PARTS:
        listener = open_listener(ears, settings.wake_word)
        PARTS[part](hall, listener)
        listener.close()
    ears.close()


def table(title: str, *columns: str) -> None:
    """The head of a table in Markdown."""
    print(f"\n**{title}**\n\n| {' | '.join(columns)} |\n|{' --- |' * len(columns)}")


def row(*cells: object) -> None:
    """One line of it."""
    print(f"| {' | '.join(map(str, cells))} |", flush=True)


def _bare(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text.lower())


def _share(part: int, whole: int) -> str:
    return f"{100 * part / max(1, whole):.1f} %"


def _caught(line: Line, flag: str, text: str) -> bool:
    found = line.ears["en"].understand(text)
    return flag in {*found.flags("present"), *found.flags("unsure")}


def _woken(listener: Listener, pcm: bytes) -> int:
    listener.rest()
    listener.wait()
    return sum(isinstance(one, Woken) for one in noticed_in(listener, pcm))


def _bare_whisper() -> Callable[[bytes], str]:
    model = WhisperModel(str(packaged_model()), device="cpu", compute_type="int8", local_files_only=True)

    def transcribe(pcm: bytes) -> str:
        found, _ = model.transcribe(to_floats(pcm), language="en", beam_size=1, without_timestamps=True)
        return " ".join(one.text for one in found)

    return transcribe


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _cpu_of(pid: int) -> float:
    """Seconds of processor that the process has used (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory_of(pid: int) -> float:
    """MB that the process holds (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


if __name__ == "__main__":
    main()
