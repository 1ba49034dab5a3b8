"""Where the reports of a run go: standard output, files, several formats at once."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from tic_rules.cli.common import given, no_terminal, put
from tic_rules.cli.replacement import Replacement, replace_file
from tic_rules.core.errors import Diagnostic, Text, UsageError, fault
from tic_rules.core.files import file_name
from tic_rules.inputs import OTHER_BOOKS
from tic_rules.renderers import FORMATS, FinishedRun, Options, Piece, open_writer, sinks

ONLY_ONE = Text(
    "只能有一种格式写到标准输出；其余请写到文件",
    "only one format can go to standard output; write the others to files",
)


class Target(NamedTuple):
    """A format and its file, None for standard output; `added` to the end of what others write too."""

    format: str
    file: str | None = None
    added: bool = False
    names: tuple[tuple[str, str], ...] = ()
    """Where the file is a folder: the file that goes there for each of the files that were read."""

    @property
    def is_folder(self) -> bool:
        """Whether workbooks go there, each under its own name."""
        return self.format == "xlsx" and self.file is not None and _names_folder(self.file)

    @property
    def written(self) -> list[str | None]:
        """The files that are written."""
        return [name for _, name in self.names] or [self.file]


def targets(format_: str, output: str | None, more: Sequence[str]) -> list[Target]:
    """The outputs of a run, faults of the arguments at once. Raises UsageError.

    A further output on standard output takes the place of the format that nobody asked for."""
    wanted, faults = list[Target](), list[Text]()
    asked = [_parsed(text, faults) for text in more]
    if not any(one.file is None for one in asked) or output is not None or given("format_"):
        wanted.append(Target(format_, None if output == "-" else output))
    wanted += asked
    if sum(one.file is None for one in wanted) > 1:
        faults.append(ONLY_ONE)
    if faults:
        raise UsageError([Diagnostic("output", text, "tic-rules check") for text in faults])
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary and any(one.format == "github" for one in wanted):
        wanted.append(Target("markdown", summary, added=True))
    return wanted


def _parsed(text: str, faults: list[Text]) -> Target:
    name, _, file = text.partition(":")
    if name not in FORMATS:
        zh = f"--output-format {text}：没有格式 {name}；现有：{'、'.join(FORMATS)}"
        en = f"--output-format {text}: no format {name}; on hand: {', '.join(FORMATS)}"
        faults.append(Text(zh, en))
    return Target(name, None if file in ("", "-") else file)


def placed(wanted: Sequence[Target], files: Sequence[str], programme: str | None) -> list[Target]:
    """The outputs of a run over files: workbooks that go to a folder by name, each that was checked under its
    own. Raises UsageError for two of one name, and for the name of another kind of workbook."""
    return [_placed(one, files, programme) if one.format == "xlsx" else one for one in wanted]


def _names_folder(file: str) -> bool:
    return file.endswith(("/", os.sep)) or os.path.isdir(file)


def _placed(target: Target, files: Sequence[str], programme: str | None) -> Target:
    file = target.file
    if file is None:
        no_terminal()
    if file is not None and target.is_folder:
        read = [*files, *([programme] if programme is not None else [])]
        names = [(one, os.path.join(file, _book_name(one))) for one in read]
        twice = [name for name, number in Counter(name for _, name in names).items() if number > 1]
        if twice:
            zh, en = f"有多份文件要写成 {twice[0]}，请分开检查", f"several files would become {twice[0]}"
            raise fault(UsageError, "output", zh, en)
        return target._replace(names=tuple(names))
    macros = programme is None and len(files) == 1 and files[0].lower().endswith(".xlsm")
    ending, named = ".xlsm" if macros else ".xlsx", os.path.splitext(file or "")[1].lower()
    unlike = named in (".xlsm", *OTHER_BOOKS) or macros  # Excel would not open it, or ask whether to
    if file is not None and unlike and named != ending:
        zh = f"写出的工作簿{'带有' if macros else '没有'}宏，文件名应以 {ending} 结尾，不是 {file}"
        en = f"the workbook has {'' if macros else 'no '}macros: its name has to end in {ending}, not {file}"
        raise fault(UsageError, "output", zh, en)
    return target


def _book_name(file: str) -> str:
    """The name of the workbook that comes of a file."""
    name = os.path.basename(file)
    return name if name.lower().endswith((".xlsx", ".xlsm")) else os.path.splitext(name)[0] + ".xlsx"


class Folder:
    """An output of one workbook for each file that was read, written when the last piece has come."""

    def __init__(self, options: Options, names: Sequence[tuple[str, str]]) -> None:
        self.names = names
        self._writers = {file_name(file): open_writer(options) for file, _ in names}
        self._made: list[tuple[str, bytes]] = []

    def add(self, piece: Piece) -> None:
        self._writers[piece.key[0]].add(piece)

    def end(self, run: FinishedRun) -> None:
        for file, name in self.names:
            faults = [one for one in run.diagnostics if one.file == file_name(file)]
            parts = self._writers[file_name(file)].end(FinishedRun(run.tally, faults))
            made = b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)
            self._made.append((name, made))

    def commit(self) -> None:
        """Write the workbooks, each as a whole. Raises UsageError."""
        for name, made in self._made:
            replace_file(name, made)

    def close(self) -> None:
        """Nothing is open before `commit`."""


class Output:
    """One output: pieces in, text out as soon as the format has it. `file` is None for standard output."""

    def __init__(self, options: Options, file: Replacement | None) -> None:
        self.writer, self.file = open_writer(options), file
        self._format, self._colour = options.format, options.colour

    def add(self, piece: Piece) -> None:
        self._write(self.writer.add(piece))

    def end(self, run: FinishedRun) -> None:
        for part in self.writer.end(run):
            self._write(part)

    def close(self) -> None:
        """Let go of what the format has kept for its end."""
        close = getattr(self.writer, "close", None)
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
            put(part, self._format)


@contextmanager
def opened(
    wanted: Sequence[Target], options: Sequence[Options], record: str | None
) -> Iterator[tuple[list[Output | Folder], Replacement | None]]:
    """The outputs and the baseline to be written. Files are opened before any work is done and take their
    places after it, when all of them are whole. Raises UsageError for one that cannot be written."""
    files, outputs = list[Replacement](), list[Output | Folder]()
    try:
        for target, how in zip(wanted, options, strict=True):
            if target.names:
                outputs.append(Folder(how, target.names))
                continue
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
        for output in outputs:
            if isinstance(output, Folder):
                output.commit()
    finally:
        for output in outputs:
            output.close()
        for file in files:
            file.discard()


def to_terminal(wanted: Sequence[Target]) -> bool:
    """Whether reports are shown on a terminal."""
    return any(target.file is None for target in wanted) and sys.stdout.isatty()
