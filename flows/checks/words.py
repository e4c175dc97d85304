"""Every check of the words that people read, hear and say."""

from collections.abc import Callable, Iterator
from pathlib import Path

from flows.checks.answers import answers_told_apart
from flows.checks.carriers import answers_kept_by_carriers
from flows.checks.homophones import answers_that_sound_alike
from flows.checks.languages import files_missing, flags_unheard
from flows.checks.reading_grade import easy_to_read
from flows.checks.replies import yes_and_no_told_apart
from flows.checks.spoken import answers_can_be_heard, prompts_are_short
from flows.checks.text_messages import text_messages_fit
from flows.checks.translations import outdated_translations
from flows.line import Line
from flows.source import Finding

WORDS: tuple[Callable[[Line, Path], Iterator[Finding]], ...] = (
    files_missing,
    flags_unheard,
    answers_told_apart,
    yes_and_no_told_apart,
    answers_that_sound_alike,
    answers_kept_by_carriers,
    outdated_translations,
    text_messages_fit,
    prompts_are_short,
    answers_can_be_heard,
    easy_to_read,
)
