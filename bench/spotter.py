"""The whole application under measurement, for gunicorn: no speech, and Twilio's stand-in as the carrier."""

import os

from flask import Flask

from bench.carrier import at_the_stand_in
from desk.hangup import load
from flows.published import Published
from flows.versions import Versions
from server import Parts, create_app
from settings import Settings
from voice.choose import Hearing


def spotter() -> Flask:
    """The application that the environment describes."""
    at_the_stand_in()
    settings = Settings.from_environment(os.environ)
    versions = Versions(settings.flow, Published(settings.versions_of(settings.flow)))
    load(versions)
    return create_app(settings, Parts(versions, Hearing(None, "Speech is left out of this measurement")))
