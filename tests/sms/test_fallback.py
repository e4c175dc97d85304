"""What Twilio answers while the server is down says whom to call, in every country and language."""

import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

from flows.countries import crisis_line, emergency_number, known_countries
from flows.line import Line
from flows.segments import outside_gsm7, segments
from sms.fallback import fallback_texts
from values import PROJECT

# What a text of the conversation may cost at most.
_SEGMENTS = 2


def test_every_text_names_both_numbers_and_is_short() -> None:
    told = [
        (one, text, language)
        for one in (*known_countries(), "XX")
        for text, language in zip(fallback_texts(one), ("en", "es"), strict=True)
    ]
    for country, text, language in told:
        assert emergency_number(country, language) in text
        assert crisis_line(country, language) in text
        assert segments(text).count <= _SEGMENTS, text
        assert outside_gsm7(text) == []


def test_the_number_to_call_shows_on_a_locked_phone() -> None:
    assert "Call 911" in fallback_texts("US")[0][:70]


def test_every_language_of_the_line_has_one(line: Line) -> None:
    assert len(fallback_texts("US")) == len(line.flow.language_names)


def test_it_promises_nothing() -> None:
    told = " ".join(fallback_texts("US")).lower()
    for word in ("we will", "help is", "on the way", "have been told", "someone will"):
        assert word not in told


def test_the_command_prints_a_file_that_twilio_takes() -> None:
    told = [sys.executable, "-m", "sms", "fallback"]
    done = subprocess.run(
        told,
        cwd=PROJECT,
        env=os.environ | {"SPOTTER_COUNTRY": "GB"},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    response = ElementTree.fromstring(done.stdout)
    assert response.tag == "Response"
    assert [one.tag for one in response] == ["Message", "Message"]
    assert [one.text for one in response] == fallback_texts("GB")
