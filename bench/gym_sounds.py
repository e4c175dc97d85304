"""Sound for measurements, made here: people of several voices, and the noise of a gym around them."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

from voice.piper_synthesiser import ENGINE, PiperSynthesiser, is_installed
from voice.pyttsx3_synthesiser import Pyttsx3Synthesiser
from voice.speaking_process import SpeakingProcess
from voice.synthesiser import Synthesiser
from voice.wav import RATE, Samples, any_pcm, to_floats, to_pcm

Say = Callable[[str], Samples]

_ESPEAK = {
    "espeak us": ("en-us", 170),
    "espeak woman": ("en-us+f3", 165),
    "espeak uk, quick": ("en-gb-x-rp", 190),
}
_FLITE = ("slt", "rms", "awb")
_LOUDNESS = 0.08
_BEAT = 0.47


def voices() -> tuple[dict[str, Say], list[str]]:
    """Everybody who can speak here, by name, and a sentence for each who cannot."""
    people = {name: _by(Pyttsx3Synthesiser(*voice, patience=60)) for name, voice in _ESPEAK.items()}
    missing = []
    if flite := shutil.which("flite"):
        people |= {f"flite {name}": _flite(flite, name) for name in _FLITE}
    else:
        missing.append("flite is missing (apt install flite): its voices were NOT measured")
    if is_installed():
        people["piper"] = _by(PiperSynthesiser(SpeakingProcess(ENGINE)))
    else:
        missing.append("Piper is missing (make piper): its voice was NOT measured")
    return people, missing


def noises(seconds: float, say: dict[str, Say], seed: int = 6) -> dict[str, Samples]:
    """``seconds`` of each noise, all equally loud (root mean square 1)."""
    random = np.random.default_rng(seed)
    length = round(seconds * RATE)
    return {
        "pink noise": _even(_pink(length, random)),
        "babble": _even(_babble(length, say, random)),
        "kick drum": _even(_kick(length)),
    }


def mixed(voice: Samples, noise: Samples | None, db: float, at: int = 0) -> bytes:
    """``voice`` at an ordinary loudness with ``noise`` from sample ``at``, ``db`` quieter, as PCM.

    The voice's loudness is that of its speaking part: silence around it does not count.
    """
    loud = np.abs(voice) > 0.02 * np.abs(voice).max()
    voice = voice * (_LOUDNESS / np.sqrt((voice[loud] ** 2).mean()))
    if noise is not None:
        around = np.take(noise, np.arange(at, at + len(voice)), mode="wrap")
        voice = voice + around * _LOUDNESS * 10 ** (-db / 20)
    return to_pcm(voice)


def silence(seconds: float) -> Samples:
    """Nothing."""
    return np.zeros(round(seconds * RATE), np.float32)


def music(seconds: float, seed: int) -> Samples:
    """Gym music (root mean square 1): a kick, a bass line, chords and cymbals, no two bars alike."""
    random = np.random.default_rng(seed)
    length = round(seconds * RATE)
    time = np.arange(length) / RATE
    bar = (time / (4 * _BEAT)).astype(int)
    roots = 55.0 * 2 ** (random.choice([0, 3, 5, 7, 10], bar.max() + 1) / 12)
    root = np.repeat(roots, np.bincount(bar, minlength=len(roots)))
    phase = 2 * np.pi * np.cumsum(root) / RATE
    chord = sum((np.sign(np.sin(phase * ratio)) for ratio in (4, 5, 6)), np.zeros(length))
    hats = random.normal(0, 1, length) * np.exp(-((time % (_BEAT / 2)) * 40))
    return _even(2 * _kick(length) + np.sin(phase) + 0.15 * chord + 0.4 * hats)


def _by(speaker: Synthesiser) -> Say:
    return cache(lambda text: to_floats(any_pcm(speaker.say(text))))


def _flite(program: str, voice: str) -> Say:
    @cache
    def say(text: str) -> Samples:
        with tempfile.TemporaryDirectory() as scratch:
            file = Path(scratch) / "said.wav"
            subprocess.run([program, "-voice", voice, "-t", text, "-o", str(file)], check=True, timeout=60)
            return to_floats(any_pcm(file.read_bytes()))

    return say


def _even(sound: Samples) -> Samples:
    even: Samples = sound / np.sqrt((sound**2).mean())
    return even


def _pink(length: int, random: np.random.Generator) -> Samples:
    spectrum = np.fft.rfft(random.normal(0, 1, length))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    pink: Samples = np.fft.irfft(spectrum, length)
    return pink


def _babble(length: int, say: dict[str, Say], random: np.random.Generator) -> Samples:
    """Six people at once, none of them to be understood."""
    sound = np.zeros(length)
    people = list(say.values())
    for number in range(6):
        talk = people[number % len(people)](CHATTER[number % len(CHATTER)])
        sound += np.roll(np.resize(talk, length), int(random.integers(length)))
    return sound


def _kick(length: int) -> Samples:
    time = (np.arange(length) / RATE) % _BEAT
    return np.sin(2 * np.pi * (45 * time + 110 * 0.04 * (1 - np.exp(-time / 0.04)))) * np.exp(-time * 9)


CHATTER = (
    "So I told him to put another plate on each side and he went for it and nearly got stuck at the bottom.",
    "Are you done with the bench, or have you got more sets left? We could share it if you like.",
    "The new class on Thursday is brilliant, you should come along, bring water and a towel with you.",
    "I have been trying to eat more protein lately but honestly the shakes taste like wet chalk.",
    "They moved the kettlebells again, so now nobody can find the heavy ones. They are by the window.",
    "Did you watch the match last night? What a finish. I could not believe that he missed the first one.",
)
