"""tic-rules test: the cases beside rule files, and what no case covers."""

from __future__ import annotations

import sys

import click

from tic_rules.analysis.cases.case import cases_of, files_read
from tic_rules.analysis.cases.run import Run, run
from tic_rules.cli.chinese import Command
from tic_rules.cli.common import diagnose, kept, lang_option, output_options, write
from tic_rules.cli.replacement import guard
from tic_rules.core.errors import Diagnostic
from tic_rules.engines.check import ENGINES
from tic_rules.model.loader import load_ruleset
from tic_rules.model.ruleset import RuleSet
from tic_rules.renderers.cases import render
from tic_rules.results.parts import Engine


@click.command("test", cls=Command)
@click.argument("rulefiles", nargs=-1, required=True, metavar="RULEFILE...")
@click.option(
    "--cases",
    "where",
    metavar="PATH",
    help="A folder or a file of cases. Default: cases/ID/ beside the rule file.",
)
@click.option("--mutants", is_flag=True, help="Change every rule in one thing at a time: what sees it?")
@click.option("--strict", is_flag=True, help="What no case covers fails the run too.")
@click.option("--engine", type=click.Choice(list(ENGINES)), default="native", show_default=True)
@output_options(["text", "json", "junit"])
@lang_option
def command(
    rulefiles: tuple[str, ...], where: str | None, mutants: bool, strict: bool, engine: Engine,
    format_: str, output: str | None, lang: str,
) -> None:  # fmt: skip
    """Decide the cases beside rule files (paths or ids) and hold each against the statuses it expects.

    Shows the outcome by rule, and what no case covers: a rule both ways, a bound at, below and past it, the
    last day of a deadline and the next. Exit status 1 where a case comes out otherwise or a mutant passes
    unseen, 2 where a file cannot be used."""
    guard([output], [*rulefiles, where], command="tic-rules test")
    rulesets: list[RuleSet] = []
    faults: list[Diagnostic] = []
    for name in rulefiles:
        with kept(faults):
            rulesets.append(load_ruleset(name))
    files = [file for rules in rulesets for file in files_read(rules, where)]
    guard([output], files, command="tic-rules test")
    runs: list[Run] = []
    for rules in rulesets:
        with kept(faults):
            runs.append(run(rules, cases_of(rules, where), engine, mutants=mutants))
    if runs:
        write(render(runs, format_, lang, strict), output, format_=format_)
    diagnose(faults, lang)
    sys.exit(2 if faults else 0 if all(one.ok(strict) for one in runs) else 1)
