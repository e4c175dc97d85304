"""What the second pair of ears adds to the rules, and what it costs. Run: ``python -m bench.second_ears``

Both hear the same files in one run (`check`, or those named): JSON lines as in ``tests/corpus``, or plain
text, one harmless message a line. Time is that of one text; memory and load are those of a process of its
own.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flows.commands.evaluate import read_samples
from flows.flags import load_flags
from flows.line import BACK_PAIN
from flows.measure import Measure, Sample
from flows.understanding import load_understanding

CHECK = Path(__file__).resolve().parent.parent / "tests" / "corpus" / "check.jsonl"
SHOWN = ("emergency_caught", "emergency_present", "urgent_caught", "denied_present",
         "harmless_emergency_present", "harmless_emergency_unsure")  # fmt: skip
SIDES = {"rules alone": False, "with second ears": True}


def samples(file: Path) -> list[Sample]:
    """The texts of ``file``; those of a plain file are all harmless."""
    text = file.read_text("utf-8")
    if text.startswith("{"):
        return read_samples(file)
    return [Sample(line, frozenset(), frozenset()) for line in text.splitlines() if line.strip()]


def groups(file: Path) -> Iterator[tuple[str, list[Sample]]]:
    """All texts of ``file``, then its harmless ones by kind, if it names kinds."""
    everything = samples(file)
    yield "all", everything
    lines = file.read_text("utf-8").splitlines()
    kinds = [
        json.loads(line).get("kind", "") if line.startswith("{") else "" for line in lines if line.strip()
    ]
    for kind in sorted({one for one in kinds if one.startswith("harmless")}):
        yield kind, [sample for sample, one in zip(everything, kinds, strict=True) if one == kind]


def report(files: list[Path]) -> None:
    """The figures of both sides, group by group."""
    flags = load_flags(BACK_PAIN / "flags.yaml")
    ears = {side: load_understanding(BACK_PAIN, second_ears=with_ears) for side, with_ears in SIDES.items()}
    for file in files:
        for group, texts in groups(file):
            print(f"\n{file.name}, {group}: {len(texts)} texts")
            for side, understanding in ears.items():
                measure = Measure(flags)
                measure.run(understanding, texts)
                figures: dict[str, Any] = measure.figures()
                shares = ", ".join(f"{name} {figures[name]:.2%}" for name in SHOWN)
                times = f"median {figures['median_ms']:.2f} ms, p99 {figures['p99_ms']:.2f} ms"
                print(f"  {side}: {shares}; {times}")


def cost(second_ears: bool) -> dict[str, float]:
    """Seconds to load, and megabytes held after 50 texts, of this process."""
    began = time.perf_counter()
    understanding = load_understanding(BACK_PAIN, second_ears=second_ears)
    seconds = time.perf_counter() - began
    for text in sorted(sample.text for sample in read_samples(CHECK))[:5000:100]:
        understanding.understand(text)
    status = Path("/proc/self/status").read_text()
    held = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
    return {"seconds": seconds, "megabytes": int(held) / 1024}


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=[CHECK])
    parser.add_argument(
        "--cost", choices=("rules", "both"), help="print the cost of one side, for this program"
    )
    options = parser.parse_args()
    if options.cost:
        print(json.dumps(cost(options.cost == "both")))
        return
    report(options.files)
    command = [sys.executable, "-m", "bench.second_ears", "--cost"]
    sides = [
        json.loads(subprocess.check_output([*command, side], env=os.environ)) for side in ("rules", "both")
    ]
    print(f"\nload: rules {sides[0]['seconds']:.2f} s, with second ears {sides[1]['seconds']:.2f} s")
    print(f"memory: rules {sides[0]['megabytes']:.0f} MB, with second ears {sides[1]['megabytes']:.0f} MB")


if __name__ == "__main__":
    main()
