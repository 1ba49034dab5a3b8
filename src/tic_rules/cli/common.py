"""What the commands share: the user's language, what they print and write, recurring options."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import TypeVar

import click

from tic_rules.cli.replacement import replace_file
from tic_rules.core.dates import NotADate, parse_span
from tic_rules.core.errors import Diagnostic, Text, TicRulesError, UsageError, clip, fault
from tic_rules.inputs.unclear_cells import NotClear
from tic_rules.renderers import sinks

_BLANKS = re.compile("[\t\u00a0\u2000-\u200a\u202f\u205f]")
F = TypeVar("F", bound=Callable[..., object])

_ENDINGS = {
    ".html": "html", ".htm": "html", ".md": "markdown", ".json": "json", ".jsonl": "jsonl",
    ".ndjson": "jsonl", ".xlsx": "xlsx", ".xlsm": "xlsx", ".docx": "docx", ".ics": "ics",
    ".sarif": "sarif", ".xml": "junit", ".pdf": "pdf", ".doc": "doc", ".xls": "xls",
    ".ods": "ods",
}  # fmt: skip
"""What a file is by the ending of its name; by any other it is text."""

LANG, GITHUB = "tic_rules.lang", "tic_rules.github"
"""What a run notes in its context: the language of its texts, whether it annotates for GitHub."""


def language(asked: str | None = None) -> str:
    """`zh` or `en`: as asked, else by the locale; the run notes it, for what is said at its end."""
    context = click.get_current_context(silent=True)
    before = None if context is None else context.meta.get(LANG)
    lang = asked or before or _of_the_locale()
    if context is not None:
        context.meta[LANG] = lang
    return lang


def _of_the_locale() -> str:
    for name in ("TIC_RULES_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    if sys.platform == "win32":  # pragma: no cover - Windows has no such variables
        import locale

        return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
    return "en"


def given(parameter: str) -> bool:
    """Whether the parameter of the command that runs stands on the command line."""
    source = click.get_current_context().get_parameter_source(parameter)
    return source is click.core.ParameterSource.COMMANDLINE


class ExactDay(click.ParamType):  # type: ignore[type-arg]  # generic only in newer versions of click
    """A day, typed as into a cell: 2026-06-30, 2026年6月30日."""

    name = "date"
    wanted = Text(
        "应为精确到日的日期，例：2026-06-30、2026年6月30日", "a date exact to the day is expected: 2026-06-30"
    )

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        day = exact_day(value)
        if day is None:
            self.fail(f"{self.wanted.en}, not {clip(str(value))!r}", param, ctx)
        return day


def exact_day(value: object) -> date | None:
    """The day that somebody typed; None where it is none, or is not exact."""
    from tic_rules.inputs.typed_days import typed_day  # only where a day is asked for

    try:
        span = parse_span(typed_day(value))
    except (NotClear, NotADate):
        return None
    return span.first if span.exact else None


def lang_option(command: F) -> F:
    return click.option(
        "--lang", type=click.Choice(["zh", "en"]), help="Language of the texts (default: from the locale)."
    )(command)


def rules_option(help: str) -> Callable[[F], F]:
    """--rules, which may be given several times."""
    return click.option("--rules", "rules", multiple=True, metavar="ID|PATH", help=help)


def as_of_option(help: str) -> Callable[[F], F]:
    return click.option("--as-of", "as_of", metavar="DATE", type=ExactDay(), help=help)


def format_option(formats: Iterable[str]) -> Callable[[F], F]:
    """--format of what is printed, text where it is not given."""
    choice = click.Choice(list(formats))
    return click.option("--format", "format_", type=choice, default="text", show_default=True)


def output_option(help: str = "Write to a file instead of standard output.") -> Callable[[F], F]:
    return click.option("--output", metavar="FILE", help=help, is_eager=True)


def output_options(
    formats: Iterable[str], help: str = "Write to a file instead of standard output."
) -> Callable[[F], F]:
    """--output and --format; where this is not given, it is as the name of that ends."""
    choices = list(formats)
    option = click.option(
        "--format", "format_", type=click.Choice(choices), default="text",
        callback=partial(_by_name, choices), help="Default: as the name of --output ends, else text.",
    )  # fmt: skip
    return lambda command: option(output_option(help)(command))


def _by_name(choices: list[str], ctx: click.Context, parameter: click.Parameter, value: str) -> str:
    """The format of a run. Raises UsageError for a text under the name of a workbook, say."""
    output = ctx.params.get("output") or ""
    named = _ENDINGS.get(os.path.splitext(output)[1].lower())
    if named is None or ctx.get_parameter_source("format_") is not click.core.ParameterSource.DEFAULT:
        return value
    if named in choices:
        return named
    zh = f"这里不能写成这种文件；可写：{'、'.join(choices)}（用 --format 指定，或换文件名）"
    en = f"this is not written as such a file; on hand: {', '.join(choices)} (--format, or another name)"
    raise fault(UsageError, "output", zh, en, file=output)


def say(text: str, *, err: bool = False, format_: str = "text") -> None:
    """Print a text as it may leave the program, on standard output or standard error, with a line end."""
    shown = sinks.leave(format_, text)
    put(shown if shown.endswith("\n") else shown + "\n", format_, err=err)


def put(text: str, format_: str, *, err: bool = False) -> None:
    """Print a finished text: one for people in the encoding of the console, one for programs in UTF-8."""
    click.echo(text if format_ == "text" else text.encode("utf-8", "replace"), nl=False, err=err)


def diagnose(diagnostics: Iterable[Diagnostic], lang: str) -> None:
    """Diagnostics on standard error, one a line, as compilers write them."""
    for diagnostic in diagnostics:
        say(diagnostic.render(lang), err=True)


@contextmanager
def kept(faults: list[Diagnostic], file: str = "") -> Iterator[None]:
    """Keep what is wrong with a file, for others can be used: of a fault that names no file, it is this."""
    try:
        yield
    except TicRulesError as error:
        faults.extend(one._replace(file=one.file or file) for one in error.diagnostics)


def write(text: str, output: str | None, *, format_: str = "text") -> None:
    """To a file, whole or not at all, or to standard output. Raises UsageError where the file cannot be
    written.

    In a file, YAML stays what it says: it is to be filled in and read, and no runner's log."""
    if output is None or output == "-":
        say(text, format_=format_)
        return
    shown = sinks.plain(text) if format_ == "yaml" else sinks.leave(format_, text)
    data = shown if shown.endswith("\n") else shown + "\n"
    replace_file(output, data.encode("utf-8", "replace"))


def write_bytes(data: bytes, output: str | None) -> None:
    """A workbook or a document: to a file, or to a pipe. Raises UsageError for a terminal."""
    if output is not None and output != "-":
        replace_file(output, data)
        return
    no_terminal()
    sys.stdout.buffer.write(data)


def no_terminal() -> None:
    """Raises UsageError where standard output, to which a workbook or a document goes, is a terminal."""
    if sys.stdout.isatty():
        zh = "工作簿和文档不能写到终端；请用 --output 文件"
        en = "a workbook or a document is not for a terminal; name a file with --output"
        raise fault(UsageError, "output", zh, en)


def write_as_is(text: str, output: str | None) -> None:
    """Data to be read again, of which no character may change: to a file, or to standard output where that
    is harmless.

    Raises UsageError where the file cannot be written, or where a terminal or a runner would obey the text.
    """
    if output is not None and output != "-":
        replace_file(output, text.encode())
        return
    shown = _BLANKS.sub(" ", text)
    if sinks.console(shown) != shown:
        zh = "内容含有终端或流水线会执行的字符，请写到文件"
        en = "the text has characters that a terminal or a runner would obey: write it to a file"
        raise fault(UsageError, "output", zh, en)
    put(text if text.endswith("\n") else text + "\n", "data")


def colour_wanted(output: str | None) -> bool:
    """Colour only on a terminal, and never against NO_COLOR."""
    return output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
