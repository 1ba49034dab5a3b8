"""The same work side by side, in one run: ours, by hand, and the peers that are installed. Prints the table;
writes docs.

python benchmarks/run.py            print
python benchmarks/run.py --write    and write docs/benchmarks.md and its two plots
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryDirectory

import alone
import chart
import flat_work
import measure
import own_work
import table_work
from by_ifs import by_ifs
from peers import PEERS

from tic_rules import row_function

ROOT = Path(__file__).parents[1]
CENTRE = ROOT / "examples" / "zhejiang.yaml"
HAND, IFS = alone.BY_HAND


def flat_rows() -> list[tuple[str, float, str]]:
    """Engine, microseconds a record, note; outcomes held against the hand-written function first."""
    records = flat_work.records(200)
    wanted = [flat_work.by_hand(record) for record in records]
    if [tuple(by_ifs(record).values()) for record in records] != wanted:
        sys.exit("the two hand-written functions differ")
    rows = [(HAND, measure.each(flat_work.by_hand, records), ""), (IFS, measure.each(by_ifs, records), "")]
    ours = row_function(flat_work.ruleset(), flat_work.COLUMNS)
    own = flat_work.rows(records)
    if [ours(row) for row in own] != wanted:
        sys.exit("the rows of the rules differ from the hand-written function")
    rows.append((alone.OURS, measure.each(ours, own), ""))
    for name, (distribution, prepare) in PEERS.items():
        try:
            decide, shown = prepare(), version(distribution)
        except (ImportError, PackageNotFoundError) as error:
            print(f"{name}: left out, not installed ({error})", file=sys.stderr)
            continue
        if [decide(record) for record in records[:40]] != wanted[:40]:
            sys.exit(f"{name} differs from the hand-written function")
        rows.append((name, measure.each(decide, records[:40]), shown))
    return rows


def table_lines() -> tuple[list[str], list[tuple[str, float]]]:
    """The tables' part of the page, and the milliseconds in memory for the plot."""
    lines = [
        "## A million centres as a table: the same 30 rules over the same facts",
        "",
        (
            "Each engine in a process of its own with "
            "two threads, in turns; every engine's statuses are held "
            "against the others' first. Ours includes"
        ),
        (
            "laying out the rules for the table. OpenFisca's "
            "statuses stay numbers, which spares it the texts; "
            "ours in polars are an Enum, as"
        ),
        "“hand-written polars, Enum” has them. Memory is the peak of the whole process with the table in it.",
        "",
    ]
    table_work.refuse_others(list(table_work.IN_MEMORY), 100_000)
    memory = table_work.rows_of(list(table_work.IN_MEMORY), 1_000_000)
    lines += ["### In memory", "", *_table_of(memory)]
    by_name = {row.name: row.seconds for row in memory}
    lines += [
        "",
        (
            f"Ours takes {by_name['tic-rules, polars'] / by_name['hand-written polars']:.2f} times "
            f"the time of "
            f"hand-written polars expressions."
        ),
    ]
    if "openfisca-core" in by_name:
        lines[-1] += (
            f" OpenFisca's vectors take {by_name['openfisca-core'] / by_name['tic-rules, polars']:.1f} times "
            f"as long as ours."
        )
    with TemporaryDirectory() as folder:
        source, output = Path(folder, "facts.parquet"), Path(folder, "statuses.parquet")
        for rows, times in ((1_000_000, 3), (10_000_000, 1)):
            table_work.write(source, rows)
            files = [str(source), str(output)]
            if rows == 1_000_000:
                table_work.refuse_others(list(table_work.FROM_PARQUET), rows, files)
            found = table_work.rows_of(list(table_work.FROM_PARQUET), rows, files, rounds=times, times=times)
            lines += ["", f"### From Parquet to Parquet, {rows:,} centres", "", *_table_of(found, rows)]
    return lines, [(row.name, row.seconds * 1000) for row in memory]


def _table_of(rows: list[table_work.Row], centres: int = 1_000_000) -> list[str]:
    hand = next(row.seconds for row in rows if row.name == "hand-written polars")
    lines = [
        "| engine | ms | CPU ms | centres a second | × hand-written polars | MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for row in sorted(rows, key=lambda row: row.seconds):
        took = (
            f"{row.seconds * 1000:,.0f} | {row.cpu * 1000:,.0f} | {centres / row.seconds:,.0f} | "
            f"{row.seconds / hand:.2f} | {row.mega:,.0f}"
        )
        lines.append(f"| {row.name} | {took} |")
    return lines


def report() -> tuple[str, list[tuple[str, float, str]], list[tuple[str, float]]]:
    busy = (
        f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.1f} when the run began"
        if hasattr(os, "getloadavg")
        else f"{os.cpu_count()} processors"
    )
    tables, plotted = table_lines()  # first, while this process is small
    rows = flat_rows()
    hand = rows[0][1]
    peers = [micro for name, micro, _ in rows if not name.startswith(("hand", "tic-rules"))]
    lines = [
        (
            f"Python {platform.python_version()}, {platform.system()} {platform.machine()}, "
            f"{busy}. Times are "
            f"the best of several runs in one process."
        ),
        "",
    ]
    lines += ["## Flat work: 30 rules over 25 facts of one record, statuses only", ""]
    lines += [
        "| engine | µs a record | records a second | × hand-written | MB |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, micro, shown in sorted(rows, key=lambda row: row[1]):
        lines.append(
            f"| {name} {shown}".rstrip()
            + (
                f" | {_number(micro)} | {1e6 / micro:,.0f} | {_number(micro / hand)} | "
                f"{alone.megabytes(name):.0f} |"
            )
        )
    ours, ifs = rows[2][1], rows[1][1]
    lines += [
        "",
        (
            f"`row_function` takes {ours / hand:.2f} times the "
            f"hand-written expression, {ours / ifs:.2f} times the ifs"
        )
        + (f"; the fastest peer takes {min(peers) / ours:.1f} times as long as they do." if peers else "."),
    ]
    lines += [
        "",
        "## Real work: one centre, 78 rules of Zhejiang, lists, ranges, dates",
        "",
        (
            "Against the flat function written by hand in two ways: "
            "with ifs into a mapping, as people write it, "
            "and as one expression, as fast as it gets;"
        ),
        "all in one process, where no peer is loaded.",
        "",
        "| what is looked at | µs a centre | centres a second | × ifs | × one expression |",
        "|---|---:|---:|---:|---:|",
    ]
    own = own_work.measured()
    for name, micro in own["real"]:
        lines.append(
            f"| {name} | {_number(micro)} | {1e6 / micro:,.0f} | {_number(micro / own['ifs'])} | "
            f"{_number(micro / own['hand'])} |"
        )
    lines += [
        "",
        *tables,
        "",
        "## Compiling a rule set",
        "",
        "| rule set | core form and functions, ms |",
        "|---|---:|",
    ]
    lines += [f"| {name} | {_number(took)} |" for name, took in own["compile"]]
    lines += ["", "## Starting", "", "| process | ms | × | MB |", "|---|---:|---:|---:|"]
    base, *_ = started = measure.processes(ROOT, CENTRE)
    lines += [
        f"| {name} | {milli:.0f} | {milli / base[1]:.2f} | {mega:.0f} |" for name, milli, mega in started
    ]
    return "\n".join(lines) + "\n", rows, plotted


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and its two plots")
    given = parser.parse_args()
    text, rows, tables = report()
    print(text)
    if given.write:
        docs = ROOT / "docs"
        docs.mkdir(exist_ok=True)
        (docs / "benchmarks.svg").write_text(
            chart.bars(
                "µs a record, 30 rules over 25 facts (logarithmic)",
                [(name, micro) for name, micro, _ in rows],
            ),
            encoding="utf-8",
        )
        (docs / "benchmarks-tables.svg").write_text(
            chart.bars("ms for a million centres in memory, 30 rules (logarithmic)", tables), encoding="utf-8"
        )
        (docs / "benchmarks.md").write_text(_PAGE + text, encoding="utf-8")


_PAGE = """# Benchmarks

Made by `make bench`; peers that are not installed are left out. Every engine's outcomes are held against the
hand-written function before it is timed, on records with values at and around every bound and one value in
twenty unknown. By hand there are two: `if` after `if` into a mapping (`benchmarks/by_ifs.py`), as people
write it, and one expression (`by_hand` in `benchmarks/flat_work.py`), which is as fast as we could make it;
ratios in the first table are against the faster one.

对照测试：同一组规则、同一批记录，先核对各引擎结果一致，再计时。
“手写”是只为这三十条规则写的 Python 函数，有两种写法：逐条 if 写入字典（一般人的写法），
和一个返回元组的大表达式（最快的写法）。

![Microseconds a record](benchmarks.svg)

![Milliseconds for a million centres](benchmarks-tables.svg)

"""

if __name__ == "__main__":
    main()
