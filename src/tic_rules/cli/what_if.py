"""tic-rules what-if: other data, another day, other rules; which findings and verdicts change."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import NoReturn

import click

from tic_rules.analysis.sweep import sweep as curve
from tic_rules.analysis.what_if import Side, WhatIf, what_if, with_values
from tic_rules.analysis.what_if_words import assumed_rule, assumed_value
from tic_rules.cli import common
from tic_rules.cli.chinese import Command
from tic_rules.cli.files import expand, jurisdiction_of, usable
from tic_rules.cli.replacement import guard
from tic_rules.cli.selection import chosen, load_rulesets, ruleset_with
from tic_rules.cli.typed import part_value, place_and_value, rule_of
from tic_rules.core.errors import Diagnostic, Text, UsageError, clip, fault
from tic_rules.engines.check import as_of_day
from tic_rules.model.centre import Centre
from tic_rules.model.loader import load_ruleset, rulesets_in_force, words_of
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import RuleSet
from tic_rules.renderers.sweep import render as draw
from tic_rules.renderers.what_if import FORMATS, render


@click.command("what-if", cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="PLACE=VALUE",
    help="Other data: staff.headcount=500; contributions+={date: …, amount: …} appends.",
)
@click.option(
    "--rule",
    "changes",
    multiple=True,
    metavar="RULE=VALUE|FILE",
    help="Another rule: zhejiang_2022/investment-2y=8亿元, …/investment-2y.by=3y; or a rule file.",
)
@click.option(
    "--sweep",
    metavar="RULE=LOW..HIGH",
    help="How many centres would pass at each threshold: investment-2y=5亿元..12亿元 "
    "(or zhejiang_2022/investment-2y).",
)
@common.as_of_option("Another day than the file's reported_on.")
@click.option(
    "--over", metavar="FROM..TO", help="How the verdict moves through time: 2022-03-01..2027-03-01."
)
@click.option(
    "--programme",
    metavar="FILE",
    help="Figures of the programme; what changes for the programme as a whole is told too.",
)
@common.rules_option("A rule set; repeatable. Default: those of the centre's jurisdiction in force.")
@common.output_options(FORMATS, "Write the result to a file.")
@common.lang_option
def command(
    paths: Sequence[str], sets: Sequence[str], changes: Sequence[str], over: str | None, rules: Sequence[str],
    sweep: str | None, programme: str | None, as_of: date | None, format_: str, output: str | None,
    lang: str,
) -> None:  # fmt: skip
    """What would change for centre files (or folders of them)."""
    guard([output], [*paths, *rules, *changes, programme], command="tic-rules what-if")
    if sweep is not None:
        if sets or changes or over or rules or programme:
            zh = "--sweep 不与 --set、--rule、--rules、--over、--programme 同用"
            en = "--sweep goes without --set, --rule, --rules, --over, --programme"
            raise fault(UsageError, "sweep", zh, en)
        _sweep(paths, sweep, as_of, format_, output, lang)
    changed = _Changed(changes, paths, rules)
    span = _span(over) if over is not None else None
    broken: list[Diagnostic] = []
    results: list[WhatIf] = []
    assumed: dict[Text, None] = {}
    members: dict[str, tuple[Centre, Centre]] = {}
    listed = list(expand(paths, broken, words_of([*rules, *changed.files.values()])))
    guard([output], listed, command="tic-rules what-if", rules=rules)
    for path in listed:
        with common.kept(broken, path):
            also = tuple(changed.files.values())
            centre, on, rulesets = chosen(path, rules, as_of, own_day=True, also=also)
            for ruleset in rulesets:
                other = changed.other(ruleset)
                values = [place_and_value(text, ruleset.vocabulary) for text in sets]
                then = with_values(centre, values, ruleset, on) if values else centre
                assumed |= dict.fromkeys(_assumed(values, ruleset, other, changed))
                members[centre.file or path] = (centre, then)
                sides = Side(centre, ruleset), Side(then, other or ruleset)
                results.append(what_if(*sides, on, as_of, span))
    if programme is not None:
        with common.kept(broken, programme):
            results.extend(_programme(programme, rules, as_of, members.values(), bool(sets), changed, span))
    for name in () if broken else changed.unused:
        zh = f"没有用到规则集 {name} 的改动"
        en = f"no centre is checked against {name}, which is to be changed"
        broken.extend(fault(UsageError, "unknown-ruleset", zh, en).diagnostics)
    common.diagnose(broken, lang)
    if results:
        common.write(render(results, format_, lang, list(assumed)), output, format_=format_)
    sys.exit(2 if broken else 0)


def _assumed(
    values: Iterable[tuple[str, object]], ruleset: RuleSet, other: RuleSet | None, changed: _Changed
) -> Iterator[Text]:
    """What is changed, in words: fields by their labels, rules by what they ask then."""
    vocabulary = ruleset.vocabulary
    for place, value in values:
        yield assumed_value(place, value, vocabulary)
    for name, part, text in changed.parts.get(ruleset.id, ()) if other is not None else ():
        yield assumed_rule(rule_of(other or ruleset, name), other or ruleset, part, text)


def _programme(
    file: str, rules: Sequence[str], as_of: date | None, members: Iterable[tuple[Centre, Centre]],
    sets: bool, changed: _Changed, span: tuple[date, date] | None,
) -> Iterator[WhatIf]:  # fmt: skip
    """What changes for the programme whose figures stand in a file, with the centres before and after."""
    pairs = list(members)
    before = [centre for centre, _ in pairs]
    after = [centre for _, centre in pairs] if sets else before
    subject = Programme.from_file(file, ruleset=[*rules, *changed.files.values()])
    on = as_of_day(subject, None if subject.speaks_for is not None else as_of)
    for ruleset in load_rulesets(rules) or rulesets_in_force(jurisdiction_of(subject), on):
        other = changed.other(ruleset) or ruleset
        yield what_if(Side(subject, ruleset, before), Side(subject, other, after), on, as_of, span)


def _sweep(
    paths: Sequence[str], text: str, as_of: date | None, format_: str, output: str | None, lang: str
) -> NoReturn:
    """Draw the curve of one rule's number over centre files. Ends the program."""
    name, equals, ends = text.partition("=")
    if not equals:
        zh, en = f"--sweep 应写作 规则=小..大，不是 {text}", f"--sweep is RULE=LOW..HIGH, not {text}"
        raise fault(UsageError, "sweep", zh, en)
    broken: list[Diagnostic] = []
    listed = list(expand(paths, broken))
    guard([output], listed, command="tic-rules what-if")
    ruleset_name, slash, rule = name.strip().rpartition("/")
    ruleset = load_ruleset(ruleset_name) if slash else ruleset_with(rule, listed)
    meant = rule_of(ruleset, rule)
    ends = part_value(meant, None, ends, ruleset.vocabulary)
    each = (one for path in listed for one in Centre.each_from_file(path, ruleset=ruleset))
    swept = curve(list(usable(each, broken)), ruleset, meant.id, ends, as_of)
    common.diagnose(broken, lang)
    common.write(draw(swept, format_, lang), output, format_=format_)
    sys.exit(2 if broken else 0)


class _Changed:
    """What is changed of the rules: `parts` by rule set, each as rule, part, value; whole rule `files` by the
    id that they bear; which of them a check has `used`."""

    def __init__(self, texts: Sequence[str], paths: Sequence[str], rules: Sequence[str]) -> None:
        """A rule without its rule set is that of `rules`, or of what is on hand for those at `paths`."""
        self.parts: dict[str, list[tuple[str, str | None, str]]] = {}
        self.files: dict[str, RuleSet] = {}
        self.used: set[str] = set()
        for text in texts:
            name, equals, value = text.partition("=")
            if not equals:
                ruleset = load_ruleset(text)
                self.files[ruleset.id] = ruleset
                continue
            named, slash, rest = name.strip().partition("/")
            rule, _, part = (rest if slash else named).partition(".")
            if not rule:
                zh = f"--rule 应写作 规则集/规则=取值，不是 {text}"
                raise fault(UsageError, "rule", zh, f"--rule is RULESET/RULE=VALUE, not {text}")
            if slash:
                ruleset_id = named if named.isascii() else load_ruleset(named).id
            else:
                ruleset_id = ruleset_with(rule, expand(paths, []), rules).id
            self.parts.setdefault(ruleset_id, []).append((rule, part or None, value.strip()))

    @property
    def unused(self) -> list[str]:
        return [name for name in (*self.parts, *self.files) if name not in self.used]

    def other(self, ruleset: RuleSet) -> RuleSet | None:
        """The rule set with the changes meant for it; a rule file stands in for that of its jurisdiction."""
        files = [file for file in self.files.values() if file.jurisdiction == ruleset.jurisdiction]
        changed = self.files.get(ruleset.id) or next(iter(files), None)
        if changed is not None:
            self.used.add(changed.id)
        for rule, part, value in self.parts.get(ruleset.id, ()):
            self.used.add(ruleset.id)
            start = changed or ruleset
            meant = rule_of(start, rule)
            plain = part_value(meant, part, value, start.vocabulary)
            change = partial(start.with_change, meant.id)
            changed = change(**{part: plain}) if part else change(plain)
        return changed


def _span(text: str) -> tuple[date, date]:
    first, _, last = map(common.exact_day, text.partition(".."))
    if first is None or last is None:
        zh = f"--over 应写作 起..止，精确到日，例：2022-03-01..2027-03-01，不是 {clip(text)}"
        en = f"--over is FROM..TO, exact to the day (2022-03-01..2027-03-01), not {clip(text)}"
        raise fault(UsageError, "over", zh, en)
    return first, last
