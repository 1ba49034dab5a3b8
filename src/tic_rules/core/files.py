"""Opening a file that somebody named: only what is a file, only so many bytes, never waiting for anyone."""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import BinaryIO

from tic_rules.core.errors import Text, TicRulesError, fault
from tic_rules.core.limits import MAX_BYTES, file_too_large

_STREAMS = ("/dev/stdin", "/dev/fd/", "/proc/self/fd/")
"""What the shell has opened for us already: `<(…)`, `/dev/stdin`. Read to the limit like standard input."""


def file_name(path: str) -> str:
    """The name of a file as text: its bytes as UTF-8, else as escapes. It is opened by its path."""
    try:
        raw = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        raw = path.encode("utf-8", "backslashreplace")
    return raw.decode("utf-8", "backslashreplace")


def path_of(given: object, kind: type[TicRulesError]) -> str:
    """A name or a path as text. Raises `kind` for what is neither."""
    if isinstance(given, (str, os.PathLike)):
        return os.fspath(given)
    name = type(given).__name__
    zh, en = f"应为名称或路径，不是 {name}", f"a name or a path is expected, not {name}"
    raise fault(kind, "path-type", zh, en)


def read_named(file: str, kind: type[TicRulesError], limit: int = MAX_BYTES) -> bytes:
    """The bytes of a file. Raises `kind` where it cannot be read, is no regular file or over the limit."""
    try:
        descriptor = os.open(file, os.O_RDONLY | _flags(file))
        with os.fdopen(descriptor, "rb") as stream:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode) and not file.startswith(_STREAMS):
                raise _refused(file, kind, _kind_of(about.st_mode))
            if stat.S_ISREG(about.st_mode) and about.st_size > limit:
                raise kind([file_too_large(file_name(file), limit)])
            return _read(stream, file, kind, limit)
    except OSError as error:
        raise _refused(file, kind, reason_of(error)) from None
    except ValueError:
        raise _refused(file, kind, Text("文件名无效", "not a file name")) from None


def read_standard_input(kind: type[TicRulesError], limit: int = MAX_BYTES) -> bytes:
    """What standard input holds. Raises `kind` where it is over the limit, as soon as it is."""
    try:
        if sys.stdin is None:  # Python has none where the shell closed it
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return _read(sys.stdin.buffer, "<stdin>", kind, limit)
    except OSError as error:
        raise _refused("<stdin>", kind, reason_of(error)) from None


def _read(stream: BinaryIO, file: str, kind: type[TicRulesError], limit: int) -> bytes:
    """All of a stream, in pieces: how much there is shows only when it has been read."""
    pieces, left = [], limit + 1
    while left > 0 and (piece := stream.read(min(left, 1024 * 1024))):
        pieces.append(piece)
        left -= len(piece)
    if left <= 0:
        raise kind([file_too_large(file_name(file), limit)])
    return b"".join(pieces)


def _flags(file: str) -> int:
    """A pipe without a writer is opened without waiting, unless the shell made it."""
    flags = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
    return flags if file.startswith(_STREAMS) else flags | getattr(os, "O_NONBLOCK", 0)


def _kind_of(mode: int) -> Text:
    if stat.S_ISDIR(mode):
        return Text("这是文件夹", os.strerror(errno.EISDIR))
    if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode):
        return Text("这是管道，不是文件；请先存成文件", "a pipe, not a file; save it as a file first")
    return Text("这是设备，不是文件", "a device, not a file")


_REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ELOOP: "链接成环",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已用完",
    errno.EROFS: "磁盘只能读",
    errno.EBUSY: "文件正在使用",
    errno.EMFILE: "打开的文件太多",
    errno.EFBIG: "文件太大",
    errno.EEXIST: "已有同名的文件",
    errno.EIO: "磁盘读写出错",
    errno.EPIPE: "接收方已关闭",
}


def reason_of(error: OSError) -> Text:
    """What the system says is wrong, in both languages."""
    said = error.strerror or str(error) or type(error).__name__
    return Text(_REASONS.get(error.errno or 0, said), said)


def _refused(file: str, kind: type[TicRulesError], why: Text) -> TicRulesError:
    name = file_name(file)
    return fault(kind, "unreadable", f"无法读取：{why.zh}", f"cannot be read: {why.en}", file=name)
