"""Timing: the best of several runs, so that what else the machine does counts least."""

from __future__ import annotations

import resource
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
