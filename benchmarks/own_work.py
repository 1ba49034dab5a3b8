"""Our own work in a process of its own, where no peer is loaded: a whole centre against Zhejiang's rules, and
compiling rule sets.

python benchmarks/own_work.py prints, as JSON, the microseconds of the two hand-written flat functions and of
the real work, and the milliseconds of compiling.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import flat_work
import measure
from by_ifs import by_ifs

from tic_rules import Centre, RuleSet, check, load_ruleset
from tic_rules.engines.python.program import compile_rules

CENTRE = Path(__file__).parents[1] / "examples" / "zhejiang.yaml"


def measured() -> dict[str, Any]:
    """What this file prints, of a process of its own."""
    told = subprocess.run([sys.executable, __file__], capture_output=True, text=True, check=True).stdout
    found: dict[str, Any] = json.loads(told)
    return found


def real_rows() -> list[tuple[str, float]]:
    """A whole centre against Zhejiang's rules, in microseconds; and the same centre where it names a list
    that is not complete."""
    ruleset = load_ruleset("zhejiang_2022")
    text = CENTRE.read_text(encoding="utf-8")
    whole = Centre.from_text(text, file=str(CENTRE), ruleset=ruleset)
    open_ = Centre.from_text(
        text.replace("incomplete: []", "incomplete: [projects]"), file=str(CENTRE), ruleset=ruleset
    )

    def statuses(centre: Centre, engine: str) -> Any:
        return check(centre, ruleset, engine=engine).statuses

    def numbers(centre: Centre, engine: str) -> Any:
        return [(f.status, f.observed, f.gap, f.citation) for f in check(centre, ruleset, engine=engine)]

    def everything(centre: Centre, engine: str) -> Any:
        return [
            (f.status, f.observed, f.gap, f.citation, f.message, f.data)
            for f in check(centre, ruleset, engine=engine)
        ]

    rows = []
    for shown, centre, engine in (
        ("compiled", whole, "compiled"),
        ("compiled, one list not complete", open_, "compiled"),
        ("reference", whole, "reference"),
    ):
        rows.append((f"statuses, {shown}", measure.call(lambda c=centre, e=engine: statuses(c, e), 3.0)))
        rows.append(
            (
                f"statuses, observed, gaps, citations, {shown}",
                measure.call(lambda c=centre, e=engine: numbers(c, e), 3.0),
            )
        )
        rows.append(
            (
                f"the same with messages and data places, {shown}",
                measure.call(lambda c=centre, e=engine: everything(c, e), 3.0),
            )
        )
    return rows


def compile_rows() -> list[tuple[str, float]]:
    """What making the core form and the functions of each shipped rule set takes, in milliseconds."""

    def make(ruleset: RuleSet) -> None:
        ruleset._compiled.pop("lowered", None)
        compile_rules(ruleset, False)

    rulesets = [load_ruleset(name) for name in measure.RULESETS]
    return [(one.id, measure.call(lambda r=one: make(r), 0.5) / 1000) for one in rulesets]


def by_hand() -> tuple[float, float]:
    """The hand-written flat functions, in microseconds a record: as one expression, and with ifs."""
    records = flat_work.records(200)
    return measure.each(flat_work.by_hand, records), measure.each(by_ifs, records)


if __name__ == "__main__":
    before = by_hand()
    found = {"real": real_rows(), "compile": compile_rows()}
    hand, ifs = map(min, before, by_hand())  # the machine may be busy at one end
    print(json.dumps({"hand": hand, "ifs": ifs, **found}))
