"""tic-rules check: centre files against rule sets; one report a centre and rule set."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import click

from tic_rules import check_programme
from tic_rules.centre import CentreData, Programme
from tic_rules.checking import ENGINES, as_of_day, check_subject, parse_day
from tic_rules.cli.common import colour_wanted, fail_with, lang_option, language, tell, write
from tic_rules.errors import DataError, Diagnostic, Text, TicRulesError
from tic_rules.findings import VERDICTS, Report
from tic_rules.inputs import bytes_to_text, read_subject, subject_from_text
from tic_rules.loading import load_ruleset, rulesets_in_force, shared_vocabulary
from tic_rules.reporters import FORMATS, Options, render
from tic_rules.ruleset import PHASES, RuleSet, Vocabulary

SUFFIXES = (".yaml", ".yml", ".json")


@click.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--rules", "rules", multiple=True, metavar="ID|PATH", help="A rule set; repeatable. Default: those of the centre's jurisdiction in force on the as-of day."
)
@click.option("--as-of", "as_of", metavar="DATE", help="The day looked at. Default: the file's reported_on.")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--output", metavar="FILE", help="Write the report to a file.")
@lang_option
@click.option("--engine", type=click.Choice(list(ENGINES)), default="native", show_default=True)
@click.option(
    "--fail-on", type=click.Choice(list(VERDICTS[:3])), default="non_compliant", show_default=True, help="The verdicts, from the worst on, that fail the run."
)
@click.option("--phase", type=click.Choice(list(PHASES)), help="Only the rules of one phase: findings and verdict.")
@click.option("--programme", metavar="FILE", help="Figures of the programme; the centres are then decided as a programme too.")
@click.option("--verbose", "-v", is_flag=True, help="Show what is folded: passes, not applicable, readings.")
def command(
    paths: Sequence[str], rules: Sequence[str], as_of: str | None, format_: str, output: str | None, lang: str | None, engine: str,
    fail_on: str, phase: str | None, programme: str | None, verbose: bool,
) -> None:  # fmt: skip
    """Check centre files (or folders of them, or - for standard input)."""
    lang = language(lang)
    try:
        day = parse_day(as_of) if as_of is not None else None
        chosen = _rulesets(rules)
    except TicRulesError as error:
        fail_with(error, lang)
    vocabulary = _vocabulary(chosen)
    failing = VERDICTS[: VERDICTS.index(fail_on) + 1]
    reports: list[Report] = []
    centres: list[CentreData] = []
    broken: list[Diagnostic] = []
    for path in expand(paths, broken):
        try:
            centre = read_centre(path, vocabulary)
            centres.append(centre)
            on = as_of_day(centre, day)
            reports.extend(check_subject(centre, ruleset, on, engine) for ruleset in chosen or _own(centre.jurisdiction, on, path, centre))
        except TicRulesError as error:
            broken.extend(error.diagnostics)
    if programme is not None:
        try:
            figures = read_subject(programme, Programme, vocabulary)
            on = as_of_day(figures, day)
            reports.extend(
                check_programme(figures, ruleset, centres=centres, as_of=on) for ruleset in chosen or _own(figures.jurisdiction, on, programme, figures)
            )
        except TicRulesError as error:
            broken.extend(error.diagnostics)
    if phase is not None:
        reports = [report.only_phase(phase) for report in reports]
    tell(broken, lang)
    if reports or format_ != "text":
        colour = colour_wanted(output)
        width = shutil.get_terminal_size().columns if output is None and sys.stdout.isatty() else None
        try:
            write(render(reports, Options(format_, lang, verbose, width, failing, colour, tuple(broken))), output)
        except TicRulesError as error:
            fail_with(error, lang)
    sys.exit(exit_status(reports, broken, failing))


def exit_status(reports: Iterable[Report], broken: Sequence[Diagnostic], failing: Sequence[str]) -> int:
    """2 where anything could not be checked, else 1 where a verdict fails the run, else 0."""
    if broken:
        return 2
    return 1 if any(report.verdict in failing for report in reports) else 0


def _rulesets(names: Sequence[str]) -> list[RuleSet]:
    found, faults = [], []
    for name in dict.fromkeys(names):
        try:
            found.append(load_ruleset(name))
        except TicRulesError as error:
            faults.append(error)
    if faults:
        raise type(faults[0])([d for error in faults for d in error.diagnostics])
    return found


def _vocabulary(rulesets: Sequence[RuleSet]) -> Vocabulary:
    vocabulary = shared_vocabulary()
    for ruleset in rulesets:
        if ruleset.vocabulary is not vocabulary:
            vocabulary = vocabulary.with_(ruleset.vocabulary)
    return vocabulary


def _own(jurisdiction: str | None, day: object, path: str, subject: CentreData | Programme) -> list[RuleSet]:
    """The rule sets of a jurisdiction in force on the day. Raises DataError where the data names none."""
    if jurisdiction is None:
        mark = subject.place("/jurisdiction")
        text = Text(
            "没有写明地区（jurisdiction），无法选定规则集；请补写，或用 --rules 指定",
            "jurisdiction is not given, so no rule set can be chosen; add it, or name one with --rules",
        )
        raise DataError([Diagnostic("no-jurisdiction", text, path, mark.line, mark.column, "/jurisdiction")])
    try:
        return rulesets_in_force(jurisdiction, day)  # type: ignore[arg-type]
    except TicRulesError as error:
        raise type(error)([d._replace(file=d.file or path) for d in error.diagnostics]) from None


def expand(paths: Iterable[str], broken: list[Diagnostic]) -> Iterator[str]:
    """Files as they are named; of a folder, every centre file below it in order of name."""
    for name in dict.fromkeys(paths):
        path = Path(name)
        if name == "-" or not path.is_dir():
            yield name
            continue
        files = sorted(
            file
            for file in path.rglob("*")
            if file.suffix.lower() in SUFFIXES and file.is_file() and not any(part.startswith(".") for part in file.relative_to(path).parts)
        )
        found = [str(file) for file in files if _looks_like_a_centre(file)]
        if not found:
            broken.append(
                Diagnostic("no-files", Text("文件夹里没有中心数据文件（.yaml、.yml、.json）", "no centre files in this folder (.yaml, .yml, .json)"), name)
            )
        yield from found


def _looks_like_a_centre(file: Path) -> bool:
    """Whether a file of a folder speaks of a centre; one that cannot be read does, so that its fault is told."""
    try:
        with file.open("rb") as stream:
            head = stream.read(1_000_000)
    except OSError:
        return True
    text = head.decode("utf-8", "replace")
    if "\ufffd" in text or not text.strip():
        return True
    import re

    other = re.search(r"^(?:rules|clauses|units|facts|centres|leading_enterprises|invention_patents|pilot_enterprises|alliances):", text, re.MULTILINE)
    named = re.search(r"""^[\s{]*["']?(?:id|name|stage|applied_on|approved_on|hosts|legal|governance)["']?\s*:""", text, re.MULTILINE)
    return named is not None or (other is None and file.suffix.lower() != ".json")


def read_centre(path: str, vocabulary: Vocabulary) -> CentreData:
    """A centre from a file or from standard input. Raises DataError."""
    if path == "-":
        text = bytes_to_text(click.get_binary_stream("stdin").read(), "<stdin>")
        name = "<stdin>.json" if text.lstrip()[:1] == "{" and '"' in text.lstrip()[:200] else "<stdin>"
        try:
            return subject_from_text(text, name, CentreData, vocabulary)
        except DataError as error:
            raise DataError([d._replace(file="<stdin>") for d in error.diagnostics]) from None
    return read_subject(path, CentreData, vocabulary)
