"""What a client of the stream may ask for: each text message, checked, as plain data."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

_LONGEST_TEXT = 1600
_LONGEST_NAME = 200
KIOSK = re.compile("[a-z0-9][a-z0-9_-]{0,39}")


class RequestError(ValueError):
    """A message that cannot be used; the text names the mend."""


@dataclass(frozen=True)
class Hello:
    """Who is there, and how they listen and speak; ``""`` where nothing is known."""

    kiosk: str = ""
    token: str = ""
    language: str = ""
    conversation: str = ""
    mode: Literal["open", "wake"] = "open"
    duplex: Literal["full", "half"] = "full"


@dataclass(frozen=True)
class Say:
    """Words typed or tapped."""

    text: str


@dataclass(frozen=True)
class Happened:
    """Something happened on the page."""

    event: Literal["started", "timed_out"]


@dataclass(frozen=True)
class Played:
    """Reply ``id`` was played to its end."""

    id: int


@dataclass(frozen=True)
class Volume:
    """How loud it is to be, of 100."""

    percent: int


@dataclass(frozen=True)
class Speed:
    """How fast the voice is to speak."""

    words_a_minute: int


@dataclass(frozen=True)
class Language:
    """The language of the next conversation."""

    language: str


@dataclass(frozen=True)
class Plain:
    """A message that is all said with its name."""

    name: Literal["listen", "done", "hush", "sleep", "restart"]


Request = Hello | Say | Happened | Played | Volume | Speed | Language | Plain


def request_of(text: str) -> Request:
    """The request in a text message. Raises `RequestError`."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise RequestError("the message is not valid JSON") from None
    kind = data.get("type") if isinstance(data, dict) else None
    if not isinstance(kind, str) or kind not in _READERS:
        raise RequestError(f"type must be one of {', '.join(_READERS)}")
    return _READERS[kind](data)


def _text(data: dict[str, Any], name: str, longest: int = _LONGEST_NAME) -> str:
    text = data.get(name)
    if text is None:
        return ""
    if not isinstance(text, str) or len(text) > longest or not _is_unicode(text):
        raise RequestError(f"{name} must be text of at most {longest} characters")
    return text


def _one_of(data: dict[str, Any], name: str, *choices: str) -> Any:
    chosen = data.get(name, choices[0])
    if chosen not in choices:
        raise RequestError(f"{name} must be one of {', '.join(choices)}")
    return chosen


def _number(data: dict[str, Any], name: str, lowest: int, highest: int) -> int:
    number = data.get(name)
    if isinstance(number, bool) or not isinstance(number, int) or not lowest <= number <= highest:
        raise RequestError(f"{name} must be a whole number from {lowest} to {highest}")
    return number


def _hello(data: dict[str, Any]) -> Hello:
    return Hello(
        kiosk=_text(data, "kiosk"),
        token=_text(data, "token"),
        language=_text(data, "language"),
        conversation=_text(data, "conversation"),
        mode=_one_of(data, "mode", "open", "wake"),
        duplex=_one_of(data, "duplex", "full", "half"),
    )


def _say(data: dict[str, Any]) -> Say:
    text = _text(data, "text", _LONGEST_TEXT)
    if not text.strip():
        raise RequestError("text must be words")
    return Say(text)


def _happened(data: dict[str, Any]) -> Happened:
    return Happened(_one_of({"event": None} | data, "event", "started", "timed_out"))


def _is_unicode(text: str) -> bool:
    """JSON can carry half of a surrogate pair, which no database takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


_READERS: dict[str, Callable[[dict[str, Any]], Request]] = {
    "hello": _hello,
    "listen": lambda _: Plain("listen"),
    "done": lambda _: Plain("done"),
    "say": _say,
    "event": _happened,
    "hush": lambda _: Plain("hush"),
    "spoken": lambda data: Played(_number(data, "id", 0, 2**31)),
    "sleep": lambda _: Plain("sleep"),
    "restart": lambda _: Plain("restart"),
    "volume": lambda data: Volume(_number(data, "percent", 0, 100)),
    "speed": lambda data: Speed(_number(data, "words_a_minute", 80, 300)),
    "language": lambda data: Language(_text(data, "language")),
}
