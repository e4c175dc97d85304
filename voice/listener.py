"""One stream's ears: sound in, what was noticed out. Time is counted in sound, so tests need no clock."""

from collections import deque
from enum import Enum, auto

from voice.ear import Ear, EarMaker
from voice.endpointing import Endpointer, Mark
from voice.noise import NoiseMeter
from voice.noticed import Ended, Evidence, Expects, Level, Nobody, Noticed, Partial, Paused, Started, Woken
from voice.vad import FRAME_BYTES, FRAME_SECONDS, SileroDetector, SpeechDetector
from voice.wake import WakeWord, wake_word
from voice.wav import to_floats

# Speech is noticed about 0.15 s after it began, and a soft first sound comes before that.
_LEAD_FRAMES = round(0.5 / FRAME_SECONDS)
# Levels are told eight times a second.
_LEVEL_FRAMES = 4


class _Mode(Enum):
    RESTING = auto()
    WAITING = auto()
    GUARDING = auto()
    LISTENING = auto()


class Listener:
    """Listens to one stream. It takes over ``ear`` and ``wake`` and closes them.

    At first it rests. Whatever fails in the ear is raised by `feed` and `finish` as `RecogniserError`; the
    utterance is lost then, and the listener rests until it is told what to do.
    """

    def __init__(self, ear: Ear, detector: SpeechDetector, wake: WakeWord | None = None) -> None:
        self._ear, self._detector, self._wake = ear, detector, wake
        self._mode = _Mode.RESTING
        self._expects = Expects()
        self._endpointer = Endpointer()
        self._noise = NoiseMeter()
        self._unheard = b""
        self._frames = 0
        # The moments before speech is noticed, and those after it may have ended.
        self._lead: deque[bytes] = deque(maxlen=_LEAD_FRAMES)
        self._held: list[bytes] = []
        self._partial = ""

    @property
    def wake_phrase(self) -> str:
        """What wakes it, ``""`` when nothing does."""
        return self._wake.phrase if self._wake else ""

    def rest(self) -> None:
        """Hears nothing from now on."""
        self._turn_to(_Mode.RESTING)
        self._unheard = b""
        self._lead.clear()

    def wait(self) -> None:
        """Only the wake phrase counts from now on."""
        if self._wake and self._mode is not _Mode.WAITING:
            self._wake.reset()
        self._turn_to(_Mode.WAITING)
        self._lead.clear()

    def guard(self) -> None:
        """The kiosk speaks: who begins now is noticed at once, and what they say is kept for `listen`."""
        self._turn_to(_Mode.GUARDING)
        self._endpointer = Endpointer(forever=True)

    def listen(self, expects: Expects) -> None:
        """Listens for an answer. Who began while the kiosk spoke is already giving it."""
        if self._mode is _Mode.GUARDING and self._endpointer.speaking:
            self._endpointer.expect(expects.kind)
        else:
            self._endpointer = Endpointer(expects.kind)
        self._mode, self._expects = _Mode.LISTENING, expects

    def feed(self, pcm: bytes) -> list[Noticed]:
        """What is noticed in the next sound of the stream (16 kHz, mono, 16 bit).

        After `Woken`, `Ended` or `Nobody` the rest of ``pcm`` waits until the next call, so that none of it
        is judged by what no longer holds.
        """
        if self._mode is _Mode.RESTING:
            return []
        self._unheard += pcm
        noticed: list[Noticed] = []
        at = 0
        try:
            while at + FRAME_BYTES <= len(self._unheard):
                frame = self._unheard[at : at + FRAME_BYTES]
                at += FRAME_BYTES
                new = self._hear(frame)
                noticed += new
                if any(isinstance(one, Woken | Ended | Nobody) for one in new):
                    break
        except Exception:
            self._mode = _Mode.RESTING
            raise
        finally:
            self._unheard = self._unheard[at:]
        return noticed

    def finish(self) -> Ended | Nobody:
        """The answer as it stands: the person says that they have finished, or no sound comes any more."""
        return self._ended(cut_off=False) if self._endpointer.speaking else self._nobody()

    def close(self) -> None:
        """Gives back the ear and the wake word."""
        self._mode = _Mode.RESTING
        self._ear.close()
        if self._wake:
            self._wake.close()

    def _turn_to(self, mode: _Mode) -> None:
        self._mode = mode
        self._endpointer = Endpointer()
        self._held.clear()

    def _hear(self, frame: bytes) -> list[Noticed]:
        probability = self._detector.probability(frame)
        self._noise.hear(to_floats(frame), speech=probability >= 0.5)
        noticed: list[Noticed] = []
        self._frames += 1
        if self._frames % _LEVEL_FRAMES == 0:
            loudness = self._noise.now()
            speech = probability >= 0.5
            noticed.append(Level(loudness.db, loudness.noise_db, speech, self._noise.too_loud))
        if self._mode is _Mode.WAITING:
            if self._wake and self._wake.hear(frame, probability):
                self._wake.reset()
                noticed.append(Woken())
            return noticed
        mark = self._endpointer.hear(probability)
        if mark is Mark.NOBODY:
            return [*noticed, self._nobody()]
        if not self._endpointer.speaking:
            self._lead.append(frame)
        elif mark is Mark.STARTED:
            self._begin(frame)
            noticed.append(Started())
        else:
            noticed += self._goes_on(frame, mark)
        return noticed

    def _begin(self, frame: bytes) -> None:
        self._noise.new_voice()
        self._partial = ""
        closed = self._mode is _Mode.LISTENING
        self._ear.begin(self._expects.phrases if closed else ())
        self._ear.feed(b"".join([*self._lead, frame]))
        self._lead.clear()

    def _goes_on(self, frame: bytes, mark: Mark | None) -> list[Noticed]:
        noticed: list[Noticed] = []
        self._held.append(frame)
        # What comes after a pause is kept back: if it is the end, the text that was made ready is the
        # whole text, and if not, nothing is lost.
        if not self._endpointer.paused or mark is Mark.PAUSED:
            self._ear.feed(b"".join(self._held))
            self._held.clear()
        if mark is Mark.PAUSED:
            self._ear.pause()
            noticed.append(Paused())
        if mark in (Mark.ENDED, Mark.TOO_LONG):
            return [*noticed, self._ended(mark is Mark.TOO_LONG)]
        if (words := self._ear.partial) and words != self._partial:
            self._partial = words
            noticed.append(Partial(words))
        return noticed

    def _ended(self, cut_off: bool) -> Ended:
        loudness, seconds = self._noise.now(), self._endpointer.speech_seconds
        self._turn_to(_Mode.RESTING)
        transcript = self._ear.finish()
        evidence = Evidence(loudness.snr_db, loudness.noise_db, seconds, transcript.agreed, cut_off)
        return Ended(transcript, evidence)

    def _nobody(self) -> Nobody:
        self._turn_to(_Mode.RESTING)
        return Nobody()


def open_listener(ears: EarMaker, chosen_wake_word: str = "") -> Listener:
    """The ears of one more stream, with the wake word of the settings. Raises `RecogniserError`."""
    ear = ears.open()
    return Listener(ear, SileroDetector(), wake_word(chosen_wake_word, ear, ears.hears_hey_spotter))
