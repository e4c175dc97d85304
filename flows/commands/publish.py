"""``python -m flows publish [FOLDER]``: makes the flow as it is now the version that new people get."""

import argparse
import os
import sys
from pathlib import Path

from flows.checks import check, errors
from flows.checks.moved import removed
from flows.line import Line
from flows.published import Published
from flows.source import Finding, FlowError, read
from settings import Settings, SettingsError


def run(argv: list[str]) -> int:
    """Publish one flow. 1 when it is broken or its version was used for another content; 2 for settings."""
    parser = argparse.ArgumentParser(prog="python -m flows publish", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="the flow's folder (default: SPOTTER_FLOW)")
    given = parser.parse_args(argv).folder
    try:
        settings = Settings.from_environment(os.environ)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    folder: Path = given or settings.flow
    copies = Published(settings.versions_of(folder))
    try:
        line = _checked(folder, copies)
        kept = copies.keep(folder, line)
        copies.publish(line.version)
    except FlowError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"Nothing was published: {copies.folder} cannot be written ({error.strerror}).", file=sys.stderr
        )
        return 1
    print(f"{line.flow.id} {line.version} is published; it is kept in {kept}.")
    print(f"A server that runs takes it up with: kill -HUP $(cat {settings.pid_file})")
    return 0


def _checked(folder: Path, copies: Published) -> Line:
    line, findings = check(folder, (removed,))
    findings = errors(findings)
    if line is None:
        raise FlowError(findings)
    if others := copies.others(line):
        file = folder / "flow.yaml"
        what = f"version {line.flow.version} is taken: people got it with another content, as {others[0]}"
        why = "A version that changes under the same number cannot be told apart later."
        findings.append(
            Finding(str(file), read(file).at("version"), what, "raise `version:` in flow.yaml", why)
        )
    if findings:
        raise FlowError(findings)
    return line
