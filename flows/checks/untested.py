"""Questions that no transcript asks: nobody notices when they go wrong."""

from collections.abc import Iterator
from pathlib import Path

from flows.line import Line
from flows.model import Ask
from flows.playing import play
from flows.source import Finding
from flows.transcript import Transcript

# Where a flow's transcripts are looked for, beside it or in the project, when no folder is named.
_PLACES = ("transcripts", "../../tests/flows/transcripts")


def transcripts_of(folder: Path) -> Path | None:
    """The folder of the transcripts that belong to the flow in ``folder``; ``None`` when there is none."""
    places = (folder / place for place in _PLACES)
    return next((place.resolve() for place in places if place.is_dir()), None)


def untested(line: Line, folder: Path, transcripts: list[Transcript]) -> Iterator[Finding]:
    """A warning for each question that no transcript asks."""
    asked = {
        moment.turn.session.step
        for transcript in transcripts
        for channel in transcript.channels
        for moment in play(line, transcript, channel)[1]
    }
    for step in line.flow.steps.values():
        if isinstance(step, Ask) and step.id not in asked:
            yield Finding(
                step.file,
                step.line,
                f"no transcript asks `{step.id}`",
                f"add a transcript with a turn that expects `step: {step.id}`",
                "A later change could break this question, and no test would say so.",
                "warning",
            )
