"""tic-rules check: centre files against rule sets; one report a centre and rule set."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence

import click

from tic_rules.api import check_programme
from tic_rules.cli.common import colour_wanted, fail_with, lang_option, language, tell, write
from tic_rules.cli.configuration import config_option
from tic_rules.cli.files import expand, read_centre
from tic_rules.cli.outputs import Output, Target, opened, targets, to_terminal
from tic_rules.cli.progress import Progress
from tic_rules.cli.running import Job, Outcome, outcomes, prepared, put, rulesets_for
from tic_rules.core.errors import Diagnostic, Text, TicRulesError
from tic_rules.engines.checking import ENGINES, as_of_day, parse_day
from tic_rules.model.centre import Centre
from tic_rules.model.programme import Programme
from tic_rules.model.reading import read_subject
from tic_rules.model.ruleset import PHASES
from tic_rules.renderers import FORMATS, Options, Run
from tic_rules.renderers.tally import Tally
from tic_rules.results.baseline import Entry, baseline_text, read_baseline
from tic_rules.results.report import VERDICTS


@click.command("check")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--rules",
    "rules",
    multiple=True,
    metavar="ID|PATH",
    help="A rule set; repeatable. Default: those of the centre's jurisdiction in force on the as-of day.",
)
@click.option("--as-of", "as_of", metavar="DATE", help="The day looked at. Default: the file's reported_on.")
@click.option("--format", "format_", type=click.Choice(list(FORMATS)), default="text", show_default=True)
@click.option("--output", metavar="FILE", help="Write the report to a file.")
@click.option(
    "--output-format",
    "more",
    multiple=True,
    metavar="FORMAT:FILE",
    help="A further output of the same run; repeatable.",
)
@lang_option
@click.option("--engine", type=click.Choice(list(ENGINES)), default="native", show_default=True)
@click.option(
    "--fail-on",
    type=click.Choice(list(VERDICTS[:3])),
    default="non_compliant",
    show_default=True,
    help="The verdicts, from the worst on, that fail the run.",
)
@click.option(
    "--phase", type=click.Choice(list(PHASES)), help="Only the rules of one phase: findings and verdict."
)
@click.option(
    "--programme",
    metavar="FILE",
    help="Figures of the programme; the centres are then decided as a programme too.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    help="Findings that are known: only new ones fail the run; entries no longer needed are told.",
)
@click.option(
    "--write-baseline",
    "record",
    metavar="FILE",
    help="Write the findings of this run as a baseline; they do not fail it.",
)
@click.option("--no-exemptions", is_flag=True, help="The auditor's view: exemptions do not count.")
@click.option(
    "--exit-zero", is_flag=True, help="Exit status 0 whatever the verdicts are; unusable input stays 2."
)
@click.option(
    "--jobs",
    "-j",
    type=click.IntRange(min=1),
    metavar="N",
    help="Processes at work. Default: one a processor, where there are many files.",
)
@click.option("--quiet", "-q", is_flag=True, help="One line a centre in the text; no notes, no progress bar.")
@click.option("--verbose", "-v", is_flag=True, help="Show what is folded: passes, not applicable, readings.")
@config_option
def command(
    paths: Sequence[str], rules: Sequence[str], as_of: str | None, format_: str, output: str | None, more: Sequence[str], lang: str | None, engine: str,
    fail_on: str, phase: str | None, programme: str | None, baseline: str | None, record: str | None, no_exemptions: bool, exit_zero: bool,
    jobs: int | None, quiet: bool, verbose: bool,
) -> None:  # fmt: skip
    """Check centre files (or folders of them, or - for standard input)."""
    lang = language(lang)
    faults: list[Diagnostic] = []
    files = list(expand(paths, faults))
    failing = VERDICTS[: VERDICTS.index(fail_on) + 1]
    try:
        wanted = targets(format_, output, more, [*files, *([programme] if programme else [])])
        job = Job(
            rules=tuple(rules), day=parse_day(as_of) if as_of is not None else None, engine=engine, phase=phase, exemptions=not no_exemptions,
            baseline=baseline, record=record is not None, approvals=programme is not None,
            outputs=tuple(_options(target, lang, failing, verbose=verbose, quiet=quiet) for target in wanted),
        )  # fmt: skip
        with opened(wanted, prepared(job).outputs) as sheets:
            bar = Progress(len(files), wanted=not quiet, shared=to_terminal(wanted))
            run = _Checked(job, sheets, bar, faults)
            for outcome in outcomes(job, files, jobs):
                run.take(outcome)
            if programme is not None:
                run.take(_programme(job, programme, run.approvals))
            bar.clear()
            _tell(run, lang, quiet=quiet)
            run.end()
        if record is not None:
            _record(record, baseline, run)
    except TicRulesError as error:
        fail_with(error, lang)
    known = record is not None or exit_zero
    sys.exit(2 if run.faults else 1 if run.tally.new and not known else 0)


def _options(target: Target, lang: str, failing: tuple[str, ...], *, verbose: bool, quiet: bool) -> Options:
    shown = target.file is None
    width = shutil.get_terminal_size().columns if shown and sys.stdout.isatty() else None
    summary = target.file if target.added else None
    return Options(
        target.format,
        lang,
        verbose,
        width,
        failing,
        colour_wanted(target.file),
        quiet=quiet,
        summary_file=summary,
    )


class _Checked:
    """What has come of a run so far. Reports go out as they come; only counts and faults are kept."""

    def __init__(self, job: Job, sheets: Sequence[Output], bar: Progress, faults: list[Diagnostic]) -> None:
        self.job, self.sheets, self.bar, self.faults = job, sheets, bar, faults
        self.total = Outcome()
        self.total.tally.broken = len(faults)

    @property
    def tally(self) -> Tally:
        return self.total.tally

    @property
    def approvals(self) -> list[Centre]:
        return self.total.approvals

    def take(self, outcome: Outcome) -> None:
        if outcome.pieces:
            self.bar.make_room()
        for pieces in outcome.pieces:
            for sheet, piece in zip(self.sheets, pieces, strict=True):
                sheet.add(piece)
        self.faults.extend(outcome.diagnostics)
        total = self.total
        total.tally.merge(outcome.tally)
        for name in ("notes", "entries", "judged", "stale", "approvals"):
            getattr(total, name).extend(getattr(outcome, name))
        self.bar.step(outcome.files)

    def end(self) -> None:
        for sheet in self.sheets:
            sheet.end(Run(self.tally, self.faults))


def _programme(job: Job, file: str, centres: Sequence[Centre]) -> Outcome:
    """The programme's figures, with the centres of the run."""
    try:
        figures = read_subject(file, Programme, prepared(job).vocabulary)
        if not job.exemptions:
            figures = figures.model_copy(update={"exemptions": ()})
        day = as_of_day(figures, job.day)
        return put(
            job,
            [
                check_programme(figures, ruleset, centres=centres, as_of=day, engine=job.engine)
                for ruleset in rulesets_for(job, figures, day)
            ],
        )
    except TicRulesError as error:
        found = Outcome(diagnostics=error.diagnostics)
        found.tally.broken = 1
        return found


def _tell(run: _Checked, lang: str, *, quiet: bool) -> None:
    """Faults, then what the baseline and the data hold without need."""
    tell(run.faults, lang)
    if quiet:
        return
    tell(run.total.notes, lang)
    file = run.job.baseline or ""
    tell((_stale(entry, file) for entry in run.total.stale), lang)


def _stale(entry: Entry, file: str) -> Diagnostic:
    text = Text(
        f"基线中 {entry.centre} 的 {entry.rule}（{entry.status}）已不再出现，可以删去",
        f"the baseline still has {entry.rule} ({entry.status}) of {entry.centre}, which is no longer found: it can go",
    )
    return Diagnostic("stale-baseline", text, file)


def _record(file: str, before: str | None, run: _Checked) -> None:
    """Write the baseline: what was found, and what an earlier one says of centres and rules that this run did not look at."""
    kept: set[Entry] = set()
    if before is not None:
        kept = {entry for entries in read_baseline(before).entries.values() for entry in entries} - set(
            run.total.judged
        )
    write(baseline_text([*run.total.entries, *kept], file), file)


__all__ = ["command", "expand", "read_centre"]
