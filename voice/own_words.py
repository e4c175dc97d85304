"""What a kiosk says by itself when it is cut off: kept on its own disk, since no server helps it then."""

import logging
from pathlib import Path

from flows.broken import where
from voice.language import FIRST, kiosk_language
from voice.speech_cache import SpeechCache

log = logging.getLogger(__name__)


class OwnWords:
    """Texts of ``plain`` in `voice/languages`, with ``emergency_number`` in them, and their sounds.

    The sounds are made when it is; one that cannot be made is missing, and the text is not.
    """

    def __init__(self, speech: SpeechCache, emergency_number: str, language: str = FIRST) -> None:
        self._texts = {
            key: text.format(number=emergency_number) for key, text in kiosk_language(language).plain.items()
        }
        self._files: dict[str, Path] = {}
        for key in ("unreachable", "deaf"):
            try:
                if path := speech.find(speech.keep(self._texts[key])):
                    self._files[key] = path
            except Exception as error:
                log.error("what to say when cut off was not spoken: %s", where(error))

    def text(self, key: str) -> str:
        """The words called ``key``."""
        return self._texts[key]

    def wav(self, key: str) -> bytes | None:
        """Their sound, if there is one."""
        try:
            return self._files[key].read_bytes()
        except (KeyError, OSError):
            return None
