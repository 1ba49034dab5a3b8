"""Files that a run writes: in their place when they are whole; never over what the run reads."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO

from tic_rules.core.errors import Diagnostic, Text, TicRulesError, UsageError, fault
from tic_rules.core.files import reason_of
from tic_rules.core.settings import settings_here
from tic_rules.model.catalogue import here
from tic_rules.model.centre import Centre
from tic_rules.model.loader import words_of
from tic_rules.model.programme import Programme
from tic_rules.model.shipped import rules_folder

_LISTS = (".csv", ".tsv")
_RULES = (".yaml", ".yml", ".json")


@contextmanager
def writing(name: str) -> Iterator[None]:
    """Say of a file that cannot be written why, as UsageError."""
    try:
        yield
    except OSError as error:
        reason = reason_of(error)
        zh, en = f"无法写入：{reason.zh}", f"cannot be written: {reason.en}"
        raise fault(UsageError, "output", zh, en, file=name) from None


class Replacement:
    """A file that takes its place when it is whole; until then, and where it never becomes whole, what was
    there stays.

    A device or a pipe is written as it is. `added`: what was written goes to the end of a file that others
    write too. `stream` may be given to whoever writes bytes. Errors of the making, of `write` and of
    `commit` are UsageError."""

    def __init__(self, name: str, *, added: bool = False, durable: bool = True) -> None:
        """`durable`: the disk is asked to have it before it takes its place. Raises UsageError."""
        self.name, self.added, self._durable = name, added, durable
        self._place = os.path.realpath(name)
        self._beside: str | None = None
        with writing(name):
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            self.stream = self._open()

    def _open(self) -> IO[bytes]:
        before = _status(self.name)
        if before is not None and not stat.S_ISREG(before.st_mode):
            return open(self.name, "wb")  # the place of a pipe without a name is no path
        if self.added:
            with open(self._place, "ab"):  # not after the work, where it cannot be written
                pass
        elif before is not None and not os.access(self._place, os.W_OK):
            raise PermissionError(13, os.strerror(13))
        beside = os.path.join(os.path.dirname(self._place), f".{os.urandom(8).hex()}.tic-rules.tmp")
        number = os.open(beside, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        self._beside = beside
        if before is not None and not self.added:
            with suppress(OSError):
                os.chmod(beside, stat.S_IMODE(before.st_mode))
        return os.fdopen(number, "w+b")

    def write(self, data: bytes) -> None:
        with writing(self.name):
            self.stream.write(data)

    def finish(self) -> None:
        """Have everything on the disk, so that `commit` has nothing left that may fail for want of room."""
        with writing(self.name):
            if not self.stream.closed:
                self.stream.flush()
                if self._beside is not None and self._durable:
                    os.fsync(self.stream.fileno())

    def commit(self) -> None:
        """Take the place."""
        try:
            with writing(self.name):
                self.finish()
                if self.added and self._beside is not None:
                    self.stream.seek(0)
                    with open(self._place, "ab") as end:
                        shutil.copyfileobj(self.stream, end)
                self.stream.close()
                if self._beside is not None and not self.added:
                    os.replace(self._beside, self._place)
                    self._beside = None
        finally:
            self.discard()

    def discard(self) -> None:
        """Leave what was there; nothing happens after `commit`."""
        with suppress(OSError):
            self.stream.close()
        if self._beside is not None:
            with suppress(OSError):
                os.unlink(self._beside)
            self._beside = None

    def __enter__(self) -> Replacement:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()
        else:
            self.discard()


def replace_file(name: str, data: bytes, *, durable: bool = True) -> None:
    """Write a file as a whole. Raises UsageError."""
    with Replacement(name, durable=durable) as file:
        file.write(data)


def _status(path: str) -> os.stat_result | None:
    """Of what stands there, or would once the folders of the path are made (missing/../file)."""
    for place in (path, os.path.realpath(path)):
        with suppress(OSError):
            return os.stat(place)
    return None


# --- what a run reads is not written over -----------------------------------------------------


def guard(
    outputs: Iterable[str | None],
    inputs: Iterable[str | os.PathLike[str] | None],
    *,
    command: str = "",
    again: Iterable[str | None] = (),
    rules: Sequence[str] = (),
) -> None:
    """Refuse outputs that are inputs of the run, through whatever links, and two outputs that are one file.
    Raises UsageError.

    Of a rule file the vocabulary beside it is an input, of a CSV file the lists beside it, of every run the
    settings, the shipped rules and the rule files that are known by their ids. `again` are outputs that are
    read on purpose: a baseline. `rules` may declare lists of their own."""
    named = [name for name in outputs if name is not None and name != "-"]
    meant = [name for name in again if name is not None and name != "-"]
    if not named and not meant:
        return
    faults = list(_twice([*named, *meant]))
    files = [str(name) for name in inputs if name is not None]
    read = {mark for name in files for mark in _marks(name)}
    if any(_status(name) is not None for name in named):
        read |= {_mark(file) for file in _lists(files, rules)}
    read |= {mark for file in _of_every_run() for mark in _marks(file)}
    for name in named:
        if _mark(name) in read:
            zh = f"{name} 是本次要读的文件，不能覆盖"
            en = f"{name} is a file that this run reads and is not overwritten"
            faults.append(Text(zh, en))
    if faults:
        raise UsageError([Diagnostic("output", text, command) for text in faults])


def refuse_existing(output: str | None) -> None:
    """Refuse an output that is there already, to be filled in by hand. Raises UsageError."""
    if output is not None and output != "-" and (status := _status(output)) and stat.S_ISREG(status.st_mode):
        zh = "这个文件已经存在；不会覆盖已填写的内容"
        en = "this file is there already; what has been filled in is not written over"
        raise fault(UsageError, "exists", zh, en, file=output)


def _of_every_run() -> Iterator[str]:
    """The settings file, the shipped rules with what lies below them, and the rule files on hand."""
    settings = settings_here()
    if settings is not None:
        yield str(settings.file)
    yield from map(str, rules_folder().rglob("*.yaml"))
    yield from (listed.file for several in here().by_id.values() for listed in several)


def _twice(outputs: list[str]) -> Iterator[Text]:
    """Two outputs that would be one file."""
    seen: set[object] = set()
    for name in outputs:
        if _mark(name) in seen:
            yield Text(f"两种格式写到同一文件 {name}", f"two formats go to the same file {name}")
        if _replaced(name):
            seen.add(_mark(name))


def _replaced(name: str) -> bool:
    """Whether a file would be replaced: a device is not."""
    status = _status(name)
    return status is None or stat.S_ISREG(status.st_mode)


def _mark(name: str) -> object:
    """What two names of one file have in common, whatever links lead there."""
    status = _status(name)
    return os.path.realpath(name) if status is None else (status.st_dev, status.st_ino)


def _marks(name: str) -> Iterator[object]:
    """The marks of an input: standard input's file, a file, and the vocabulary beside a file of rules."""
    if name == "-":
        with suppress(OSError, ValueError):
            status = os.fstat(0)
            if stat.S_ISREG(status.st_mode):
                yield status.st_dev, status.st_ino
        return
    if _replaced(name):
        yield _mark(name)
        if name.lower().endswith(_RULES):
            yield _mark(os.path.join(os.path.dirname(name), "vocabulary.yaml"))


def _lists(inputs: Iterable[str], rules: Sequence[str]) -> Iterator[str]:
    """The files beside CSV files that are read as their lists."""
    tables = [Path(name) for name in inputs if name.lower().endswith(_LISTS)]
    if not tables:
        return
    from tic_rules.inputs.csvfile import list_files
    from tic_rules.model.tables import names_of

    try:
        words = words_of(rules)
    except TicRulesError:  # told where they are read
        words = words_of(None)
    for model in (Centre, Programme):
        names = names_of(model, words)
        yield from (str(beside) for table in tables for _, beside in list_files(table, names))
