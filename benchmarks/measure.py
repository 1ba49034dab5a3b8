"""Timing: the best of several runs, so that what else the machine does counts least."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

RULESETS = ("zhejiang_2022", "jiangsu_2020", "national_2020", "national_2017", "national_13fyp")


def each(decide: Callable[[Any], Any], records: Sequence[Any], seconds: float = 1.0) -> float:
    """Microseconds a record."""

    def run() -> None:
        for record in records:
            decide(record)

    return call(run, seconds) / len(records)


def call(work: Callable[[], Any], seconds: float = 1.0) -> float:
    """Microseconds a call, warmed up."""
    work()
    best, until = float("inf"), time.perf_counter() + seconds
    while time.perf_counter() < until:
        best = min(best, once(work))
    return best


def once(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e6


def cpu() -> float:
    """Seconds of all processors that this process and the processes it waited for have used."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def peak() -> float:
    """Megabytes that this process, or one that it waited for, held at most. Linux tells it of this program
    alone, without what started it."""
    try:
        own = int(
            next(
                line
                for line in Path("/proc/self/status").read_text().splitlines()
                if line.startswith("VmHWM")
            ).split()[1]
        )
    except (OSError, StopIteration):
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def processes(root: Path, centre: Path) -> list[tuple[str, float, float]]:
    """Name, milliseconds and megabytes of whole processes; the first is what they are measured against.

    They are started by a small process of their own: a child's peak memory begins with what its parent has.
    """
    told = subprocess.run(
        [sys.executable, "-S", __file__, sys.executable, str(root), str(centre)],
        capture_output=True,
        text=True,
        check=True,
    )
    return [(name, milli, mega) for name, milli, mega in json.loads(told.stdout)]


def _started(python: str, root: str, centre: str, times: int = 15) -> list[tuple[str, float, float]]:
    told = [
        ("python -c 'import pydantic, yaml, click'", ["-c", "import pydantic, yaml, click"]),
        ("python -c 'import tic_rules'", ["-c", "import tic_rules"]),
        (
            "tic-rules check, one centre, one rule set",
            ["-m", "tic_rules", "check", centre, "--rules", "zhejiang_2022"],
        ),
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([os.path.join(root, "src"), os.environ.get("PYTHONPATH", "")]),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as people run it: modules compiled, rule sets kept
    best: dict[str, tuple[float, float]] = {}
    for _ in range(times):  # in turns, so that a busy moment strikes all of them
        for name, arguments in told:
            started = time.perf_counter()
            process = subprocess.Popen(
                [python, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            _, status, usage = os.wait4(process.pid, 0)
            took = (time.perf_counter() - started) * 1000
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in (0, 1):
                sys.exit(f"{' '.join(arguments)} ended with {process.returncode}")
            best[name] = min(best.get(name, (float("inf"), 0.0)), (took, usage.ru_maxrss / 1024))
    return [(name, *best[name]) for name, _ in told]


if __name__ == "__main__":
    print(json.dumps(_started(*sys.argv[1:4])))
