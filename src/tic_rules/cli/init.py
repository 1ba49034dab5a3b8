"""tic-rules init: a commented centre file to fill in, with only the fields that the rules read."""

from __future__ import annotations

import click

from tic_rules.cli.common import fail_with, lang_option, language, write
from tic_rules.errors import TicRulesError
from tic_rules.filling import blank_file
from tic_rules.loading import load_ruleset, shipped_ids


@click.command("init")
@click.option("--rules", "rules", multiple=True, metavar="ID|PATH", help="The rule sets to fill in for; repeatable. Default: all shipped ones.")
@click.option("--output", metavar="FILE", help="Write the file instead of printing it.")
@lang_option
def command(rules: tuple[str, ...], output: str | None, lang: str | None) -> None:
    """A commented centre file to fill in: each comment says what a field is and which clause asks for it."""
    try:
        text = blank_file([load_ruleset(name) for name in rules or shipped_ids()])
    except TicRulesError as error:
        fail_with(error, language(lang))
    write(text, output)
