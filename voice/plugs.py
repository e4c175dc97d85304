"""What is plugged in: the microphone and the speaker together, looked for again while one is missing."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from voice.devices import Device, DeviceError, Microphone, Speaker, forget_all

_LOOK_EVERY = 3.0


@dataclass(frozen=True)
class Change:
    """That ``device`` (``microphone`` or ``speaker``) came (``trouble`` is ``""``), or why it is missing."""

    device: str
    trouble: str


class Plugs:
    """A microphone and a speaker, which come and go. For one thread only."""

    def __init__(self, microphone: Device, speaker: Device) -> None:
        self.microphone = Microphone(microphone)
        self.speaker = Speaker(speaker)
        self._told: dict[str, str | None] = {}
        self._looked = float("-inf")

    def look(self) -> Iterator[Change]:
        """What has changed. To be asked often: devices themselves are looked for every few seconds."""
        both = (self.microphone, self.speaker)
        if all(one.is_there for one in both) or time.monotonic() - self._looked < _LOOK_EVERY:
            return
        self._looked = time.monotonic()
        for one in both:
            one.close()
        # Only then does PortAudio see what was plugged in since.
        forget_all()
        for one in both:
            trouble = ""
            try:
                one.open()
            except DeviceError as error:
                trouble = str(error)
            if self._told.get(one.name) != trouble:
                self._told[one.name] = trouble
                yield Change(one.name, trouble)

    def close(self) -> None:
        """Lets both go."""
        self.microphone.close()
        self.speaker.close()
