"""tic-rules schema: JSON Schemas for editors and for other systems."""

from __future__ import annotations

import click

from tic_rules.cli.chinese import Command
from tic_rules.cli.common import rules_option, write
from tic_rules.core.errors import UsageError, fault
from tic_rules.model.loader import readable_ruleset, words_of
from tic_rules.renderers import sinks
from tic_rules.results.rule_schema import ruleset_schema
from tic_rules.results.schemas import centre_schema, report_schema


@click.command("schema", cls=Command)
@click.argument("what", type=click.Choice(["centre", "ruleset", "report"]))
@rules_option(
    "Of a rule file: the file whose facts, topics, words and clauses it knows; of a centre file: "
    "the rule sets whose own fields and words it may say."
)
def command(what: str, rules: tuple[str, ...]) -> None:
    """The JSON Schema (draft 2020-12) of a centre file, of a rule file, of what check --format json writes
    (report), where the schema of one report stands under items."""
    if what == "ruleset":
        if len(rules) > 1:
            raise fault(UsageError, "rules", "只能指定一个规则文件", "one rule file at a time")
        schema = ruleset_schema(readable_ruleset(rules[0]) if rules else None)
    elif what == "centre":
        schema = centre_schema(words_of(rules))
    elif rules:
        raise fault(UsageError, "rules", "--rules 不用于 report", "--rules does not go with report")
    else:
        schema = report_schema()
    write(sinks.as_json(schema), None, format_="json")
