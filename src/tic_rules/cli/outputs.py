"""Where the reports of a run go: standard output, files, several formats at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

import click

from tic_rules.core.errors import Diagnostic, Text, UsageError
from tic_rules.renderers import FORMATS, Options, Run, open_sheet


class Target(NamedTuple):
    """A format and the file that it goes to; None for standard output. `added` to the end of a file that others write too."""

    format: str
    file: str | None = None
    added: bool = False


def targets(format_: str, output: str | None, more: Sequence[str], inputs: Iterable[str]) -> list[Target]:
    """The outputs of a run, faults of the arguments told at once. Raises UsageError."""
    found, faults = [], list[Text]()
    asked = [_parsed(text, faults) for text in more]
    if not any(one.file is None for one in asked) or output is not None:
        found.append(Target(format_, None if output == "-" else output))
    found += asked
    files = [os.path.realpath(one.file) for one in found if one.file is not None]
    if sum(one.file is None for one in found) > 1:
        faults.append(
            Text(
                "只能有一种格式写到标准输出；其余请写成 格式:文件",
                "only one format can go to standard output; write the others as FORMAT:FILE",
            )
        )
    for file in sorted({file for file in files if files.count(file) > 1}):
        faults.append(Text(f"两种格式写到同一文件 {file}", f"two formats go to the same file {file}"))
    read = {os.path.realpath(path) for path in inputs if path != "-"}
    for one in found:
        if one.file is not None and os.path.realpath(one.file) in read:
            faults.append(
                Text(
                    f"{one.file} 是要检查的文件，不能覆盖",
                    f"{one.file} is a file to be checked and is not overwritten",
                )
            )
    if faults:
        raise UsageError([Diagnostic("output", text, "tic-rules check") for text in faults])
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and any(one.format == "github" for one in found):
        found.append(Target("markdown", summary, added=True))
    return found


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
    """One output: pieces in, text out as soon as the format has it."""

    def __init__(self, options: Options, stream: IO[Any] | None) -> None:
        self.sheet, self.stream = open_sheet(options), stream

    def add(self, piece: Any) -> None:
        self._write(self.sheet.add(piece))

    def end(self, run: Run) -> None:
        for part in self.sheet.end(run):
            self._write(part)

    def _write(self, part: str | bytes) -> None:
        if not part:
            return
        if self.stream is not None:
            self.stream.write(part.encode("utf-8", "replace") if isinstance(part, str) else part)
        elif isinstance(part, bytes):
            sys.stdout.buffer.write(part)
        else:
            click.echo(part, nl=False)


@contextmanager
def opened(wanted: Sequence[Target], options: Sequence[Options]) -> Iterator[list[Output]]:
    """The outputs, their files open; a file that cannot be written is told before any work is done. Raises UsageError."""
    streams: list[IO[bytes] | None] = []
    try:
        for target in wanted:
            streams.append(None if target.file is None else _open(target))
        yield [Output(option, stream) for option, stream in zip(options, streams, strict=True)]
    finally:
        for stream in streams:
            if stream is not None:
                stream.close()


def _open(target: Target) -> IO[bytes]:
    assert target.file is not None
    try:
        Path(target.file).parent.mkdir(parents=True, exist_ok=True)
        return open(target.file, "ab" if target.added else "wb")
    except OSError as error:
        raise UsageError(
            [
                Diagnostic(
                    "output",
                    Text(f"无法写入：{error.strerror}", f"cannot be written: {error.strerror}"),
                    target.file,
                )
            ]
        ) from None


def to_terminal(wanted: Sequence[Target]) -> bool:
    """Whether reports are shown on a terminal."""
    return any(target.file is None for target in wanted) and sys.stdout.isatty()
