"""tic-rules table: many centres at once, as a table of facts and a table of statuses."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import click

from tic_rules.cli.chinese import Command
from tic_rules.cli.common import as_of_option, lang_option, output_option, say
from tic_rules.cli.files import usable
from tic_rules.cli.progress import Progress
from tic_rules.cli.replacement import Replacement, guard, writing
from tic_rules.core.errors import DataError, Diagnostic, UsageError, clip, fault, plural
from tic_rules.engines.columns.names import CENTRE
from tic_rules.engines.columns.tables import check_table, facts_table, library
from tic_rules.model.centre import Centre
from tic_rules.model.loader import load_ruleset
from tic_rules.model.ruleset import RuleSet
from tic_rules.renderers import sinks

if TYPE_CHECKING:
    from polars import DataFrame
    from pyarrow.parquet import ParquetFile, ParquetWriter

_ROWS = 100_000
"""So many rows of a Parquet file are held at a time."""


@click.command("table", cls=Command)
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("--rules", "rules", required=True, metavar="ID|PATH", help="The rule set.")
@as_of_option("The day looked at. Default: that of the table, or each centre's reported_on.")
@output_option("Where the statuses go: .parquet or .csv.")
@click.option(
    "--facts", metavar="FILE", help="Where the facts read from centre files go: .parquet, for a later run."
)
@lang_option
def command(
    paths: Sequence[str],
    rules: str,
    as_of: date | None,
    output: str | None,
    facts: str | None,
    lang: str,
) -> None:
    """Decide a Parquet table of facts, or centre files (JSON Lines, CSV, Excel, YAML) turned into one."""
    _usable(paths, output, facts)
    guard([output, facts], [*paths, rules], command="tic-rules table", rules=[rules])
    ruleset = load_ruleset(rules)
    if paths[0].endswith(".parquet"):
        _decide_file(paths[0], str(output), ruleset, as_of, lang)
    else:
        _decide_centres(paths, output, facts, ruleset, as_of)


def _usable(paths: Sequence[str], output: str | None, facts: str | None) -> None:
    """Say at once what cannot be done."""
    table = any(path.endswith(".parquet") for path in paths)
    if table and len(paths) > 1:
        raise fault(UsageError, "table", "一次只能判定一个 Parquet 文件", "one Parquet file at a time")
    if table and facts is not None:
        zh = "--facts 用于中心数据文件；Parquet 文件已经是事实表"
        en = "--facts is for centre files; a Parquet file is a table of facts already"
        raise fault(UsageError, "table", zh, en)
    if output is None and (table or facts is None):
        zh = "请用 --output 指定结果文件（.parquet 或 .csv）"
        raise fault(UsageError, "table", zh, "name the file of the statuses with --output (.parquet or .csv)")
    if output is not None and not output.endswith((".parquet", ".csv")):
        zh = f"--output 应为 .parquet 或 .csv，不是 {output}"
        en = f"--output is .parquet or .csv, not {output}"
        raise fault(UsageError, "table", zh, en)
    if facts is not None and not facts.endswith(".parquet"):
        zh, en = f"--facts 应为 .parquet，不是 {facts}", f"--facts is .parquet, not {facts}"
        raise fault(UsageError, "table", zh, en)


# --- centre files -----------------------------------------------------------------------------


def _decide_centres(
    paths: Sequence[str], output: str | None, facts: str | None, ruleset: RuleSet, day: date | None
) -> None:
    """All files are read before anything is written; every fault of them is said at once."""
    wrong: list[Diagnostic] = []
    each = (one for path in paths for one in Centre.each_from_file(path, ruleset=ruleset))
    centres = list(usable(each, wrong))
    if wrong:
        raise DataError(wrong)
    table = facts_table(centres, ruleset, as_of=day)
    with ExitStack() as files:  # both take their places when both are whole
        if facts is not None:
            files.enter_context(_Writer(facts)).write(table)
        if output is not None:
            files.enter_context(_Writer(output)).write(check_table(table, ruleset))


# --- tables -----------------------------------------------------------------------------------


def _decide_file(path: str, output: str, ruleset: RuleSet, day: date | None, lang: str) -> None:
    """A Parquet file part by part, so that it may be larger than memory."""
    polars = library("polars")
    if not Path(path).is_file():
        raise fault(UsageError, "no-file", f"没有文件 {path}", f"there is no file {path}")
    try:
        rows = _decide_parts(path, output, ruleset, day)
    except (polars.exceptions.PolarsError, library("pyarrow").ArrowException) as error:
        reason = clip(str(error), 300)
        zh = f"{path} 不能作为事实表读取：{reason}"
        en = f"{path} cannot be read as a table of facts: {reason}"
        raise fault(UsageError, "table", zh, en) from None
    say(f"{rows} 行 → {output}" if lang == "zh" else f"{plural(rows, 'row')} → {output}", err=True)


def _decide_parts(path: str, output: str, ruleset: RuleSet, day: date | None) -> int:
    with library("pyarrow.parquet").ParquetFile(path) as file:
        written, progress = 0, Progress(file.metadata.num_rows, wanted=True, shared=False)
        with _Writer(output) as writer:
            for part in _parts(file, _ends(file)):
                statuses = check_table(part, ruleset, as_of=day)
                writer.write(statuses)
                written += len(statuses)
                progress.step(len(part))
        progress.clear()
    return written


def _ends(file: ParquetFile) -> list[int]:
    """Where parts end: never between lives of a centre, nowhere if those do not stand together."""
    rows, names = file.metadata.num_rows, file.schema_arrow.names
    if CENTRE not in names or not any(name.startswith("counts@") for name in names):
        return [*range(_ROWS, rows, _ROWS), rows]
    centre = library("polars").from_arrow(file.read([CENTRE]))[CENTRE]
    if not centre.is_sorted():
        return [rows]
    ends, last = [], 0
    for place in (centre != centre.shift(1)).fill_null(True).arg_true().to_list():
        if place - last >= _ROWS:
            ends.append(place)
            last = place
    return [*ends, rows]


def _parts(file: ParquetFile, ends: Sequence[int]) -> Iterator[DataFrame]:
    """The rows between the ends, read once from the first to the last."""
    polars, start = library("polars"), 0
    batches, held = file.iter_batches(_ROWS), file.schema_arrow.empty_table()
    for end in ends:
        while len(held) < end - start:
            more = library("pyarrow").Table.from_batches([next(batches)])
            held = library("pyarrow").concat_tables([held, more])
        yield polars.from_arrow(held.slice(0, end - start))
        held, start = held.slice(end - start), end


class _Writer:
    """Writes tables one by one to a Parquet or CSV file, which takes its place when all are written."""

    def __init__(self, path: str) -> None:
        self.path, self.file = path, Replacement(path)
        self._parquet: ParquetWriter | None = None
        self._begun = False

    def __enter__(self) -> Self:
        return self

    def write(self, table: DataFrame) -> None:
        with writing(self.path):
            if self.path.endswith(".csv"):
                _harmless(table).write_csv(self.file.stream, include_header=not self._begun)
                self._begun = True
                return
            arrow = table.to_arrow()
            if self._parquet is None:
                self._parquet = library("pyarrow.parquet").ParquetWriter(self.file.stream, arrow.schema)
            self._parquet.write_table(arrow)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            with writing(self.path):
                if self._parquet is not None:
                    self._parquet.close()
        except UsageError:
            self.file.discard()
            if kind is None:
                raise
        self.file.__exit__(kind, error, trace)


def _harmless(table: DataFrame) -> DataFrame:
    """A table whose texts no spreadsheet runs and no terminal obeys; other columns are as they were."""
    polars = library("polars")
    texts = [
        name
        for name, kind in table.schema.items()
        if kind == polars.String and table[name].str.contains(sinks.DOUBTFUL).any()
    ]
    changed = {
        name: polars.Series(name, [None if text is None else sinks.cell(text) for text in table[name]])
        for name in texts
    }
    heads = {name: sinks.cell(name) for name in table.columns if sinks.cell(name) != name}
    return table.with_columns(**changed).rename(heads)
