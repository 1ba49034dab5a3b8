"""tic-rules plan: the least that would make a centre compliant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

import click

from tic_rules.cli import common
from tic_rules.cli.chinese import Command
from tic_rules.cli.outputs import ONLY_ONE
from tic_rules.cli.replacement import guard
from tic_rules.cli.selection import chosen
from tic_rules.cli.typed import place_of
from tic_rules.core.errors import DataError, Diagnostic, Text, UsageError, clip, fault
from tic_rules.core.files import read_named
from tic_rules.inputs import holds_several
from tic_rules.inputs.text import bytes_to_text
from tic_rules.model.document import Edit
from tic_rules.renderers.plan import FORMATS, render

_NUMBER = re.compile(r"(?=\.?\d)\d{0,12}\.?\d{0,12}")


@click.command("plan", cls=Command)
@click.argument("path", metavar="PATH")
@common.rules_option("A rule set; repeatable. Default: those of the centre's jurisdiction in force.")
@common.as_of_option("The day that is planned from. Default: the file's reported_on.")
@click.option(
    "--keep",
    multiple=True,
    metavar="PLACE",
    help="A part of the data that stays as it is: legal, contributions.province; repeatable.",
)
@click.option(
    "--cost",
    "cost",
    multiple=True,
    metavar="PLACE=N",
    help="A change of this part costs N times as much; repeatable.",
)
@click.option(
    "--exemptions", is_flag=True, help="Seek an exemption where a rule in principle can no longer be met."
)
@click.option(
    "--encouraged", is_flag=True, help="Plan for encouraged rules too, which the verdict does not look at."
)
@common.output_options(FORMATS, "Write the plan to a file.")
@click.option(
    "--patch",
    metavar="FILE",
    help="Write the centre file (YAML, JSON) with the plan carried out, comments kept; - to print it.",
)
@common.lang_option
def command(
    path: str, rules: Sequence[str], as_of: date | None, keep: Sequence[str], cost: Sequence[str],
    exemptions: bool, encouraged: bool, format_: str, output: str | None, patch: str | None, lang: str,
) -> None:  # fmt: skip
    """What would make a centre compliant at the least cost of change, each step with its clause and its
    day."""
    from tic_rules.analysis.plan import make_plan

    guard([output, patch], [path, *rules], command="tic-rules plan", rules=rules)
    printed = output in (None, "-")
    if patch == "-" and printed and (output or common.given("format_")):
        raise UsageError([Diagnostic("output", ONLY_ONE, "tic-rules plan")])
    if patch is not None and holds_several(path):
        zh, en = "--patch 只能改写 YAML 或 JSON 文件", "--patch rewrites YAML and JSON files only"
        raise fault(UsageError, "patch", zh, en, file=path)
    centre, day, rulesets = chosen(path, rules, as_of)
    costs = dict(_cost(text) for text in cost)
    if patch is not None and len(rulesets) > 1:
        ids = ", ".join(ruleset.id for ruleset in rulesets)
        zh = f"--patch 一次只按一个规则集：请用 --rules 指定（{ids}）"
        raise fault(UsageError, "patch", zh, f"--patch works for one rule set; name it with --rules ({ids})")
    plans = [
        make_plan(
            centre,
            ruleset,
            day,
            keep=[place_of(place, ruleset.vocabulary) for place in keep],
            costs=costs,
            exemptions=exemptions,
            encouraged=encouraged,
        )
        for ruleset in rulesets
    ]
    if patch is not None:
        _patch(path, patch, plans[0].edits, lang)
    if patch != "-" or not printed:
        common.write(render(plans, format_, lang), output, format_=format_)


def _cost(text: str) -> tuple[str, str]:
    place, _, number = text.partition("=")
    if not _NUMBER.fullmatch(number):
        zh = f"--cost 应写作 位置=数字，例：legal.independent=10，不是 {clip(text)}"
        en = f"--cost is PLACE=NUMBER, e.g. legal.independent=10, not {clip(text)}"
        raise fault(UsageError, "cost", zh, en)
    return place, number


def _patch(path: str, target: str, edits: Iterable[Edit], lang: str) -> None:
    from tic_rules.analysis.plan.patch import patch_text

    text = bytes_to_text(read_named(path, DataError), path)
    common.write_as_is(patch_text(text, path, edits), None if target == "-" else target)
    said = Text(
        "写出的是方案完成后的样子；（）中的文字和评审结果待据实填写。",
        "This is the plan carried out: fill in what stands in （） and the judgements as they come.",
    )
    common.say(said.in_(lang), err=True)
