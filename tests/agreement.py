"""One centre through several engines: where they differ from the reference, and the smallest centre that still shows it.

python tests/agreement.py 5000000      decide so many (centre, rule) pairs; print the count and the first disagreement
"""

from __future__ import annotations

import argparse
import copy
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from generate import random_centre, random_programme

from tic_rules import Centre, RuleSet, check, check_programme, load_ruleset
from tic_rules.checking import ENGINES
from tic_rules.findings import KEYS, Finding, Report

RULESETS = ("zhejiang_2022", "jiangsu_2020", "national_2020", "national_2017", "national_13fyp")


class Disagreement(NamedTuple):
    rule: str
    engine: str
    reference: dict[str, Any]
    other: dict[str, Any]

    def __str__(self) -> str:
        lines = [f"{self.rule}: {self.engine} differs from the reference"]
        for key, value in self.reference.items():
            if value != self.other[key]:
                lines.append(f"  {key}: reference {value!r}, {self.engine} {self.other[key]!r}")
        return "\n".join(lines)


def decide(data: Any, ruleset: RuleSet, as_of: date, engine: str, programme: bool = False) -> Report:
    if programme:
        return check_programme(data, ruleset, as_of=as_of, engine=engine)
    return check(data, ruleset, as_of=as_of, engine=engine)


def disagreements(data: dict[str, Any], ruleset: RuleSet, as_of: date, engine: str, programme: bool = False) -> Iterator[Disagreement]:
    """Every rule that an engine does not decide and tell as the reference does: every key of the finding, with the places in the file."""
    read = data if programme else Centre.from_text(json.dumps(data, ensure_ascii=False, indent=1), file="centre.json", ruleset=ruleset)
    expected = decide(read, ruleset, as_of, "reference", programme)
    given = decide(read, ruleset, as_of, engine, programme)
    if expected.statuses != given.statuses:
        yield from (_apart(one, other, engine, ("status",)) for one, other in zip(expected, given, strict=True) if one.status != other.status)
        return
    for wanted, found in zip(expected, given, strict=True):
        if wanted.as_dict() != found.as_dict():
            yield _apart(wanted, found, engine, KEYS)
    for key in ("consequences", "warnings"):
        if getattr(expected, key) != getattr(given, key):
            yield Disagreement(key, engine, {key: getattr(expected, key)}, {key: getattr(given, key)})


def _apart(wanted: Finding, found: Finding, engine: str, keys: Sequence[str]) -> Disagreement:
    one, other = ({key: getattr(finding, key) for key in keys} for finding in (wanted, found))
    return Disagreement(wanted.rule, engine, one, other)


def engines() -> tuple[str, ...]:
    """The engines on hand that are not the reference; `native` is one of the others."""
    return tuple(engine for engine in ENGINES if engine not in ("reference", "native"))


# --- shrinking --------------------------------------------------------------------------------------------------------------------


def shrunk(data: dict[str, Any], still: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The data without whatever can be left out while `still` holds."""
    changed = True
    while changed:
        changed = False
        for path in sorted(_paths(data), key=len):
            smaller = _without(data, path)
            if smaller is not None and _holds(still, smaller):
                data, changed = smaller, True
    return data


def _holds(still: Callable[[dict[str, Any]], bool], data: dict[str, Any]) -> bool:
    try:
        return still(data)
    except Exception:
        return False


def _paths(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    for key, inner in reversed(items):
        yield (*at, key)
        yield from _paths(inner, (*at, key))


def _without(data: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any] | None:
    made = copy.deepcopy(data)
    parent: Any = made
    try:
        for step in path[:-1]:
            parent = parent[step]
        del parent[path[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    return made


def told(data: dict[str, Any], ruleset: RuleSet, as_of: date, first: Disagreement, programme: bool = False) -> str:
    """The disagreement with the smallest data that shows it, as a centre file to run again."""
    import yaml

    def still(smaller: dict[str, Any]) -> bool:
        return any(d.rule == first.rule for d in disagreements(smaller, ruleset, as_of, first.engine, programme))

    small = shrunk(data, still)
    again = next(d for d in disagreements(small, ruleset, as_of, first.engine, programme) if d.rule == first.rule)
    return f"{again}\n# --rules {ruleset.id} --as-of {as_of}\n" + yaml.safe_dump(small, allow_unicode=True, sort_keys=False)


# --- a long run ---------------------------------------------------------------------------------------------------------------------


def run(decisions: int, seed: int, engine: str, show: Callable[[str], None] = print) -> int:
    """Decide so many (centre, rule) pairs; the exit status is 1 with the first disagreement."""
    rng = random.Random(seed)
    rulesets = [load_ruleset(name) for name in RULESETS]
    programmes = [ruleset for ruleset in rulesets if any(rule.bearer == "programme" for rule in ruleset)]
    count = centres = 0
    started = said = time.monotonic()
    while count < decisions:
        programme = rng.random() < 0.05
        ruleset = rng.choice(programmes if programme else rulesets)
        data, as_of = (random_programme if programme else random_centre)(ruleset, rng)
        try:
            first = next(disagreements(data, ruleset, as_of, engine, programme), None)
        except Exception:
            show(f"an engine gave up (seed {seed})\n# --rules {ruleset.id} --as-of {as_of}\n{data}")
            raise
        if first is not None:
            show(told(data, ruleset, as_of, first, programme))
            show(f"disagreement after {count:,} decisions on {centres:,} centres (seed {seed})")
            return 1
        count, centres = count + len(ruleset), centres + 1
        if time.monotonic() - said > 60:
            said = time.monotonic()
            print(f"{count:,} decisions", file=sys.stderr)
    show(f"{engine}: {count:,} (centre, rule) decisions on {centres:,} random centres, no disagreement, {time.monotonic() - started:.0f} s (seed {seed})")
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Hold an engine against the reference on random centres.")
    parser.add_argument("decisions", type=int, nargs="?", default=100_000)
    parser.add_argument("--engine", choices=engines(), default="compiled")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    sys.exit(run(given.decisions, given.seed, given.engine))
