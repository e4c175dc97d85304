"""``python -m voice kiosk``: which server, which devices, and then talking."""

import argparse
import signal
import sys
from urllib.parse import urlsplit

from flows.countries import emergency_number
from logs import start_log
from settings import Settings
from voice.captions import Captions
from voice.devices import Device, listed, portaudio
from voice.kiosk import Kiosk, Place
from voice.language import FIRST
from voice.own_words import OwnWords
from voice.plugs import Plugs
from voice.voices import voices_for


def _server(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise argparse.ArgumentTypeError("use the server's address, such as http://192.168.1.20:8000")
    return text


def _device(text: str) -> Device:
    return int(text) if text.isdigit() else text


def add_kiosk(parser: argparse.ArgumentParser) -> None:
    """Gives ``parser`` the options of the kiosk."""
    parser.add_argument("--server", type=_server, metavar="URL", help="its address (default: this machine's)")
    parser.add_argument("--kiosk", default="", metavar="NAME", help="the name of this kiosk")
    parser.add_argument("--token", default="", help="its token (default: SPOTTER_KIOSK_TOKEN)")
    parser.add_argument("--microphone", type=_device, metavar="DEVICE", help="number, or part of its name")
    parser.add_argument("--speaker", type=_device, metavar="DEVICE", help="number, or part of its name")
    parser.add_argument("--list-devices", action="store_true", help="show the devices and end")


def run_kiosk(given: argparse.Namespace, settings: Settings) -> int:
    """Talks until it is stopped. Gives 0. Raises `voice.devices.DeviceError` without PortAudio."""
    if given.list_devices:
        print(listed())
        return 0
    portaudio()
    start_log()
    number = emergency_number(settings.country, FIRST)
    voices = voices_for([FIRST], settings.data_dir / "speech", settings.voice, settings.speed)
    place = Place(
        given.server or f"http://localhost:{settings.port}", given.kiosk, given.token or settings.kiosk_token
    )
    own = OwnWords(voices.speech[FIRST], number)
    voices.close()
    kiosk = Kiosk(place, Plugs(given.microphone, given.speaker), own, Captions(sys.stdout))
    for wish in (signal.SIGINT, signal.SIGTERM):
        signal.signal(wish, lambda *_: kiosk.stop())
    kiosk.run()
    return 0
