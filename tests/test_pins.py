"""The pins hold on the day after somebody publishes a newer version."""

import re
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).parent.parent
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[([^\]]+)\])?==", re.MULTILINE)


def pinned(name: str) -> dict[str, set[str]]:
    """What a requirements file pins: each package with its extras."""
    found = PIN.findall((PROJECT / name).read_text())
    return {canonicalize_name(package): set(filter(None, extras.split(","))) for package, extras in found}


def test_an_extra_that_a_pinned_package_asks_for_is_pinned_too() -> None:
    # Otherwise pip takes that package from the newest version there is, and then refuses it as not pinned:
    # nothing can be installed from the day on which that version appears.
    pins = pinned("requirements.txt") | pinned("requirements-dev.txt")
    looked_at = 0
    for distribution in distributions():
        by = canonicalize_name(distribution.metadata["Name"])
        for needed in map(Requirement, distribution.requires or ()) if by in pins else ():
            asked = canonicalize_name(needed.name)
            wanted = needed.marker is None or needed.marker.evaluate({"extra": ""})
            if needed.extras and asked in pins and wanted:
                looked_at += 1
                assert needed.extras <= pins[asked], f"{by} asks for {needed}, which is pinned without it"
    assert looked_at >= 2
