"""One stream's voice: replies go out sentence by sentence, each as soon as it is made."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flows.broken import where
from voice.sentences import Sentence
from voice.speech_cache import SpeechCache
from voice.wav import seconds_in

log = logging.getLogger(__name__)

# Takes the number of the reply, the place of the sentence, whether it is the last, and the WAV.
SendSound = Callable[[int, int, bool, bytes], None]


@dataclass(frozen=True)
class Uttered:
    """All of reply ``reply`` was sent; it takes ``seconds`` to play. ``silent``: the voice is not working."""

    reply: int
    seconds: float
    silent: bool = False


class Mouth:
    """Speaks one reply at a time: a newer one, or `hush`, ends the one under way.

    ``send`` gets each sentence, and ``told`` hears once of each reply that was not interrupted; both are
    called in a thread of the mouth, and must be quick.
    """

    def __init__(self, send: SendSound, told: Callable[[Uttered], None]) -> None:
        self._send, self._told = send, told
        self._guard = threading.Lock()
        self._reply = 0

    def speak(self, reply: int, sentences: Sequence[Sentence], voice: SpeechCache, *, keep: bool) -> None:
        """Begins to speak with ``voice``. What nobody is to find later is not to be kept."""
        with self._guard:
            self._reply = reply
        arguments = (reply, sentences, voice, keep)
        threading.Thread(target=self._speak, args=arguments, name=f"reply {reply}", daemon=True).start()

    def hush(self) -> None:
        """Not another sentence goes out."""
        with self._guard:
            self._reply = 0

    def _speak(self, reply: int, sentences: Sequence[Sentence], voice: SpeechCache, keep: bool) -> None:
        seconds, silent = 0.0, False
        try:
            for index, sentence in enumerate(sentences):
                wav = voice.sound(sentence, keep=keep)
                seconds += seconds_in(wav)
                with self._guard:
                    if self._reply != reply:
                        return
                    self._send(reply, index, index == len(sentences) - 1, wav)
        except Exception as error:
            log.error("a reply was not spoken: %s", where(error))
            silent = True
        with self._guard:
            if self._reply == reply:
                self._told(Uttered(reply, seconds, silent))
