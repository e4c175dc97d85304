"""Sound on the command line: ``python -m voice`` and ``transcribe``, ``say``, ``measure``, ``kiosk`` …"""

import argparse
import os
import sys
from pathlib import Path

from flows.loader import load_flow
from flows.source import FlowError
from settings import Settings, SettingsError
from store.database import TROUBLE
from voice.choose import choose_recogniser
from voice.devices import DeviceError
from voice.fetch import SHA256, URL, FetchError, fetch_model, model_directory
from voice.kiosk_command import add_kiosk, run_kiosk
from voice.measure import measure
from voice.pairing_command import add_pairing, run_pairing
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.recogniser import RecogniserError
from voice.spoken import spoken
from voice.synthesiser import SynthesisError
from voice.vosk_recogniser import VoskRecogniser
from voice.wav import MAX_FILE_BYTES, WavError, any_pcm

_BAR = 30


def main(arguments: list[str] | None = None) -> int:
    """Runs one command. Gives 0, or 1 when it could not be done, or 2 when it was asked for wrongly."""
    parser = argparse.ArgumentParser(prog="python -m voice", description="Hear and speak, as the kiosk does.")
    commands = parser.add_subparsers(dest="command", required=True)
    transcribe = commands.add_parser("transcribe", help="print the words in a WAV file")
    transcribe.add_argument("file", type=Path, metavar="FILE.wav")
    say = commands.add_parser("say", help="speak words into a WAV file")
    say.add_argument("text")
    say.add_argument("-o", dest="file", type=Path, metavar="FILE.wav", required=True)
    commands.add_parser("measure", help="how long each wording of the conversation takes to say")
    fetch = commands.add_parser("fetch-model", help="get the small English Vosk model (41 MB)")
    fetch.add_argument("--url", default=URL, help="another place that has it (default: %(default)s)")
    fetch.add_argument("--sha256", default=SHA256, help="what the file must be (default: %(default)s)")
    add_kiosk(commands.add_parser("kiosk", help="talk with a server through a plain microphone and speaker"))
    add_pairing(commands)
    given = parser.parse_args(arguments)
    try:
        settings = Settings.from_environment(os.environ)
        if given.command == "transcribe":
            return _transcribe(given.file, settings)
        if given.command == "say":
            return _say(given.text, given.file)
        if given.command == "measure":
            return _measure(settings)
        if given.command == "kiosk":
            return run_kiosk(given, settings)
        if given.command in ("pair", "unpair", "kiosks"):
            print(run_pairing(given, settings))
            return 0
        return _fetch(settings.data_dir, given.url, given.sha256)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    except FlowError as error:
        print(error, file=sys.stderr)
    except (WavError, SynthesisError, RecogniserError, FetchError, DeviceError) as error:
        print(f"{error}.", file=sys.stderr)
    except OSError as error:
        print(f"{error.filename or 'file'}: {error.strerror or error}.", file=sys.stderr)
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on.", file=sys.stderr)
    except TROUBLE as error:
        print(f"The database cannot be used: {type(error).__name__}.", file=sys.stderr)
    return 1


def _transcribe(path: Path, settings: Settings) -> int:
    with path.open("rb") as file:
        pcm = any_pcm(file.read(MAX_FILE_BYTES + 1))
    hearing = choose_recogniser(settings.vosk_model, settings.data_dir)
    if hearing.recogniser is None:
        print(f"{hearing.sentence}.", file=sys.stderr)
        return 1
    text = hearing.recogniser.transcribe(pcm).text
    if not text:
        print("Nobody speaks in this file.", file=sys.stderr)
    print(text)
    return 0


def _say(text: str, path: Path) -> int:
    path.write_bytes(Pyttsx3Synthesiser().say(spoken(text)))
    return 0


def _measure(settings: Settings) -> int:
    flow = load_flow(settings.flow)
    model = settings.vosk_model or model_directory(settings.data_dir)
    vosk = VoskRecogniser(model) if model.is_dir() else None
    files = measure(flow, settings.flow, vosk, _show_texts)
    print(f"\nWritten: {', '.join(map(str, files))}.", file=sys.stderr)
    if vosk is None:
        print(
            "NOT CHECKED: which answer words a Vosk model can hear, because there is none here. "
            "`python -m voice fetch-model` gets it; or set SPOTTER_VOSK_MODEL.",
            file=sys.stderr,
        )
    return 0


def _fetch(data_dir: Path, url: str, sha256: str) -> int:
    model = fetch_model(data_dir, _show, url, sha256)
    print(f"\nThe model is in {model}. Start Spotter again and it listens with it.", file=sys.stderr)
    return 0


def _show(here: int, whole: int) -> None:
    _bar(here, whole, f"{here / 1e6:5.1f} of {whole / 1e6:.1f} MB")


def _show_texts(done: int, total: int) -> None:
    _bar(done, total, f"{done} of {total} texts")


def _bar(here: int, whole: int, says: str) -> None:
    done = min(1.0, here / whole) if whole else 0.0
    bar = "#" * round(done * _BAR)
    print(f"\r[{bar:<{_BAR}}] {says}", end="", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
