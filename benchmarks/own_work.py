"""Compiling rule sets, in a process of its own, where no peer is loaded: python benchmarks/own_work.py
prints, as JSON, the milliseconds of each shipped rule set.
"""

from __future__ import annotations

import json
import subprocess
import sys

import measure

from tic_rules import RuleSet, load_ruleset
from tic_rules.engines.python.program import compile_rules


def measured() -> list[tuple[str, float]]:
    """What this file prints, of a process of its own."""
    printed = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True).stdout
    return [(name, took) for name, took in json.loads(printed)]


def compile_rows() -> list[tuple[str, float]]:
    """What making the core form and the functions of each shipped rule set takes, in milliseconds."""

    def make(ruleset: RuleSet) -> None:
        ruleset._compiled.pop("lowered", None)
        compile_rules(ruleset, False)

    rulesets = [load_ruleset(name) for name in measure.RULESETS]
    return [(one.id, measure.call(lambda r=one: make(r), 0.5) / 1000) for one in rulesets]


if __name__ == "__main__":
    print(json.dumps(compile_rows()))
