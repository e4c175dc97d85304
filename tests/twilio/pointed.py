"""A real process of ours whose texts and calls go to the stand-in.

``python -m tests.twilio.pointed http://127.0.0.1:8080 desk work``: the stand-in's address, then what to run.
"""

import functools
import runpy
import sys

import sms.twilio_rest
from tests.twilio.standin import Pointed

if __name__ == "__main__":
    base, module, *arguments = sys.argv[1:]
    vars(sms.twilio_rest)["TwilioHttpClient"] = functools.partial(Pointed, base)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
