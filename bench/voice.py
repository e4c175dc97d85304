"""How well and how quickly the kiosk hears. Run: ``python -m bench.voice`` or ``--part words`` (see PARTS).

The whole takes some hours on a quiet machine; ``--quick`` gives a first idea. The voices are synthetic:
people are harder and easier to understand, each in their own way.
"""

import argparse
import os
import sys
from collections.abc import Callable

from bench.gym_sounds import noises, voices
from bench.hall import Hall
from bench.heard import conditions
from bench.hearing import answers, false_no, flags, words
from bench.idling import wake
from bench.pace import cost, first_sound, times
from flows.line import load_line
from settings import Settings
from voice.ears import Ears
from voice.listener import Listener, open_listener

PARTS: dict[str, Callable[[Hall, Listener], None]] = {
    "words": words,
    "answers": answers,
    "no": false_no,
    "flags": flags,
    "times": times,
    "sound": first_sound,
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
    hall = Hall(ears, load_line(), people, around, given.quick, given.hours)
    for part in given.part or PARTS:
        listener = open_listener(ears, settings.wake_word)
        PARTS[part](hall, listener)
        listener.close()
    ears.close()


if __name__ == "__main__":
    main()
