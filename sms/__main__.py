"""The texts' command line: ``python -m sms fallback > fallback.xml``."""

import argparse

from settings import settings_at_start
from sms.fallback import fallback_twiml


def main() -> None:
    """Prints what the command line asks for. Ends with 2 when the settings cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m sms", description="What Twilio is given by hand.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser(
        "fallback", help="print the TwiML that answers while this server is down, for SPOTTER_COUNTRY"
    )
    parser.parse_args()
    print(fallback_twiml(settings_at_start().country))


if __name__ == "__main__":
    main()
