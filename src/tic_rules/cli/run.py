"""A run over many files: each read, decided and put into the formats asked for where it was read, perhaps
in other processes.

What comes back of a file is small: pieces of the outputs and counts. It comes in the order of the input,
and only so many files are under way at once, so memory does not grow with their number."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import uuid4

from tic_rules.cli.common import kept
from tic_rules.cli.files import centres_of, day_of, jurisdiction_of
from tic_rules.cli.selection import load_rulesets
from tic_rules.core.errors import DataError, Diagnostic, Text, TicRulesError, UsageError, clip, fault
from tic_rules.engines.check import check_subject
from tic_rules.model.centre import Centre
from tic_rules.model.loader import listed_ruleset, rulesets_in_force, words_of
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import RuleSet, Vocabulary
from tic_rules.model.subject import Subject
from tic_rules.renderers import Options, piece_of
from tic_rules.renderers.tally import Tally
from tic_rules.results.baseline import Baseline, KnownFinding, entries_of, read_baseline
from tic_rules.results.parts import Engine
from tic_rules.results.report import Report
from tic_rules.results.warnings import is_misnamed

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

PAYS = 48
"""So many files a process make it worth starting one."""
_CHUNK = 8


@dataclass(frozen=True, slots=True)
class Job:
    """What is asked of every file; small, to go to other processes. No two runs are equal."""

    rules: tuple[str, ...] = ()
    day: date | None = None
    engine: Engine = "native"
    phase: str | None = None
    exemptions: bool = True
    baseline: str | None = None
    record: bool = False
    approvals: bool = False
    outputs: tuple[Options, ...] = ()
    run: str = field(default_factory=lambda: uuid4().hex)


@dataclass(slots=True)
class FileOutcome:
    """What came of a file, or of one centre of it."""

    files: int = 0
    pieces: list[tuple[object, ...]] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)
    entries: list[KnownFinding] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    judged: list[KnownFinding] = field(default_factory=list)
    stale: list[KnownFinding] = field(default_factory=list)
    approvals: list[Centre] = field(default_factory=list)

    def add(self, other: FileOutcome) -> None:
        """Add what came of further files, but for their pieces, which have gone out."""
        self.tally.merge(other.tally)
        self.versions |= other.versions
        for name in ("diagnostics", "notes", "entries", "judged", "stale", "approvals"):
            getattr(self, name).extend(getattr(other, name))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A job with its rule sets and baseline read; `seen`: the rule sets reported on by this process."""

    rulesets: tuple[RuleSet, ...]
    vocabulary: Vocabulary
    baseline: Baseline | None
    outputs: tuple[Options, ...]
    seen: set[str] = field(default_factory=set)


@lru_cache(maxsize=1)
def prepared(job: Job) -> Prepared:
    """The job made ready, once a process. Raises RuleSetError, UsageError."""
    rulesets = load_rulesets(job.rules)
    vocabulary = words_of(rulesets)
    baseline = read_baseline(job.baseline) if job.baseline is not None else None
    outputs = tuple(replace(options, baseline=baseline) for options in job.outputs)
    return Prepared(rulesets, vocabulary, baseline, outputs)


@lru_cache(maxsize=256)
def _in_force(jurisdiction: str, day: date) -> tuple[RuleSet, ...]:
    return tuple(rulesets_in_force(jurisdiction, day))


def rulesets_for(job: Job, subject: Centre | Programme, day: date) -> tuple[RuleSet, ...]:
    """The rule sets asked for, else those in force on the day. Raises DataError where none is named."""
    chosen = prepared(job).rulesets
    if chosen:
        return chosen
    try:
        return _in_force(jurisdiction_of(subject), day)
    except TicRulesError as error:
        raise type(error)(
            [d._replace(file=d.file or subject.file or "") for d in error.diagnostics]
        ) from None


# --- one file ---------------------------------------------------------------------------------


def check_file(job: Job, path: str) -> Iterator[FileOutcome]:
    """What comes of each centre of a file; a fault of the file comes last."""
    last = FileOutcome(files=1)
    ready = prepared(job)
    for centre in centres_of(path, ready.vocabulary, ready.rulesets):
        if isinstance(centre, DataError):
            last.diagnostics.extend(centre.diagnostics)
            continue
        with kept(last.diagnostics):
            yield _decided(job, centre)
    last.tally.broken = bool(last.diagnostics)
    yield last


def _decided(job: Job, centre: Centre) -> FileOutcome:
    day = day_of(centre, job.day, prepared(job).rulesets)
    rulesets = rulesets_for(job, centre, day)
    outcome = put(job, [decided(job, centre, ruleset, day) for ruleset in rulesets])
    outcome.notes.extend(_strangers(centre, rulesets, exemptions=job.exemptions))
    if job.approvals:
        names = ("id", "jurisdiction", "stage", "approved_on", "reported_on", "fields")
        about = {name: getattr(centre, name) for name in names}
        approval, text = Centre.model_construct(**about), centre._text()
        approval._source, approval._keeps_places = text.only(names) if text else None, True
        outcome.approvals.append(approval)
    return outcome


def decided(job: Job, subject: Centre | Programme, ruleset: RuleSet, day: date) -> Report:
    """The data held against a rule set, as the job has it."""
    return check_subject(subject, ruleset, day, job.engine, exemptions=job.exemptions)


def put(job: Job, reports: Sequence[Report]) -> FileOutcome:
    """Reports in every format asked for, counted, held against the baseline."""
    ready, outcome = prepared(job), FileOutcome()
    for report in reports:
        if job.phase is not None:
            report = report.only_phase(job.phase)
        first = report.ruleset["id"] not in ready.seen
        ready.seen.add(report.ruleset["id"])
        outcome.pieces.append(tuple(piece_of(report, options, first=first) for options in ready.outputs))
        outcome.tally.add(report, ready.outputs[0])
        if job.record:
            outcome.entries.extend(entries_of(report))
            outcome.versions[report.ruleset["id"]] = report.ruleset["version"]
        if ready.baseline is not None:
            outcome.judged.extend(ready.baseline.about(report))
            outcome.stale.extend(ready.baseline.stale(report))
    return outcome


def _strangers(centre: Subject, rulesets: Sequence[RuleSet], *, exemptions: bool) -> Iterator[Diagnostic]:
    """Attestations and exemptions for a rule set that nobody knows, of which no report speaks."""
    listed = [("attestations", index, given.rule) for index, given in enumerate(centre.attestations)]
    if exemptions:
        listed += [("exemptions", index, given.rule) for index, given in enumerate(centre.exemptions)]
    ids = [ruleset.id for ruleset in rulesets]
    for name, index, rule in listed:
        if rule is None or any(is_misnamed(rule, ruleset) for ruleset in rulesets):
            continue
        ruleset = rule.partition("/")[0]
        if ruleset in ids or listed_ruleset(ruleset) is not None:
            continue
        path, shown = f"/{name}/{index}/rule", clip(ruleset)
        text = Text(
            f"没有规则集 {shown}，该条不起作用", f"there is no rule set {shown}; this entry has no effect"
        )
        mark, file = centre.place(path), centre.file or ""
        yield Diagnostic("unknown-ruleset", text, file, mark.line, mark.column, path, mark.cell)


# --- many files -------------------------------------------------------------------------------


def outcomes(job: Job, paths: Sequence[str], jobs: int | None) -> Iterator[FileOutcome]:
    """What comes of the files, in their order."""
    processes = how_many(len(paths), jobs)
    if processes < 2 or "-" in paths:
        for path in paths:
            yield from check_file(job, path)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    chunks = [tuple(paths[at : at + _CHUNK]) for at in range(0, len(paths), _CHUNK)]
    try:
        with ProcessPoolExecutor(max_workers=processes) as pool:
            yield from in_order(pool, job, deque(chunks), processes)
    except BrokenProcessPool:
        zh = "一个工作进程意外结束；请用 --jobs 1 重试"
        en = "a worker process ended unexpectedly; try --jobs 1"
        raise fault(UsageError, "process", zh, en) from None


def in_order(
    pool: ProcessPoolExecutor, job: Job, waiting: deque[tuple[str, ...]], processes: int
) -> Iterator[FileOutcome]:
    """What the chunks give, in their order; no more are under way than the processes need."""
    under_way: deque[Future[list[FileOutcome]]] = deque()
    try:
        while waiting or under_way:
            while waiting and len(under_way) < 4 * processes:
                under_way.append(pool.submit(_check_files, job, waiting.popleft()))
            yield from under_way.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


def _check_files(job: Job, paths: tuple[str, ...]) -> list[FileOutcome]:
    return [outcome for path in paths for outcome in check_file(job, path)]


def how_many(files: int, jobs: int | None) -> int:
    """How many processes: as asked, else as many as there are processors and work for."""
    if jobs is not None:
        return min(jobs, files)
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(processors, files // PAYS)
