"""tic-rules schema: JSON Schemas for editors and for other systems."""

from __future__ import annotations

import click

from tic_rules.cli.common import write
from tic_rules.renderers import sinks
from tic_rules.results.schemas import centre_schema, report_schema, ruleset_schema


@click.command("schema")
@click.argument("what", type=click.Choice(["centre", "ruleset", "report"]))
def command(what: str) -> None:
    """The JSON Schema (draft 2020-12) of a centre file, of a rule file, of a report."""
    schema = {"centre": centre_schema, "ruleset": ruleset_schema, "report": report_schema}[what]()
    write(sinks.as_json(schema), None, format_="json")
