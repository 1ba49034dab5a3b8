"""What programs hand over: enumerations, scalars of numpy and pandas, dataclasses and models count as the
values they hold."""

from __future__ import annotations

import enum
import pickle
from dataclasses import InitVar, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import BaseModel

from tic_rules import (
    Centre,
    DataError,
    RuleSetError,
    UsageError,
    check,
    check_programme,
    load_ruleset,
    parse_ruleset,
    rulesets_in_force,
)
from tic_rules.core.dates import Span
from tic_rules.core.numbers import INFINITY, Range
from tic_rules.model.values import Dated, Series

ROOT = Path(__file__).parents[2]


class Payer(str, enum.Enum):  # noqa: UP042 - what callers write
    PROVINCE = "province"
    CITY = "city"


class Stage(enum.Enum):
    APPROVED = "approved"


class Field(str, enum.Enum):  # noqa: UP042 - what callers write
    IC = "集成电路"


class Zone(enum.Enum):
    HIGH_TECH = "national_high_tech_zone"


class Amount(enum.IntEnum):
    GRANT = 50_000_000


def test_a_text_of_a_type_of_its_own_is_read_as_text() -> None:
    numpy = pytest.importorskip("numpy")
    assert Centre.from_text(numpy.str_("id: x")) == Centre.from_data({"id": "x"})
    text = (ROOT / "rules" / "jiangsu_2020.yaml").read_text("utf-8")
    assert parse_ruleset(numpy.str_(text)) == parse_ruleset(text)


def test_members_of_enumerations_count_by_value() -> None:
    data = {
        "stage": Stage.APPROVED, "fields": [Field.IC], "zones": (Zone.HIGH_TECH,),
        "contributions": [{"date": "2022-03-01", "amount": Amount.GRANT, "payer": Payer.CITY}],
    }  # fmt: skip
    plain = {
        "stage": "approved", "fields": ["集成电路"], "zones": ["national_high_tech_zone"],
        "contributions": [{"date": "2022-03-01", "amount": 50_000_000, "payer": "city"}],
    }  # fmt: skip
    assert Centre.from_data(data).model_dump() == Centre.from_data(plain).model_dump()
    assert Centre(**data).model_dump() == Centre.from_data(plain).model_dump()


def test_findings_are_those_of_the_plain_values() -> None:
    """Three rules came out otherwise where a priority field was a member."""
    centre = Centre.from_file(ROOT / "examples/zhejiang.yaml")
    plain = centre.model_dump(mode="json", exclude_none=True)

    class Named(str, enum.Enum):  # noqa: UP042 - what callers write
        FIRST = plain["fields"][0]
        STAGE = plain["stage"]

    members = plain | {"fields": [Named.FIRST, *plain["fields"][1:]], "stage": Named.STAGE}
    told = [{finding.rule: finding.status for finding in check(Centre.from_data(data), "zhejiang_2022")}
            for data in (plain, members)]  # fmt: skip
    assert told[0] == told[1]


def test_models_and_dataclasses_all_the_way_down() -> None:
    class Given(BaseModel):
        date: Any
        amount: Decimal
        payer: Payer

    @dataclass
    class Staff:
        headcount: Any

    @dataclass
    class Mine:
        stage: Stage = Stage.APPROVED
        staff: Staff = field(default_factory=lambda: Staff({"at_least": Decimal(320)}))
        contributions: list[Given] = field(
            default_factory=lambda: [
                Given(date=datetime(2022, 3, 1), amount=Decimal("0.10"), payer=Payer.CITY)
            ]
        )

    centre = Centre.from_data(Mine())
    (given,) = centre.contributions or ()
    assert (given.payer, given.amount.low, given.date.first) == ("city", Fraction(1, 10), date(2022, 3, 1))  # type: ignore[union-attr]
    assert centre.staff.headcount.low == 320  # type: ignore[union-attr]


def test_of_a_dataclass_its_fields_are_the_data() -> None:
    @dataclass(kw_only=True)
    class Row:
        table: ClassVar[str] = "centres"
        session: InitVar[object] = None
        id: str
        name: str

    assert Centre.from_data(Row(session=object(), id="x", name="y")) == Centre(id="x", name="y")


def test_scalars_of_numpy_count_as_what_they_hold() -> None:
    np = pytest.importorskip("numpy", reason="numpy is not installed")
    centre = Centre.from_data(
        {
            "name": np.str_("x"),
            "staff": {"headcount": np.int64(320)},
            "legal": {"independent": np.bool_(True)},
            "approved_on": np.datetime64("2022-03-01"),
            "applied_on": np.datetime64("2022-03"),
            "reported_on": np.datetime64("2026-06-30T00:00:00", "ns"),
            "contributions": [
                {"amount": np.float32(0.1), "date": np.datetime64("NaT", "D")},
                {"amount": {"at_least": np.float64(0.1), "at_most": np.uint8(3)}},
            ],
            "term_years": np.ma.masked,
            "fields": np.ma.array(["集成电路"], mask=[False]),
        }
    )
    assert (centre.term_years, centre.fields) == (None, ("集成电路",))
    assert centre.name == "x"
    assert centre.staff.headcount.low == 320  # type: ignore[union-attr]
    assert centre.legal.independent is True  # type: ignore[union-attr]
    assert centre.approved_on.exact  # type: ignore[union-attr]
    assert (centre.applied_on.first, centre.applied_on.last) == (date(2022, 3, 1), date(2022, 3, 31))  # type: ignore[union-attr]
    first, second = centre.contributions or ()
    assert first.amount.low == Fraction(1, 10)  # type: ignore[union-attr]
    assert first.date is None
    assert (second.amount.low, second.amount.high) == (Fraction(1, 10), 3)  # type: ignore[union-attr]


def test_scalars_of_pandas_count_as_what_they_hold() -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    frame = pd.DataFrame({"headcount": [320, 450], "approved_on": pd.to_datetime(["2022-03-01", None])})
    for row, day in zip(frame.to_dict("records"), (date(2022, 3, 1), None), strict=True):
        centre = Centre.from_data(
            {"staff": {"headcount": row["headcount"]}, "approved_on": row["approved_on"]}
        )
        assert (centre.approved_on and centre.approved_on.first) == day
    assert Centre.from_data({"term_years": pd.NA}).term_years is None


@pytest.mark.parametrize(
    ("freq", "days"),
    [
        ("M", ("2022-03-01", "2022-03-31")),
        ("D", ("2022-03-05", "2022-03-05")),
        ("Q", ("2022-01-01", "2022-03-31")),
        ("Q-JAN", ("2022-02-01", "2022-04-30")),
        ("W", ("2022-02-28", "2022-03-06")),
    ],
)
def test_a_period_is_its_days(freq: str, days: tuple[str, str]) -> None:
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    approved_on = Centre.from_data({"approved_on": pd.Period("2022-03-05", freq)}).approved_on
    assert approved_on == Span(*map(date.fromisoformat, days))


def test_a_moment_that_is_no_midnight_is_refused() -> None:
    moments: list[Any] = [datetime(2022, 3, 1, 10, 30), "2022-03-01T10:30"]
    try:
        import numpy as np
        import pandas as pd
    except ImportError:
        pass
    else:
        moments += [np.datetime64("2022-03-01T10:30"), pd.Timestamp("2022-03-01 10:30"),
                    pd.Timestamp("2022-03-01") + pd.Timedelta(1, "ns"),
                    pd.Period("2022-03-01 10:30", "min")]  # fmt: skip
    for moment in moments:
        with pytest.raises(DataError) as caught:
            Centre.from_data({"approved_on": moment})
        assert [fault.code for fault in caught.value.diagnostics] == ["date"]


@pytest.mark.parametrize("unit", ["Y", "M", "D", "ns"])
def test_a_span_of_time_is_no_number(unit: str) -> None:
    np = pytest.importorskip("numpy", reason="numpy is not installed")
    with pytest.raises(DataError):
        Centre.from_data({"term_years": np.timedelta64(36, unit)})
    assert Centre.from_data({"term_years": np.timedelta64("NaT", unit)}).term_years is None


def test_the_day_looked_at_may_be_a_scalar_too() -> None:
    np = pytest.importorskip("numpy", reason="numpy is not installed")
    pd = pytest.importorskip("pandas", reason="pandas is not installed")
    for day in (np.datetime64("2026-06-30"), pd.Timestamp("2026-06-30")):
        assert check({"id": "x"}, "zhejiang_2022", as_of=day).as_of == "2026-06-30"
    for nothing in (pd.NaT, np.datetime64("NaT", "D"), pd.NA):
        with pytest.raises(UsageError, match="as-of"):
            check({"id": "x"}, "zhejiang_2022", as_of=nothing)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(DataError):
        Centre.from_data({"staff": {"headcount": value}})


@pytest.mark.parametrize("target", [[], {}, False, float("nan"), {"a": None}, float("-inf"), b"10"])
def test_a_target_is_a_text_or_a_number(target: Any) -> None:
    with pytest.raises(DataError):
        Centre.from_data({"indicators": {"6.6": {"target": target}}})


@pytest.mark.parametrize("target", ["[]", "{}", ".nan", "false", "{a: b}"])
def test_a_target_of_a_file_is_a_text_or_a_number(target: str) -> None:
    with pytest.raises(DataError):
        Centre.from_text(f"indicators: {{'6.6': {{target: {target}}}}}")


@pytest.mark.parametrize("target", ["10", 10, Decimal("1.50"), 1.5, date(2026, 12, 31), "false"])
def test_a_target_stays_as_it_is_written(target: Any) -> None:
    centre = Centre.from_data({"indicators": {"6.6": {"target": target}}})
    assert centre.indicators is not None
    assert centre.indicators["6.6"].target == str(target)


ROWS = [{"date": "2023-01-01", "amount": "11亿元", "payer": "host"}]


@pytest.mark.parametrize("beside", [{}, {"x-note": "n"}])
def test_an_iterator_is_read_once(beside: dict[str, str]) -> None:
    data = {"approved_on": "2022-03-01", "reported_on": "2026-06-30", "contributions": iter(ROWS), **beside}
    assert check(data, "zhejiang_2022").statuses["investment-2y"] == "pass"


def test_a_key_of_the_callers_own_may_be_an_argument() -> None:
    centre = Centre(**{"id": "q", "x-note": "n"})  # type: ignore[arg-type]
    assert (centre.id, centre.extras) == ("q", {"x-note": "n"})


def test_a_value_of_the_callers_own_is_kept_as_json_has_it() -> None:
    given = {"x-a": date(2024, 1, 1), "x-b": (Decimal("1.50"), float("nan")), "x-c": {"d": Payer.CITY}}
    centre = Centre.from_data({"staff": {"headcount": 3, **given}, **given})
    assert centre.extras == {"x-a": "2024-01-01", "x-b": ["1.50", None], "x-c": {"d": "city"}}
    report = check(centre, "national_13fyp", as_of="2024-01-01")
    assert pickle.loads(pickle.dumps(report)) == report
    for value in ({1}, object(), {1: 2}, "\ud800"):
        with pytest.raises(DataError) as refused:
            Centre.from_data({"staff": {"x-a": value}})
        assert refused.value.diagnostics[0].path == "/staff/x-a"


def test_the_hash_of_a_centre_is_that_of_its_fields() -> None:
    one, other = (Centre.from_data({"staff": {"headcount": 3, **own}}) for own in ({}, {"x-a": ["n"]}))
    before = hash(one)
    assert one == other
    assert before == hash(one) == hash(other)


@pytest.mark.parametrize("name", ["name", "stage", "fields", "x-a"])
def test_lists_are_nested_as_deep_as_in_a_file(name: str) -> None:
    value: object = 3
    for _ in range(2_000):
        value = [value]
    with pytest.raises(DataError) as refused:
        Centre.from_data({name: value})
    assert refused.value.diagnostics[0].code == "too-deep"


@pytest.mark.parametrize("key", ["staff", "x-a"])
def test_mappings_are_nested_as_deep_as_in_a_file(key: str) -> None:
    endless: dict[str, object] = {}
    endless[key] = endless
    with pytest.raises(DataError) as refused:
        Centre.from_data(endless)
    assert refused.value.diagnostics[0].code == "too-deep"


@pytest.mark.parametrize(
    "data",
    [
        {"name": "\ud800"},
        {"fields": ["\ud800"]},
        {"indicators": {"\ud800": {"target": 3}}},
        {"staff": {"x-\ud800": 3}},
        {"\ud800": 3},
    ],
)
def test_a_text_that_cannot_be_written_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="surrogate"):
        Centre.from_data(data)


@pytest.mark.parametrize(
    "value",
    [Range(500, 3), Range(-5, -5), Range(2.5, 2.5), Range(True, True), Series([3]), Series([Dated(3, 3)])],
)
def test_a_range_of_the_library_is_held_against_the_field(value: Any) -> None:
    with pytest.raises(DataError):
        Centre.from_data({"staff": {"headcount": value}})


@pytest.mark.parametrize("ends", [(date(2023, 1, 1), date(2022, 1, 1)), ("soon", "later"), (True, True)])
def test_a_span_of_the_library_is_held_against_the_field(ends: Any) -> None:
    with pytest.raises(DataError):
        Centre.from_data({"approved_on": Span(*ends)})


def test_what_the_library_read_is_read_again() -> None:
    ends: Any = (datetime(2022, 1, 1), datetime(2022, 1, 31))
    series = Series([Dated(Span(date(2023, 1, 1), date(2023, 1, 1)), Range(300.0, INFINITY))])
    centre = Centre.from_data({"approved_on": Span(*ends), "staff": {"headcount": series}})
    assert centre == Centre.from_data(
        {
            "approved_on": "2022-01",
            "staff": {"headcount": [{"date": "2023-01-01", "value": {"at_least": 300}}]},
        }
    )
    assert centre.staff is not None
    assert repr(centre.staff.headcount).count("300.0") == 0


@pytest.mark.parametrize("name", ["a[b", "function-x"])
def test_a_fault_names_every_key_of_its_place(name: str) -> None:
    with pytest.raises(DataError) as refused:
        Centre.from_data({"indicators": {name: {"target": [1]}}})
    assert refused.value.diagnostics[0].path == f"/indicators/{name}/target"


class Mine(load_ruleset(ROOT / "tests" / "fields" / "hefeng_2024.yaml").centre_model):  # type: ignore[misc]
    """A caller's subclass of the model of a rule set."""


def test_a_subclass_of_the_model_of_a_rule_set_comes_back_as_itself() -> None:
    mine = Mine(id="a")
    again = pickle.loads(pickle.dumps(mine))
    assert (type(again), again) == (Mine, mine)


def test_a_name_is_as_long_as_it_likes() -> None:
    with pytest.raises(RuleSetError, match="no rule set"):
        check({}, "x" * 5_000)


@pytest.mark.parametrize("day", [datetime(2024, 1, 1), date(2024, 1, 1), "2024-01-01"])
def test_a_moment_in_force_is_its_day(day: date | str) -> None:
    assert [each.id for each in rulesets_in_force("zhejiang", day)] == ["zhejiang_2022"]


@pytest.mark.parametrize("day", [datetime(2024, 1, 1, 5), "2024-01", None])
def test_what_is_in_force_is_asked_of_a_day(day: Any) -> None:
    with pytest.raises(UsageError):
        rulesets_in_force("zhejiang", day)


def test_centres_beside_figures_are_given_as_a_centre_is() -> None:
    figures = {"reported_on": "2024-12-31", "centres": 1}
    centre = {"id": "a", "jurisdiction": "zhejiang", "approved_on": date(2023, 1, 1)}
    reports = [
        check_programme(figures, "zhejiang_2022", centres=centres)
        for centres in ([centre], iter([Centre.from_data(centre)]))
    ]
    assert reports[0] == reports[1]
    assert reports[0].programme == {"file": None, "centres": 1}
    for wrong in ([{"id": "a", "approved_on": "x"}], centre, Centre.from_data(centre)):
        with pytest.raises(DataError):
            check_programme(figures, "zhejiang_2022", centres=wrong)  # type: ignore[arg-type]
