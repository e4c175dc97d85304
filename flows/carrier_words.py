"""The words that carriers and Twilio take for themselves when a text message is nothing else."""

from collections.abc import Mapping
from typing import Literal

Keyword = Literal["stop", "start", "help"]

# Twilio's default keywords for opting out, opting in and help.
CARRIER_WORDS: Mapping[str, Keyword] = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "optout", "revoke"), "stop"),
    **dict.fromkeys(("start", "yes", "unstop"), "start"),
    **dict.fromkeys(("help", "info"), "help"),
}  # fmt: skip
