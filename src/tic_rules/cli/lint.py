"""tic-rules lint: the faults of rule files, each with a code, a place and a fix."""

from __future__ import annotations

import sys

import click

from tic_rules.analysis.lint import lint_file
from tic_rules.analysis.lint.faults import Fault
from tic_rules.cli.chinese import Command
from tic_rules.cli.common import diagnose, format_option, lang_option, write
from tic_rules.core.errors import RuleSetError
from tic_rules.renderers.lint import render


@click.command("lint", cls=Command)
@click.argument("files", nargs=-1, required=True, metavar="RULEFILE...")
@format_option(["text", "json", "github"])
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning"]),
    default="error",
    show_default=True,
    help="The least severity that fails the run.",
)
@lang_option
def command(files: tuple[str, ...], format_: str, fail_on: str, lang: str) -> None:
    """Find the faults of rule files (or vocabularies, or shipped rule sets by id).

    Unknown facts, impossible conditions, what the quote does not bear out. `tic-rules explain CODE` says
    what a code means. Exit status 1 where a fault is as severe as --fail-on, 2 where a file cannot be read.
    """
    faults: dict[str, list[Fault]] = {}
    unread = False
    for name in files:
        try:
            faults[name] = lint_file(name)
        except RuleSetError as error:
            diagnose(error.diagnostics, lang)
            unread = True
    if faults or format_ == "json":
        write(render(faults, format_, lang), None, format_=format_)
    severities = {fault.severity for listed in faults.values() for fault in listed}
    failed = severities if fail_on == "warning" else severities & {"error"}
    sys.exit(2 if unread else 1 if failed else 0)
