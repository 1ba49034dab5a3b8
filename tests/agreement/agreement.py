"""One centre through several engines: where they differ from the reference, and the smallest centre that
still shows it.

python tests/agreement/agreement.py 5000000 decide so many (centre, rule) pairs; print the count and the first
disagreement
"""

from __future__ import annotations

import argparse
import copy
import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from importlib.util import find_spec
from typing import Any, NamedTuple

from generate import random_centre, random_programme
from random_rules import random_ruleset

from tic_rules import Centre, RuleSet, check, check_programme, check_table, facts_table, load_ruleset
from tic_rules.engines.check import ENGINES
from tic_rules.results.report import Finding, Report

RULESETS = ("zhejiang_2022", "jiangsu_2020", "national_2020", "national_2017", "national_13fyp")


FRAMES = "frames"
"""Tables are no engine of `check`: they give statuses only, and of many centres at once."""

NEEDS = {"durable": "durable_rules_engine", FRAMES: "polars"}
"""What an engine's extra brings."""

THOROUGH = os.environ.get("TIC_RULES_AGREE") == "all"
"""Whether the tests of agreement take all of what they otherwise take a part of, as `make agree` asks."""

AT_ONCE = 100
"""So many centres are one table."""


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


SMALL = """\
id: small
version: 1.0.0
jurisdiction: zhejiang
document: {title: 小, title_en: Small, in_force: {from: 2020-01-01}}
clauses: [{at: 一, heading: 一, rules: [investment]}]
rules:
  - id: investment
    at: 一
    quote: 2年内投入不少于10亿元
    topic: funding.total
    kind: condition
    modality: must
    bearer: centre
    by: 2y
    require: {fact: investment, at_least: 10亿元}
    title: {zh: 投入, en: investment}
    message: {zh: 投入, en: investment}
    remedy: {zh: 投入, en: investment}
"""
"""A rule set of one rule, small enough to read."""


def decide(data: Any, ruleset: RuleSet, as_of: date, engine: str, programme: bool = False) -> Report:
    if programme:
        return check_programme(data, ruleset, as_of=as_of, engine=engine)
    return check(data, ruleset, as_of=as_of, engine=engine)


def disagreements(
    data: dict[str, Any], ruleset: RuleSet, as_of: date, engine: str, programme: bool = False
) -> Iterator[Disagreement]:
    """Every rule that an engine decides otherwise than the reference: the statuses; all else of a finding
    is the reference's own.
    """
    if engine == FRAMES:
        yield from (one for _, one in table_disagreements([(data, as_of)], ruleset))
        return
    read = (
        data
        if programme
        else Centre.from_text(
            json.dumps(data, ensure_ascii=False, indent=1), file="centre.json", ruleset=ruleset
        )
    )
    expected = decide(read, ruleset, as_of, "reference", programme)
    if engine == "durable" and too_open(expected):
        return  # it has to go through every scenario, and asks for more exact days
    given = decide(read, ruleset, as_of, engine, programme)
    for one, other in zip(expected, given, strict=True):
        if one.status != other.status:
            yield _apart(one, other, engine, ("status",))


def _apart(wanted: Finding, found: Finding, engine: str, keys: Sequence[str]) -> Disagreement:
    one, other = ({key: getattr(finding, key) for key in keys} for finding in (wanted, found))
    return Disagreement(wanted.rule, engine, one, other)


def table_disagreements(
    drawn: Sequence[tuple[dict[str, Any], date]], ruleset: RuleSet
) -> Iterator[tuple[int, Disagreement]]:
    """Every status that differs where centres are decided as one table, with the centre's place among those
    drawn.
    """
    table = one_table([facts_table([data], ruleset, as_of=as_of) for data, as_of in drawn])
    rows = {row["centre"]: row for row in check_table(table, ruleset).to_dicts()}
    for place, (data, as_of) in enumerate(drawn):
        for rule, status in check(data, ruleset, as_of=as_of, engine="reference").statuses.items():
            if rows[place][rule] != status:
                yield (
                    place,
                    Disagreement(
                        f"{ruleset.id}/{rule}", FRAMES, {"status": status}, {"status": rows[place][rule]}
                    ),
                )


def centre_for_rules_at_random(ruleset: RuleSet, rng: random.Random) -> tuple[dict[str, Any], date]:
    """A random centre with its day. Every day of several years, under rules that nobody would write, takes
    seconds: its approval is known to the month, except where all is taken."""
    data, as_of = random_centre(ruleset, rng)
    if not THOROUGH and not isinstance(data.get("approved_on"), str):
        data["approved_on"] = "2021-07"
    return data, as_of


def too_open(report: Report) -> bool:
    """Whether some rules stay unknown because the clock is open in more ways than can be gone through."""
    return any(warning["code"] == "open-clock" for warning in report.warnings)


def one_table(tables: Sequence[Any]) -> Any:
    """Tables of one centre each as one table."""
    import polars

    numbered = [
        table.with_columns(centre=polars.lit(place, polars.Int64)) for place, table in enumerate(tables)
    ]
    return polars.concat(numbered, how="diagonal")


def engines() -> tuple[str, ...]:
    """The engines on hand that are not the reference; `native` is one of the others."""
    return tuple(engine for engine in ENGINES if engine not in ("reference", "native"))


# --- shrinking ------------------------------------------------------------------------------------


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
    items = (
        list(value.items())
        if isinstance(value, dict)
        else list(enumerate(value))
        if isinstance(value, list)
        else []
    )
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


def told(
    data: dict[str, Any], ruleset: RuleSet, as_of: date, first: Disagreement, programme: bool = False
) -> str:
    """The disagreement with the smallest data that shows it, as a centre file to run again."""
    import yaml

    def still(smaller: dict[str, Any]) -> bool:
        return any(
            d.rule == first.rule for d in disagreements(smaller, ruleset, as_of, first.engine, programme)
        )

    small = shrunk(data, still)
    again = next(
        d for d in disagreements(small, ruleset, as_of, first.engine, programme) if d.rule == first.rule
    )
    return f"{again}\n# --rules {ruleset.id} --as-of {as_of}\n" + yaml.safe_dump(
        small, allow_unicode=True, sort_keys=False
    )


# --- a long run -----------------------------------------------------------------------------------


REFUSED = {"durable": ("event",), FRAMES: ("event", "cycle")}
"""What an engine refuses by name, and is not asked."""


def run(decisions: int, seed: int, engine: str, show: Callable[[str], None] = print) -> int:
    """Decide so many (centre, rule) pairs; the exit status is 1 with the first disagreement."""
    rng = random.Random(seed)
    rulesets = [load_ruleset(name) for name in RULESETS]
    programmes = [ruleset for ruleset in rulesets if any(rule.bearer == "programme" for rule in ruleset)]
    count = centres = 0
    started = said = time.monotonic()
    while count < decisions:
        programme = engine != FRAMES and rng.random() < 0.05
        at_random = not programme and rng.random() < 0.1
        ruleset = rng.choice(programmes if programme else rulesets)
        if at_random:
            ruleset = random_ruleset(rng, refused=REFUSED.get(engine, ()))
        drawn = [
            (random_programme if programme else random_centre)(ruleset, rng)
            for _ in range(AT_ONCE if engine == FRAMES else 1)
        ]
        if engine == "compiled" and not _decides(*drawn[0], ruleset, programme):
            continue  # an open clock: the reference would be held against itself
        try:
            data, as_of, first = _first(drawn, ruleset, engine, programme)
        except Exception:
            show(
                f"an engine gave up (seed {seed})\n# --rules {ruleset.id} --as-of "
                f"{drawn[0][1]}\n{drawn[0][0]}"
            )
            raise
        if first is not None:
            show(told(data, ruleset, as_of, first, programme))
            if at_random:
                show("\n".join(str(rule) for rule in ruleset if first.rule == f"{ruleset.id}/{rule.id}"))
            show(f"disagreement after {count:,} decisions on {centres:,} centres (seed {seed})")
            return 1
        count, centres = count + len(ruleset) * len(drawn), centres + len(drawn)
        if time.monotonic() - said > 60:
            said = time.monotonic()
            print(f"{count:,} decisions", file=sys.stderr)
    show(
        f"{engine}: {count:,} (centre, rule) decisions on {centres:,} random centres, no disagreement, "
        f"{time.monotonic() - started:.0f} s (seed {seed})"
    )
    return 0


def _decides(data: dict[str, Any], as_of: date, ruleset: RuleSet, programme: bool) -> bool:
    """Whether the compiled engine decides a subject itself."""
    return decide(data, ruleset, as_of, "compiled", programme).tool["engine"] == "compiled"


def _first(
    drawn: list[tuple[dict[str, Any], date]], ruleset: RuleSet, engine: str, programme: bool
) -> tuple[dict[str, Any], date, Disagreement | None]:
    """The first disagreement, with the data that shows it."""
    if engine == FRAMES:
        place, found = next(table_disagreements(drawn, ruleset), (0, None))
        return *drawn[place], found
    ((data, as_of),) = drawn
    return data, as_of, next(disagreements(data, ruleset, as_of, engine, programme), None)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Hold an engine against the reference on random centres.")
    parser.add_argument("decisions", type=int, nargs="?", default=100_000)
    parser.add_argument("--engine", choices=(*engines(), FRAMES), default="compiled")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if given.engine in NEEDS and find_spec(NEEDS[given.engine]) is None:
        sys.exit(print(f"{given.engine}: left out, its extra is not installed"))
    sys.exit(run(given.decisions, given.seed, given.engine))
