"""tic-rules coverage: every clause of a document and what became of it, with --source by its text."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tic_rules.analysis.coverage.account import coverage
from tic_rules.analysis.coverage.dispositions import file_of
from tic_rules.cli.chinese import Command
from tic_rules.cli.common import lang_option, output_options, write
from tic_rules.cli.replacement import guard
from tic_rules.core.errors import UsageError
from tic_rules.core.files import read_named
from tic_rules.core.source import bad_text_as
from tic_rules.model.loader import readable_ruleset
from tic_rules.renderers.coverage import render


@click.command("coverage", cls=Command)
@click.argument("ruleset", metavar="RULESET")
@click.option(
    "--source",
    metavar="FILE",
    help="The official text (UTF-8, UTF-16 or GBK), held against clauses, sentences and quotes; it is shown.",
)
@output_options(["text", "markdown", "json", "html"])
@lang_option
def command(ruleset: str, source: str | None, format_: str, output: str | None, lang: str) -> None:
    """Show what became of every clause of RULESET's document (an id or a rule file): rules by data or
    judgement, context, not yet encoded.

    With --source every sentence too. Exit status 1 where a clause is not covered, a word that obliges,
    permits or encourages is neither quoted by a rule nor explained in sentences/NAME.yaml beside the rule
    file, or the text differs."""
    guard([output], [ruleset, source], command="tic-rules coverage")
    rules = readable_ruleset(ruleset)
    beside = file_of(rules)
    guard([output], [beside[0] if beside is not None else None], command="tic-rules coverage")
    text = read_named(source, UsageError) if source is not None else None
    with bad_text_as(UsageError):
        account = coverage(rules, text, Path(source).name if source is not None else None)
    write(render(account, format_, lang), output, format_=format_)
    sys.exit(0 if account.ok else 1)
