"""Every file of the hostile corpus: under two seconds and 300 MB, in a process of its own, and nothing but an
error of ours."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "fuzz"))

if not Path("/proc/self/statm").exists():
    pytest.skip("processes are forked and measured as Linux has it", allow_module_level=True)
pytest.importorskip("python_calamine", reason="the extra excel is not installed")

from hostile import FAMILIES, SECONDS, Cost, cost_of  # type: ignore[import-not-found]  # noqa: E402

READ = {
    "workbook": {"as many cells as there may be"},
    "table": {"1,500 files in a folder", "700 files that could be lists of one"},
    "yaml": {
        "a megabyte of blank lines", "one text", "a text of lines", "a text of blank lines", "a folded text",
        "a plain text of lines", "a quoted text of lines", "escapes", "quotes",
    },
    "rules": {
        "350 rules of one fact", "all within all", "any within any", "all of 95", "any of 95", (
            "not within "
            "not"
        ),
        "all within any within all", "some digits in quotes", "some numerals in quotes", (
            "some blanks "
            "in quotes"
        ),
        "some years in quotes", "some commas in quotes", "some encouragements in quotes",
    },
    "clock": {f"deadlines of entries known {how}" for how in ("by their years", "to the day")} | {
        f"{rules}, {number} entries a list"
        for rules in ("zhejiang", "jiangsu", "2017", "a province of one's own")
        for number in ((200, 700) if rules == "zhejiang" else (700,))
    },
    "json": {"blanks", "blank lines", "one text", "escapes", "lines", "lines of wide lists"},
}  # fmt: skip
"""What is large and honest; the rest is refused."""


def costs_of(family: str) -> dict[str, Cost]:
    """What each file costs to a program that holds nothing else: what the tests hold would count too."""
    command = [sys.executable, str(ROOT / "fuzz" / "hostile.py"), "--json", family]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return {name: Cost(*cost) for name, *cost in map(json.loads, done.stdout.splitlines())}


@pytest.mark.parametrize("family", FAMILIES)
def test_no_file_costs_much_or_ends_the_process(family: str) -> None:
    measured = costs_of(family)
    assert {name: cost for name, cost in measured.items() if not cost.held} == {}
    read = {name for name, cost in measured.items() if cost.outcome == "read"}
    assert read == READ[family]


def test_the_measure_sees_what_it_should() -> None:
    assert cost_of(lambda: "read" if sum(range(2 * 10**7)) else "").seconds > 0.04
    assert not Cost("read", SECONDS, 0).held
    assert cost_of(lambda: "read" if b"x" * 301 * 1024 * 1024 else "").memory > 300 * 1024 * 1024
    assert "ValueError" in cost_of(lambda: int("x") and "read").outcome
    assert cost_of(lambda: __import__("os")._exit(3)).outcome.startswith("the process ended")
    assert cost_of(lambda: "read").held
