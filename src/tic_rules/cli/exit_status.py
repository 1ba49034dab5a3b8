"""How a run ends: its exit status, and what is said where it ends otherwise than foreseen.

0 and 1 say what the command came to; 2 what cannot be used, cannot be written or was not foreseen; 130 that
it was interrupted; 141 that the reader of its output went away."""

from __future__ import annotations

import errno
import io
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import TextIO

import click

from tic_rules.cli.chinese import WrongCall, asked_for
from tic_rules.cli.common import GITHUB, LANG, ExactDay, diagnose, language, say
from tic_rules.core.errors import Diagnostic, Text, TicRulesError
from tic_rules.core.files import reason_of
from tic_rules.renderers import sinks

UNUSABLE, INTERRUPTED, NO_READER = 2, 130, 141


def ended(run: Callable[[], object], args: Sequence[str], notes: Mapping[str, object]) -> int:
    """Run a command to its end and give its exit status; no error comes through.

    `args` are the words that it was called with; `notes` what it has made of them (language, annotations)
    when it ends."""
    try:
        if sys.stdout is None:  # Python has none where the shell closed it
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        status = _status(run)
        sys.stdout.flush()
        return status
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except BaseException as error:
        if isinstance(error, OSError) and error.errno == errno.EPIPE:
            _let_go(sys.stdout, sys.stderr)
            return NO_READER
        if not isinstance(error, Exception):
            raise
        _explain(error, args, notes)
        return UNUSABLE


def _status(run: Callable[[], object]) -> int:
    try:
        result = run()
    except SystemExit as end:
        result = end.code
    except click.exceptions.Exit as end:
        result = end.exit_code
    return result if isinstance(result, int) else 0 if result is None else UNUSABLE


def _explain(error: Exception, args: Sequence[str], notes: Mapping[str, object]) -> None:
    """Say on standard error what is wrong, and to a runner of workflows where annotations go to it."""
    lang = str(notes.get(LANG) or language(asked_for(list(args))))
    if isinstance(error, OSError) and error.filename is None:
        _let_go(sys.stdout)  # what is left in its buffer would fail once more when the interpreter ends
    with suppress(OSError):
        if isinstance(error, click.ClickException):
            say(_usage_text(error, lang), err=True)
        diagnostics = _diagnostics(error)
        if not isinstance(error, click.ClickException):
            diagnose(diagnostics, lang)
        if notes.get(GITHUB) or _annotates(args):
            annotate(diagnostics, lang)


def _diagnostics(error: Exception) -> Sequence[Diagnostic]:
    if isinstance(error, TicRulesError):
        return error.diagnostics
    if isinstance(error, click.ClickException):
        return [Diagnostic("usage", _usage(error))]
    if isinstance(error, OSError):
        reason, file = reason_of(error), error.filename
        name = os.fsdecode(file) if isinstance(file, (str, bytes)) else ""
        where = Text("", "") if name else Text("标准输出：", "standard output: ")
        if not name and error.errno == errno.ENOENT:  # nothing else without a name can be gone
            where = Text("当前文件夹：", "working folder: ")
        text = Text(f"{where.zh}无法读写：{reason.zh}", f"{where.en}cannot be read or written: {reason.en}")
        return [Diagnostic("system", text, name)]
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else "?"
    what = f"{type(error).__name__}: {error}"[:500]
    text = Text(
        f"程序出错，没有得出结果（{place}）：{what}；请连同输入告知维护者",
        f"the program failed and came to no result ({place}): {what}; "
        "please tell the maintainers, with the input",
    )
    return [Diagnostic("unforeseen", text)]


# --- wrong arguments --------------------------------------------------------------------------


def _usage(error: click.ClickException) -> Text:
    """What is wrong with the arguments."""
    said = error.format_message()
    match error:
        case click.NoSuchOption():
            near = f"；是否为 {'、'.join(error.possibilities)}？" if error.possibilities else ""
            return Text(f"没有选项 {error.option_name}{near}", said)
        case click.MissingParameter():
            name = error.param.get_error_hint(error.ctx) if error.param and error.ctx else ""
            return Text(f"缺少 {name}", said)
        case click.BadParameter():
            name = error.param.get_error_hint(error.ctx) if error.param and error.ctx else ""
            kind = error.param.type if error.param is not None else None
            return Text(f"{name} 的取值不对：{_wanted_of(kind) or error.message}", said)
        case WrongCall():
            return error.said
    return Text(_in_chinese(said), said)


def _wanted_of(kind: object) -> str:
    """What would be a right value."""
    if isinstance(kind, click.Choice):
        return f"应为 {'、'.join(map(str, kind.choices))} 之一"
    if isinstance(kind, ExactDay):
        return kind.wanted.zh
    if isinstance(kind, click.IntRange):
        return f"应为 {kind.min} 以上的整数" if kind.max is None else f"应为 {kind.min} 至 {kind.max} 的整数"
    return ""


_SAID = (
    (re.compile(r"Option '(.+)' requires an argument\."), r"选项 \1 后面要写取值"),
    (re.compile(r"Option '(.+)' requires (\d+) arguments\."), r"选项 \1 后面要写\2个取值"),
    (re.compile(r"Option '(.+)' does not take a value\."), r"选项 \1 不带取值"),
    (re.compile(r"Got unexpected extra arguments? \((.+)\)"), r"多出的参数：\1"),
    (re.compile(r"Missing command\."), "没有写命令"),
    (re.compile(r"No such command '(.+)'\."), r"没有命令 \1"),
)


def _in_chinese(said: str) -> str:
    """What click says of a wrong call, in Chinese."""
    for pattern, chinese in _SAID:
        if pattern.fullmatch(said):
            return pattern.sub(chinese, said)
    return said


def _usage_text(error: click.ClickException, lang: str) -> str:
    """The message as click shows it: how the command is called, what helps, what is wrong."""
    shown = io.StringIO()
    error.show(file=shown)
    text = shown.getvalue().rstrip("\n").replace("\t", "  ")
    if lang == "zh":
        text = text.replace(f"Error: {error.format_message()}", f"错误：{_usage(error).zh}")
        text = re.sub(r"Try '(.+)' for help\.", r"用 \1 查看帮助。", text.replace("Usage: ", "用法：", 1))
    return text


# --- what the arguments say, before or without being understood -------------------------------


def _annotates(args: Sequence[str]) -> bool:
    """Whether the run was to write annotations of a GitHub workflow on standard output."""
    pairs = [*pairwise(args), *(tuple(word.split("=", 1)) for word in args if "=" in word)]
    return any(pair in (("--format", "github"), ("--output-format", "github")) for pair in pairs)


def annotate(diagnostics: Sequence[Diagnostic], lang: str) -> None:
    """Show diagnostics at their lines in a pull request: commands to GitHub's runner, on standard output."""
    for one in diagnostics:
        about = {"title": one.code, "file": one.file, "line": one.line, "col": one.column}
        say(sinks.command("error", about, one.message.in_(lang)), format_="github")


def _let_go(*streams: TextIO | None) -> None:
    """Give streams that cannot be written to somewhere to go, so that the end says nothing of it."""
    for stream in filter(None, streams):
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
