"""tic-rules diff: two rule sets, by topic."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import click

from tic_rules.analysis.diff.correspondence import Written, read_alignment
from tic_rules.analysis.diff.topics import Diff, diff
from tic_rules.cli import common
from tic_rules.cli.chinese import Command
from tic_rules.cli.common import write_bytes
from tic_rules.cli.files import expand
from tic_rules.cli.replacement import guard
from tic_rules.cli.revision import ruleset_named
from tic_rules.core.errors import Diagnostic, RuleSetError, Text, UsageError, fault, plural
from tic_rules.model.editions import editions
from tic_rules.model.loader import listed_ruleset, load_ruleset, words_of
from tic_rules.model.ruleset import RuleSet
from tic_rules.renderers.diff import BINARY, FORMATS, document, render

FAIL_ON = ("stricter", "looser", "verdict", "words")


@click.command("diff", cls=Command)
@click.argument("a", metavar="A")
@click.argument("b", metavar="[B]", required=False)
@click.argument("more", nargs=-1, metavar="[C...]")
@click.option(
    "--align",
    multiple=True,
    metavar="FILE",
    help="Which rules correspond and which do not (YAML), before the shipped alignment.",
)
@click.option("--all", "everyone", is_flag=True, help="With --impact: centres of other jurisdictions too.")
@common.output_options(FORMATS, "Write the comparison to a file.")
@common.lang_option
@click.option("--prove", is_flag=True, help="Prove the relations instead of reading them off (extra: prove).")
@click.option(
    "--witness",
    "witness_dir",
    metavar="DIR",
    help="Write the pairs of files that show what one side asks and the other does not.",
)
@click.option(
    "--impact",
    "impact",
    multiple=True,
    metavar="PATH...",
    help="Centres (files or folders) whose findings or verdict flip from A to B.",
)
@common.as_of_option("With --impact: the day looked at. Default: each file's reported_on.")
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    help="Exit 1 where B is stricter (or looser) anywhere, a verdict may change, or any word of a rule.",
)
@click.option("--verbose", "-v", is_flag=True, help="Show what is folded: the same, readings, quotes.")
def command(
    a: str, b: str | None, more: Sequence[str], format_: str, output: str | None, lang: str,
    prove: bool, witness_dir: str | None, impact: Sequence[str], as_of: date | None, fail_on: str | None,
    verbose: bool, align: Sequence[str], everyone: bool,
) -> None:  # fmt: skip
    """Compare two or more rule sets by topic: ids, paths, or REVISION:PATH of git
    (HEAD~1:rules/zhejiang_2022.yaml).

    A alone is compared with the editions that it replaces, the oldest first. With --impact two are
    compared, and what else is named are centres."""
    if not impact and (as_of is not None or everyone):
        zh, en = "--as-of 和 --all 要与 --impact 同用", "--as-of and --all go with --impact"
        raise fault(UsageError, "impact", zh, en)
    if b is None:
        a, b, *more = _editions(a)
    guard([output], [a, b, *impact, *more, *align], command="tic-rules diff")
    alignment = [entry for file in align for entry in read_alignment(file)]
    if more and not impact:
        if witness_dir is not None or fail_on is not None:
            zh, en = "--witness、--fail-on 只用于两份文件", "--witness and --fail-on are for two documents"
            raise fault(UsageError, "several", zh, en)
        _side_by_side([a, b, *more], alignment, prove, format_, output, lang)
        return
    for name in more:
        _no_third(name)
    broken: list[Diagnostic] = []
    first, second = _all([a, b])
    compared = diff(first, second, a, b, alignment)
    if prove or witness_dir is not None:
        compared = _shown(compared, prove)
    if impact:
        centres = list(expand((*impact, *more), broken, words_of([first, second])))
        guard([output], centres, command="tic-rules diff")
        compared = _with_impact(compared, centres, as_of, broken, everyone)
    common.diagnose(broken, lang)
    if format_ in BINARY:
        write_bytes(document(compared, format_, lang), output)
    else:
        common.write(render(compared, format_, lang, verbose=verbose), output, format_=format_)
    if witness_dir is not None:
        write_witnesses(compared, Path(witness_dir), lang, [a, b, output, *impact, *more])
    sys.exit(2 if broken else 1 if fail_on is not None and _fails(compared, fail_on) else 0)


def _no_third(name: str) -> None:
    """Refuse a rule set that is named where --impact has centres. Raises UsageError."""
    if not Path(name).exists():
        with suppress(RuleSetError):
            ruleset_named(name)
            zh = f"--impact 只用于两份文件；{name} 是第三份"
            en = f"--impact is for two documents; {name} is a third"
            raise fault(UsageError, "several", zh, en)


def _editions(name: str) -> list[str]:
    """A rule set with those that it replaces, the oldest first. Raises UsageError where there are none."""
    chain = editions(load_ruleset(name))
    if len(chain) < 2 and (absent := [one.id for one in chain[0].document.replaces]):
        which = Text.listed(Text(one, one) for one in absent)
        zh = f"现有规则集中没有 {name} 所取代的：{which.zh}；请写明两份文件，或用 rule-paths 指明所在的文件夹"
        en = (
            f"what {name} replaces is not on hand: {which.en}; name both files, or their folder in rule-paths"
        )
        raise fault(UsageError, "editions", zh, en)
    if len(chain) < 2:
        zh = f"{name} 没有写明取代哪个规则集（replaces）"
        en = f"{name} says of no rule set that it replaces it"
        raise fault(UsageError, "editions", zh, en)
    return [one.id if listed_ruleset(one.id) is not None else one.file for one in chain]


def _side_by_side(
    documents: Sequence[str],
    alignment: Sequence[Written],
    prove: bool,
    format_: str,
    output: str | None,
    lang: str,
) -> None:
    """Write more than two documents in a format."""
    from tic_rules.analysis.diff.several import compare
    from tic_rules.renderers.diff import several as side_by_side

    settle = partial(_shown, prove=True) if prove else lambda compared: compared
    several = compare(_all(documents), documents, alignment, settle)
    if format_ in BINARY:
        write_bytes(side_by_side.document(several, format_, lang), output)
    else:
        common.write(side_by_side.render(several, format_, lang), output, format_=format_)


def _shown(compared: Diff, prove: bool) -> Diff:
    """With claims rule by rule and a pair of files for each that does not hold."""
    from tic_rules.analysis.diff.claims import read_off
    from tic_rules.analysis.diff.evidence import shown

    if prove:
        from tic_rules.analysis.prove.proof import proved

        return shown(proved(compared))
    return shown(read_off(compared))


def _all(names: Sequence[str]) -> list[RuleSet]:
    """Every rule set, or all faults of all."""
    rulesets: list[RuleSet] = []
    faults: list[Diagnostic] = []
    for name in names:
        with common.kept(faults):
            rulesets.append(ruleset_named(name))
    if faults:
        raise RuleSetError(dict.fromkeys(faults))
    return rulesets


def _with_impact(
    compared: Diff, paths: Sequence[str], as_of: date | None, broken: list[Diagnostic], everyone: bool
) -> Diff:
    from tic_rules.analysis.diff.impact import Affected, Impact, concerns, impact
    from tic_rules.cli.files import centres_of, usable

    rulesets = (compared.a, compared.b)
    vocabulary = words_of(rulesets)
    centres: list[Affected] = []
    others: list[str] = []
    for path in paths:
        for centre in usable(centres_of(path, vocabulary, rulesets), broken):
            with common.kept(broken):
                if everyone or concerns(compared, centre):
                    centres.extend(impact(compared, [centre], as_of).centres)
                else:
                    others.append(str(centre.name or centre.id or path))
    return replace(compared, impact=Impact(tuple(centres), tuple(others)))


def _fails(compared: Diff, fail_on: str) -> bool:
    levels = compared.levels()
    return {
        "stricter": compared.tightens,
        "looser": compared.loosens,
        "verdict": "verdict" in levels,
        "words": bool(levels - {"nothing"}),
    }[fail_on]


def write_witnesses(compared: Diff, folder: Path, lang: str, inputs: Sequence[str | None]) -> None:
    """One failing and one passing file a claim, with a comment that says what to look at."""
    from tic_rules.renderers.diff.files import files_of

    files = list(files_of(compared, lang, folder))
    guard([name for name, _ in files], inputs, command="tic-rules diff --witness")
    for name, text in files:
        common.write(text, name, format_="json" if name.endswith(".json") else "yaml")
    written = Text(
        f"已写入 {len(files)} 个文件到 {folder}", f"{plural(len(files), 'file')} written to {folder}"
    )
    common.say(written.in_(lang), err=True)
