"""tic-rules init: a commented centre file to fill in, with only the fields that the rules read; or an Excel workbook."""

from __future__ import annotations

import sys

import click

from tic_rules.cli.common import fail_with, lang_option, language, write
from tic_rules.core.errors import Diagnostic, Text, TicRulesError, UsageError
from tic_rules.model.loader import load_ruleset, shipped_ids
from tic_rules.renderers.form import blank_file, blank_table, blank_workbook


@click.command("init")
@click.option(
    "--rules",
    "rules",
    multiple=True,
    metavar="ID|PATH",
    help="The rule sets to fill in for; repeatable. Default: all shipped ones.",
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(["yaml", "xlsx", "csv"]),
    help="Default: as the name of --output ends, else yaml.",
)
@click.option("--output", metavar="FILE", help="Write the file instead of printing it.")
@lang_option
def command(rules: tuple[str, ...], format_: str | None, output: str | None, lang: str | None) -> None:
    """A commented centre file to fill in: each comment says what a field is and which clause asks for it."""
    lang = language(lang)
    named = (output or "").lower()
    format_ = format_ or next((kind for kind in ("xlsx", "csv") if named.endswith("." + kind)), "yaml")
    try:
        rulesets = [load_ruleset(name) for name in rules or shipped_ids()]
        if format_ == "xlsx":
            _write_bytes(blank_workbook(rulesets, lang), output)
        elif format_ == "csv":
            write("\ufeff" * (output is not None) + blank_table(rulesets, lang), output)
        else:
            write(blank_file(rulesets), output)
    except TicRulesError as error:
        fail_with(error, lang)


def _write_bytes(data: bytes, output: str | None) -> None:
    if output is None or output == "-":
        if sys.stdout.isatty():
            raise UsageError(
                [
                    Diagnostic(
                        "output",
                        Text(
                            "工作簿不能写到终端；请用 --output 文件.xlsx",
                            "a workbook is not for a terminal; name a file with --output",
                        ),
                    )
                ]
            )
        sys.stdout.buffer.write(data)
        return
    try:
        with open(output, "wb") as stream:
            stream.write(data)
    except OSError as error:
        raise UsageError(
            [
                Diagnostic(
                    "output",
                    Text(f"无法写入：{error.strerror}", f"cannot be written: {error.strerror}"),
                    output,
                )
            ]
        ) from None
