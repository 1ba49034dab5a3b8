"""The flat work for a whole table: the 30 rules over a million rows, in memory and from Parquet to Parquet.

python benchmarks/table_work.py ENGINE ROWS [SOURCE.parquet OUTPUT.parquet] one engine in a process of its
own, told as JSON

Each engine's outcomes are held against the hand-written function row by row on the first rows, and by their
counts on all of them, before anything is timed. Every process uses two threads at most.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import measure
from flat_work import FACTS, RULES, by_hand, records, ruleset

THREADS = "2"
CHECKED = 2_000
"""Rows that are held against the hand-written function one by one."""

_NAMES = tuple(f"r-{place + 1}" for place in range(len(RULES)))
_SIGNS = {"at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<", "is": "="}
_AS_OF = date(2026, 6, 30)

Engine = tuple[Callable[[], Any], Callable[[Any], Any]]
"""What is timed, and its result as a polars table of texts, in the order of the rows."""


class Row(NamedTuple):
    name: str
    seconds: float
    cpu: float
    mega: float
    """The peak of its process: Python, the library, the table, and the work."""


def table(rows: int) -> Any:
    """A polars table: records of the flat work in random order, each with its number. `approved` is what a
    rule set asks besides."""
    import numpy
    import polars

    drawn = polars.DataFrame(
        records(5_000),
        schema_overrides={
            fact: polars.Int64 for fact, operator, _ in RULES if operator not in ("is", "among")
        },
    )
    places = numpy.random.default_rng(1).integers(0, len(drawn), rows)
    places[:CHECKED] = numpy.arange(CHECKED)
    return drawn[places].with_columns(id=polars.int_range(rows), approved=polars.lit(True))


def write(path: Path, rows: int) -> None:
    """A Parquet file of so many rows, a million at a time."""
    import polars
    import pyarrow.parquet

    part = table(min(rows, 1_000_000))
    with pyarrow.parquet.ParquetWriter(path, part.to_arrow().schema) as file:
        for start in range(0, rows, len(part)):
            file.write_table(part.with_columns(polars.col("id") + start).to_arrow(), row_group_size=125_000)


# --- engines: in memory -------------------------------------------------------------------------------------


def _of_polars(told: Any) -> Any:
    import polars

    return told.sort("id").select(polars.col(name).cast(polars.String) for name in _NAMES)


def ours(frame: Any) -> Engine:
    from tic_rules import check_table

    rules = ruleset()
    return lambda: check_table(frame, rules, as_of=_AS_OF), _of_polars


def ours_duckdb(frame: Any) -> Engine:
    import duckdb

    from tic_rules import check_table

    rules, connection = ruleset(), duckdb.connect(config={"threads": int(THREADS)})
    connection.register("facts", frame.to_arrow())
    connection.execute("create table held as from facts")
    return lambda: check_table(connection.table("held"), rules, as_of=_AS_OF).to_arrow_table(), _of_arrow


def polars_expressions(kind: Any = None) -> list[Any]:
    """What somebody would write who needs these 30 statuses of a polars table, as texts or as another
    kind."""
    import polars

    def test(column: Any, operator: str, bound: Any) -> Any:
        match operator:
            case "at_least":
                return column >= bound
            case "at_most":
                return column <= bound
            case "more_than":
                return column > bound
            case "less_than":
                return column < bound
            case "among":
                return column.is_in(list(bound))
        return column if bound is True else column == bound

    told = [polars.col("id")]
    for name, (fact, operator, bound) in zip(_NAMES, RULES, strict=True):
        column = polars.col(fact)
        unknown, met, failed = (polars.lit(word, kind) for word in ("unknown", "pass", "fail"))
        told.append(
            polars.when(column.is_null())
            .then(unknown)
            .when(test(column, operator, bound))
            .then(met)
            .otherwise(failed)
            .alias(name)
        )
    return told


def hand_polars(frame: Any) -> Engine:
    return lambda: frame.lazy().select(polars_expressions()).collect(), _of_polars


def hand_polars_enum(frame: Any) -> Engine:
    """By somebody who knows that an Enum is written sooner than a text."""
    import polars

    kind = polars.Enum(["fail", "unknown", "pass"])
    return lambda: frame.lazy().select(polars_expressions(kind)).collect(), _of_polars


def sql() -> str:
    """The same in SQL."""

    def literal(value: Any) -> str:
        return f"'{value}'" if isinstance(value, str) else str(value)

    def test(fact: str, operator: str, bound: Any) -> str:
        if operator == "among":
            return f"{fact} in ({', '.join(literal(word) for word in bound)})"
        return fact if bound is True else f"{fact} {_SIGNS[operator]} {literal(bound)}"

    return "id, " + ", ".join(
        f"case when {fact} is null then 'unknown' "
        f"when {test(fact, operator, bound)} then 'pass' else 'fail' end as \"{name}\""
        for name, (fact, operator, bound) in zip(_NAMES, RULES, strict=True)
    )


def _of_arrow(told: Any) -> Any:
    import polars

    return _of_polars(polars.from_arrow(told))


def hand_duckdb(frame: Any) -> Engine:
    import duckdb

    connection = duckdb.connect(config={"threads": int(THREADS)})
    connection.register("facts", frame.to_arrow())
    connection.execute("create table held as from facts")
    return lambda: connection.sql(f"select {sql()} from held").to_arrow_table(), _of_arrow


def openfisca(frame: Any) -> Engine:
    """OpenFisca as it is meant to be used: a population of all centres. Its statuses stay numbers, which
    spares it writing words."""
    import numpy
    from openfisca_core.simulations import SimulationBuilder
    from peers import OPENFISCA_TOLD, openfisca_number, openfisca_system

    system = openfisca_system()
    inputs = {}
    for fact in FACTS:
        column = frame[fact]
        if column.dtype.is_numeric() or str(column.dtype) == "Boolean":
            inputs[fact] = column.cast(int).fill_null(-1).to_numpy().astype(numpy.int32)
        else:
            inputs[fact] = numpy.array([openfisca_number(value) for value in column], dtype=numpy.int32)

    def decide() -> dict[str, Any]:
        simulation = SimulationBuilder().build_default_simulation(system, len(frame))
        for fact, values in inputs.items():
            simulation.set_input(fact, "2026", values)
        return {name: simulation.calculate(f"rule_{place}", "2026") for place, name in enumerate(_NAMES)}

    def shown(told: Any) -> Any:
        import polars

        return polars.DataFrame(
            {name: numpy.array(OPENFISCA_TOLD)[told[name]].astype(str) for name in _NAMES}
        )

    return decide, shown


# --- engines: from Parquet to Parquet -----------------------------------------------------------------------


def _of_file(output: str) -> Callable[[Any], Any]:
    import polars

    return lambda _: _of_polars(polars.read_parquet(output))


def ours_parquet(source: str, output: str) -> Engine:
    import polars

    from tic_rules import check_table

    rules = ruleset()
    return lambda: check_table(polars.scan_parquet(source), rules, as_of=_AS_OF).sink_parquet(
        output
    ), _of_file(output)


def ours_command(source: str, output: str) -> Engine:
    """`tic-rules table`, as a process."""
    text = Path(output).with_suffix(".rules.json")
    from flat_work import as_file

    text.write_text(as_file(), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "tic_rules",
        "table",
        source,
        "--rules",
        str(text),
        "--as-of",
        str(_AS_OF),
        "--output",
        output,
    ]
    return lambda: subprocess.run(command, check=True, capture_output=True), _of_file(output)


def hand_polars_parquet(source: str, output: str) -> Engine:
    import polars

    return lambda: polars.scan_parquet(source).select(polars_expressions()).sink_parquet(output), _of_file(
        output
    )


def hand_polars_enum_parquet(source: str, output: str) -> Engine:
    import polars

    kind = polars.Enum(["fail", "unknown", "pass"])
    return (
        lambda: polars.scan_parquet(source).select(polars_expressions(kind)).sink_parquet(output),
        _of_file(output),
    )


def hand_duckdb_parquet(source: str, output: str) -> Engine:
    import duckdb

    connection = duckdb.connect(config={"threads": int(THREADS)})
    return lambda: connection.execute(
        f"copy (select {sql()} from '{source}') to '{output}' (format parquet)"
    ), _of_file(output)


IN_MEMORY: dict[str, Callable[[Any], Engine]] = {
    "hand-written polars": hand_polars,
    "hand-written polars, Enum": hand_polars_enum,
    "tic-rules, polars": ours,
    "hand-written DuckDB SQL": hand_duckdb,
    "tic-rules, DuckDB": ours_duckdb,
    "openfisca-core": openfisca,
}
FROM_PARQUET: dict[str, Callable[[str, str], Engine]] = {
    "hand-written polars": hand_polars_parquet,
    "hand-written polars, Enum": hand_polars_enum_parquet,
    "tic-rules, polars": ours_parquet,
    "tic-rules table (command)": ours_command,
    "hand-written DuckDB SQL": hand_duckdb_parquet,
}


# --- one engine in a process of its own ---------------------------------------------------------------------


def _counts(name: str, told: Any, rows: int) -> dict[str, dict[str, int]]:
    """The counts of each rule's statuses; ends the process where a row differs from the hand-written
    function."""
    wanted = list(zip(*(by_hand(record) for record in records(5_000)[: min(CHECKED, rows)]), strict=True))
    for rule, statuses in zip(_NAMES, wanted, strict=True):
        if told[rule][: len(statuses)].to_list() != list(statuses):
            sys.exit(f"{name} differs from the hand-written function in {rule}")
    return {
        rule: {status: int((told[rule] == status).sum()) for status in ("pass", "fail", "unknown")}
        for rule in _NAMES
    }


def _alone(name: str, rows: int, files: list[str], check: bool, times: int) -> dict[str, Any]:
    """Seconds and CPU seconds of the best run, megabytes at the peak, before and after the work."""
    if files:
        work, shown = FROM_PARQUET[name](files[0], files[1])
    else:
        work, shown = IN_MEMORY[name](table(rows))
    if check:
        return {"counts": _counts(name, shown(work()), rows)}
    best = used = float("inf")
    for _ in range(times):
        started, spent = time.perf_counter(), measure.cpu()
        told = work()
        best, used = min(best, time.perf_counter() - started), min(used, measure.cpu() - spent)
        del told
    return {"seconds": best, "cpu": used, "mega": measure.peak()}


def rows_of(
    names: Sequence[str], rows: int, files: Sequence[str] = (), rounds: int = 3, times: int = 5
) -> list[Row]:
    """What each engine takes, in turns, so that a busy moment strikes all; one that is absent is left out."""
    best: dict[str, Row] = {}
    for _ in range(rounds):
        for name in names:
            told = _process(name, [str(rows), *files, "--times", str(times)])
            if told is not None:
                new = Row(name, told["seconds"], told["cpu"], told["mega"])
                best[name] = Row(
                    name, *(min(pair) for pair in zip(best.get(name, new)[1:], new[1:], strict=True))
                )
    return list(best.values())


def refuse_others(names: Sequence[str], rows: int, files: Sequence[str] = ()) -> None:
    """End the run where engines do not all come to the same statuses."""
    found = {
        name: told["counts"]
        for name in names
        if (told := _process(name, [str(rows), *files, "--check"])) is not None
    }
    for name, counts in found.items():
        if counts != found["hand-written polars"]:
            sys.exit(f"{name} counts other statuses than hand-written polars")


def _process(name: str, given: Sequence[str]) -> dict[str, Any] | None:
    environment = {**os.environ, "POLARS_MAX_THREADS": THREADS, "OMP_NUM_THREADS": THREADS}
    told = subprocess.run(
        [sys.executable, __file__, name, *given], capture_output=True, text=True, env=environment, check=False
    )
    if "ModuleNotFoundError" in told.stderr:
        print(f"{name}: left out, not installed ({told.stderr.strip().splitlines()[-1]})", file=sys.stderr)
        return None
    if told.returncode:
        sys.exit(f"{name}: {told.stderr.strip()}")
    return json.loads(told.stdout.splitlines()[-1])  # type: ignore[no-any-return]


if __name__ == "__main__":
    import argparse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine")
    parser.add_argument("rows", type=int)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--times", type=int, default=4)
    told = parser.parse_args()
    print(json.dumps(_alone(told.engine, told.rows, told.files, told.check, told.times)))
