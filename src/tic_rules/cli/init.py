"""tic-rules init: a commented centre file to fill in, of the fields that rules read; or a workbook."""

from __future__ import annotations

import os

import click

from tic_rules.cli import common
from tic_rules.cli.chinese import Command
from tic_rules.cli.common import write_bytes
from tic_rules.cli.replacement import guard, refuse_existing
from tic_rules.cli.selection import named_or_on_hand
from tic_rules.core.errors import UsageError, fault
from tic_rules.inputs import OTHER_BOOKS
from tic_rules.renderers.form import blank_file, blank_table, blank_workbook

KINDS = ("yaml", "xlsx", "csv")


@click.command("init", cls=Command)
@common.rules_option("The rule sets to fill in for; repeatable. Default: all on hand.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(KINDS),
    help="Default: as the name of --output ends, else yaml.",
)
@common.output_option("Write the file instead of printing it; it must not be there yet.")
@click.option("--wide", is_flag=True, help="A workbook with one row a centre, for many at once.")
@common.lang_option
def command(rules: tuple[str, ...], format_: str | None, output: str | None, wide: bool, lang: str) -> None:
    """A commented centre file to fill in: each comment says what a field is and which clause asks for it."""
    guard([output], rules, command="tic-rules init")
    refuse_existing(output)
    ending = os.path.splitext(output or "")[1].lower()
    other_book = ending in (*OTHER_BOOKS, ".xlsm")
    named = ending[1:] if ending[1:] in KINDS else None
    format_ = format_ or ("xlsx" if other_book else named) or "yaml"
    if other_book or named not in (None, format_):
        zh = f"文件名以 {ending} 结尾，与写出的格式 {format_} 不符"
        en = f"a name in {ending} does not go with the format {format_}"
        raise fault(UsageError, "output", zh, en, file=str(output))
    if wide and format_ != "xlsx":
        zh, en = "--wide 只用于工作簿（.xlsx）", "--wide is for a workbook (.xlsx)"
        raise fault(UsageError, "wide", zh, en)
    rulesets = named_or_on_hand(rules)
    if format_ == "xlsx":
        write_bytes(blank_workbook(rulesets, lang, wide=wide), output)
    elif format_ == "csv":
        mark = "" if output in (None, "-") else "\ufeff"
        common.write_as_is(mark + blank_table(rulesets, lang), output)
    else:
        common.write(blank_file(rulesets, lang), output, format_="yaml")
