"""Where the reports of a run go: standard output, files, several formats at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import click

from tic_rules.cli.replacement import Replacement
from tic_rules.core.errors import Diagnostic, Text, UsageError
from tic_rules.renderers import FORMATS, Options, Run, open_sheet, sinks


class Target(NamedTuple):
    """A format and the file that it goes to; None for standard output. `added` to the end of a file that
    others write too.
    """

    format: str
    file: str | None = None
    added: bool = False


def targets(format_: str, output: str | None, more: Sequence[str]) -> list[Target]:
    """The outputs of a run, faults of the arguments at once. Raises UsageError."""
    wanted, faults = list[Target](), list[Text]()
    asked = [_parsed(text, faults) for text in more]
    if not any(one.file is None for one in asked) or output is not None:
        wanted.append(Target(format_, None if output == "-" else output))
    wanted += asked
    if sum(one.file is None for one in wanted) > 1:
        faults.append(
            Text(
                "只能有一种格式写到标准输出；其余请写成 格式:文件",
                "only one format can go to standard output; write the others as FORMAT:FILE",
            )
        )
    if faults:
        raise UsageError([Diagnostic("output", text, "tic-rules check") for text in faults])
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and any(one.format == "github" for one in wanted):
        wanted.append(Target("markdown", summary, added=True))
    return wanted


def _parsed(text: str, faults: list[Text]) -> Target:
    name, _, file = text.partition(":")
    if name not in FORMATS:
        faults.append(
            Text(
                f"--output-format {text}：没有格式 {name}；现有：{'、'.join(FORMATS)}",
                f"--output-format {text}: no format {name}; on hand: {', '.join(FORMATS)}",
            )
        )
    return Target(name, None if file in ("", "-") else file)


class Output:
    """One output: pieces in, text out as soon as the format has it. `file` is None for standard output."""

    def __init__(self, options: Options, file: Replacement | None) -> None:
        self.sheet, self.file = open_sheet(options), file
        self._format, self._colour = options.format, options.colour

    def add(self, piece: Any) -> None:
        self._write(self.sheet.add(piece))

    def end(self, run: Run) -> None:
        for part in self.sheet.end(run):
            self._write(part)

    def close(self) -> None:
        """Let go of what the format has kept for its end."""
        close = getattr(self.sheet, "close", None)
        if close is not None:
            close()

    def _write(self, part: str | bytes) -> None:
        if not part:
            return
        if isinstance(part, str):
            part = sinks.leave(self._format, part, colour=self._colour)
        if self.file is not None:
            self.file.write(part.encode("utf-8", "replace") if isinstance(part, str) else part)
        elif isinstance(part, bytes):
            sys.stdout.buffer.write(part)
        else:
            click.echo(part, nl=False)


@contextmanager
def opened(
    wanted: Sequence[Target], options: Sequence[Options], record: str | None
) -> Iterator[tuple[list[Output], Replacement | None]]:
    """The outputs and the baseline to be written. Files are opened before any work is done and take their
    places after it, when all of them are whole. Raises UsageError for one that cannot be written.
    """
    files, outputs = list[Replacement](), list[Output]()
    try:
        for target, how in zip(wanted, options, strict=True):
            file = None if target.file is None else Replacement(target.file, added=target.added)
            files.extend([file] if file is not None else [])
            outputs.append(Output(how, file))
        recorded = None if record is None else Replacement(record)
        files.extend([recorded] if recorded is not None else [])
        yield outputs, recorded
        for file in files:
            file.finish()
        for file in files:
            file.commit()
    finally:
        for output in outputs:
            output.close()
        for file in files:
            file.discard()


def to_terminal(wanted: Sequence[Target]) -> bool:
    """Whether reports are shown on a terminal."""
    return any(target.file is None for target in wanted) and sys.stdout.isatty()
