"""The inside of a process that only speaks: it takes requests from its standard input, and gives sounds."""

import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from typing import Any

from voice.synthesiser import SynthesisError

# What is to be spoken, as the engine's synthesiser wrote it, and its sound as a WAV.
Speak = Callable[[dict[str, Any]], bytes]


def serve(start: Callable[[], Speak]) -> None:
    """Speaks with what ``start`` gives until standard input ends. Never returns.

    A request is a line of JSON. The answer is a line of JSON: ``{"ready": true}`` once at the beginning,
    ``{"bytes": n}`` with so many bytes of WAV behind it, ``{"refused": why}`` for a request that no
    other try would help, or ``{"failed": why}``.
    """
    answers = os.fdopen(os.dup(1), "wb")
    # Engines print; nothing of that may come between the answers.
    os.dup2(2, 1)
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests,), daemon=True).start()

    def answer(header: dict[str, Any], wav: bytes = b"") -> None:
        answers.write(json.dumps(header).encode() + b"\n" + wav)
        answers.flush()

    try:
        speak = start()
    except Exception as error:
        answer({"failed": f"the voice cannot start: {error}"})
        os._exit(1)
    answer({"ready": True})
    while True:
        request = json.loads(requests.get())
        try:
            wav = speak(request)
        except SynthesisError as error:
            answer({"refused": str(error)})
        except Exception as error:
            answer({"failed": f"the voice failed: {error}"})
        else:
            answer({"bytes": len(wav)}, wav)


def _read(requests: "queue.SimpleQueue[bytes]") -> None:
    """The end of the input is the end of whoever asked, and an engine that hangs must not outlive them."""
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)
