"""The author's command line: ``python -m flows COMMAND``, one of those below."""

import sys
from collections.abc import Callable
from importlib import import_module

# Each command is a module of `flows.commands` with ``run(argv) -> exit code``.
COMMANDS = {
    "understand": "what each line of standard input means, as JSON",
    "evaluate": "how well a labelled file of messages is understood",
    "chat": "a conversation in the terminal",
    "check": "everything that is wrong with a flow",
    "draw": "a picture of a flow: SVG, or Mermaid text",
    "test": "conversation tests written in YAML",
    "stamp": "note that a language was translated from the texts of today",
}


def main(argv: list[str]) -> int:
    """Run one command; gives the exit code (2 for a command that does not exist)."""
    if not argv or argv[0] not in COMMANDS:
        print("usage: python -m flows COMMAND [...]\n", file=sys.stderr)
        for name, meaning in COMMANDS.items():
            print(f"  {name:<11} {meaning}", file=sys.stderr)
        return 0 if argv[:1] in (["-h"], ["--help"]) else 2
    run: Callable[[list[str]], int] = import_module(f"flows.commands.{argv[0]}").run
    try:
        return run(argv[1:])
    except (KeyboardInterrupt, BrokenPipeError):
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
