"""Timing: the best of several runs, so that what else the machine does counts least."""

from __future__ import annotations

import os
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


def processes(root: Path, centre: Path, times: int = 9) -> list[tuple[str, float, float]]:
    """Name, milliseconds and megabytes of whole processes; the first is what they are measured against."""
    told = [
        ("python -c 'import pydantic, yaml, click'", ["-c", "import pydantic, yaml, click"]),
        ("python -c 'import tic_rules'", ["-c", "import tic_rules"]),
        ("tic-rules check, one centre, one rule set", ["-m", "tic_rules", "check", str(centre), "--rules", "zhejiang_2022"]),
    ]
    best: dict[str, float] = {}
    memory: dict[str, float] = {}
    for _ in range(times):  # in turns, so that a busy moment strikes all of them
        for name, arguments in told:
            took, mega = _process(root, arguments)
            best[name] = min(best.get(name, float("inf")), took)
            memory[name] = mega
    return [(name, best[name], memory[name]) for name, _ in told]


def _process(root: Path, arguments: list[str]) -> tuple[float, float]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(root / "src"), os.environ.get("PYTHONPATH", "")])}
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    took = (time.perf_counter() - started) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        sys.exit(f"{' '.join(arguments)} ended with {process.returncode}: {process.stderr.read().decode() if process.stderr else ''}")
    return took, usage.ru_maxrss / 1024
