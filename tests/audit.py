"""Looks for known holes in what is pinned. Run: ``python -m tests.audit`` (``make audit``)

pip-audit says "no known vulnerabilities" of a package that it could find nothing about, and where a registry
knows no holes at all. So a version with well-known ones is asked about first: if that comes back clean, or
anything of ours was not looked at, then that is said.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from values import PROJECT

PINNED = ("requirements.txt", "requirements-ears.txt", "requirements-piper.txt", "requirements-dev.txt")
# CVE-2019-10906 and others.
KNOWN_BAD = "jinja2==2.10\n"
_SERVICES = ("pypi", "osv")
_SECONDS = 300


@dataclass(frozen=True)
class Found:
    """What is known of some packages: their holes, a line each, and those that nothing is known about."""

    holes: tuple[str, ...]
    unknown: tuple[str, ...]


def found_in(report: dict[str, Any]) -> Found:
    """Reads pip-audit's JSON."""
    holes: list[str] = []
    unknown: list[str] = []
    for one in report["dependencies"]:
        if "skip_reason" in one:
            unknown.append(one["name"])
        for hole in one.get("vulns", ()):
            mended = f"mended in {', '.join(hole['fix_versions'])}" if hole["fix_versions"] else "no mend yet"
            holes.append(f"{one['name']} {one['version']}: {hole['id']} ({mended})")
    return Found(tuple(holes), tuple(unknown))


def ask(service: str, file: Path) -> Found | None:
    """What ``service`` knows of a requirements file; ``None`` when it cannot be reached."""
    command = [sys.executable, "-m", "pip_audit", "--vulnerability-service", service, "--format", "json"]
    command += ["--progress-spinner", "off", "--disable-pip", "--no-deps", "--requirement", str(file)]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        return found_in(json.loads(ran.stdout))
    except (ValueError, KeyError, subprocess.TimeoutExpired):
        return None


def knowing(services: Sequence[str], asking: Callable[[str, Path], Found | None]) -> str:
    """The first service that knows the holes of a version that has some; ``""`` for none."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "known-bad.txt")
        file.write_text(KNOWN_BAD, encoding="utf-8")
        return next((one for one in services if (found := asking(one, file)) and found.holes), "")


def audit(asking: Callable[[str, Path], Found | None] = ask) -> int:
    """Prints what is known; 1 for a hole, else 0, also where nothing can be known."""
    service = knowing(_SERVICES, asking)
    if not service:
        print(
            "NOT AUDITED: what is known of holes cannot be had here. Neither the package index nor osv.dev "
            "tells of any in an old version that has some. Run `make audit` where they can be reached.",
            file=sys.stderr,
        )
        return 0
    holes: list[str] = []
    unknown: list[str] = []
    for name in PINNED:
        found = asking(service, PROJECT / name)
        holes += found.holes if found else ()
        unknown += found.unknown if found else (name,)
    for one in sorted(set(holes)):
        print(one)
    if unknown:
        print(f"NOT AUDITED, {service} knows nothing of: {', '.join(sorted(set(unknown)))}", file=sys.stderr)
    print(f"{len(set(holes))} known holes in {', '.join(PINNED)}, by {service}")
    return 1 if holes else 0


if __name__ == "__main__":
    sys.exit(audit())
