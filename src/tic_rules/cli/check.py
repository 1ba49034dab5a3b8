"""tic-rules check: centre files against rule sets; one report a centre and rule set."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from datetime import date

import click

from tic_rules.cli import common
from tic_rules.cli.chinese import Command
from tic_rules.cli.configuration import config_option
from tic_rules.cli.files import day_of, expand
from tic_rules.cli.outputs import Folder, Output, Target, opened, placed, targets, to_terminal
from tic_rules.cli.progress import Progress
from tic_rules.cli.replacement import guard
from tic_rules.cli.run import FileOutcome, Job, decided, outcomes, prepared, put, rulesets_for
from tic_rules.core.errors import Diagnostic, Text, TicRulesError
from tic_rules.engines.check import ENGINES, with_centres
from tic_rules.model.centre import Centre
from tic_rules.model.intake import read_subject
from tic_rules.model.loader import words_of
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import PHASES, Vocabulary
from tic_rules.model.shipped import shared_vocabulary
from tic_rules.renderers import FORMATS, FinishedRun, Options, sinks
from tic_rules.renderers.tally import Tally
from tic_rules.results.baseline import Baseline, KnownFinding, baseline_text
from tic_rules.results.labels import STATUS
from tic_rules.results.parts import Engine
from tic_rules.results.report import VERDICTS


@click.command("check", cls=Command)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@common.rules_option(
    "A rule set; repeatable. Default: those of the centre's jurisdiction in force on the as-of day."
)
@common.as_of_option("The day looked at. Default: the file's reported_on.")
@common.output_options(
    FORMATS, "Write the report to a file; with xlsx to a folder too: a workbook for each file."
)
@click.option(
    "--output-format",
    "more",
    multiple=True,
    metavar="FORMAT:FILE",
    help="A further output of the same run; repeatable.",
)
@common.lang_option
@click.option(
    "--engine",
    type=click.Choice(list(ENGINES)),
    help="How it is decided, with equal findings. Default: native, the reference; compiled for several.",
)
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
    help="Findings that are known: only new ones fail the run; entries no longer needed are named.",
)
@click.option(
    "--write-baseline",
    "record",
    metavar="FILE",
    help="Write the findings of this run as a baseline; they do not fail it.",
)
@click.option(
    "--data-only",
    is_flag=True,
    help="The verdict over the rules that data decides; judgements are listed apart and do not fail the run.",
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
    paths: Sequence[str], rules: Sequence[str], as_of: date | None, format_: str, output: str | None,
    more: Sequence[str], lang: str, engine: Engine | None, fail_on: str, phase: str | None,
    programme: str | None, baseline: str | None, record: str | None, data_only: bool, no_exemptions: bool,
    exit_zero: bool, jobs: int | None, quiet: bool, verbose: bool,
) -> None:  # fmt: skip
    """Check centre files (or folders of them, or - for standard input)."""
    wanted = targets(format_, output, more)
    _note(wanted)
    failing = VERDICTS[: VERDICTS.index(fail_on) + 1]
    shown = tuple(
        _options(target, lang, failing, verbose=verbose, quiet=quiet, data_only=data_only)
        for target in wanted
    )
    read = [*paths, *rules, programme]
    _guarded([one for one in wanted if not one.is_folder], record, baseline, read, rules)
    faults: list[Diagnostic] = []
    files = list(expand(paths, faults, _words(rules)))
    wanted = placed(wanted, files, programme)
    _guarded(wanted, record, baseline, [*read, *files], rules)
    job = Job(
        rules=tuple(rules), day=as_of, engine=engine or ("compiled" if len(files) > 1 else "native"),
        phase=phase, exemptions=not no_exemptions, baseline=baseline, record=record is not None,
        approvals=programme is not None, outputs=shown,
    )  # fmt: skip
    ready = prepared(job)
    with opened(wanted, ready.outputs, record) as (outputs, recorded):
        bar = Progress(len(files), wanted=not quiet, shared=to_terminal(wanted))
        run = _Checked(outputs, bar, faults)
        for outcome in outcomes(job, files, jobs):
            run.take(outcome)
        if programme is not None:
            run.take(_programme(job, programme, run.total.approvals))
        bar.clear()
        _say_notes(run.total, job, lang, quiet=quiet)
        run.end()
        if recorded is not None and record is not None:
            recorded.write(_baseline(ready.baseline, run.total, record).encode())
    passes = record is not None or exit_zero
    sys.exit(2 if faults else 1 if run.total.tally.fails and not passes else 0)


def _words(rules: Sequence[str]) -> Vocabulary:
    """The words by which files are told apart; faults of the rule sets are told where they are read."""
    try:
        return words_of(rules)
    except TicRulesError:
        return shared_vocabulary()


def _note(wanted: Sequence[Target]) -> None:
    """Note for the end of the run that what is wrong is to be annotated too."""
    if any(target.format == "github" and target.file is None for target in wanted):
        click.get_current_context().meta[common.GITHUB] = True


def _guarded(
    wanted: Sequence[Target],
    record: str | None,
    baseline: str | None,
    inputs: Sequence[str | None],
    rules: Sequence[str],
) -> None:
    """Refuse outputs that are read. The baseline may be read and written, where it is named for both."""
    outputs = [name for target in wanted for name in target.written]
    guard(outputs, [*inputs, baseline], command="tic-rules check", again=[record], rules=rules)
    guard([record], inputs, command="tic-rules check", rules=rules)


def _options(
    target: Target, lang: str, failing: tuple[str, ...], *, verbose: bool, quiet: bool, data_only: bool
) -> Options:
    width = shutil.get_terminal_size().columns if target.file is None and sys.stdout.isatty() else None
    return Options(
        target.format, lang, verbose, width, failing, common.colour_wanted(target.file), quiet=quiet,
        summary_file=target.file if target.added else None, data_only=data_only,
    )  # fmt: skip


class _Checked:
    """What has come of a run so far. Reports go out as they come; only counts and faults are kept."""

    def __init__(self, outputs: Sequence[Output | Folder], bar: Progress, faults: list[Diagnostic]) -> None:
        self.outputs, self.bar = outputs, bar
        self.total = FileOutcome(diagnostics=faults, tally=Tally(broken=len(faults)))

    def take(self, outcome: FileOutcome) -> None:
        if outcome.pieces:
            self.bar.make_room()
        for pieces in outcome.pieces:
            for output, piece in zip(self.outputs, pieces, strict=True):
                output.add(piece)
        self.total.add(outcome)
        self.bar.step(outcome.files)

    def end(self) -> None:
        for output in self.outputs:
            output.end(FinishedRun(self.total.tally, self.total.diagnostics))


def _programme(job: Job, file: str, centres: Sequence[Centre]) -> FileOutcome:
    """The programme's figures, with the centres of the run."""
    broken = FileOutcome(tally=Tally(broken=1))
    with common.kept(broken.diagnostics):
        ready = prepared(job)
        figures = read_subject(file, Programme, ready.vocabulary, ready.rulesets)
        day = day_of(figures, job.day, ready.rulesets)
        whole = (
            (with_centres(figures, ruleset, centres, day), ruleset)
            for ruleset in rulesets_for(job, figures, day)
        )
        return put(job, [decided(job, subject, ruleset, day) for subject, ruleset in whole])
    return broken


def _say_notes(total: FileOutcome, job: Job, lang: str, *, quiet: bool) -> None:
    """Faults, then what the baseline and the data hold without need."""
    common.diagnose(total.diagnostics, lang)
    if not quiet:
        common.diagnose(total.notes, lang)
        common.diagnose((_stale(entry, job.baseline or "") for entry in total.stale), lang)


def _stale(entry: KnownFinding, file: str) -> Diagnostic:
    name, rule, status = entry.centre, entry.rule, STATUS[entry.status]
    text = Text(
        f"基线中 {name} 的 {rule}（{status.zh}）已不再出现，可以删去",
        f"the baseline still has {rule} ({status.en}) of {name}, which is no longer found: it can go",
    )
    return Diagnostic("stale-baseline", text, file)


def _baseline(before: Baseline | None, total: FileOutcome, file: str) -> str:
    """The baseline of this run, with what an earlier one says of what this run did not look at."""
    before = before or Baseline(file, {})
    earlier = {entry for entries in before.entries.values() for entry in entries}
    entries = [*total.entries, *(earlier - set(total.judged))]
    return sinks.json_text(baseline_text(entries, file, {**before.versions, **total.versions}))
