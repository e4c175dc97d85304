"""Conversation tests written in YAML: what a person says, and what the line must answer.

    - name: Cannot feel the groin
      turns:
        - says: "back went and im numb between my legs"
          expect: {level: emergency, step: emergency, flags: {saddle_numbness: present}, replies: ["911"]}

A turn is one of ``says`` (text), ``opens: true`` (the person opens the conversation), ``silent: true``,
``waits: true`` (the wait that the line asked for is over), ``passes: 3 days`` (nothing is said for so long),
``days_later: true`` (some days after the end the line asks how it is, in a fresh conversation),
``pictures: 1``. ``until: step`` repeats it until that step is reached, so that one transcript serves the
list of the SMS and the single questions of the voice; ``only: sms`` leaves it out on the other channel.
``expect`` may name level, step, done, asks, flags, replies (texts that some reply holds), not (texts that
no reply holds) and effects (such as ``Alert emergency``). ``language: es`` stands in a transcript, or at
the top of a file for all in it. `flows.playing` runs them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flows import source
from flows.session import Channel
from flows.shapes import (
    ANY_TEXT,
    FLAG,
    LEVEL,
    NAME,
    NAMES,
    TEXT,
    TEXTS,
    TRUE,
    WHOLE,
    Either,
    Entries,
    Listing,
    Shape,
    Text,
    by_name,
    entries,
    sifted,
)
from flows.source import Finding, FlowError, Mapping
from flows.wording import CHANNELS

_ON = Text(means=f"a channel ({', '.join(CHANNELS)})", like=CHANNELS[0], words=CHANNELS)
_STATE = Text(
    means="what is known of a flag", like="present", words=("present", "denied", "unsure", "unknown")
)
_EXPECT = entries(
    {
        "level": LEVEL.about("How urgent the conversation is by now."),
        "step": NAME.about("The step it has come to."),
        "done": FLAG.about("Whether the disposition was given."),
        "flags": by_name(_STATE, "{radiating: present}").about("What is known of these flags."),
        "asks": NAMES.about("Flags that the open question asks about."),
        "replies": TEXTS.about("Texts that stand in some reply."),
        "not": TEXTS.about("Texts that stand in no reply."),
        "effects": TEXTS.about("Such as `Alert urgent`, `Schedule pause 180`, `Cancel pause`, `End modify`."),
    },
    optional=frozenset({"level", "step", "done", "flags", "asks", "replies", "not", "effects"}),
    like="{level: urgent}",
).about("What must be so after this turn; after the last time, where it is repeated.")
_LASTS = Text(means="a time in words", like='"3 days"', pattern=r"^[1-9][0-9]* (second|minute|hour|day)s?$")
_LANGUAGE = Text(means="a language's two letters", like="es", pattern="^[a-z]{2}$")
_PICTURES = WHOLE.about("How many pictures come with the message.")


def _turn(kind: str, known: dict[str, Shape]) -> Entries:
    always: dict[str, Shape] = {
        "until": NAME.about("Repeat this turn until that step is reached."),
        "only": _ON.about("Leave this turn out on the other channel."),
        "expect": _EXPECT,
    }
    optional = frozenset({*always, *known} - {kind})
    return entries(known | always, optional=optional, marks=(kind,))


_TURN = Either(
    means="a turn",
    like='{says: "my back hurts"}',
    kinds=(
        _turn("says", {"says": ANY_TEXT.about("What the person says or writes."), "pictures": _PICTURES}),
        _turn("pictures", {"pictures": _PICTURES}),
        _turn("opens", {"opens": TRUE.about("The person opens the conversation and says nothing yet.")}),
        _turn("silent", {"silent": TRUE.about("The kiosk listened and nobody spoke.")}),
        _turn("waits", {"waits": TRUE.about("The wait that the line asked for is over.")}),
        _turn("days_later", {"days_later": TRUE.about("Some days after the end the line asks how it is.")}),
        _turn("passes", {"passes": _LASTS.about("Nothing is said for so long; a wait may end meanwhile.")}),
    ),
    wrong="has a turn in which nothing happens",
    mend="begin it with says:, pictures:, opens:, silent:, waits:, days_later: or passes:",
)
_TRANSCRIPT = entries(
    {
        "name": TEXT.about("What it shows, in words."),
        "channels": Listing(means="a list of channels", like="[sms]", each=_ON).about(
            "The channels it is run on; both unless said."
        ),
        "country": Text(means="a country's two letters", like="GB", pattern="^[A-Z]{2}$").about(
            "The person's country (ISO 3166); US unless said."
        ),
        "language": _LANGUAGE.about("The language it is held in; that of the file unless said."),
        "turns": Listing(means="a list of turns", like='[{says: "my back hurts"}]', each=_TURN).about(
            "What happens, one after the other."
        ),
    },
    optional=frozenset({"channels", "country", "language"}),
)
TRANSCRIPTS_FILE = entries(
    {
        "language": _LANGUAGE.about("The language chosen in all of them; without it the words tell it."),
        "transcripts": Listing(
            means="a list of transcripts", like='[{name: "...", turns: [...]}]', each=_TRANSCRIPT
        ).about("Conversations that must come out right."),
    },
    optional=frozenset({"language"}),
).about("Conversation tests: what a person says, and what the line must answer.")


@dataclass(frozen=True)
class Transcript:
    """One conversation and what is expected of it.

    ``channels`` are those it is run on; ``language`` is empty for the flow's first.
    """

    name: str
    file: str
    line: int
    channels: tuple[Channel, ...]
    country: str
    language: str
    turns: tuple[Mapping, ...]


def load_transcripts(path: Path) -> list[Transcript]:
    """The transcripts in a YAML file, or in every ``*.yaml`` in and below a folder. Raises `FlowError`."""
    findings: list[Finding] = []
    files = sorted(path.rglob("*.yaml")) if path.is_dir() else [path]
    transcripts = [one for file in files for one in _transcripts(file, findings)]
    if findings:
        raise FlowError(findings)
    return transcripts


def _transcripts(file: Path, findings: list[Finding]) -> Iterator[Transcript]:
    """The transcripts in one file. They can be used only if nothing was noted."""
    data = source.gather(file, findings)
    if data is None:
        return
    right = sifted(data, TRANSCRIPTS_FILE, findings)
    for entry in right.get("transcripts", ()):
        yield Transcript(
            entry.get("name", ""),
            str(file),
            entry.line,
            tuple(entry.get("channels", CHANNELS)),
            entry.get("country", "US"),
            entry.get("language", right.get("language", "")),
            tuple(entry.get("turns", ())),
        )
