"""For when a part is broken: what is still said, and what may be written into the log."""

import logging
import traceback
from pathlib import Path

from flows.countries import emergency_number

_PROJECT = Path(__file__).resolve().parent.parent

log = logging.getLogger(__name__)


def last_words(country: str) -> str:
    """For when even the wording is gone; so it stands here and not in the YAML."""
    try:
        number = emergency_number(country)
    except Exception as error:
        log.error("the list of countries cannot be read: %s", where(error))
        number = "112 or 911"
    return (
        f"Sorry, something broke on our side. If this is an emergency, call {number} now. "
        "If not, stop lifting, rest, and tell the staff."
    )


def where(error: BaseException) -> str:
    """The kind of ``error`` and the lines it came through: where it was raised, and our own before that.

    Not its message: that may quote a person's words.
    """
    if error.__traceback__ is None:
        return type(error).__name__
    *callers, raised = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in callers if _is_ours(Path(frame.filename))]
    shown = [raised, *reversed(ours[-3:])]
    place = " in ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in shown)
    return f"{type(error).__name__} at {place}"


def _is_ours(file: Path) -> bool:
    return _PROJECT in file.parents and ".venv" not in file.parts
