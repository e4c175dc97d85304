"""What an idle kiosk does: is woken by its phrase, and by nothing else."""

import os
import random
import time

import numpy as np

from bench.gym_sounds import CHATTER, mixed, music
from bench.hall import Hall, row, table
from bench.heard import noticed_in
from bench.pace import memory_of
from voice.listener import Listener
from voice.noticed import Woken
from voice.vad import SileroDetector
from voice.wake import PackagedWake, PackagedWord
from voice.wav import RATE, to_pcm


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
            memory = memory_of(os.getpid())
        began = time.process_time()
        false += _woken(listener, loud)
        busy += time.process_time() - began
    row("false wakes", false)
    row("memory grew by, MB", f"{memory_of(os.getpid()) - memory:.1f}")
    row("an idle hour of it costs, minutes of one core", f"{busy / minutes:.2f}")


def _woken(listener: Listener, pcm: bytes) -> int:
    listener.rest()
    listener.wait()
    return sum(isinstance(one, Woken) for one in noticed_in(listener, pcm))
