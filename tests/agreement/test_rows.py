"""Rows of flat facts are decided as the centre is that they were read from."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from agreement import RULESETS, THOROUGH
from generate import random_centre
from interpret import Interpreter
from random_rules import random_ruleset

from tic_rules import (
    Centre,
    RuleSet,
    UsageError,
    check,
    check_table,
    facts_table,
    load_ruleset,
    parse_ruleset,
    row_function,
)
from tic_rules.core.dates import LAST_DAY, add_days
from tic_rules.core.logic import TRUE, UNKNOWN
from tic_rules.core.numbers import INFINITY, Range
from tic_rules.engines.check import sorted_scene
from tic_rules.engines.columns import names as n
from tic_rules.engines.lowering import Days, look, lowered, years_owed
from tic_rules.engines.lowering import form as f
from tic_rules.engines.lowering.clock import deadline, opening
from tic_rules.evaluation.entries import Moment
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.scenarios import needs_of, scenarios_of

EXAMPLES = Path(__file__).parents[2] / "examples"
DAY = "2026-06-30"
FACTS = {
    "headcount": ("staff", "headcount"),
    "teams": ("staff", "teams"),
    "research_staff": ("staff", "research"),
    "board_meetings": ("governance", "board", "meetings_a_year"),
    "charter": ("governance", "charter"),
    "independent": ("legal", "independent"),
    "entity_type": ("legal", "entity_type"),
    "name": ("name",),
}

CONDITIONS: list[dict[str, Any]] = [
    {"require": {"fact": "headcount", "at_least": 300}},
    {"require": {"fact": "headcount", "at_least": 0}},
    {"require": {"fact": "headcount", "between": [100, 300]}},
    {"require": {"fact": "teams", "equals": 5}},
    {"require": {"fact": "teams", "less_than": 5}, "fails_at_once": {"fact": "teams", "more_than": 6}},
    {"require": {"fact": "research_staff", "more_than": "1/2"}},
    {"require": {"fact": "board_meetings", "at_most": 4}, "applies": {"fact": "charter", "is": True}},
    {"require": {"fact": "entity_type", "among": ["enterprise", "public_institution"], "open": True}},
    {
        "require": {"fact": "entity_type", "among": ["enterprise"]},
        "applies": {"fact": "entity_type", "among": ["enterprise", "other"], "open": True},
    },
    {"require": {"not": {"fact": "independent", "is": True}}},
    {
        "require": {
            "all": [
                {"fact": "independent", "is": True},
                {"fact": "charter", "is": True},
                {"fact": "teams", "at_least": 2},
            ]
        }
    },
    {
        "require": {
            "any": [
                {"fact": "independent", "is": True},
                {"review": {"fact": "charter", "is": True}},
                {"fact": "entity_type", "is": "other"},
            ]
        }
    },
    {"require": {"fact": "name", "reads": ["浙江省", "技术创新中心"]}},
    {"require": {"fact": "name", "given": True}},
    {
        "kind": "consequence",
        "when": {"fact": "charter", "is": False},
        "then": {"zh": "后果", "en": "consequence"},
    },
]


def _text(conditions: list[dict[str, Any]] = CONDITIONS) -> str:
    text = {"zh": "试", "en": "try"}
    about = {
        "at": "一",
        "quote": "试",
        "topic": "goals",
        "kind": "condition",
        "modality": "must",
        "bearer": "centre",
        "title": text,
        "message": text,
        "remedy": text,
    }
    rules = [{"id": f"r-{place}", **about, **condition} for place, condition in enumerate(conditions)]
    document = {"title": "试", "title_en": "try", "in_force": {"from": "2020-01-01"}}
    clauses = [{"at": "一", "heading": "试", "rules": [rule["id"] for rule in rules]}]
    model = {
        "id": "row_try",
        "version": "1.0.0",
        "jurisdiction": "zhejiang",
        "document": document,
        "clauses": clauses,
        "rules": rules,
    }
    return json.dumps(model, ensure_ascii=False)


def _ruleset(conditions: list[dict[str, Any]] = CONDITIONS) -> RuleSet:
    return parse_ruleset(_text(conditions), "row.json")


def _record(rng: random.Random) -> dict[str, Any]:
    values: dict[str, tuple[Any, ...]] = {
        "headcount": (0, 99, 100, 299, 300, 301), "teams": (1, 2, 4, 5, 6, 7), "research_staff": (0, 1),
        "board_meetings": (0, 4, 5),
        "charter": (True, False), "independent": (True, False),
        "entity_type": ("enterprise", "public_institution", "other"),
        "name": ("浙江省某某技术创新中心", "某中心", "浙江省技术创新中心"),
    }  # fmt: skip
    return {fact: rng.choice((*options, None)) for fact, options in values.items()}


def _centre(record: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"stage": "approved", "approved_on": "2022-03-01", "reported_on": "2024-01-01"}
    for fact, value in record.items():
        *above, last = FACTS[fact]
        part = made
        for name in above:
            part = part.setdefault(name, {})
        part[last] = value
    return made


def test_a_record_is_decided_as_the_centre_that_says_the_same() -> None:
    ruleset, rng = _ruleset(), random.Random(3)
    decide = row_function(ruleset, [*FACTS, "approved"])
    seen: set[tuple[int, str]] = set()
    for _ in range(400):
        record = _record(rng)
        told = decide(record | {"approved": True})
        assert told == decide([*(record[fact] for fact in FACTS), True])
        assert told == tuple(check(_centre(record), ruleset, engine="reference").statuses.values()), record
        seen |= set(enumerate(told))
    assert {status for _, status in seen} == {"pass", "fail", "unknown", "needs_review", "not_applicable"}


def test_what_is_left_out_is_not_known() -> None:
    ruleset = _ruleset()
    empty = dict.fromkeys(FACTS) | {"approved": True}
    decide = row_function(ruleset, [*FACTS, "approved"])
    assert (
        decide({"approved": True}) == decide(empty) == row_function(ruleset, ["approved"])({"approved": True})
    )
    assert decide(empty)[0] == "unknown"
    assert set(row_function(ruleset, [*FACTS])(empty)) == {"unknown"}, "whether it is approved is not known"
    assert set(decide(empty | {"approved": False})) == {"not_applicable"}


def test_what_is_no_number_is_not_known() -> None:
    decide = row_function(_ruleset(), ["headcount", "approved"])
    assert decide([float("nan"), True])[0] == "unknown"


def _facts(ruleset: str) -> Any:
    pytest.importorskip("polars", reason="the extra frames is not installed")
    centre = Centre.from_file(EXAMPLES / f"{ruleset.split('_')[0]}.yaml")
    return facts_table([centre], ruleset, as_of=DAY)


@pytest.mark.parametrize("name", ["zhejiang_2022", "national_2020"])
def test_a_gap_of_another_library_is_an_empty_cell(name: str) -> None:
    pandas = pytest.importorskip("pandas")
    ruleset, facts = load_ruleset(name), _facts(name)
    columns = [column for column in facts.columns if not column.startswith("counts@")]
    decide, row = row_function(ruleset, columns, as_of=DAY), facts.row(0, named=True)
    for column in columns:
        empty = decide({**row, column: None})
        for gap in (float("nan"), Decimal("nan"), pandas.NaT, pandas.NA):
            assert decide({**row, column: gap}) == empty, column
    nothing = dict.fromkeys(columns, pandas.NA)
    assert decide(nothing) == decide(tuple(nothing.values())) == decide(dict.fromkeys(columns))


@pytest.mark.parametrize("name", ["plan_argued@approval", "plan_argued"])
@pytest.mark.parametrize(
    ("day", "status"), [("2022-02-01", "pass"), ("2022-09-01", "fail"), (None, "unknown")]
)
def test_a_day_that_is_known_may_stand_in_one_column(name: str, day: str | None, status: str) -> None:
    polars = pytest.importorskip("polars")
    facts = _facts("zhejiang_2022").drop("plan_argued@approval__first", "plan_argued@approval__last")
    cell = date.fromisoformat(day) if day else None
    table = facts.with_columns(polars.lit(cell, dtype=polars.Date).alias(name))
    assert check_table(table, "zhejiang_2022", as_of=DAY)["plan-review"].to_list() == [status]
    place = [rule.id for rule in load_ruleset("zhejiang_2022").rules].index("plan-review")
    assert row_function("zhejiang_2022", table.columns, as_of=DAY)(table.row(0))[place] == status


def test_a_row_of_pandas_is_one() -> None:
    pytest.importorskip("pandas")
    facts = _facts("zhejiang_2022")
    decide = row_function("zhejiang_2022", facts.columns, as_of=DAY)
    assert decide(facts.to_pandas().iloc[0]) == decide(facts.row(0))


def test_yes_and_no_of_numpy_are_no_numbers() -> None:
    numpy = pytest.importorskip("numpy")
    decide = row_function(_ruleset(), ["headcount", "approved"])
    assert [decide([300, numpy.bool_(cell)]) for cell in (True, False)] == [
        decide([300, cell]) for cell in (True, False)
    ]
    for row in ([numpy.True_, True], [numpy.False_, True], [300, "true"]):
        with pytest.raises(UsageError, match=r"no number|neither yes nor no"):
            decide(row)


def test_an_exemption_that_is_left_empty_is_none() -> None:
    facts = _facts("zhejiang_2022")
    decide, row = row_function("zhejiang_2022", facts.columns, as_of=DAY), facts.row(0, named=True)
    told = [decide({**row, "exemption:zhejiang_2022/teams-2y": cell}) for cell in (3, None, 0)]
    place = [*load_ruleset("zhejiang_2022").rule_ids].index("teams-2y")
    assert [statuses[place] for statuses in told] == ["exempted", "fail", "fail"]


def test_a_cell_that_does_not_fit_is_named_not_traced() -> None:
    decide = row_function(_ruleset(), ["headcount", "approved"])
    for row in (["many", True], [1], None, [Decimal("sNaN"), True], [True, True], [False, True]):
        with pytest.raises(UsageError, match=r"does not fit its column|too short"):
            decide(row)  # type: ignore[arg-type]
    for long in ((300, True, 1), [300, True, 1]):
        with pytest.raises(UsageError, match="3 values for 2 columns"):
            decide(long)
    with pytest.raises(UsageError, match="columns are names, not one text"):
        row_function("zhejiang_2022", "headcount")
    with pytest.raises(UsageError, match="names of columns are texts, not 3"):
        row_function(_ruleset(), ["headcount", 3])  # type: ignore[list-item]
    at_least_none = row_function(_ruleset(CONDITIONS[1:2]), ["headcount__low", "headcount__high", "approved"])
    with pytest.raises(UsageError, match="no number"):
        at_least_none([True, None, True])
    names = row_function("zhejiang_2022", ["name", "approved_on"], as_of="2026-06-30")
    for cell in (2, True, b"x", ["x"]):
        with pytest.raises(UsageError, match="does not fit its column"):
            names([cell, date(2022, 3, 1)])
    words = row_function(_ruleset(), ["independent", "entity_type", "as_of", "approved"], as_of=DAY)
    day = date.fromisoformat(DAY)
    assert set(words(["true", None, day, True])) > {"pass", "unknown"}
    for row in ([1, None, day], [0, None, day], [1.0, None, day], [None, 3, day], [None, None, DAY]):
        with pytest.raises(UsageError, match=r"no (word|day)"):
            words([*row, True])


def test_a_column_is_named_once() -> None:
    with pytest.raises(UsageError, match="headcount"):
        row_function("zhejiang_2022", ["headcount", "headcount"], as_of="2026-06-30")


def test_a_day_is_asked_for_where_rules_need_one() -> None:
    with pytest.raises(UsageError, match="as_of"):
        row_function("zhejiang_2022", ["approved"])
    assert row_function("zhejiang_2022", ["approved"], as_of="2026-06-30")([True])
    with pytest.raises(UsageError, match="check_table"):
        row_function("zhejiang_2022", ["counts@approval"], as_of="2026-06-30")


def test_a_row_of_another_day_says_nothing() -> None:
    decide = row_function(_ruleset(), ["headcount", "approved", "as_of"], as_of="2024-01-01")
    assert decide([301, True, date(2024, 1, 1)])[0] == "pass"
    assert set(decide([301, True, date(2024, 1, 2)])) == {"unknown"}


def test_no_text_of_a_rule_file_becomes_code() -> None:
    evil = "'); __import__('os').abort() #"
    text = json.dumps(json.loads(_text()), ensure_ascii=False).replace("浙江省", evil)
    decide = row_function(parse_ruleset(text, "row.json"), [f"name:between:{evil}:技术创新中心", "approved"])
    assert "pass" in decide(["海洋", True])


# --- rows that are read from centres --------------------------------------------------------------


def cells_of(scene: Scene) -> dict[str, Any] | None:
    """The row of a centre whose clock is known, with the names of `names`, read as the core form is
    interpreted.
    """
    ruleset, scenario = scene.ruleset, None
    for rule in ruleset.rules:
        scenarios = scenarios_of(scene, needs_of(ruleset, rule))
        if scenarios.cut or len(scenarios.all) > 1:
            return None
        one = scenarios.all[0]
        scenario = (
            one if scenario is None else type(one)(*(a or b for a, b in zip(scenario, one, strict=True)))
        )
    assert scenario is not None
    days = Days(scene.as_of, *scenario, scene.force)
    row: dict[str, Any] = {
        "as_of": scene.as_of, "reported_on": scene.reported_on, "approved": scenario.approved is not None,
        "approved_on": scenario.approved, "term_end": scenario.term_end,
    }  # fmt: skip
    interpreter = Interpreter(scene, scenario, {})
    for rule in lowered(ruleset).rules:
        if rule.programme:
            continue
        if rule.clock.by is not None:
            row[n.due_of(rule.clock.by)] = deadline(rule.clock, days)
        if isinstance(rule.clock.opens, int):
            opens = opening(rule.clock, days)
            row[n.mark_of(rule.clock)] = None if opens is None else add_days(opens, -1)
        looks = [(n.look_of(rule.clock), look(rule.clock, days).moment)]
        if rule.clock.yearly:
            owed = years_owed(rule.clock, days)
            looks = [(n.look_of_year(rule.clock, one.moment.year or 0), one.moment) for one in owed]
        for name, moment in looks:
            row[n.day_of(name)] = moment.day
            for piece in (*rule.logic, rule.whole):
                for node in n.readings_of(piece):
                    for column in n.columns_of(node, name):
                        row |= _read(interpreter, node, column, moment)
    return row


def _read(interpreter: Interpreter, node: f.Logic, column: n.Column, moment: Moment) -> dict[str, Any]:
    scene = interpreter.scene
    match column.kind, node:
        case n.ColumnKind.RANGE | n.ColumnKind.MARGIN, f.RangeComparison():
            left, right = (interpreter.ranged(side, moment) for side in (node.left, node.right))
            margin = Range(left.low - right.high, left.high - right.low)
            ends = margin if column.kind == n.ColumnKind.MARGIN else left
            low, high = (float(end) if isinstance(end, Fraction) else end for end in ends)
            if ends.low == ends.high and abs(low) != INFINITY:
                return {column.name: low}
            return {
                column.low: None if low == -INFINITY else low,
                column.high: None if high == INFINITY else high,
            }
        case n.ColumnKind.WORD, _:
            return dict(_several(column.name, interpreter.possible(column.of, moment)))
        case n.ColumnKind.DAYS, f.Happened(fact):
            spans = scene.single(fact, moment.day)[0]
            ends_of = dict(
                _several(column.name, [s for s in spans if s.last != LAST_DAY or s.first.year > 1])
            )
            return {f"{name}__first": s.first for name, s in ends_of.items()} | {
                f"{name}__last": s.last for name, s in ends_of.items()
            }
        case n.ColumnKind.HAS | n.ColumnKind.ANY_WORD, f.Fold(over=f.WordList(fact)):
            given, more, _ = scene.words(fact, moment.day)
            there = bool(given) if column.kind == n.ColumnKind.ANY_WORD else column.part in (given or ())
            return {column.name: TRUE if there else UNKNOWN if more else 0}
    return {column.name: interpreter.value(node, moment)}


def _several(name: str, values: list[Any]) -> Iterator[tuple[str, Any]]:
    for place, value in enumerate(dict.fromkeys(values), 1):
        yield name if place == 1 else f"{name}__or{place}", value


def _scene(ruleset: RuleSet, data: dict[str, Any], as_of: date) -> Scene:
    return sorted_scene(Centre.from_data(data, ruleset=ruleset), ruleset, as_of)


def _same(ruleset: RuleSet, data: dict[str, Any], as_of: date) -> bool:
    data = {name: value for name, value in data.items() if name != "exemptions"}  # the row has none
    row = cells_of(_scene(ruleset, data, as_of))
    if row is None:
        return False
    told = dict(zip(ruleset.rule_ids, row_function(ruleset, row)(row), strict=True))
    expected = check(data, ruleset, as_of=as_of, engine="reference").statuses
    assert told == expected, {
        rule: (told[rule], expected[rule]) for rule in told if told[rule] != expected[rule]
    }
    return True


TIMED = [
    {"by": "application", "require": {"fact": "headcount", "at_least": 300}},
    {"by": "approval", "require": {"fact": "headcount", "at_least": 300}},
    {"by": "2019-12-31", "require": {"fact": "headcount", "at_least": 300}},
    {"by": "application", "require": {"review": {"fact": "charter", "is": True}}},
]


@pytest.mark.parametrize("applied_on", ["2019-06-01", None])
def test_a_row_without_approval_day_is_decided_as_the_centre_without_one(applied_on: str | None) -> None:
    """The document is of 2020: whether the centre was approved before it is open, and stays so."""
    ruleset = _ruleset(TIMED)
    facts = {"headcount": 100, "charter": True}
    row: dict[str, Any] = {**facts, "approved": True, "as_of": date(2024, 1, 1)}
    centre = _centre(facts)
    del centre["approved_on"]
    if applied_on is not None:
        row["due@application"], centre["applied_on"] = date.fromisoformat(applied_on), applied_on
    expected = check(centre, ruleset, engine="reference").statuses
    assert dict(zip(ruleset.rule_ids, row_function(ruleset, row)(row), strict=True)) == expected


@pytest.mark.parametrize("ruleset_id", [*RULESETS, "random"])
def test_a_row_with_gaps_is_decided_as_in_a_table(ruleset_id: str) -> None:
    """Cells that are left out are unknown in both, days of the clock among them."""
    pytest.importorskip("polars", reason="needs the extra frames")
    rng = random.Random(13)
    rulesets = (
        [load_ruleset(ruleset_id)]
        if ruleset_id != "random"
        else [random_ruleset(rng, refused=("event", "cycle")) for _ in range(8)]
    )
    for ruleset in rulesets:
        _same_with_gaps(ruleset, rng, rows=(200 if THOROUGH else 80) // len(rulesets))


def _same_with_gaps(ruleset: RuleSet, rng: random.Random, rows: int) -> None:
    import polars

    made = list[dict[str, Any]]()
    while len(made) < rows:
        row = cells_of(_scene(ruleset, *random_centre(ruleset, rng)))
        for _ in range(4):
            made.append({name: cell for name, cell in sorted((row or {}).items()) if rng.random() < 0.7})
            made[-1]["as_of"] = date(2024, 6, 30)
    columns = sorted({name for row in made for name, cell in row.items() if cell is not None})
    columns = [name for name in columns if rng.random() < 0.9 or name in ("as_of", "approved")]
    table = polars.DataFrame(made, infer_schema_length=None).select(columns)
    decide = row_function(ruleset, columns)
    for row, statuses in zip(made, check_table(table, ruleset).to_dicts(), strict=True):
        facts = {name: row.get(name) for name in columns}
        assert dict(zip(ruleset.rule_ids, decide(facts), strict=True)) == {
            rule: statuses[rule] for rule in ruleset.rule_ids
        }


@pytest.mark.parametrize("ruleset_id", RULESETS)
def test_a_row_is_decided_as_its_centre(ruleset_id: str) -> None:
    ruleset, rng = load_ruleset(ruleset_id), random.Random(11)
    tries = 60 if THOROUGH else 24
    assert sum(_same(ruleset, *random_centre(ruleset, rng)) for _ in range(tries)) > tries / 6


def test_a_row_is_decided_as_its_centre_by_random_rules() -> None:
    rng, decided, tries = random.Random(12), 0, 50 if THOROUGH else 20
    for _ in range(tries):
        ruleset = random_ruleset(rng, refused=("event", "cycle"))
        decided += sum(_same(ruleset, *random_centre(ruleset, rng)) for _ in range(4))
    assert decided > tries * 3 / 5
