"""Tables of centres: made from centres, and decided rule by rule by expressions over columns (extra
`frames`); single rows."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import chain
from types import ModuleType
from typing import Any

from tic_rules.core.dates import parse_day
from tic_rules.core.errors import UsageError, clip, fault
from tic_rules.core.extras import library
from tic_rules.engines.check import as_of_day, sorted_scene
from tic_rules.evaluation.exemptions import exemptions_of
from tic_rules.model.centre import Centre
from tic_rules.model.intake import subject_from
from tic_rules.model.loader import load_ruleset
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.values import Given
from tic_rules.results.parts import Status


def facts_table(
    centres: Iterable[Centre | Given],
    ruleset: str | os.PathLike[str] | RuleSet,
    *,
    as_of: date | str | None = None,
) -> Any:
    """A polars table of what a rule set reads from centres: one row a centre, one column a fact and look day.

    A centre whose clock is open (a partial or missing day) has one row a scenario that its data allows. Each
    is read on `as_of`, by default on its own `reported_on`. Raises as `check` does; UsageError where the
    extra `frames` is not installed."""
    polars = library("polars")
    from tic_rules.engines.columns.names import refuse_occasions
    from tic_rules.engines.columns.rows import Row, reader_of, rows_of

    rules = load_ruleset(ruleset)
    refuse_occasions(rules)
    reader, rows = reader_of(rules), list[Row]()
    for number, given in enumerate(centres):
        subject = subject_from(given, Centre, rules.vocabulary)
        scene = sorted_scene(subject, rules, as_of_day(subject, as_of))
        exemptions = exemptions_of(subject, rules).items()
        rows.extend(
            rows_of(scene, reader, number, {rule: [one for _, one in given] for rule, given in exemptions})
        )
    columns = {name: [row.get(name) for row in rows] for name in dict.fromkeys(chain.from_iterable(rows))}
    schema = {name: _type_of(name, values, polars) for name, values in columns.items()}
    return polars.DataFrame(columns, schema=schema)


def _type_of(name: str, values: Iterable[object], polars: ModuleType) -> object:
    """The type of a column, by the first value; of one that holds none, by what has ends that are open."""
    value = next((value for value in values if value is not None), None)
    if value is not None:
        counted = name in ("centre", "life")
        numbers = polars.Int64 if counted else polars.Int8
        types = {
            bool: polars.Boolean,
            int: numbers,
            float: polars.Float64,
            str: polars.String,
            date: polars.Date,
        }
        return types[type(value)]
    if name == "id":
        return polars.String
    return polars.Float64 if name.endswith(("__low", "__high")) else polars.Date


def check_table(
    frame: object, ruleset: str | os.PathLike[str] | RuleSet, *, as_of: date | str | None = None
) -> Any:
    """The status of every rule as a column, for a table as `facts_table` makes it.

    `frame` is any that narwhals knows (polars, pandas, pyarrow, a DuckDB relation, PySpark); the answer is of
    the same kind, lazy where it is lazy; in polars a status is an Enum, elsewhere a text. A column that is
    not there and a null are unknown. Without `as_of`, each row has its own day in the column `as_of`; with
    both, a row of another day is unknown. Raises UsageError where there is no as-of day."""
    narwhals = library("narwhals")
    from tic_rules.engines.columns.decisions import decided

    rules, day = load_ruleset(ruleset), parse_day(as_of) if as_of is not None else None
    try:
        table = narwhals.from_native(frame)
    except (TypeError, narwhals.exceptions.NarwhalsError) as error:
        raise fault(
            UsageError, "frame", f"不是可识别的表格：{error}", f"not a table that can be read: {error}"
        ) from None
    nameless = [name for name in table.collect_schema().names() if not isinstance(name, str)]
    if nameless:
        shown = clip(", ".join(map(repr, nameless)), 300)
        raise fault(UsageError, "frame", f"列名应为文字：{shown}", f"names of columns are texts, not {shown}")
    if day is None and isinstance(table, narwhals.DataFrame) and table.is_empty():
        day = date.max  # no row asks for another
    if table.implementation.is_pyspark():
        _refuse_dots(table.collect_schema().names())
    if table.implementation.is_pyarrow():
        return _in_arrow(frame, rules, day)
    return decided(table, rules, day)


_ROW = "~row"
"""The column that says from which row of a pyarrow table another comes; a name that no caller gives."""


def _in_arrow(frame: Any, ruleset: RuleSet, as_of: date | None) -> Any:
    """A pyarrow table, decided in polars, with the caller's own columns as they were.

    narwhals would bring the rows of a centre together by a join of pyarrow, which gives them back in no
    particular order where the table has several chunks or many rows: one centre's statuses would stand in
    another's row."""
    from tic_rules.engines.columns.decisions import decided

    narwhals, polars, arrow = library("narwhals"), library("polars"), library("pyarrow")
    numbered = polars.from_arrow(_readable(frame, arrow)).with_row_index(_ROW)
    made = decided(narwhals.from_native(numbered), ruleset, as_of)
    kept = [name for name in made.columns if name != _ROW and name not in ruleset]
    taken = frame.select(kept)
    if kept and not made[_ROW].equals(numbered[_ROW]):  # pyarrow cannot take from columns of every type
        taken = taken.take(made[_ROW].to_arrow())
    columns = {name: taken.column(name) for name in kept}
    statuses = made.select(polars.col(*ruleset.rule_ids).cast(polars.String)).to_arrow()
    columns |= {rule: statuses.column(rule).cast(arrow.string()) for rule in ruleset.rule_ids}
    return arrow.table(columns)


def _readable(frame: Any, arrow: ModuleType) -> Any:
    """The table with columns of 256 bits, which polars has not, as text: no fact is read from them."""
    for index, field in enumerate(frame.schema):
        if arrow.types.is_decimal256(field.type):
            frame = frame.set_column(index, field.name, frame.column(index).cast(arrow.string()))
    return frame


def row_function(
    ruleset: str | os.PathLike[str] | RuleSet, columns: Iterable[str], *, as_of: date | str | None = None
) -> Callable[[Mapping[str, object] | Sequence[object]], tuple[Status, ...]]:
    """A function that decides one row of flat facts, as `check_table` decides the row of a table; it needs no
    extra.

    `columns` are names as `facts_table` makes them; None, NaN, NaT, NA and a column that is not there are not
    known. A row is a mapping from their names, or its values in their order; the function gives the statuses
    in the order of `ruleset.rule_ids`. `as_of` is the day looked at, by default each row's own in the column
    `as_of`. Raises UsageError where rules need a day and there is none, and for columns of open clocks, where
    several rows make a centre: `check_table` decides those."""
    from tic_rules.engines.rows import function_of

    if isinstance(columns, str):
        zh, en = "columns 应为若干列名，不是一段文字", "columns are names, not one text"
        raise fault(UsageError, "column", zh, en)
    rules, day = load_ruleset(ruleset), parse_day(as_of) if as_of is not None else None
    return function_of(rules, tuple(columns), day)


def _refuse_dots(names: list[str]) -> None:
    dotted = [name for name in names if "." in name]
    if dotted:
        named = clip(", ".join(dotted), 300)
        raise fault(
            UsageError,
            "column",
            f"Spark 的列名中不能有点号，请先改名：{named}",
            f"a column's name may not have a dot on Spark, rename: {named}",
        )


__all__ = ["check_table", "facts_table", "library", "row_function"]
