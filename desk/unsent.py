"""A form about a conversation that could not be taken: what was in it is given back, to be sent again."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import request

_ABOUT = "/desk/conversations/"
# What such forms have besides their token, and how much of it.
_FIELDS = ("words", "key", "outcome")
_MOST_TYPED = 4_000


@dataclass(frozen=True)
class Unsent:
    """Where it was to go, and what was in it."""

    to: str
    fields: Mapping[str, str]


def unsent() -> Unsent | None:
    """The form of this request, or the one that the sign-in page carries along; ``None`` for any other."""
    carried = request.form.get("to", "")
    to = carried if carried.startswith(_ABOUT) else request.path
    if request.method != "POST" or not to.startswith(_ABOUT):
        return None
    return Unsent(to, {one: request.form[one][:_MOST_TYPED] for one in _FIELDS if one in request.form})
