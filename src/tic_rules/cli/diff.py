"""tic-rules diff: two rule sets, by topic."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from tic_rules.analysis.diff.topics import Diff, diff
from tic_rules.cli.common import fail_with, lang_option, language, tell, write
from tic_rules.cli.revision import ruleset_named
from tic_rules.core.errors import Diagnostic, RuleSetError, Text, TicRulesError
from tic_rules.model.ruleset import RuleSet
from tic_rules.renderers.diff import FORMATS, render

FAIL_ON = ("stricter", "looser", "verdict", "words")


@click.command("diff")
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.argument("more", nargs=-1, metavar="[PATH...]")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option("--output", metavar="FILE", help="Write the comparison to a file.")
@lang_option
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
@click.option(
    "--as-of",
    "as_of",
    metavar="DATE",
    help="With --impact: the day looked at. Default: each file's reported_on.",
)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    help="Exit 1 where B is stricter (or looser) anywhere, a verdict may change, or any word.",
)
@click.option("--verbose", "-v", is_flag=True, help="Show what is folded: the same, readings, quotes.")
def command(
    a: str, b: str, more: Sequence[str], format_: str, output: str | None, lang: str | None, prove: bool,
    witness_dir: str | None, impact: Sequence[str], as_of: str | None, fail_on: str | None, verbose: bool,
) -> None:  # fmt: skip
    """Compare two rule sets by topic: ids, paths, or REVISION:PATH of a git repository (HEAD~1:rules/zhejiang_2022.yaml)."""
    lang = language(lang)
    if more and not impact:
        raise click.UsageError(f"unexpected argument {more[0]!r}: only --impact takes several paths")
    broken: list[Diagnostic] = []
    try:
        found = diff(*_both(a, b), a, b)
        if prove or witness_dir is not None:
            found = _shown(found, prove)
        if impact:
            found = _with_impact(found, (*impact, *more), as_of, broken)
        text = render(found, format_, lang, verbose=verbose)
    except TicRulesError as error:
        fail_with(error, lang)
        return
    tell(broken, lang)
    write(text, output)
    if witness_dir is not None:
        write_witnesses(found, Path(witness_dir), lang)
    sys.exit(2 if broken else 1 if fail_on is not None and _fails(found, fail_on) else 0)


def _shown(found: Diff, prove: bool) -> Diff:
    """With claims rule by rule and a pair of files for each that does not hold."""
    from tic_rules.analysis.diff.claims import read_off
    from tic_rules.analysis.diff.evidence import shown

    if prove:
        from tic_rules.analysis.prove.proof import proved

        return shown(proved(found))
    return shown(read_off(found))


def _both(a: str, b: str) -> tuple[RuleSet, RuleSet]:
    """Both rule sets, or all faults of both."""
    found, faults = [], []
    for name in (a, b):
        try:
            found.append(ruleset_named(name))
        except RuleSetError as error:
            faults.extend(error.diagnostics)
    if faults:
        raise RuleSetError(dict.fromkeys(faults))
    return found[0], found[1]


def _with_impact(found: Diff, paths: Sequence[str], as_of: str | None, broken: list[Diagnostic]) -> Diff:
    from tic_rules.analysis.diff.impact import Affected, Impact, impact
    from tic_rules.cli.files import expand, read_centre
    from tic_rules.engines.checking import parse_day

    day = parse_day(as_of) if as_of is not None else None
    vocabulary = (
        found.a.vocabulary
        if found.a.vocabulary is found.b.vocabulary
        else found.a.vocabulary.with_(found.b.vocabulary)
    )
    centres: list[Affected] = []
    for path in expand(paths, broken):
        try:
            centres.extend(impact(found, [read_centre(path, vocabulary)], day).centres)
        except TicRulesError as error:
            broken.extend(error.diagnostics)
    return replace(found, impact=Impact(tuple(centres)))


def _fails(found: Diff, fail_on: str) -> bool:
    levels = found.levels()
    return {
        "stricter": found.tightens,
        "looser": found.loosens,
        "verdict": "verdict" in levels,
        "words": bool(levels - {"nothing"}),
    }[fail_on]


def write_witnesses(found: Diff, folder: Path, lang: str) -> None:
    """One failing and one passing file a claim, with a comment that says what to look at."""
    from tic_rules.renderers.diff.files import files_of

    try:
        folder.mkdir(parents=True, exist_ok=True)
        count = 0
        for name, text in files_of(found, lang):
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
            count += 1
    except OSError as error:
        message = Text(f"无法写入：{error.strerror}", f"cannot be written: {error.strerror}")
        tell([Diagnostic("unwritable", message, str(folder))], lang)
        sys.exit(2)
    click.echo(
        Text(f"已写入 {count} 个文件到 {folder}", f"{count} files written to {folder}").in_(lang), err=True
    )
