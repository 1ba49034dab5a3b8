"""What one engine holds in memory for the flat work, in a process of its own: python benchmarks/alone.py NAME
prints megabytes at the peak."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import measure
from by_ifs import by_ifs
from flat_work import by_hand, records
from peers import PEERS

BY_HAND = {"hand-written Python, one expression": by_hand, "hand-written Python, ifs into a mapping": by_ifs}


OURS = "tic-rules, row_function"


def megabytes(name: str) -> float:
    """The peak of a process that prepares an engine and decides records with it: Python and the records
    included."""
    return float(
        subprocess.run([sys.executable, __file__, name], capture_output=True, text=True, check=True).stdout
    )


def _decide(name: str) -> None:
    decide: Callable[[Mapping[str, Any]], Any]
    if name in BY_HAND:
        decide = BY_HAND[name]
    elif name == OURS:
        from flat_work import COLUMNS, ruleset

        from tic_rules import row_function

        ours = row_function(ruleset(), COLUMNS)

        def decide(record: Mapping[str, Any]) -> Any:
            return ours(record | {"approved": True})

    else:
        decide = PEERS[name][1]()
    for record in records(200):
        decide(record)


if __name__ == "__main__":
    _decide(sys.argv[1])
    print(measure.peak())
