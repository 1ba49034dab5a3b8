"""Tables: expressions over columns decide as the reference does, whatever library holds the table."""

from __future__ import annotations

import gc
import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from agreement import RULESETS, THOROUGH, one_table
from click.testing import CliRunner
from corpus_cases import centre_cases
from generate import random_centre
from random_rules import random_ruleset

from tic_rules import (
    Centre,
    DataError,
    RuleSet,
    UsageError,
    check,
    check_table,
    facts_table,
    load_ruleset,
    parse_ruleset,
    row_function,
)
from tic_rules.cli import main
from tic_rules.results.report import STATUSES

pl = pytest.importorskip("polars", reason="the extra frames is not installed")
pytest.importorskip("narwhals", reason="the extra frames is not installed")

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "zhejiang.yaml"
CASES = 100 if THOROUGH else 8
"""Random centres a rule set; every third or so has an open clock and stands in several rows."""


def _expected(data: Any, ruleset: RuleSet, as_of: date | str) -> dict[str, str]:
    """The statuses that the reference gives, by rule."""
    return {
        finding.rule.split("/")[1]: finding.status
        for finding in check(data, ruleset, as_of=as_of, engine="reference")
    }


def _differences(
    rows: list[dict[str, Any]], expected: list[dict[str, str]]
) -> list[tuple[int, str, str, str]]:
    told = {row["centre"]: row for row in rows}
    assert len(rows) == len(told) == len(expected)
    return [
        (number, rule, status, told[number][rule])
        for number, wanted in enumerate(expected)
        for rule, status in wanted.items()
        if told[number][rule] != status
    ]


def _random_table(ruleset: RuleSet, cases: int, seed: int) -> tuple[Any, list[dict[str, str]]]:
    rng = random.Random(seed)
    drawn = [random_centre(ruleset, rng) for _ in range(cases)]
    return one_table([facts_table([data], ruleset, as_of=day) for data, day in drawn]), [
        _expected(data, ruleset, day) for data, day in drawn
    ]


# --- agreement ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ruleset_id", RULESETS)
def test_the_corpus_passes(ruleset_id: str) -> None:
    ruleset = load_ruleset(ruleset_id)
    cases = [case for case in centre_cases() if case.ruleset == ruleset_id][:: 1 if THOROUGH else 8]
    table = check_table(
        one_table([facts_table([case.data], ruleset, as_of=case.as_of) for case in cases]), ruleset
    )
    assert _differences(table.to_dicts(), [case.expect for case in cases]) == []


@pytest.mark.parametrize("ruleset_id", RULESETS)
def test_random_centres_agree_with_the_reference(ruleset_id: str) -> None:
    ruleset = load_ruleset(ruleset_id)
    table, expected = _random_table(ruleset, CASES, 20220114)
    assert _differences(check_table(table, ruleset).to_dicts(), expected) == []
    assert len({status for statuses in expected for status in statuses.values()}) >= 5
    assert len(table) > len(expected), "centres with open clocks are among them"


def test_random_rules_agree_with_the_reference() -> None:
    """Whatever a rule file may say, over centres with known and with open clocks."""
    rng = random.Random(20)
    for _ in range(40 if THOROUGH else 3):
        ruleset = random_ruleset(rng, refused=("event", "cycle"))
        drawn = [random_centre(ruleset, rng) for _ in range(10)]
        table = one_table([facts_table([data], ruleset, as_of=day) for data, day in drawn])
        expected = [_expected(data, ruleset, day) for data, day in drawn]
        assert _differences(check_table(table, ruleset).to_dicts(), expected) == [], str(ruleset.rules)


def _pandas(table: Any, ruleset: RuleSet) -> list[dict[str, Any]]:
    pytest.importorskip("pandas", reason="pandas is not installed")
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    return check_table(table.to_pandas(), ruleset).to_dict("records")  # type: ignore[no-any-return]


def _arrow(table: Any, ruleset: RuleSet) -> list[dict[str, Any]]:
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    return check_table(table.to_arrow(), ruleset).to_pylist()  # type: ignore[no-any-return]


def _duckdb(table: Any, ruleset: RuleSet) -> list[dict[str, Any]]:
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    return check_table(duckdb.from_arrow(table.to_arrow()), ruleset).pl().to_dicts()  # type: ignore[no-any-return]


def _lazy(table: Any, ruleset: RuleSet) -> list[dict[str, Any]]:
    told = check_table(table.lazy(), ruleset)
    assert isinstance(told, pl.LazyFrame)
    return told.collect().to_dicts()  # type: ignore[no-any-return]


@pytest.mark.parametrize("decide", [_lazy, _pandas, _arrow, _duckdb])
@pytest.mark.parametrize("ruleset_id", ["zhejiang_2022", "jiangsu_2020"] if THOROUGH else ["jiangsu_2020"])
def test_every_library_gives_the_same(
    decide: Callable[[Any, RuleSet], list[dict[str, Any]]], ruleset_id: str
) -> None:
    ruleset = load_ruleset(ruleset_id)
    table, expected = _random_table(ruleset, 12, 5)
    assert _differences(decide(table, ruleset), expected) == []


def test_a_table_of_pyarrow_in_many_chunks_keeps_each_status_in_its_row() -> None:
    """Rows of open clocks are brought together; pyarrow joins them in no order, so that statuses changed
    their rows."""
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    ruleset = load_ruleset("jiangsu_2020")
    table, expected = _random_table(ruleset, 12, 5)
    own = table.to_arrow().append_column("of mine", arrow.array(range(len(table)), arrow.int16()))
    parts = arrow.concat_tables([own.slice(start, 7) for start in range(0, len(own), 7)])
    told = check_table(parts, ruleset)
    assert parts.column("centre").num_chunks > 5
    assert _differences(told.to_pylist(), expected) == []
    assert told.schema.field("of mine").type == arrow.int16()
    assert told.schema.field("open-sharing").type == arrow.string()
    firsts = {centre: place for place, centre in reversed([*enumerate(table["centre"])])}
    assert told["of mine"].to_pylist() == [*firsts.values()][::-1]


@pytest.fixture
def spark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql", reason="the extra spark is large: `make test-spark` installs it")
    if "JAVA_HOME" not in os.environ and shutil.which("java") is None:
        pytest.skip("Spark needs Java, and none is on the PATH or named by JAVA_HOME")
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    told = {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.warehouse.dir": str(tmp_path / "warehouse"),
    }
    builder = sql.SparkSession.builder.master("local[1]")
    for name, value in told.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()
    gc.collect()


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # Spark leaves its sockets to the garbage collector
def test_spark_gives_the_same(spark: Any, tmp_path: Path) -> None:
    ruleset = load_ruleset("jiangsu_2020")
    table, expected = _random_table(ruleset, 10, 5)
    assert len(table) > len(expected)
    table.write_parquet(tmp_path / "facts.parquet")
    told = check_table(spark.read.parquet(str(tmp_path / "facts.parquet")), ruleset)
    assert isinstance(told, type(spark.range(1))), "a lazy table stays lazy"
    assert _differences([row.asDict() for row in told.collect()], expected) == []
    with pytest.raises(UsageError, match=r"a\.b"):
        check_table(spark.range(1).withColumnRenamed("id", "a.b"), ruleset, as_of="2026-06-30")


# --- what a table says --------------------------------------------------------------------------------------


def test_a_table_of_pyarrow_keeps_columns_that_polars_has_not() -> None:
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    table = arrow.table({"as_of": [date(2026, 6, 30)], "headcount": [500.0]})
    views = getattr(arrow, "string_view", arrow.large_string)  # pyarrow 16 has them
    table = table.append_column("a", arrow.array(["x"], views()))
    table = table.append_column("b", arrow.array([Decimal("1.50")]))
    table = table.set_column(3, "b", table.column("b").cast(arrow.decimal256(50, 2)))
    told = check_table(table, _small("{fact: headcount, at_least: 300}"))
    assert (told.select(["a", "b"]), told.num_rows) == (table.select(["a", "b"]), 1)
    with pytest.raises(UsageError, match="headcount"):
        check_table(table.drop(["headcount"]).rename_columns(["as_of", "a", "headcount"]), "zhejiang_2022")


def test_a_table_without_rows_has_columns_of_statuses() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    ruleset = _small("{fact: headcount, at_least: 300}")
    bare = pandas.DataFrame({"as_of": [date(2024, 1, 1)]}).iloc[:0]
    for table in (facts_table([], ruleset), bare):
        assert [*ruleset.rule_ids] == [
            name for name in check_table(table, ruleset).columns if name in ruleset
        ]


def test_a_centre_with_a_known_clock_is_one_row() -> None:
    table = facts_table([Centre.from_file(EXAMPLE)], "zhejiang_2022")
    assert len(table) == 1
    assert not any(name.startswith("counts@") for name in table.columns)


def test_an_open_clock_is_several_rows_and_one_answer() -> None:
    data = {
        "stage": "approved",
        "approved_on": "2022",
        "reported_on": "2026-01-01",
        "staff": {"headcount": 10},
    }
    table = facts_table([data], "zhejiang_2022")
    told = check_table(table, "zhejiang_2022")
    assert len(table) > 1
    assert len(told) == 1
    assert (
        told.to_dicts()[0] | _expected(data, load_ruleset("zhejiang_2022"), "2026-01-01")
        == told.to_dicts()[0]
    )


def test_a_clock_too_open_to_go_through_leaves_its_rules_unknown() -> None:
    """Every day of twenty years with every term: no row is made for the rules that look at them; the others
    are decided."""
    clock = {
        "approved_on": {"not_before": "2006-01-01", "not_after": "2026-01-01"},
        "term_years": {"at_least": 1, "at_most": 30},
    }
    money = [
        {"date": f"{2016 + n // 300}-{1 + n // 25 % 12:02}-{1 + n % 25:02}", "amount": 1, "payer": "city"}
        for n in range(2900)
    ]
    data = {**clock, "reported_on": "2026-06-30", "contributions": money, "staff": {"headcount": 10}}
    ruleset, centres = load_ruleset("zhejiang_2022"), [data, Centre.from_file(EXAMPLE)]
    table = facts_table(centres, ruleset, as_of="2026-06-30")
    expected = [_expected(centre, ruleset, "2026-06-30") for centre in centres]
    assert expected[0]["investment-2y"] == "unknown"
    assert len(table) < 15_000
    assert _differences(check_table(table, ruleset).to_dicts(), expected) == []


def test_a_column_that_is_missing_or_null_is_not_known() -> None:
    """From the same table, a fact at a time is taken away: what it decided alone becomes unknown, nothing is
    guessed."""
    table = facts_table([Centre.from_file(EXAMPLE)], "zhejiang_2022", as_of="2026-06-30")
    before = check_table(table, "zhejiang_2022").to_dicts()[0]
    read = next(name for name in table.columns if name.startswith("headcount@") and name.endswith("__low"))
    pair = [read, read.replace("__low", "__high")]
    gone = check_table(table.drop(pair), "zhejiang_2022").to_dicts()[0]
    nulls = check_table(
        table.with_columns(pl.lit(None, pl.Float64).alias(name) for name in pair), "zhejiang_2022"
    ).to_dicts()[0]
    changed = {rule for rule, status in gone.items() if status != before[rule]}
    assert changed
    assert {gone[rule] for rule in changed} == {"unknown"}
    assert nulls == gone


_RULE = """
id: small
version: 1.0.0
jurisdiction: zhejiang
document: {{title: 小, title_en: Small, in_force: {{from: 2020-01-01}}}}
clauses: [{{at: 一, heading: 一, rules: [people]}}]
rules:
  - id: people
    at: 一
    quote: 人
    topic: talent.headcount
    kind: condition
    modality: must
    bearer: centre
    title: {{zh: 人, en: people}}
    message: {{zh: 人, en: people}}
    remedy: {{zh: 人, en: people}}
    by: 2y
    require: {require}
"""


_APPROVED: dict[str, Any] = {"approved": True, "approved_on": date(2022, 3, 1), "due@2y": date(2024, 3, 1)}
"""The clock of a row: a centre whose two years are over on 1 January 2025."""


def _small(require: str) -> RuleSet:
    return parse_ruleset(_RULE.format(require=require), "small.yaml")


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"headcount@2y": 300.0}, "pass"),
        ({"headcount@2y": 299.0}, "fail"),
        ({"headcount@2y": None}, "unknown"),
        ({"headcount@2y": float("nan")}, "unknown"),
        ({"headcount@2y__low": 300.0, "headcount@2y__high": None}, "pass"),
        ({"headcount@2y__low": None, "headcount@2y__high": 299.0}, "fail"),
        ({"headcount@2y__low": 299.0, "headcount@2y__high": 300.0}, "unknown"),
        ({}, "unknown"),
        ({"headcount": 300.0}, "pass"),
    ],
)
def test_a_table_that_a_user_makes(values: dict[str, Any], status: str) -> None:
    """One column for a number that is known, two for a range; without a look day it holds on every day."""
    row = {"name": "甲", "approved_on": date(2022, 3, 1), "due@2y": date(2024, 3, 1), **values}
    told = check_table(
        pl.DataFrame({name: [value] for name, value in row.items()}),
        _small("{fact: headcount, at_least: 300}"),
        as_of="2025-01-01",
    )
    assert told.to_dicts() == [{"name": "甲", "people": status}]


@pytest.mark.parametrize(
    ("require", "status"), [("at_least: 0", "pass"), ("less_than: 0", "fail"), ("at_least: 1", "unknown")]
)
def test_a_count_that_is_not_known_is_not_negative(require: str, status: str) -> None:
    """Wherever it is not known: no column, a gap beside other cells, not a number."""
    ruleset = _small(f"{{fact: headcount, {require}}}")
    cells: list[float | None] = [None, float("nan"), 5.0]
    rows = [_APPROVED | {"headcount@2y": cell} for cell in cells]
    tables = [
        pl.DataFrame(rows, strict=False),
        pl.DataFrame(rows, strict=False).lazy(),
        pl.DataFrame([_APPROVED]),
    ]
    for table in tables:
        made = check_table(table, ruleset, as_of="2025-01-01").lazy().collect()["people"].to_list()
        assert made[:2] == [status] * len(made[:2])
    decide = row_function(ruleset, rows[0], as_of="2025-01-01")
    assert [decide(row) for row in (*rows[:2], _APPROVED)] == [(status,)] * 3
    data = {"stage": "approved", "approved_on": "2022-03-01"}
    assert check(data, ruleset, as_of="2025-01-01", engine="reference")["people"].status == status


def test_a_table_that_does_not_say_who_is_approved_leaves_what_waits_for_it_unknown() -> None:
    """No column `approved`, no `approved_on`: rules that bind the approved centre only are unknown, in every
    library."""
    pd, arrow = pytest.importorskip("pandas"), pytest.importorskip("pyarrow")
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    ruleset = _small("{fact: headcount, at_least: 300}")
    table = pl.DataFrame({"headcount@2y": [300, 299, None]})
    for made in (
        check_table(table, ruleset, as_of="2025-01-01"),
        check_table(table.lazy(), ruleset, as_of="2025-01-01").collect(),
        pl.from_arrow(check_table(table.to_arrow(), ruleset, as_of="2025-01-01")),
        pl.from_pandas(
            check_table(pd.DataFrame({"headcount@2y": [300, 299, None]}), ruleset, as_of="2025-01-01")
        ),
        check_table(duckdb.from_arrow(arrow.table(table.to_arrow())), ruleset, as_of="2025-01-01").pl(),
    ):
        assert made["people"].cast(pl.String).to_list() == ["unknown"] * 3
    applicants = parse_ruleset(
        _RULE.format(require="{fact: headcount, at_least: 300}").replace("2y", "application"), "a.yaml"
    )
    statuses = check_table(table.rename({"headcount@2y": "headcount"}), applicants, as_of="2025-01-01")[
        "people"
    ].to_list()
    assert statuses == ["pass", "unknown", "unknown"], "a centre approved before the document owes nothing"


def test_gaps_of_pandas_are_not_known() -> None:
    """NaN, NaT and NA, days and all else as objects, columns of nothing but gaps: each is what a null is."""
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    ruleset, nan = load_ruleset("national_13fyp"), float("nan")  # of few columns: pandas is slow
    centres = [
        Centre.from_file(EXAMPLE),
        {"stage": "approved", "approved_on": "2022-03-01", "reported_on": "2024-06-01"},
    ]
    facts = facts_table(centres, ruleset)
    expected = check_table(facts, ruleset).to_dicts()
    frame = facts.to_pandas()
    days = [name for name in frame if "datetime" in str(frame[name].dtype)]
    objects = frame.copy()
    for name in days:
        values = [pd.NaT if pd.isna(value) else value.date() for value in frame[name]]
        objects[name] = pd.Series(values, dtype=object)
    others = objects.astype(object).where(frame.notna(), pd.NA)
    for table in (objects, others):
        assert check_table(table, ruleset)[list(ruleset.rule_ids)].to_dict("records") == [
            {rule: row[rule] for rule in ruleset.rule_ids} for row in expected
        ]
    empty = check_table(frame.assign(**{"due@application": nan}), ruleset).to_dict("records")
    without = check_table(facts.drop("due@application"), ruleset).to_dicts()
    assert {rule: empty[0][rule] for rule in ruleset.rule_ids} == {
        rule: without[0][rule] for rule in ruleset.rule_ids
    }
    assert empty[0] != frame.iloc[0].to_dict()
    words = pl.DataFrame(
        {
            "approved": [True],
            "independent@now": [nan],
            "judgement:national_2020/regional-strategy": [nan],
            "approved_on": [None],
        }
    )
    statuses = check_table(words, "national_2020", as_of="2026-06-30").to_dicts()[0]
    assert not {"pass", "fail", "pending"} & set(statuses.values())
    with pytest.raises(UsageError, match="approved_on"):
        check_table(pd.DataFrame({"approved_on": ["soon"]}, dtype=object), ruleset, as_of="2026-06-30")


@pytest.mark.parametrize("ruleset", ["jiangsu_2020", "national_2020"])
def test_a_judgement_is_for_the_rules_that_it_names(ruleset: str) -> None:
    """`positioning` is a rule of all three documents; the example's attestations are for Zhejiang's."""
    centre = Centre.from_file(EXAMPLE)
    facts = facts_table([centre], "zhejiang_2022")
    findings = check(centre, ruleset, engine="reference")
    judged = [finding.id for finding in findings if finding.status == "needs_review"]
    statuses = check_table(facts, ruleset).to_dicts()[0]
    row = dict(zip(findings.statuses, row_function(ruleset, facts.columns)(facts.row(0)), strict=True))
    assert statuses["positioning"] == row["positioning"] == "needs_review"
    assert {statuses[rule] for rule in judged} | {row[rule] for rule in judged} <= {"needs_review", "unknown"}


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow", "duckdb", "row"])
def test_a_time_of_day_is_no_day(kind: str) -> None:
    """Midnight is its day; another time may be another day where it was taken, and leaves the day unknown."""
    ruleset, day = _small("{fact: headcount, at_least: 300}"), date(2022, 6, 30)
    days = {"applied_on": "2020-06-01", "approved_on": "2021-03-01", "reported_on": "2022-06-30"}
    data = {"stage": "approved", "staff": {"headcount": 299}} | days
    facts = facts_table([data], ruleset, as_of=day).drop("approved")

    def statuses(*approved: datetime | date | None) -> list[list[str]]:
        if kind == "row":
            decide = row_function(ruleset, facts.columns, as_of=day)
            return [list(decide({**facts.to_dicts()[0], "approved_on": one})) for one in approved]
        kept = pl.Date if type(approved[0]) is date else pl.Datetime
        rows_of_one = pl.concat([facts.with_columns(centre=pl.lit(n)) for n in range(len(approved))])
        table = rows_of_one.with_columns(pl.Series("approved_on", approved, dtype=kept))
        made: Any = check_table(_as(kind, table), ruleset, as_of=day)
        made = made.pl() if kind == "duckdb" else made
        rows = made.to_dict("records") if kind == "pandas" else _polars(made).sort("centre").to_dicts()
        return [[row[rule] for rule in ruleset.rule_ids] for row in rows]

    (exact,) = statuses(date(2021, 3, 1))
    midnight, afternoon, unknown = statuses(datetime(2021, 3, 1), datetime(2021, 3, 1, 16), None)
    assert midnight == exact
    assert afternoon == unknown != exact


_ARGUED = {f"plan_argued@2y__{end}": date(2022, 3, 1) for end in ("first", "last")}


def _or(day: date | None) -> dict[str, date | None]:
    return {f"plan_argued@2y__or2__{end}": day for end in ("first", "last")}


@pytest.mark.parametrize("kind", ["polars", "pandas", "pyarrow", "duckdb", "row"])
@pytest.mark.parametrize(
    ("values", "status"),
    [
        (_ARGUED, "pass"),
        (dict.fromkeys(_ARGUED), "unknown"),
        (dict.fromkeys(_ARGUED, datetime(2022, 3, 1, 16)), "unknown"),
        (_ARGUED | _or(None), "pass"),
        (_ARGUED | _or(date(2022, 4, 1)), "pass"),
        (_ARGUED | _or(date(2024, 3, 2)), "unknown"),
        (_ARGUED | _or(datetime(2022, 4, 1, 16)), "unknown"),
        (_ARGUED | {"reported_on": None}, "pass"),
        (_ARGUED | {"reported_on": date(2022, 2, 28)}, "unknown"),
        (_ARGUED | {"reported_on": datetime(2022, 4, 1, 16)}, "unknown"),
        ({"approved": False, "due@application": date(2024, 3, 1)}, "fail"),
        ({"approved": False, "due@application": None}, "pending"),
        ({"approved": False, "due@application": datetime(2024, 3, 1, 16)}, "unknown"),
    ],
)
def test_a_time_of_day_is_no_gap(kind: str, values: dict[str, Any], status: str) -> None:
    """A gap says that there is no other day, no report, no application; a time of day, that it is unknown."""
    text = _RULE.format(require="{fact: plan_argued, done: true}")
    row = _APPROVED | {"day@2y": date(2024, 3, 1), **values}
    if "due@application" in values:
        text = text.replace("2y", "application").replace(
            "plan_argued, done: true", "headcount, at_least: 300"
        )
        row = {"headcount": 299, **values}
    ruleset = parse_ruleset(text, "small.yaml")
    if kind == "row":
        assert row_function(ruleset, row, as_of="2025-01-01")(row) == (status,)
        return
    table = _as(kind, pl.DataFrame({name: [value] for name, value in row.items()}))
    made: Any = check_table(table, ruleset, as_of="2025-01-01")
    if kind == "duckdb":
        made = made.pl()
    assert (made["people"].to_pylist() if kind == "pyarrow" else list(made["people"])) == [status]


def test_a_table_that_cannot_hold_what_it_should_is_refused() -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    one = [["x", "yes"]]
    tables = [
        (pl.DataFrame(one, schema=["id", "approved"], orient="row"), "approved should hold yes or no"),
        (pd.DataFrame(one, columns=["id", "approved"]), "approved should hold yes or no"),
        (pd.DataFrame(one, columns=["id", "id"]), "not a table that can be read"),
        (pd.DataFrame(one), "names of columns are texts"),
        (pd.DataFrame(one, columns=pd.MultiIndex.from_tuples([("a", "b"), ("a", "c")])), "names of columns"),
    ]
    for table, said in tables:
        with pytest.raises(UsageError, match=said):
            check_table(table, "zhejiang_2022", as_of="2026-06-30")
    nothing = pl.DataFrame({"id": ["x"], "approved": [None]}, schema={"id": pl.String, "approved": pl.String})
    assert len(check_table(nothing, "zhejiang_2022", as_of="2026-06-30")) == 1


@pytest.mark.parametrize(
    ("values", "kind", "answer"),
    [
        ([300, None], "object", ["pass", "unknown"]),
        ([299.5, float("nan")], "object", ["fail", "unknown"]),
        ([None, None], "object", ["unknown", "unknown"]),
        ([300, None], "Int64", ["pass", "unknown"]),
        ([Decimal(300), None], "object", "not Decimal; exact decimals are pandas.ArrowDtype"),
        ([300, "300"], "object", "not int, str"),
        ([True, 300], "object", "not bool, int"),
        ([300, None], "category", "not Categorical"),
        ([300j], "complex", "not complex128"),
        ([timedelta(300)], "timedelta64[ns]", "not Duration"),
    ],
)
def test_what_pandas_may_have_for_a_number(values: list[Any], kind: str, answer: list[str] | str) -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    table = pd.DataFrame({name: [value] * len(values) for name, value in _APPROVED.items()})
    table["headcount@2y"] = pd.Series(values, dtype=kind)
    ruleset = _small("{fact: headcount, at_least: 300}")
    if isinstance(answer, list):
        assert check_table(table, ruleset, as_of="2025-01-01")["people"].to_list() == answer
    else:
        with pytest.raises(UsageError, match="headcount@2y.*" + re.escape(answer)):
            check_table(table, ruleset, as_of="2025-01-01")


@pytest.mark.parametrize(
    ("values", "kind", "answer"),
    [
        ([True, False, None], "object", ["pass", "fail", "unknown"]),
        ([True, False, None], "boolean", ["pass", "fail", "unknown"]),
        (["true", "false", None], "object", ["pass", "fail", "unknown"]),
        (["true", "False", None], "category", ["pass", "fail", "unknown"]),
        ([True, False, None], "category", ["pass", "fail", "unknown"]),
        ([*[None] * 100, True, False], "object", [*["unknown"] * 100, "pass", "fail"]),
        ([*["true"] * 100, True, False], "object", [*["pass"] * 101, "fail"]),
        ([*["true"] * 100, 1], "object", "should hold yes or no, not int, str"),
        ([float("nan")] * 3, "float64", ["unknown"] * 3),
        ([1, 0, 1], "int64", "should hold yes or no, not Int64"),
        ([1.0, 0.0, None], "float64", "should hold yes or no, not Float64"),
        ([b"true", None, None], "object", "should hold yes or no, not bytes"),
    ],
)
def test_what_pandas_may_have_for_yes_and_no(values: list[Any], kind: str, answer: list[str] | str) -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    table = pd.DataFrame({name: [value] * len(values) for name, value in _APPROVED.items()})
    table["independent@2y"] = pd.Series(values, dtype=kind)
    ruleset = _small("{fact: independent, is: true}")
    if isinstance(answer, list):
        assert check_table(table, ruleset, as_of="2025-01-01")["people"].to_list() == answer
    else:
        with pytest.raises(UsageError, match=f"independent@2y {re.escape(answer)}"):
            check_table(table, ruleset, as_of="2025-01-01")


@pytest.mark.parametrize("kind", ["object", "boolean"])
def test_what_pandas_may_have_for_who_is_approved(kind: str) -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    row = _APPROVED | {"headcount@2y": 1}
    table = pd.DataFrame({name: [value] * 3 for name, value in row.items()})
    table["approved"] = pd.Series([True, False, None], dtype=kind)
    made = check_table(table, _small("{fact: headcount, at_least: 300}"), as_of="2025-01-01")
    assert made["people"].to_list() == ["fail", "not_applicable", "unknown"]


@pytest.mark.parametrize("kind", ["polars", "lazy", "pandas", "pyarrow"])
def test_a_gap_for_who_is_approved_is_not_known_whatever_its_type(kind: str) -> None:
    row = _APPROVED | {"approved": None, "headcount@2y": 1}
    table = pl.DataFrame({name: [value] for name, value in row.items()})
    given = table.lazy() if kind == "lazy" else _as(kind, table)
    made: Any = check_table(given, _small("{fact: headcount, at_least: 300}"), as_of="2025-01-01")
    made = made.collect() if kind == "lazy" else made
    assert [str(status) for status in made["people"]] == ["unknown"]


@pytest.mark.parametrize("word", [5, b"comprehensive", ["comprehensive"]])
def test_a_word_is_a_text(word: object) -> None:
    ruleset = _small("{fact: category, is: comprehensive}")
    row = _APPROVED | {"category@2y": word}
    tables = [pl.DataFrame({name: [value] for name, value in row.items()})]
    tables += [tables[0].to_arrow(), tables[0].lazy()]
    for table in tables:
        with pytest.raises(UsageError, match="category@2y should hold a text"):
            check_table(table, ruleset, as_of="2025-01-01")


def test_members_of_an_enumeration_stand_for_words_where_they_are_texts() -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    plain, text = Enum("plain", {"A": "comprehensive"}), Enum("text", {"A": "comprehensive"}, type=str)
    truth = Enum("truth", {"YES": True})
    asked = [(plain.A, "category"), (text.A, "category"), (truth.YES, "independent")]
    said = []
    for member, fact in asked:
        table = pd.DataFrame({name: [value] for name, value in _APPROVED.items()})
        table[f"{fact}@2y"] = pd.Series([member], dtype=object)
        wanted = "comprehensive" if fact == "category" else "true"
        try:
            made = check_table(table, _small(f"{{fact: {fact}, is: {wanted}}}"), as_of="2025-01-01")
            said.append(made["people"].to_list()[0])
        except UsageError as error:
            said.append(str(error))
    assert "category@2y should hold a text, not plain" in said[0]
    assert said[1] == "pass"
    assert "independent@2y should hold yes or no, not truth" in said[2]


_AWARE = {"tzinfo": timezone(timedelta(hours=8))}


@pytest.mark.parametrize(
    ("values", "kind", "answer"),
    [
        ([datetime(2024, 12, 31, **_AWARE), None], "object", ["fail", "unknown"]),
        ([date(2025, 1, 1), datetime(2024, 12, 31, **_AWARE)], "object", ["pending", "fail"]),
        ([datetime(2024, 12, 31), datetime(2024, 12, 31, 8, **_AWARE)], "object", ["fail", "unknown"]),
        ([date(2024, 12, 31), Decimal("nan")], "object", ["fail", "unknown"]),
        ([date(2024, 12, 31), Decimal("snan")], "object", "not Decimal, date"),
        ([date(2024, 12, 31), None], "date32[pyarrow]", ["fail", "unknown"]),
    ],
)
def test_what_pandas_may_have_for_a_day(values: list[Any], kind: str, answer: list[str] | str) -> None:
    """The other days of the table are objects."""
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    row = _APPROVED | {"headcount@2y": 1}
    table = pd.DataFrame({name: [value] * len(values) for name, value in row.items()}, index=[7, 5])
    table["due@2y"] = pd.Series(values, dtype=kind, index=[7, 5])
    ruleset = _small("{fact: headcount, at_least: 300}")
    if isinstance(answer, list):
        made = check_table(table, ruleset, as_of="2025-01-01")
        assert (made["people"].to_list(), list(made.index)) == (answer, [7, 5])
    else:
        with pytest.raises(UsageError, match=f"due@2y should hold a day, {answer}"):
            check_table(table, ruleset, as_of="2025-01-01")


@pytest.mark.parametrize("zone", [None, "Asia/Shanghai", "UTC"])
def test_midnight_is_midnight_where_the_time_was_taken(zone: str | None) -> None:
    ruleset = _small("{fact: headcount, at_least: 300}")
    row = _APPROVED | {"headcount@2y": 1}
    days = [datetime(2024, 12, 31), datetime(2025, 1, 1), datetime(2025, 1, 1, 8)]
    table = pl.DataFrame({name: [value] * 3 for name, value in row.items()}).with_columns(
        pl.Series("due@2y", days, dtype=pl.Datetime).dt.replace_time_zone(zone)
    )
    for kind in ("polars", "pandas", "pyarrow"):
        statuses = check_table(_as(kind, table), ruleset, as_of="2025-01-01")["people"]
        assert [str(one) for one in statuses] == ["fail", "pending", "unknown"], kind


def test_a_table_whose_as_of_days_are_gaps_has_none() -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    rows = {"headcount@2y": [300], "as_of": [None]}
    for table in (pd.DataFrame(rows), pl.DataFrame(rows), pl.DataFrame(rows).to_arrow()):
        with pytest.raises(UsageError, match="no as-of day"):
            check_table(table, _small("{fact: headcount, at_least: 300}"))


@pytest.mark.parametrize("gap", ["null", "null::integer"])
@pytest.mark.parametrize(
    "require", ["{fact: category, is: comprehensive}", "{fact: headcount, at_least: 300}"]
)
def test_gaps_of_duckdb_are_not_known(gap: str, require: str) -> None:
    """DuckDB before 2 makes whole numbers of a column of which nothing is known."""
    duckdb = pytest.importorskip("duckdb", reason="duckdb is not installed")
    table = duckdb.sql(
        f"""select true as approved, date '2022-03-01' as approved_on, {gap} as "due@2y",
        {gap} as "category@2y", {gap} as "headcount@2y" """
    )
    assert check_table(table, _small(require), as_of="2025-01-01").pl()["people"].to_list() == ["unknown"]


def test_exact_decimals_of_pandas_stay_on_their_side() -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    arrow = pytest.importorskip("pyarrow", reason="pyarrow is not installed")
    values = [Decimal("299.9999999999"), Decimal(300), None]
    table = pd.DataFrame({name: [value] * 3 for name, value in _APPROVED.items()})
    table["headcount@2y"] = pd.Series(values, dtype=pd.ArrowDtype(arrow.decimal128(38, 10)))
    statuses = check_table(table, _small("{fact: headcount, at_least: 300}"), as_of="2025-01-01")["people"]
    assert statuses.to_list() == ["fail", "pass", "unknown"]


@pytest.mark.parametrize("name", ["centre", "life"])
def test_rows_of_a_centre_that_nothing_joins_are_refused(name: str) -> None:
    facts = facts_table([{"stage": "approved", "approved_on": "2019-03"}], "jiangsu_2020", as_of="2021-06-30")
    assert len(facts) > 1
    with pytest.raises(UsageError, match=f"column {name} that joins them"):
        check_table(facts.drop(name), "jiangsu_2020")


def _as(kind: str, table: Any) -> Any:
    """A table of polars as another library has it."""
    if kind == "pandas":
        return table.to_pandas()
    if kind == "duckdb":
        return pytest.importorskip("duckdb").from_arrow(table.to_arrow())
    return table.to_arrow() if kind == "pyarrow" else table


def _polars(table: Any) -> Any:
    return table if isinstance(table, pl.DataFrame) else pl.from_arrow(table)


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"approved_on": date(2019, 3, 1), "due@2y": date(2019, 12, 31)}, "not_applicable"),
        ({"approved_on": date(2019, 3, 1), "due@2y": date(2020, 1, 1)}, "fail"),
        ({"due@2y": date(2019, 12, 31)}, "not_applicable"),
        ({"due@2y": date(2021, 3, 1)}, "fail"),
        ({"approved_on": date(2019, 3, 1)}, "unknown"),
    ],
)
def test_no_law_reaches_back(row: dict[str, Any], status: str) -> None:
    """The rule set is in force from 1 January 2020: a time that was over before it binds nobody who was
    approved before."""
    table = pl.DataFrame(
        {name: [value] for name, value in {**row, "approved": True, "headcount@2y": 1}.items()}
    )
    ruleset = _small("{fact: headcount, at_least: 300}")
    assert check_table(table, ruleset, as_of="2025-01-01")["people"].to_list() == [status]


def test_a_sum_that_lies_in_parts_of_its_range_only() -> None:
    """An amount that may or may not count is all of it or nothing: what equals neither is false, in tables
    too."""
    ruleset = _small("{fact: investment, equals: 5}")
    data = {
        "stage": "approved", "approved_on": "2020-03-01", "reported_on": "2023-06-01",
        "contributions": [{"date": "2021-05-01", "amount": 3}, {"date": "2022", "amount": 4}],
    }  # fmt: skip
    table = facts_table([data], ruleset, as_of="2022-02-01")
    status = check(data, ruleset, as_of="2022-02-01", engine="reference")["people"].status
    assert check_table(table, ruleset)["people"].to_list() == [status]


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"approved_on": date(2022, 3, 1), "due@2y": date(2024, 3, 1)}, "pending"),
        ({"approved_on": date(2022, 3, 1), "due@2y": None}, "unknown"),
        ({"approved_on": None, "due@2y": date(2024, 3, 1)}, "unknown"),
        ({"approved": False, "due@2y": date(2024, 3, 1)}, "not_applicable"),
    ],
)
def test_a_clock_that_is_not_given_is_not_guessed(row: dict[str, Any], status: str) -> None:
    days = {"approved_on": pl.Date, "due@2y": pl.Date}
    table = pl.DataFrame(
        {name: [value] for name, value in {**row, "headcount@2y": 1}.items()},
        schema_overrides={name: days[name] for name in days if name in row},
    )
    assert check_table(table, _small("{fact: headcount, at_least: 300}"), as_of="2023-01-01")[
        "people"
    ].to_list() == [status]


@pytest.mark.parametrize(
    "amount", ["1000000000", "999999999.99", "999999999.9999999999", "1000000000.0000000001"]
)
@pytest.mark.parametrize(
    "require",
    ["at_least: 10亿元", "more_than: 10亿元", "at_most: 10亿元", "less_than: 10亿元", "equals: 10亿元"],
)
def test_an_amount_beside_a_bound_stays_on_its_side(amount: str, require: str) -> None:
    """Doubles cannot tell them apart; the table does."""
    ruleset = _small(f"{{fact: investment, {require}}}")
    data = {
        "stage": "approved",
        "approved_on": "2022-03-01",
        "reported_on": "2024-06-01",
        "contributions": [{"date": "2022-05-01", "amount": amount}],
    }
    assert check_table(facts_table([data], ruleset), ruleset)["people"].to_list() == [
        check(data, ruleset)["people"].status
    ]


def test_a_number_that_is_no_truth_value_is_not_known() -> None:
    table = facts_table([Centre.from_file(EXAMPLE)], "national_2020", as_of="2026-06-30")
    before = check_table(table, "national_2020").to_dicts()[0]
    after = check_table(table.with_columns(approved=pl.lit(7, pl.Int8)), "national_2020").to_dicts()[0]
    changed = {after[rule] for rule, status in before.items() if after[rule] != status}
    assert changed == {"unknown"}


def test_columns_of_ones_own_are_kept_and_never_taken_for_statuses() -> None:
    ruleset = _small("{fact: headcount, at_least: 300}")
    told = check_table(
        pl.DataFrame({"city": ["杭州", "宁波"], "people": ["?", "?"], "approved": [True, True]}),
        ruleset,
        as_of="2025-01-01",
    )
    assert told.to_dicts() == [{"city": "杭州", "people": "unknown"}, {"city": "宁波", "people": "unknown"}]


def test_statuses_of_polars_are_enums_of_the_seven_statuses() -> None:
    told = check_table(facts_table([Centre.from_file(EXAMPLE)], "zhejiang_2022"), "zhejiang_2022")
    kinds = {told.schema[rule.id] for rule in load_ruleset("zhejiang_2022")}
    assert len(kinds) == 1
    assert set(kinds.pop().categories) == set(STATUSES)


def test_the_law_is_not_in_the_table() -> None:
    """The same facts under another threshold: only the rule set decides."""
    ruleset = _small("{fact: headcount, at_least: 300}")
    data = {
        "stage": "approved",
        "approved_on": "2022-03-01",
        "reported_on": "2024-03-01",
        "staff": {"headcount": 200},
    }
    table = facts_table([data], ruleset)
    assert check_table(table, ruleset)["people"].to_list() == ["pending"]
    assert check_table(table, _small("{fact: headcount, at_least: 150}"))["people"].to_list() == ["pass"]


def test_rows_of_another_day_are_unknown() -> None:
    table = facts_table([Centre.from_file(EXAMPLE)], "national_2020", as_of="2026-06-30")
    other = check_table(table, "national_2020", as_of="2026-07-01").to_dicts()[0]
    assert {other[rule.id] for rule in load_ruleset("national_2020") if rule.bearer != "programme"} == {
        "unknown"
    }
    assert check_table(table, "national_2020", as_of="2026-06-30").equals(check_table(table, "national_2020"))
    for days in (pl.lit(None), pl.lit(None, pl.Date)):  # nothing says on which day they were read
        assert (
            check_table(table.with_columns(as_of=days), "national_2020", as_of="2026-07-01")
            .drop("as_of")
            .equals(check_table(table, "national_2020", as_of="2026-07-01").drop("as_of"))
        )


def test_what_cannot_be_done_is_said() -> None:
    with pytest.raises(UsageError, match="as-of"):
        check_table(pl.DataFrame({"headcount@2y": [1.0]}), "zhejiang_2022")
    with pytest.raises(UsageError, match="table"):
        check_table([1, 2], "zhejiang_2022", as_of="2026-06-30")
    with pytest.raises(UsageError, match=r"(?s)due@2y.*headcount@2y|headcount@2y.*due@2y"):
        check_table(
            pl.DataFrame({"headcount@2y": ["many"], "due@2y": ["2024"]}), "zhejiang_2022", as_of="2026-06-30"
        )
    with pytest.raises(DataError):
        facts_table([{"staff": {"headcount": "many"}}], "zhejiang_2022", as_of="2026-06-30")


# --- the command --------------------------------------------------------------------------------------------


def test_centre_files_to_facts_to_statuses(tmp_path: Path) -> None:
    facts, direct, later, text = (
        tmp_path / name for name in ("facts.parquet", "direct.parquet", "later.parquet", "later.csv")
    )
    run = CliRunner()
    made = run.invoke(
        main,
        ["table", str(EXAMPLE), "--rules", "national_2020", "--facts", str(facts), "--output", str(direct)],
    )
    assert made.exit_code == 0, made.output
    for output in (later, text):
        again = run.invoke(main, ["table", str(facts), "--rules", "national_2020", "--output", str(output)])
        assert again.exit_code == 0, again.output
    assert pl.read_parquet(direct).equals(pl.read_parquet(later))
    told = pl.read_parquet(direct).to_dicts()[0]
    expected = {
        finding.rule.split("/")[1]: finding.status
        for finding in check(Centre.from_file(EXAMPLE), "national_2020", engine="reference")
    }
    assert {rule: told[rule] for rule in expected} == expected
    assert pl.read_csv(text).select("positioning").to_series().to_list() == [told["positioning"]]


def test_parts_of_a_large_file_never_part_a_centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tic_rules.cli.table._ROWS", 20)
    ruleset = load_ruleset("jiangsu_2020")
    table, expected = _random_table(ruleset, 12, 11)
    table.write_parquet(tmp_path / "facts.parquet")
    output = tmp_path / "statuses.parquet"
    run = CliRunner().invoke(
        main, ["table", str(tmp_path / "facts.parquet"), "--rules", "jiangsu_2020", "--output", str(output)]
    )
    assert run.exit_code == 0, run.output
    assert f"12 rows → {output}" in run.output  # statuses, of several rows of facts each
    assert _differences(pl.read_parquet(output).to_dicts(), expected) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["no.parquet", "--output", "out.parquet"], "no.parquet"),
        (["no.yaml", "--output", "out.parquet"], "no.yaml"),
        (["no.parquet"], "--output"),
        (["no.parquet", "--output", "out.doc"], "out.doc"),
        (["no.parquet", "--output", "no.parquet"], "not overwritten"),
        (["no.yaml", "--facts", "facts.csv"], "facts.csv"),
    ],
)
def test_unusable_arguments(arguments: list[str], said: str) -> None:
    run = CliRunner().invoke(main, ["table", *arguments, "--rules", "zhejiang_2022"])
    assert run.exit_code == 2
    assert said in run.output
    assert "Traceback" not in run.output


@pytest.mark.parametrize(
    "wrong", [None, {"headcount@2y": ["many"], "as_of": [date(2026, 6, 30)]}, {"headcount@2y": [300]}]
)
def test_a_file_that_is_no_table_of_facts(tmp_path: Path, wrong: dict[str, Any] | None) -> None:
    if wrong is None:
        (tmp_path / "a.parquet").write_text("no table", encoding="utf-8")
    else:
        pl.DataFrame(wrong).write_parquet(tmp_path / "a.parquet")
    run = CliRunner().invoke(
        main,
        [
            "table",
            str(tmp_path / "a.parquet"),
            "--rules",
            "zhejiang_2022",
            "--output",
            str(tmp_path / "b.parquet"),
        ],
    )
    assert run.exit_code == 2
    assert "a.parquet" in run.output or "as-of" in run.output or "headcount@2y" in run.output
    assert not isinstance(run.exception, TypeError | ValueError)
    assert not (tmp_path / "b.parquet").exists()


@pytest.mark.parametrize("ruleset", ["zhejiang_2022", "jiangsu_2020", "national_2020", "national_2017"])
def test_columns_that_are_not_there_are_unknown(ruleset: str) -> None:
    """A table without `approved` and `approved_on` ended in an error of the library."""
    table = facts_table([Centre.from_file(ROOT / "examples/zhejiang.yaml")], ruleset, as_of="2026-06-30")
    names = [name for name in ("approved", "approved_on") if name in table.columns]
    empty = table.with_columns(pl.lit(None, dtype=table.schema[name]).alias(name) for name in names)
    asked = check_table(empty, ruleset, as_of="2026-06-30")
    assert check_table(table.drop(names), ruleset, as_of="2026-06-30").equals(asked)
    alone = check_table(table.select("id"), ruleset, as_of="2026-06-30")
    assert set(alone.drop("id").row(0)) <= {"unknown", "needs_review", "not_applicable"}


def test_what_pandas_calls_missing_is_unknown() -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    centre = Centre.from_file(ROOT / "examples/national.yaml")
    table = facts_table([centre], "national_2020", as_of="2026-06-30")
    numbers = [name for name, kind in table.schema.items() if kind.is_float()]
    assert numbers
    empty = table.with_columns(
        [pl.lit(None, dtype=table.schema[name]).alias(name) for name in (*numbers, "approved_on")]
    )
    asked = _statuses(check_table(empty, "national_2020", as_of="2026-06-30"))
    missing = table.to_pandas().assign(**dict.fromkeys(numbers, float("nan")), approved_on=pd.NaT)
    assert _statuses(pl.from_pandas(check_table(missing, "national_2020", as_of="2026-06-30"))) == asked
    odd = table.with_columns([pl.lit(float("nan")).alias(name) for name in numbers])
    odd = odd.with_columns(pl.lit(None, dtype=table.schema["approved_on"]).alias("approved_on"))
    assert _statuses(check_table(odd, "national_2020", as_of="2026-06-30")) == asked


def _statuses(answer: Any) -> dict[str, str]:
    (row,) = answer.to_dicts()
    return {name: str(value) for name, value in row.items() if str(value) in STATUSES}
