"""The same work side by side, in one run: ours, by hand, and the peers that are installed. Prints the table;
writes docs.

python benchmarks/run.py                     print
python benchmarks/run.py --write             and write docs/benchmarks.md and its two plots
python benchmarks/run.py --ratios [--write]  only what must hold: the other sections of the page stay
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

import alone
import chart
import flat_work
import measure
import own_work
import ratios
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
        except Exception as error:  # not installed, or a version that cannot say these rules
            print(f"{name}: left out ({error})", file=sys.stderr)
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


def ratio_lines() -> list[str]:
    """What must hold, each with its bound."""
    lines = [
        "## What must hold",
        "",
        "Ratios are to `yaml.compose` of `examples/zhejiang.yaml` with the C parser (2 ms where this was",
        "written), in one process and in turns with it, against the rules of `zhejiang_2022`.",
        "比值以 C 解析器读同一文件的时间为 1。",
        "",
        _machine(),
        "",
        "| what | measured | bound | |",
        "|---|---:|---:|---|",
    ]
    for row in ratios.measured():
        bound = f"at least {row.bound:g}" if row.at_least else f"at most {row.bound:g}"
        lines.append(f"| {row.what} | {_number(row.measured)} | {bound} | {'' if row.holds else 'missed'} |")
    return lines


def _machine() -> str:
    load = f", load {os.getloadavg()[0]:.1f} when the run began" if hasattr(os, "getloadavg") else ""
    system = f"{platform.system()} {platform.machine()}"
    return f"Python {platform.python_version()}, {system}, {os.cpu_count()} processors{load}."


def flat_lines(rows: list[tuple[str, float, str]]) -> list[str]:
    """Thirty rules over one row: ours, by hand, and the peers."""
    hand, ifs, ours = (micro for _, micro, _ in rows[:3])
    peers = [micro for _, micro, _ in rows[3:]]
    lines = [
        "## Flat work: 30 rules over 25 facts of one record, statuses only",
        "",
        "| engine | µs a record | records a second | × hand-written | MB |",
        "|---|---:|---:|---:|---:|",
    ]
    for name, micro, shown in sorted(rows, key=lambda row: row[1]):
        took = f"{_number(micro)} | {1e6 / micro:,.0f} | {_number(micro / hand)}"
        lines.append(f"| {f'{name} {shown}'.rstrip()} | {took} | {alone.megabytes(name):.0f} |")
    said = (
        f"`row_function` takes {ours / hand:.2f} times the hand-written expression and {ours / ifs:.2f} times"
    )
    said += " the ifs (at most 1 must hold)"
    if peers:
        said += f"; the fastest peer takes {min(peers) / ours:.1f} times as long (at least 4 must hold)"
    return [*lines, "", f"{said}."]


def compile_lines() -> list[str]:
    lines = ["## Compiling a rule set", "", "| rule set | core form and functions, ms |", "|---|---:|"]
    return lines + [f"| {name} | {_number(took)} |" for name, took in own_work.measured()]


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:,.0f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and its two plots")
    parser.add_argument("--ratios", action="store_true", help="only what must hold")
    given = parser.parse_args()
    page = ROOT / "docs" / "benchmarks.md"
    if given.ratios:
        text = "\n".join(ratio_lines())
        print(text)
        if given.write:
            page.write_text(_with_ratios(page.read_text(encoding="utf-8"), text), encoding="utf-8")
        return
    tables, plotted = table_lines()  # first, while this process is small
    rows = flat_rows()
    parts = [ratio_lines(), flat_lines(rows), tables, compile_lines()]
    text = "\n\n".join("\n".join(part) for part in parts) + "\n"
    print(text)
    if given.write:
        flat = [(name, micro) for name, micro, _ in rows]
        of_rows = chart.bars("µs a record, 30 rules over 25 facts (logarithmic)", flat)
        of_tables = chart.bars("ms for a million centres in memory, 30 rules (logarithmic)", plotted)
        (page.parent / "benchmarks.svg").write_text(of_rows, encoding="utf-8")
        (page.parent / "benchmarks-tables.svg").write_text(of_tables, encoding="utf-8")
        page.write_text(_PAGE + text, encoding="utf-8")


def _with_ratios(page: str, section: str) -> str:
    """The page with the section of what must hold replaced; it is the first."""
    before, *others = page.split("\n## ")
    others = [other for other in others if not other.startswith("What must hold")]
    return "\n## ".join([before, section.removeprefix("## ") + "\n", *others])


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
