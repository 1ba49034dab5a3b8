"""tic-rules new: a rule file begun from an official text."""

from __future__ import annotations

import click

from tic_rules.analysis.first_draft import begin
from tic_rules.cli.chinese import Command
from tic_rules.cli.common import lang_option, output_option, write
from tic_rules.cli.replacement import guard, refuse_existing
from tic_rules.core.errors import UsageError
from tic_rules.core.files import read_named


@click.command("new", cls=Command)
@click.argument("ruleset_id", metavar="ID")
@click.option("--source", required=True, metavar="TEXT", help="The official text (UTF-8, UTF-16 or GBK).")
@click.option("--title", default="", help="The title of the document, where it is not found in the text.")
@output_option("The rule file to write; it must not be there yet.")
@lang_option
def command(ruleset_id: str, source: str, title: str, output: str | None, lang: str) -> None:
    """Begin a rule file: the clauses of TEXT in order, each sentence that obliges, permits, encourages or
    bounds a number as a rule with its words, and 待填 wherever a person has to decide.

    Nothing is invented. `tic-rules lint` counts down what is left, `tic-rules coverage` shows the whole text.
    """
    guard([output], [source], command="tic-rules new")
    refuse_existing(output)
    write(begin(ruleset_id, read_named(source, UsageError), source, title), output, format_="yaml")
